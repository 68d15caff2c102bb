"""The editor's side of the server: its page, the terms, the examples, and the passages behind a value."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import httpx
import pytest

from browser import missing
from kg.derive import read_header
from kg.release import Release
from kg.web import phrases
from kg.web.coding import CODINGS
from kg.web.editor import Kept
from kg.web.words import LANGUAGES
from served import make_graph, serving

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted((ROOT / "frontend" / "src" / "editor").glob("*.js"))
QUERIES = sorted((ROOT / "queries").glob("*.rq"))
TORINO = "https://w3id.org/city-relations/torino"
CR = "https://w3id.org/city-relations/ontology#"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


BUILD = """
    import { build } from "esbuild";
    import { translated } from "./yasgui.mjs";
    const { outputFiles } = await build({ entryPoints: [process.argv[1]], write: false, plugins: [translated()] });
    process.stdout.write(outputFiles[0].text);
"""


@pytest.fixture(scope="module")
def web(release, folders):
    """A client for the real graph."""
    with serving(release.graph, folders) as running:
        yield running.web


@pytest.fixture(scope="module")
def small():
    """A client for a few triples, among them names with markup."""
    hostile = """
        y23:L9 { city:alpha rdfs:label "<img src=x onerror=alert(1)>"@en ; cr:note "</script><script>alert(1)" . }
        <https://example.org/relations/alpha/graph/entities> { city:beta a cr:City ; rdfs:label "Beta"@en . }
    """
    with serving(make_graph("y23:L1 { city:alpha cr:partner city:beta ; cr:value 2 . }" + hostile)) as running:
        yield running.web


def block(page: str, name: str):
    """The data that a page hands to its script."""
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)[1])


def passages(web, value: str, *others: str, **more: str | list[str]) -> dict:
    answer = web.get("/editor/passages", params={"value": value, "with": others, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(found: dict) -> set[tuple[str, str, str]]:
    """The statements of all passages, in words."""
    return {
        tuple(statement[part]["text"] for part in ("subject", "property", "value"))
        for passage in found["passages"]
        for statement in passage["states"]
    }


# The page


@pytest.mark.parametrize(("language", "title", "run"), [("en", "Query editor", "Ask"), ("it", "Editor", "Interroga")])
def test_the_page_is_a_form_where_no_script_runs(web, language, title, run):
    page = web.get(f"/{language}/sparql")
    assert page.headers["content-language"] == language
    assert f"<h1>{title}" in page.text
    form = re.search(r'<form action="/sparql" method="get">.*?</form>', page.text, re.DOTALL)[0]
    assert f'<button type="submit">{run}</button>' in form
    query = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)[1])
    for name in re.findall(r'<option value="(\w+)"', form.split("CONSTRUCT")[0]):
        answer = web.get("/sparql", params={"query": query, "format": name})
        assert answer.status_code == 200, (name, answer.text)


def test_a_browser_gets_the_editor_in_its_language_at_the_endpoint(web):
    page = web.get("/sparql", headers={"Accept": "text/html", "Accept-Language": "it"})
    assert page.headers["content-language"] == "it"
    assert "<h1>Editor di interrogazioni</h1>" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_a_link_that_works_without_script(web, language):
    page = web.get(f"/{language}/sparql").text
    links = re.findall(rf'<a href="(/{language}/sparql\?example=[^"]+)">([^<]+)</a>', page)
    titles = {read_header(file.read_text("utf-8"))[language] for file in QUERIES}
    assert {unescape(title) for _, title in links} == titles
    for href, _ in links[::40]:
        query = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", web.get(href).text, re.DOTALL)[1])
        assert web.post("/sparql", data={"query": query}).json()["results"]["bindings"]


def test_the_page_has_one_address_in_each_language_and_comes_compressed(web):
    for path in ("/it/sparql", "/sparql"):
        page = web.get(path, headers={"Accept": "text/html", "Accept-Language": "it", "Accept-Encoding": "br"})
        assert f'<link rel="canonical" href="{str(web.base_url).rstrip("/")}/it/sparql">' in page.text
    page = web.get("/it/sparql", headers={"Accept-Encoding": "br"})
    assert int(page.headers["content-length"]) < 15_000
    assert (
        web.get("/it/sparql", headers={"Accept-Encoding": "br", "If-None-Match": page.headers["etag"]}).status_code
        == 304
    )


def test_an_example_that_is_none(web):
    answer = web.get("/it/sparql", params={"example": "../dataset"})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "non esiste l'esempio ../dataset"


def test_a_query_in_the_address_stays_text(web):
    query = "ASK {} # </textarea></script><script>alert(1)</script>"
    page = web.get("/en/sparql", params={"query": query, "release": '"><script>alert(2)</script>'}).text
    assert page.count("<script") == page.count("</script>")
    assert "<script>" not in page
    assert query in unescape(page)


def test_a_link_to_another_release_says_so_and_offers_the_latest(web, release):
    other = "0123456789abcdef"
    page = web.get("/en/sparql", params={"query": "ASK {}", "release": other}).text
    assert f"This link asks the release {other}; the latest is {release.id}." in page
    assert f'<input type="hidden" name="release" value="{other}">' in page
    assert f'data-pinned="{other}"' in page
    for same in (release.id, "latest"):
        assert "This link asks" not in web.get("/en/sparql", params={"release": same}).text


def test_a_release_that_is_not_there_is_told_in_the_language_of_the_page(web):
    answer = web.post("/sparql?release=0123456789abcdef", data={"query": "ASK {}"}, headers={"Accept-Language": "it"})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "il rilascio 0123456789abcdef qui non si può interrogare"


def test_the_page_hands_over_the_prefixes_and_the_words_of_its_language(web, release):
    page = web.get("/it/sparql").text
    assert block(page, "prefixes") == release.graph.city.prefixes
    assert block(page, "words") == {name: texts["it"] for name, texts in phrases.SCRIPT.items()}


def test_what_the_bundle_holds_is_named_with_its_licence(web):
    notices = web.get("/static/notices.txt").text
    for name in ("@zazuko/yasqe", "@zazuko/yasr", "codemirror", "n3", "jquery", "lodash-es"):
        assert re.search(rf"^{name} [\d.]+ \(MIT\)$", notices, re.MULTILINE), name
    assert "undefined" not in re.findall(r"^\S+ [\d.]+ \((.*)\)$", notices, re.MULTILINE)


# Words


@pytest.mark.parametrize("table", ["THEMES", "PAGE", "SCRIPT"])
def test_every_word_is_there_in_both_languages_with_the_same_places_for_values(table):
    for texts in getattr(phrases, table).values():
        assert set(texts) == set(LANGUAGES)
        assert all(texts.values())
        assert len({text.count("{}") for text in texts.values()}) == 1


def test_every_word_of_the_script_is_listed_and_none_besides():
    text = "\n".join(file.read_text("utf-8") for file in [*SCRIPTS, ROOT / "frontend" / "yasgui.mjs"])
    used = set(re.findall(r'word\("([\w-]+)"', text)) | set(re.findall(r"editorWords\.(\w+)", text))
    used |= {name for pair in re.findall(r'word\(\w+[^)]* \? "([\w-]+)" : "([\w-]+)"', text) for name in pair}
    used |= {name for pair in re.findall(r'word\([^"]*\? "([\w-]+)" : "([\w-]+)"', text) for name in pair}
    used |= set(re.findall(r'choice\("([\w-]+)"', text))
    assert used == set(phrases.SCRIPT)


@pytest.mark.parametrize(
    "literal",
    [
        "",
        '"Press CTRL - <spacebar> to autocomplete"',
        '"This line is invalid. Expected: "',
        "' is not defined\"",
        ".prefixes[",
        "text-decoration:underline",
    ],
)
def test_the_build_fails_where_a_literal_to_translate_has_gone(tmp_path, literal):
    package = Path("@zazuko", "yasgui", "build", "yasgui.esm.js")
    source = ROOT / "frontend" / "node_modules" / package
    if shutil.which("node") is None or not source.is_file():
        missing(f"there is no node, or {source} is missing: `make .venv/dev.stamp` installs it where there is node")
    (tmp_path / package).parent.mkdir(parents=True)
    text = source.read_text("utf-8")
    assert literal in text
    (tmp_path / package).write_text(text.replace(literal, "nothing of it") if literal else text, encoding="utf-8")
    command = ["node", "--input-type=module", "--eval", BUILD, str(tmp_path / package)]
    built = subprocess.run(command, cwd=ROOT / "frontend", capture_output=True, text=True, check=False)
    assert (built.returncode == 0) == (literal == "")
    if literal:
        assert "it has to be translated anew" in built.stderr
    else:
        assert "This line is invalid" not in built.stdout
        assert built.stdout.count("globalThis.editorWords") == 3


def test_every_word_of_the_page_is_listed_and_none_besides():
    template = (ROOT / "src" / "kg" / "web" / "templates" / "editor.html").read_text("utf-8")
    assert set(re.findall(r'phrase\("([\w-]+)"', template)) | {"title"} == set(phrases.PAGE)


def test_every_theme_has_a_name():
    themes = {read_header(file.read_text("utf-8"))["theme"] for file in QUERIES}
    assert themes == set(phrases.THEMES)
    assert phrases.theme("unheard-of", "it") == "unheard-of"


# Terms


@pytest.fixture(scope="module")
def terms(web):
    return web.get("/editor/terms").json()


def test_terms_are_those_of_the_ontology_and_of_the_data(terms, release):
    assert terms["prefixes"] == release.graph.city.prefixes
    classes = {term["name"]: term for term in terms["classes"]}
    assert classes["cr:Agreement"]["label"] == {"en": "agreement", "it": "accordo"}
    assert set(classes["cr:Agreement"]["definition"]) == {"en", "it"}
    assert classes["cr:Agreement"]["count"] > 30
    properties = {term["name"]: term for term in terms["properties"]}
    assert properties["cr:party"]["iri"] == CR + "party"
    assert properties["rdfs:label"]["count"] > 1000
    assert [term["count"] for term in terms["properties"]] == sorted(
        (t["count"] for t in terms["properties"]), reverse=True
    )


def test_things_are_what_has_a_name_of_its_own(terms):
    things = {thing["name"]: thing["label"] for thing in terms["things"]}
    assert things["city:chambery"] == {"en": "Chambéry", "it": "Chambéry"}
    assert things["kind:twinning"] == {"en": "twinning", "it": "gemellaggio"}
    assert things["agreement:glasgow-2003"]["it"] == "Gemellaggio di Torino e Glasgow (2003)"
    assert not [name for name in things if name.startswith(("ar24:", "figure:", "holding:", "participation:"))]


def test_every_name_can_be_written_in_a_query(web, terms):
    names = [term["name"] for kind in ("classes", "properties", "things") for term in terms[kind]]
    for start in range(0, len(names), 1000):
        query = f"SELECT (COUNT(?x) AS ?n) {{ VALUES ?x {{ {' '.join(names[start : start + 1000])} }} }}"
        answer = web.post("/sparql", data={"query": query, "format": "csv"})
        assert answer.text.split() == ["n", str(len(names[start : start + 1000]))]


@pytest.mark.parametrize("name", ["terms", "examples"])
def test_what_a_release_decides_has_a_validator_and_comes_compressed(web, name):
    for coding in CODINGS:
        answer = web.get(f"/editor/{name}", headers={"Accept-Encoding": coding})
        assert answer.headers["content-encoding"] == coding
        assert int(answer.headers["content-length"]) < 100_000
        again = web.get(f"/editor/{name}", headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    plain = web.get(f"/editor/{name}", headers={"Accept-Encoding": "identity"})
    assert plain.headers["content-type"] == "application/json"
    assert "content-encoding" not in plain.headers


def test_a_new_release_has_terms_of_its_own(release):
    kept = Kept()
    old, new = (Release(make_graph(data), release.folders, named=name) for name, data in (("y1", ""), ("y2", "")))
    first = [kept.body(found, "terms", "identity") for found in (old, old, new, old)]
    assert first[0] is first[1]
    assert [json.loads(body)["release"] for body in first] == ["y1", "y1", "y2", "y1"]


# Examples


def test_examples_are_the_queries_of_the_folder(web):
    answer = web.get("/editor/examples").json()
    by_name = {example["name"]: example for example in answer["examples"]}
    assert set(by_name) == {file.stem for file in QUERIES}
    for file in QUERIES:
        text, header = file.read_text("utf-8"), read_header(file.read_text("utf-8"))
        example = by_name[file.stem]
        assert text.endswith(example["query"]["en"])
        assert not example["query"]["en"].startswith("#")
        assert example["title"] == {language: header[language] for language in LANGUAGES}
        assert example["about"] == {language: header[f"about-{language}"] for language in LANGUAGES}
        assert answer["themes"][example["theme"]] == phrases.THEMES[header["theme"]]


def test_an_example_in_italian_gives_as_many_rows(web, release):
    for example in web.get("/editor/examples").json()["examples"]:
        found = [
            len(list(release.graph.engine.query(example["query"][language], prefixes=release.graph.city.prefixes)))
            for language in LANGUAGES
        ]
        assert found[0] == found[1], example["name"]
        assert '"en"' not in example["query"]["it"], example["name"]


def test_a_city_without_queries_has_an_editor_without_examples(small):
    assert small.get("/editor/examples").json()["examples"] == []
    assert 'id="examples"' not in small.get("/en/sparql").text


# Passages


def test_a_thing_is_explained_by_the_passages_that_speak_of_it(web):
    found = passages(web, f"<{TORINO}/agreement/glasgow-2003>")
    assert {(name, value) for _, name, value in told(found)} >= {("party", "Glasgow"), ("start", "2003")}
    passage = found["passages"][0]
    assert passage["href"] == "/en/torino/source/annual-report-2024/L290"
    assert passage["document"]["href"] == "/en/torino/source/annual-report-2024"
    assert passage["chapter"]["text"] == "3.1 Twinnings and agreements"
    assert (passage["first"], passage["last"], passage["lines"]) == (290, 290, "L290")
    assert passage["begins"] == "Glasgow United Kingdom Twinning"
    assert web.get(passage["href"]).status_code == 200


def test_a_row_is_explained_by_what_ties_its_values_together(web):
    row = ['"Glasgow"@en', '"twinning"@en', f'"2003"^^<{INTEGER}>', '"United Kingdom"@en']
    for value in row[:2]:
        found = passages(web, value, *(other for other in row if other != value))
        assert [passage["lines"] for passage in found["passages"]] == ["L290"]
        assert {subject for subject, _, _ in told(found)} == {"Twinning of Torino and Glasgow (2003)"}


def test_a_derived_value_has_its_rule_and_what_the_rule_went_by(web):
    found = passages(web, f'"2003"^^<{INTEGER}>', '"Glasgow"@en', '"twinning"@en')
    assert [rule["name"] for rule in found["rules"]] == ["dates"]
    assert found["rules"][0]["description"].startswith("The first and last day")
    assert found["rules"][0]["derives"][0]["value"]["text"] == "2003"
    assert ("start", "2003") in {(name, value) for _, name, value in told(found)}


def test_a_computed_value_is_said_to_be_one(web):
    found = passages(web, f'"3"^^<{INTEGER}>', '"Paolo Mazzoleni"@en')
    assert found["computed"] is True
    assert found["passages"]
    assert passages(web, '"Paolo Mazzoleni"@en')["computed"] is False


def test_what_a_query_names_decides_between_equals(web):
    row = {"value": f'"2024"^^<{INTEGER}>', "with": '"Morocco"@en'}
    subjects = {subject for subject, _, _ in told(web.get("/editor/passages", params=row).json())}
    alone = passages(web, f'"2003"^^<{INTEGER}>', named=[f"<{CR}Agreement>", f"<{TORINO}/city/glasgow>"])
    assert [passage["lines"] for passage in alone["passages"]] == ["L290"]
    kinds = {
        subject for subject, _, _ in told(web.get("/editor/passages", params=row | {"named": f"<{CR}Event>"}).json())
    }
    assert kinds <= subjects
    assert kinds


def test_a_triple_is_explained_by_exactly_the_passages_that_state_it(web, release):
    agreement, party, city = f"{TORINO}/agreement/bethlehem-2024", f"{CR}party", f"{TORINO}/city/bethlehem"
    found = passages(web, f"<{city}>", subject=f"<{agreement}>", property=f"<{party}>")
    query = f"SELECT ?g {{ GRAPH ?g {{ <{agreement}> <{party}> <{city}> }} }}"
    assert {passage["iri"] for passage in found["passages"]} == {
        row["g"].value for row in release.graph.engine.query(query)
    }
    assert told(found) == {(found["passages"][0]["states"][0]["subject"]["text"], "party", "Bethlehem")}


def test_what_an_editor_concluded_is_marked_and_says_why(web, release):
    query = (
        "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER(STRENDS(STR(?g), '-inferred') && ISIRI(?o)) } ORDER BY ?g ?s"
    )
    row = next(iter(release.graph.engine.query(query)))
    found = passages(web, str(row["o"]), subject=str(row["s"]), property=str(row["p"]))
    marked = [passage for passage in found["passages"] if passage["inferred"]]
    assert row["g"].value in {passage["iri"] for passage in marked}
    assert all(passage["note"] for passage in marked)


def test_passages_in_italian(web):
    asked = {"value": f"<{TORINO}/agreement/glasgow-2003>"}
    for parameters, headers in (({"lang": "it"}, {}), ({}, {"Accept-Language": "it"})):
        answer = web.get("/editor/passages", params=asked | parameters, headers=headers)
        assert answer.headers["content-language"] == "it"
        passage = answer.json()["passages"][0]
        assert passage["label"].startswith("Relazione annuale 2024")
        assert passage["href"].startswith("/it/")


@pytest.mark.parametrize("value", ['"nothing is called so"@en', "<https://example.org/nothing>", '"2024-02-30"^^<a:b>'])
def test_a_value_that_stands_nowhere_has_no_passages(web, value):
    found = passages(web, value)
    assert (found["passages"], found["rules"], found["described"], found["more"]) == ([], [], [], 0)


def test_a_value_that_stands_in_very_many_places_is_cut_and_says_so(web):
    found = passages(web, f'"2024"^^<{INTEGER}>')
    assert len(found["passages"]) <= 30
    assert found["more"] > 100


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Glasgow",
        '"no end',
        "_:blank",
        "<relative>",
        "<a:b> . <a:b> <a:b> <a:b>",
        '"a" . # ',
        "<< <a:b> <a:b> <a:b> >>",
        "<a:b>\n<a:c>",
        '"\ud800"'.encode("utf-8", "surrogatepass").decode("latin-1"),
        "\0",
        f'"{"x" * 5000}"',
    ],
)
def test_what_is_no_term_is_refused(web, value):
    good = f"<{TORINO}/city/lyon>"
    for parameters in ({"value": value}, {"value": good, "with": value}, {"value": good, "named": value}):
        answer = web.get("/editor/passages", params=parameters)
        if answer.status_code != 200:
            assert answer.status_code == 400
            assert answer.json()["detail"].endswith("is no IRI and no literal")
            assert "N-Triples" in answer.json()["remedy"]
        else:
            assert value.startswith('"')  # odd, but a literal
            assert answer.json()["release"]


@pytest.mark.parametrize(
    ("parameters", "detail"),
    [
        ({}, "la richiesta non contiene un valore"),
        ({"value": '"x"', "subject": "<a:b>"}, "una tripla ha un soggetto e una proprietà"),
        ({"value": '"x"', "property": "<a:b>"}, "una tripla ha un soggetto e una proprietà"),
        ({"value": '"x"', "subject": '"y"', "property": "<a:b>"}, "un soggetto e una proprietà sono IRI"),
        ({"value": '"x"', "named": ["<a:b>"] * 21}, "una riga di 21 valori è troppo lunga"),
        ({"value": '"x"', "with": [f'"{n}"' for n in range(21)]}, "una riga di 21 valori è troppo lunga"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_the_reader_s_language(web, parameters, detail):
    answer = web.get("/editor/passages", params=parameters, headers={"Accept-Language": "it"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == detail
    assert answer.json()["remedy"]


def test_markup_in_the_graph_stays_text(small):
    answer = small.get("/editor/passages", params={"value": "<https://example.org/relations/alpha/city/alpha>"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    texts = {statement["value"]["text"] for passage in answer.json()["passages"] for statement in passage["states"]}
    assert "<img src=x onerror=alert(1)>" in texts
    assert "<script>alert" not in small.get("/en/sparql").text


def test_other_sites_may_read_these_too(web):
    for path in ("/editor/terms", "/editor/examples", "/editor/passages?value=%3Ca:b%3E"):
        assert httpx.get(web.base_url.join(path)).headers["access-control-allow-origin"] == "*"
