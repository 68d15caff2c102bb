"""The competency queries: each gives what its table expects, names no passage, and rests on its question's lines.

The tables are written from the documents, not from answers. How a query is evaluated is tested elsewhere.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from functools import lru_cache
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import query as queries
from kg import store
from kg.derive import derive, read_header, read_rules
from kg.passages import read_documents, read_passage
from kg.protocol import SparqlRequest

ROOT = Path(__file__).resolve().parents[1]
QUERIES = sorted((ROOT / "queries").glob("*.rq"))
QUESTIONS = ROOT.parent / "shared" / "questions" / "public.jsonl"

HEADERS = {"en", "it", "about-en", "about-it", "theme", "question", "gold"}
NEEDED = HEADERS - {"question", "gold"}

# Questions whose answer is that the lines do not name something: without the lines the answer is the same.
ABSENCE = {"NETS-Q082"}


def header(file: Path) -> dict[str, str]:
    return read_header(file.read_text(encoding="utf-8"))


def body(file: Path) -> str:
    """The query without its comments."""
    return re.sub(r"^#.*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)


ASKED = [(file, question) for file in QUERIES for question in header(file).get("question", "").split()]

of_each_query = pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
of_each_question = pytest.mark.parametrize(("file", "question"), ASKED, ids=[f"{f.stem}-{q}" for f, q in ASKED])


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def expected(file: Path) -> list[list[str]]:
    return table(file.with_suffix(".csv").read_text(encoding="utf-8"))


def answer(graph: store.Graph, file: Path) -> list[list[str]]:
    request = SparqlRequest(file.read_text(encoding="utf-8"), format="csv")
    return table(queries.run(graph, request).body.decode())


def missing(message: str) -> None:
    """Skip, or fail where nothing may be skipped."""
    if os.environ.get("KG_TEST_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def questions() -> dict[str, dict]:
    """The public questions by id."""
    if not QUESTIONS.is_file():
        missing("the public questions are missing: put public.jsonl into ../shared/questions")
    return {q["id"]: q for q in map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())}


@pytest.fixture(scope="module")
def stated(release) -> dict[str, list[ox.Quad]]:
    """Every quad that no rule has made, by its graph, without the default graph."""
    derived = release.graph.city.graph("derived/").value
    found: dict[str, list[ox.Quad]] = {}
    for quad in release.graph.engine:
        if isinstance(quad.graph_name, ox.NamedNode):
            found.setdefault(quad.graph_name.value, []).append(quad)
    return {name: quads for name, quads in found.items() if not name.startswith(derived)}


@pytest.fixture(scope="module")
def graph_without(release, stated):
    """A function: the graph as it would be if no passage that touches these lines of a document stated anything."""
    passages = {name: passage for name in stated if (passage := read_passage(name))}
    # no query asks in the vocabularies of others, and their rules take a quarter of the time
    rules = [rule for rule in read_rules(release.folders) if not rule.name.startswith("vocabulary-")]

    @lru_cache(maxsize=4)
    def build(document: str, lines: frozenset[int]) -> store.Graph:
        taken = {name for name, p in passages.items() if p.document == document and not lines.isdisjoint(p.lines)}
        assert taken, f"nothing is stated on lines {min(lines)}-{max(lines)} of {document}"
        engine = ox.Store()
        engine.extend(chain.from_iterable(stated[name] for name in stated.keys() - taken))
        store.merge(engine)
        graph = store.Graph(engine, release.graph.city)
        derive(graph, rules)
        return graph

    return build


# Answers


@of_each_query
def test_a_query_gives_the_expected_table_row_by_row(release, file):
    assert answer(release.graph, file) == expected(file)


@of_each_query
def test_an_expected_table_has_rows_and_none_twice(file):
    _, *rows = expected(file)
    assert rows
    assert len({tuple(row) for row in rows}) == len(rows)


def test_no_table_is_without_its_query():
    assert {file.stem for file in (ROOT / "queries").glob("*.csv")} == {file.stem for file in QUERIES}


# Form


@of_each_query
def test_a_query_is_titled_and_described_in_both_languages_and_has_a_theme(file):
    found = header(file)
    assert NEEDED <= found.keys() <= HEADERS
    assert all(found.values())
    assert re.fullmatch(r"[a-z]+", found["theme"])
    assert found.keys() >= {"question"} or "gold" not in found


def test_findings_and_gaps_are_named_by_their_theme():
    for prefix, theme in (("finding-", "findings"), ("gap-", "gaps")):
        named = {file.stem for file in QUERIES if file.stem.startswith(prefix)}
        assert named == {file.stem for file in QUERIES if header(file)["theme"] == theme}
    assert len([file for file in QUERIES if header(file)["theme"] == "findings"]) >= 10


def test_no_title_is_given_twice():
    for language in ("en", "it"):
        titles = [header(file)[language].casefold() for file in QUERIES]
        assert sorted(set(titles)) == sorted(titles)


@of_each_query
def test_a_query_sorts_by_all_its_columns_so_that_no_order_is_left_to_the_engine(file):
    columns, *_ = expected(file)
    sorted_by = re.findall(r"\?(\w+)", body(file).rpartition("\nORDER BY ")[2])
    assert set(columns) <= set(sorted_by)


@of_each_query
def test_a_query_has_no_line_over_120_characters(file):
    assert [line for line in file.read_text(encoding="utf-8").splitlines() if len(line) > 120] == []


@of_each_query
def test_a_query_names_no_passage(release, file):
    documents = read_documents(release.graph.engine)
    prefixes = [prefix for prefix, iri in release.graph.city.prefixes.items() if iri.removesuffix("/") in documents]
    assert prefixes
    assert "/source/" not in body(file)
    assert re.findall(rf"(?<![\w-])(?:{'|'.join(prefixes)}):", body(file)) == []
    assert re.findall(r"(?<![\w-])source:[\w-]+\\?/", body(file)) == []


@of_each_query
def test_a_query_asks_in_our_own_terms(release, file):
    ours = ("cr", "dct", "rdfs", "skos", "xsd")
    others = {
        prefix
        for prefix, iri in release.graph.city.prefixes.items()
        if "city-relations" not in iri and prefix not in ours
    }
    asked = re.sub(r'"[^"]*"', "", body(file))
    assert others.isdisjoint(re.findall(r"(?<![\w-])([\w-]+):", asked))
    assert re.findall(r"<[^<>\s]*:", asked) == []


@of_each_query
def test_a_query_uses_the_predeclared_prefixes(file):
    assert re.findall(r"(?i)\b(?:PREFIX|BASE)\b", body(file)) == []


# Questions


def test_questions_that_queries_answer_exist(questions):
    assert {question for _, question in ASKED} - questions.keys() == set()


def test_every_public_question_has_a_query(questions):
    assert questions.keys() - {question for _, question in ASKED} == set()


def test_questions_about_absence_are_asked():
    assert ABSENCE - {question for _, question in ASKED} == set()


@of_each_question
def test_an_answer_rests_on_the_lines_of_its_question(release, questions, graph_without, file, question):
    asked = questions[question]
    by_file = {d.file_name.removesuffix(".txt"): d.iri for d in read_documents(release.graph.engine).values()}
    lines = frozenset(line for first, last in asked["lines"] for line in range(first, last + 1))
    without = graph_without(by_file[asked["document"]], lines)
    unchanged = answer(without, file) == answer(release.graph, file)
    assert unchanged == (question in ABSENCE)
