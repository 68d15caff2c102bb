"""The endpoint over a real socket: W3C's own tests, the dataset, methods, negotiation, how it introduces itself."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import brotli
import httpx
import pyoxigraph as ox
import pytest
import zstandard

from kg.formats import GRAPHS, RESULTS, by_name
from kg.web.coding import CODINGS, negotiate
from served import ALPHA, COUNT, DATA, make_graph, serving

W3C = Path(__file__).resolve().parents[2] / "shared" / "w3c" / "sparql" / "sparql11"
if not W3C.is_dir() and os.environ.get("KG_TEST_ALL") == "1":
    pytest.fail("the W3C tests are missing: put them into ../shared/w3c")

HT = "http://www.w3.org/2011/http#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
CNT = "http://www.w3.org/2011/content#"
FIRST, REST = (ox.NamedNode(f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}") for name in ("first", "rest"))
SD = "http://www.w3.org/ns/sparql-service-description#"

# Updates are what this endpoint never does: W3C expects success, we answer 403.
REFUSED = {
    "update_dataset_default_graph",
    "update_dataset_default_graphs",
    "update_dataset_named_graphs",
    "update_dataset_full",
    "update_post_form",
    "update_post_direct",
    "update_base_uri",
}


class Manifest:
    """A manifest of W3C tests, read as a graph."""

    def __init__(self, folder):
        self.folder = W3C / folder
        self.store = ox.Store()
        if self.folder.is_dir():
            self.store.load(path=str(self.folder / "manifest.ttl"), base_iri=f"http://example/{folder}/")

    def objects(self, subject, iri):
        return [quad.object for quad in self.store.quads_for_pattern(subject, ox.NamedNode(iri), None)]

    def value(self, subject, iri):
        found = self.objects(subject, iri)
        return found[0].value if found else None

    def listed(self, node):
        while isinstance(node, ox.BlankNode):
            yield from self.objects(node, FIRST.value)
            node = self.objects(node, REST.value)[0]

    def tests(self):
        entries = [quad.object for quad in self.store.quads_for_pattern(None, ox.NamedNode(MF + "entries"), None)]
        return [test for head in entries for test in self.listed(head)]


def name_of(test):
    return test.value.rpartition("#")[2]


PROTOCOL, DESCRIPTION = Manifest("protocol"), Manifest("service-description")
RESULT_TESTS = [(Manifest(folder), folder) for folder in ("csv-tsv-res", "json-res")]
without_w3c = pytest.mark.skipif(not W3C.is_dir(), reason="the W3C tests are missing: put them into ../shared/w3c")


def requests_of(test):
    """The requests of a protocol test: method, address, headers, body, and what is expected."""
    connection = PROTOCOL.objects(test, MF + "action")[0]
    for request in PROTOCOL.listed(PROTOCOL.objects(connection, HT + "requests")[0]):
        headers = {
            PROTOCOL.value(header, HT + "fieldName"): PROTOCOL.value(header, HT + "fieldValue")
            for head in PROTOCOL.objects(request, HT + "headers")
            for header in PROTOCOL.listed(head)
        }
        body = b""
        for content in PROTOCOL.objects(request, HT + "body"):
            body = PROTOCOL.value(content, CNT + "chars").encode(PROTOCOL.value(content, CNT + "characterEncoding"))
        response = PROTOCOL.objects(request, HT + "resp")[0]
        yield (
            PROTOCOL.value(request, HT + "methodName"),
            PROTOCOL.value(request, HT + "absolutePath"),
            headers,
            body,
            response,
        )


@pytest.fixture(scope="module")
def w3c():
    """A server with a graph for each file of the suite; the one that the suite names but does not bring is made up."""
    graph = ""
    for number in range(4):
        file = W3C / "protocol" / f"data{number}.nt"
        triples = file.read_text("utf-8") if file.exists() else "<http://kasei.us/0> a <http://example.org/Thing> ."
        graph += f"<http://kasei.us/2009/09/sparql/data/data{number}.rdf> {{ {triples} }}\n"
    with serving(make_graph(graph)) as served:
        yield served


def check(answer, response):
    classes = {node.value.rpartition("StatusCode")[2][0] for node in PROTOCOL.objects(response, MF + "expectedStatus")}
    assert str(answer.status_code)[0] in classes, answer.text
    form = PROTOCOL.value(response, MF + "expectedFormat")
    media_type = answer.headers["content-type"].partition(";")[0]
    if form == "RDF":
        assert media_type in {known for graph in GRAPHS for known in graph.media_types}
    elif form is not None:
        assert media_type in {known for result in RESULTS for known in result.media_types}
    expected = PROTOCOL.value(response, MF + "expectedBoolean")
    if expected is not None:
        assert answer.json()["boolean"] is (expected == "true")


def test_the_suite_is_whole():
    if W3C.is_dir():
        assert len(PROTOCOL.tests()) == 34
        assert {name_of(test) for test in PROTOCOL.tests()} >= REFUSED


@without_w3c
@pytest.mark.parametrize("test", PROTOCOL.tests(), ids=name_of)
def test_protocol(w3c, test):
    for method, path, headers, body, response in requests_of(test):
        answer = w3c.web.request(method, path, headers=headers, content=body)
        asks = "query" in parse_qs(urlsplit(path).query) or body.startswith((b"query=", b"ASK", b"SELECT"))
        if name_of(test) in REFUSED and not asks:
            assert answer.status_code == 403, answer.text
            assert answer.json()["detail"] == "updates are refused: this endpoint only answers queries"
        elif name_of(test) not in REFUSED:
            check(answer, response)


@without_w3c
@pytest.mark.parametrize("test", DESCRIPTION.tests(), ids=name_of)
def test_service_description(w3c, test):
    answer = w3c.web.get("/sparql", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    store = ox.Store()
    store.load(answer.content, format=ox.RdfFormat.TURTLE)
    endpoint = ox.NamedNode(str(w3c.web.base_url) + "/sparql")
    assert list(store.quads_for_pattern(None, ox.NamedNode(SD + "endpoint"), endpoint))
    conforms = f"""ASK {{ ?s a <{SD}Service> ; <{SD}endpoint> ?e ; <{SD}defaultDataset> ?d ; <{SD}resultFormat> ?f ;
        <{SD}supportedLanguage> <{SD}SPARQL11Query> .
        ?d a <{SD}Dataset> ; <{SD}defaultGraph> ?g . ?g a <{SD}Graph> FILTER(isIRI(?e) && isIRI(?f)) }}"""
    assert bool(store.query(conforms)), test


def result_tests():
    return [
        pytest.param(manifest, folder, test, id=f"{folder}-{name_of(test)}")
        for manifest, folder in RESULT_TESTS
        for test in manifest.tests()
    ]


def rows(text, tab):
    """The table as the formats define it: columns and rows in any order, blank nodes without their names.

    Our engine keeps numbers by their value, so that 1.0e6 comes back as 1000000: they are compared as numbers.
    """
    parsed = [line.split("\t") for line in text.splitlines()] if tab else list(csv.reader(io.StringIO(text)))
    order = sorted(range(len(parsed[0])), key=parsed[0].__getitem__)
    value = term if tab else cell
    return [parsed[0][n] for n in order], sorted([value(row[n]) for n in order] for row in parsed[1:])


def cell(text):
    if text.startswith("_:"):
        return "_:"
    try:
        return str(float(text))
    except ValueError:
        return text


def term(text):
    if not text or text.startswith("_:"):
        return text[:2]
    found = next(iter(ox.parse(f"<s:s> <p:p> {text} .", format=ox.RdfFormat.TURTLE))).object
    is_number = isinstance(found, ox.Literal) and found.datatype.value.endswith(("nteger", "double", "decimal"))
    return cell(found.value) if is_number else str(found)


def bindings(result):
    found = result.get("results", {}).get("bindings", [])
    plain = [
        sorted(
            (name, term["type"], "" if term["type"] == "bnode" else term["value"], term.get("datatype", ""))
            for name, term in row.items()
        )
        for row in found
    ]
    return sorted(result["head"].get("vars", [])), sorted(plain), result.get("boolean")


@pytest.fixture(scope="module")
def result_servers():
    """A server for each file of data, and the name of the file."""
    files = sorted({W3C / folder / name for _, folder in RESULT_TESTS for name in ("data.ttl", "data2.ttl")})
    started = {}
    managers = []
    for file in files:
        if file.exists():
            quads = ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri="http://example.org/")
            lines = "\n".join(str(quad.triple) + " ." for quad in quads)
            managers.append(serving(make_graph(f"<http://example.org/data> {{ {lines} }}")))
            started[file] = managers[-1].__enter__()
    yield started
    for manager in managers:
        manager.__exit__(None, None, None)


@without_w3c
@pytest.mark.parametrize(("manifest", "folder", "test"), result_tests())
def test_result_formats(result_servers, manifest, folder, test):
    action = manifest.objects(test, MF + "action")[0]
    text = (W3C / folder / manifest.value(action, QT + "query").rpartition("/")[2]).read_text("utf-8")
    data = W3C / folder / manifest.value(action, QT + "data").rpartition("/")[2]
    expected = W3C / folder / manifest.value(test, MF + "result").rpartition("/")[2]
    form = by_name(expected.suffix[1:], RESULTS)
    answer = result_servers[data].web.get("/sparql", params={"query": text}, headers={"Accept": form.media_types[0]})
    assert answer.headers["content-type"] == form.content_type
    if form.name == "json":
        assert bindings(answer.json()) == bindings(json.loads(expected.read_bytes()))
    else:
        tab = form.name == "tsv"
        assert rows(answer.text, tab) == rows(expected.read_text("utf-8"), tab)


@pytest.fixture(scope="module")
def served():
    with serving() as running:
        yield running


L = [f"{ALPHA}/source/yearbook/L{n}" for n in range(4)]


@pytest.mark.parametrize(
    ("query", "parameters", "expected"),
    [
        (COUNT, {}, ["1"]),
        (COUNT, {"default-graph-uri": [L[1]]}, ["1"]),
        (COUNT, {"default-graph-uri": [L[1], L[2], L[3]]}, ["1"]),
        (COUNT, {"named-graph-uri": [L[1]]}, ["0"]),
        (COUNT.replace("{", f"FROM <{L[1]}> FROM <{L[3]}> {{", 1), {}, ["1"]),
        ("SELECT (COUNT(*) AS ?n) FROM NAMED y23:L1 FROM NAMED y23:L3 { GRAPH ?g { ?x cr:partner ?y } }", {}, ["2"]),
        (
            "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?x cr:partner ?y } }",
            {"named-graph-uri": [L[1], L[2], L[3]], "default-graph-uri": [L[1]]},
            ["4"],
        ),
    ],
)
def test_the_dataset_is_made_of_sets(served, query, parameters, expected):
    for send in (
        served.web.get("/sparql", params={"query": query, "format": "csv", **parameters}),
        served.web.post("/sparql", data={"query": query, "format": "csv", **parameters}),
    ):
        assert send.text.splitlines()[1:] == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROMy23:L1 {?s ?p ?o}",
        "SELECT*FROM NAMEDy23:L1{GRAPH ?g{?s ?p ?o}}",
        "SELECT * FROMNAMEDy23:L1 {GRAPH ?g{?s ?p ?o}}",
        "ASKFROMy23:L1{?s ?p ?o}",
        "CONSTRUCT{?s ?p ?o}FROMy23:L1{?s ?p ?o}",
        "DESCRIBE <a:b>FROMy23:L1",
        "SELECT ?s FROM<http://example.org/x>FROMy23:L1 {?s ?p ?o}",
    ],
)
def test_a_glued_from_is_never_the_engine_s_alone(served, query):
    answer = served.ask(query)
    assert answer.status_code == 403
    assert "spaces" in answer.json()["remedy"] or "there is no graph" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["ASK FROM y23:L1 {}", "DESCRIBE city:fromage", "SELECT * { city:FROMx ?p ?o }"])
def test_from_in_its_place_and_in_names(served, query):
    assert served.ask(query).status_code == 200


@pytest.mark.parametrize("text", ["ASK { ?s cr:service ?o {} }", "ASK { ?s cr:services ?o . {} }"])
def test_service_in_a_name_is_no_service(served, text):
    assert served.ask(text).status_code == 200


def test_a_machine_gets_the_description_and_a_person_the_editor(served):
    for accept in ("*/*", "text/turtle", "application/rdf+xml", "application/ld+json"):
        answer = served.web.get("/sparql", headers={"Accept": accept})
        assert answer.status_code == 200
        form = by_name(answer.headers["content-type"], GRAPHS)
        assert any(quad.object.value == SD + "Service" for quad in ox.parse(answer.content, format=form.engine))
    page = served.web.get("/sparql", headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "it"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-language"] == "it"
    assert "<textarea" in page.text


def test_the_description_names_the_public_address():
    with serving(base_url="https://kg.example.org/") as served:
        assert "<https://kg.example.org/sparql>" in served.web.get("/sparql").text
    with serving(trusted_proxies="127.0.0.0/8") as served:
        headers = {"X-Forwarded-Host": "kg.example.net", "X-Forwarded-Proto": "https"}
        assert "<https://kg.example.net/sparql>" in served.web.get("/sparql", headers=headers).text


def test_a_host_that_is_none_gets_nowhere(served):
    text = served.web.get("/sparql", headers={"Host": 'x"><script>', "X-Forwarded-Host": "evil.example"}).text
    assert f"<http://127.0.0.1:{served.address[1]}/sparql>" in text


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_methods(served, path):
    got, head = (served.web.request(method, path, params={"query": COUNT}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}
    asked = served.web.options(path, headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked.headers["access-control-allow-methods"]) == (204, "GET, HEAD, POST, OPTIONS")
    for method in ("PUT", "PATCH", "DELETE"):
        answer = served.web.request(method, path, content=b"x")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")


LONG = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.ZstdDecompressor().decompress}


@pytest.mark.parametrize("name", CODINGS)
def test_content_codings(served, name):
    with served.web.stream("GET", "/sparql", params={"query": LONG}, headers={"Accept-Encoding": name}) as answer:
        sent = b"".join(answer.iter_raw())
    plain = served.web.get("/sparql", params={"query": LONG}, headers={"Accept-Encoding": "identity"})
    assert answer.headers["content-encoding"] == name
    assert "content-encoding" not in plain.headers
    assert DECODERS[name](sent) == plain.content
    assert len(sent) < len(plain.content) / 3
    assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, br, zstd", "zstd"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("*", "zstd"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("gzip;q=0", "identity"),
        ("deflate", "identity"),
    ],
)
def test_which_coding(header, expected):
    assert negotiate(header) == expected


def test_small_answers_are_not_coded(served):
    answer = served.web.get("/sparql", params={"query": "ASK {}"}, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


def test_old_clients(served):
    text = httpx.URL(served.web.base_url).copy_with(path="/sparql", params={"query": "ASK {}"})
    assert httpx.get(text, headers={"Connection": "close"}).json()["boolean"] is True


def test_the_data_stand_as_the_tests_say():
    assert DATA.count("cr:partner city:beta") == 3
