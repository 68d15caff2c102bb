"""What goes wrong, told: as a document, as text, as a page, in Italian; and nothing of the server's inside."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.web import italian
from kg.web.answers import STATUSES, problem_of
from served import ENDLESS, serving

SOURCE = Path(__file__).resolve().parents[1] / "src" / "kg"
ASKED = [
    *("protocol", "query", "syntax", "formats", "evaluator", "workers", "abroad", "remote"),
    *("desk", "inspection", "web/admission", "web/answers", "web/app", "web/earlier", "web/editor", "web/endpoint"),
    *("web/pages", "web/provenance", "web/reference", "web/review", "web/validation"),
]
RAISED = re.compile(
    r"(?:Error|Refused|Exceeded|TooLong|Request|Busy|Spent|Lost|NotFound|NotAcceptable|Failed|Down|failed|too_large)$"
)


@pytest.fixture(scope="module")
def served():
    with serving() as running:
        yield running


def sample(node):
    """A text as it comes out, with a word in each place; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "zzz" for part in node.values)
    return None


def sentences():
    """Every message and remedy in the modules whose errors reach clients."""
    found = set()
    for module in ASKED:
        tree = ast.parse((SOURCE / f"{module}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and RAISED.search(ast.unparse(node.func)):
                found |= {sample(argument) for argument in node.args[:1]}
                found |= {sample(word.value) for word in node.keywords if word.arg == "remedy"}
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("remedy", "message", "text"):
                found.add(sample(node.value))
    never_shown = "unforeseen zzz"  # the log's alone
    return sorted(text for text in found if text and " " in text and text != never_shown)


@pytest.mark.parametrize("english", sentences())
def test_every_sentence_has_its_italian(english):
    translated = italian.sentence(english)
    assert translated != english
    assert translated.count("zzz") == english.count("zzz")


def test_every_status_has_its_italian():
    assert {int(status) for status in STATUSES.values()} <= set(italian.TITLES)


def test_a_sentence_that_is_not_known_stays_as_it_is():
    assert italian.sentence("no such sentence") == "no such sentence"


@pytest.mark.parametrize(
    ("language", "title", "remedy"), [("en", "Bad Request", "declare"), ("it", "Richiesta errata", "dichiaralo")]
)
def test_a_problem_document(served, language, title, remedy):
    headers = {"Accept": "application/sparql-results+json", "Accept-Language": f"{language}, en;q=0.5"}
    answer = served.web.get("/sparql", params={"query": "SELECT * {\n ?s nope:x ?o }"}, headers=headers)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == language
    assert (problem["status"], problem["title"], problem["line"], problem["column"]) == (400, title, 2, 11)
    assert problem["remedy"].startswith(remedy)


def test_plain_text_for_a_terminal(served):
    headers = {"User-Agent": "curl/8.5", "Accept": "*/*"}
    answer = served.web.get("/sparql", params={"query": "SELECT * {\n ?s nope:x ?o }"}, headers=headers)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    first, second, third = answer.text.splitlines()
    assert (first, second) == ("400 Bad Request", "line 2, column 11: the prefix 'nope:' is not declared")
    assert third.startswith("declare it with PREFIX")
    chosen = {"Accept": "application/problem+json, */*;q=0.1", "User-Agent": "curl/8.5"}
    assert served.web.get("/sparql?query=x", headers=chosen).json()["status"] == 400
    assert served.web.get("/sparql?query=x", headers={"Accept": "text/plain, */*;q=0.1"}).text.startswith("400 ")
    assert served.ask(ENDLESS, timeout="0.3").json()["status"] == 504


INSIDE = re.compile(
    r"pyoxigraph|oxigraph|uvicorn|starlette|fastapi|python|traceback|site-packages|/src/|/kg/|\.py\b", re.I
)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {",
        "nonsense",
        "ASK { ?s <a b> 1 }",
        "SELECT (<http://example.org/f>(1) AS ?x) {}",
        "LOAD <a:b>",
        "ASK FROM <a:b> {}",
        "CONSTRUCT { <a:b> <c:d> <<(<a:b> <c:d> 1)>> } {}",
        "SELECT ?x { ?x ?p ?o } GROUP BY ?p",
        "\x00",
        "ASK { ?s ?p '\ud7ff' }",
    ],
)
def test_nothing_of_the_inside_is_told(served, query):
    for accept in ("application/json", "text/html", "text/plain", "application/ld+json"):
        answer = served.web.get("/sparql", params={"query": query}, headers={"Accept": accept})
        assert answer.status_code < 500
        assert not INSIDE.search(answer.text.partition("<main")[2].partition("</main>")[0] or answer.text), answer.text
        assert "server" not in answer.headers


def test_what_went_wrong_inside_stays_inside():
    assert "secret" not in str(problem_of(KgError("secret", remedy="secret")))


def test_triples_within_triples_in_a_format_without_them(served):
    query = {"query": "CONSTRUCT { <a:b> <c:d> <<(<a:b> <c:d> 1)>> } {}"}
    answer = served.web.get("/sparql", params=query, headers={"Accept": "application/ld+json"})
    assert (answer.status_code, answer.json()["remedy"]) == (406, "ask for Turtle or N-Triples")
