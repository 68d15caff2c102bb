"""The face over real HTTP: the endpoint, the documents and the pages of a small made-up city."""

import http.client
import json
import re
import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pyoxigraph as ox
import pytest

from kg.errors import SettingError
from kg.formats import DATASETS, GRAPHS, RESULTS
from kg.namespaces import CONCEPT, FIXED_PREFIXES, ROOT
from kg.release import Release
from kg.settings import Folders, Settings
from kg.store import City, Graph, merge
from kg.web.app import create_app
from kg.web.assets import asset
from kg.web.serve import address, listen, make_server
from kg.web.words import LANGUAGES, RELATIONS, WORDS, preferred_language, readable

ALPHA = "https://example.org/relations/alpha"
PREFIXES = FIXED_PREFIXES | {
    **{kind: f"{ALPHA}/{kind}/" for kind in ("agreement", "city", "event", "source")},
    "kind": f"{CONCEPT}kind/",
    "y23": f"{ALPHA}/source/yearbook-2023/",
}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

DATA = f"""
<{ALPHA}/graph/dataset> {{
    <{ALPHA}> a dcat:Dataset ; dct:title "Alpha's relations"@en , "Le relazioni di Alpha"@it ;
        dct:description "All of Alpha."@en , "Tutta Alpha."@it .
}}
<{ALPHA}/graph/ontology> {{
    <{ROOT}ontology> a owl:Ontology ; rdfs:label "Small ontology"@en , "Piccola ontologia"@it .
    cr:Agreement a owl:Class ; rdfs:label "agreement"@en , "accordo"@it ;
        skos:definition "What parties agree on."@en , "Ciò su cui le parti si accordano."@it .
    cr:City a owl:Class ; rdfs:label "city"@en , "città"@it .
    cr:party a owl:ObjectProperty ; rdfs:label "party"@en , "parte"@it ; skos:definition "Who agrees."@en .
    cr:start a owl:DatatypeProperty ; rdfs:label "start"@en , "inizio"@it ; cr:singleValued true .
    kind:twinning a skos:Concept ; skos:prefLabel "twinning"@en , "gemellaggio"@it ;
        skos:definition "A lasting bond."@en .
}}
<{ALPHA}/graph/sources> {{
    source:yearbook-2023 a cr:Document ; rdfs:label "Yearbook 2023"@en , "Annuario 2023"@it .
    y23:L3 a cr:Passage ; cr:document source:yearbook-2023 ; cr:firstLine 3 .
    y23:L12-L14 a cr:Passage ; cr:document source:yearbook-2023 ; cr:firstLine 12 .
}}
<{ALPHA}/graph/entities> {{
    city:alpha a cr:City ; rdfs:label "Alpha"@en , "Alfa"@it ; skos:altLabel "Alphaville"@en .
    city:beta a cr:City ; rdfs:label "Beta"@en , "Beta"@it .
    city:nasty a cr:City ; rdfs:label "<script>alert('x')</script> & \\"co\\""@en ; skos:altLabel "<b onclick=x>"@en ;
        rdfs:seeAlso <javascript:alert(1)> , <https://example.net/a?b=1&c=%22> .
    agreement:beta-2003 a cr:Agreement ; rdfs:label "Twinning with Beta"@en , "Gemellaggio con Beta"@it .
}}
y23:L3 {{
    agreement:beta-2003 cr:party city:alpha , city:beta ; cr:kind kind:twinning ; cr:start "2003"^^xsd:gYear .
}}
y23:L12-L14 {{
    agreement:beta-2003 cr:party city:beta ; cr:start "2003-03-12"^^xsd:date ; cr:value 12500 .
}}
<{ALPHA}/graph/derived/twinned-with> {{ city:alpha cr:twinnedWith city:beta . }}
"""

SHAPES = {
    "a.ttl": "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix s: <https://w3id.org/city-relations/shapes#> .\n"
    "s:AgreementShape a sh:NodeShape ; sh:property [ sh:minCount 2 ] . # two parties\n",
    "b.ttl": "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix s: <https://w3id.org/city-relations/shapes#> .\n"
    "s:CityShape a sh:NodeShape .\n",
}


def make_graph(extra=""):
    engine = ox.Store()
    heads = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    engine.load(heads + DATA + extra, format=ox.RdfFormat.TRIG)
    merge(engine)
    return Graph(engine, City(ALPHA, PREFIXES))


@contextmanager
def serving(graph, folder, **settings):
    """A server on a free port; gives a client for it."""
    for name, text in SHAPES.items():
        (folder / name).write_text(text, encoding="utf-8")
    release = Release(graph, Folders(folder, folder, folder, folder, folder))
    app = create_app(release, Settings(**settings))
    with listen("127.0.0.1", 0) as listener:
        server = make_server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(base_url=address(listener), timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with serving(make_graph(), tmp_path_factory.mktemp("shapes")) as client:
        yield client


def titled(answer):
    """The problem document of an answer, checked for its form."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    return problem


def plain(answer):
    """The text of a page without markup and with single spaces."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


ASK = "ASK { agreement:beta-2003 cr:party city:beta }"


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(lambda web, text: web.get("/sparql", params={"query": text}), id="get"),
        pytest.param(lambda web, text: web.post("/sparql", data={"query": text}), id="form"),
        pytest.param(
            lambda web, text: web.post("/sparql", content=text, headers={"Content-Type": "application/sparql-query"}),
            id="direct",
        ),
    ],
)
def test_the_three_ways_to_ask(web, send):
    answer = send(web, ASK)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert answer.json() == {"head": {}, "boolean": True}
    count = send(web, "SELECT (COUNT(*) AS ?n) { agreement:beta-2003 cr:party city:beta }").json()
    assert [row["n"]["value"] for row in count["results"]["bindings"]] == ["1"]


@pytest.mark.parametrize("form", RESULTS, ids=lambda form: form.name)
def test_results_by_accept_and_by_name(web, form):
    by_accept = web.get("/sparql", params={"query": ASK}, headers={"Accept": form.media_types[0]})
    by_name = web.get("/sparql", params={"query": ASK, "format": form.name})
    assert by_accept.content == by_name.content
    assert b"true" in by_accept.content
    assert by_accept.headers["content-type"] == by_name.headers["content-type"] == form.content_type


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.name)
def test_graphs_by_accept(web, form):
    answer = web.get("/sparql", params={"query": "DESCRIBE city:beta"}, headers={"Accept": form.media_types[0]})
    assert answer.headers["content-type"] == form.content_type
    assert len(list(ox.parse(answer.content, format=form.engine))) == 3


def test_without_any_accept(web):
    connection = http.client.HTTPConnection(web.base_url.host, web.base_url.port)
    connection.request("GET", "/sparql?query=ASK%7B%7D")
    answer = connection.getresponse()
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert answer.read() == b'{"head":{},"boolean":true}'
    connection.close()


def test_several_accept_headers_are_one(web):
    headers = [("Accept", "text/csv;q=0.1"), ("Accept", "text/tab-separated-values")]
    answer = httpx.get(web.base_url.join("/sparql?query=ASK%7B%7D"), headers=headers)
    assert answer.headers["content-type"] == "text/tab-separated-values; charset=utf-8"


def test_what_does_not_fit_is_406_with_the_list(web):
    problem = titled(web.get("/sparql", params={"query": ASK}, headers={"Accept": "application/foo"}))
    assert problem["status"] == 406
    assert problem["offered"] == [form.media_types[0] for form in RESULTS]
    assert titled(web.get("/torino", headers={"Accept": "application/foo"}))["status"] == 404
    assert titled(web.get("/alpha", params={"format": "csv"}))["offered"][0] == "text/turtle"


@pytest.mark.parametrize(
    ("send", "status", "detail"),
    [
        (lambda web: web.get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D"), 400, "the request has `query` 2 times"),
        (lambda web: web.get("/sparql?query=%FF"), 400, "the query string is not UTF-8 at byte 0"),
        (lambda web: web.post("/sparql", data={"format": "csv"}), 400, "the request has no query"),
        (lambda web: web.post("/sparql", data={}), 400, "a body without content type is not understood"),
        (
            lambda web: web.post("/sparql", data={"update": "CLEAR ALL"}),
            403,
            "updates are refused: this endpoint only answers queries",
        ),
        (
            lambda web: web.post("/sparql", data={"query": "CLEAR ALL"}),
            403,
            "CLEAR is refused: this endpoint only answers queries",
        ),
        (lambda web: web.get("/sparql?query=ASK%20FROM%20%3Chttp://a%3E%7B%7D"), 403, "there is no graph <http://a>"),
        (lambda web: web.get("/sparql?query=ASK%7B%7D&default-graph-uri=a"), 403, "there is no graph <a>"),
        (lambda web: web.delete("/sparql"), 405, "DELETE /sparql is not answered"),
        (lambda web: web.post("/alpha"), 405, "POST /alpha is not answered"),
        (lambda web: web.get("/alpha/city/omega"), 404, f"nothing is known of <{ALPHA}/city/omega>"),
        (lambda web: web.get("/alpha/city/a%20b%3Cc%3E"), 404, f"nothing is known of <{ALPHA}/city/a b<c>>"),
        (lambda web: web.get("/static/../app.py"), 404, "nothing is known of <https://example.org/relations/app.py>"),
        (lambda web: web.get("/en/browse/Agreement?page=x"), 400, "page=x is no number of a page"),
        (lambda web: web.get("/en/browse/Agreement?page=9"), 404, "there is no page 9"),
        (lambda web: web.get("/en/browse/Omega"), 404, "there is no class Omega with members"),
    ],
)
def test_errors_are_problem_documents(web, send, status, detail):
    problem = titled(send(web))
    assert (problem["status"], problem["detail"]) == (status, detail)
    assert problem["remedy"]


def test_a_syntax_error_has_line_and_column(web):
    problem = titled(web.get("/sparql", params={"query": "SELECT * {\n ?s nope:x ?o }"}))
    assert (problem["status"], problem["line"], problem["column"]) == (400, 2, 11)
    assert problem["detail"] == "the prefix 'nope:' is not declared"
    assert "agreement, city" in problem["remedy"]


def test_a_browser_gets_its_error_as_a_page(web):
    answer = web.get("/sparql", params={"query": "ASK { <b>"}, headers=BROWSER | {"Accept-Language": "it"})
    assert answer.status_code == 400
    assert "400 Richiesta errata" in plain(answer)
    assert "riga 1, colonna" in plain(answer)
    assert '<html lang="it">' in answer.text
    missing = web.get("/en/alpha/<i>", headers=BROWSER)
    assert missing.status_code == 404
    assert f"nothing is known of &lt;{ALPHA}/&lt;i&gt;&gt;" in missing.text
    assert "<i>" not in missing.text


def test_an_unforeseen_error_tells_nothing(tmp_path):
    class Breaking:
        """An engine that works until it is told to break."""

        def __init__(self, engine):
            self.engine, self.broken = engine, False

        def __getattr__(self, name):
            if self.broken:
                raise LookupError(f"secret of {name}")
            return getattr(self.engine, name)

    graph = make_graph()
    engine = Breaking(graph.engine)
    with serving(Graph(engine, graph.city), tmp_path) as client:
        assert client.get("/alpha").status_code == 200
        engine.broken = True
        answer = client.get("/alpha")
        problem = titled(answer)
        assert (problem["status"], answer.headers["connection"]) == (500, "close")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "secret" not in json.dumps(problem)
        assert client.get("/health").text == "ok"


def test_a_body_that_is_too_long(tmp_path):
    with serving(make_graph(), tmp_path, max_query_bytes=1024) as client:
        long = "ASK {}" + " " * 1100
        assert titled(client.post("/sparql", data={"query": long}))["detail"] == "the query has 1106 bytes"
        direct = client.post("/sparql", content=long * 5, headers={"Content-Type": "application/sparql-query"})
        assert titled(direct)["detail"] == "the body has more than 4096 bytes"
        assert client.post("/sparql", data={"query": "ASK {}"}).json()["boolean"] is True


SPELLINGS = [
    "SELECT * {{ SERVICE {} {{}} }}",
    "SELECT * {{ service silent {} {{ ?s ?p ?o }} }}",
    "SELECT*{{SERVICE{}{{}}}}",
    "SELECT*{{SERVICESILENT{}{{}}}}",
    "SELECT * {{ SERVICE# a\n{} {{}} }}",
    "SELECT * {{ SERV\\u0049CE {} {{}} }}",
    "SELECT * {{ VALUES ?v {{ true }} SERVICE{}{{}} }}",
    "PREFIX x: {} SELECT * {{ SERVICEx:{{}} }}",
    "PREFIX : {} SELECT * {{ SERVICE:{{}} }}",
    "PREFIX x: {0} PREFIX SERVICEx: {0} SELECT * {{ SERVICEx:{{}} }}",
    "PREFIX x: {} SELECT * {{ {{}}UNION{{SERVICEx:a{{}}}} }}",
    "SELECT * {{ BIND({} AS ?x) SERVICE ?x {{}} }}",
    "SELECT * {{ VALUES ?x {{ {} }} SERVICE?x{{}} }}",
    "SELECT * {{ FILTER(1<2)SERVICE#>\n{}{{}} }}",
    'SELECT * {{ FILTER(1<2#>"""\n)SERVICE{}{{}} }}#"""',
    "SELECT * {{ FILTER(1<2#>'''\n)SERVICE{}{{}} }}#'''",
    'SELECT * {{ VALUES ?v {{ """a" }} SERVICE {} {{}} }}#\\x"""',
    "ASK {{ FILTER EXISTS {{ SERVICE {} {{}} }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE {} {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s {{ SERVICE {} {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE {} {{}} }} }} }}",
    "SELECT * FROM {} {{}}",
    "SELECT * FROM NAMED {} {{}}",
    "LOAD {}",
    "LOAD SILENT {} INTO GRAPH <a:b>",
    "BASE <a:b> LO\\u0041D {}",
    "CLEAR ALL; LOAD {}",
]


def test_no_spelling_opens_a_door(web):
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        target = f"<http://127.0.0.1:{trap.getsockname()[1]}/>"
        for spelling in SPELLINGS:
            text = spelling.format(target)
            answers = [
                web.get("/sparql", params={"query": text}),
                web.post("/sparql", data={"query": text}),
                web.post("/sparql", content=text, headers={"Content-Type": "application/sparql-query"}),
            ]
            assert [answer.status_code for answer in answers] == [403] * 3, text
            assert "refused" in answers[0].text or "there is no graph" in answers[0].text or "may be" in answers[0].text
        with pytest.raises(TimeoutError):
            trap.accept()


PATHS = {
    "thing": "alpha/agreement/beta-2003",
    "dataset": "alpha",
    "document": "alpha/source/yearbook-2023",
    "concept": "concept/kind/twinning",
    "passage": "alpha/source/yearbook-2023/L12-L14",
    "graph": "alpha/graph/entities",
    "derived": "alpha/graph/derived/twinned-with",
    "ontology": "ontology",
    "shapes": "shapes",
}


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.name)
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_every_kind_of_iri_in_every_format(web, path, form):
    answer = web.get(f"/{path}", headers={"Accept": form.media_types[0]})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == form.content_type
    assert list(ox.parse(answer.content, format=form.engine))
    assert web.get(f"/{path}", params={"format": form.extension}).content == answer.content


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_a_browser_is_sent_to_the_page_in_its_language(web, path):
    for header, language in (("it-IT,it;q=0.9,en;q=0.5", "it"), ("fr", "en"), ("", "en")):
        answer = web.get(f"/{path}", headers=BROWSER | {"Accept-Language": header})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/{language}/{path}")
        page = web.get(answer.headers["location"], headers=BROWSER)
        assert page.status_code == 200
        assert page.headers["content-language"] == language
        assert f'<html lang="{language}">' in page.text


def test_every_iri_of_the_graph_is_answered(web):
    nodes = {term.value for quad in make_graph().engine for term in quad if isinstance(term, ox.NamedNode)}
    paths = {node.partition("#")[0].removeprefix(ROOT).removeprefix(f"{ALPHA.rpartition('/')[0]}/") for node in nodes}
    ours = sorted(path for path in paths if ":" not in path)
    assert len(ours) > 10
    for path in ours:
        assert web.get(f"/{path}").status_code == 200, path
        assert web.get(f"/it/{path}").status_code == 200, path


def triples(answer, form=ox.RdfFormat.TURTLE):
    return {str(quad.triple) for quad in ox.parse(answer.content, format=form)}


def test_the_rdf_of_a_thing_has_both_directions_and_the_names_of_neighbours(web):
    found = triples(web.get("/alpha/city/beta"))
    assert f"<{ALPHA}/agreement/beta-2003> <{ROOT}ontology#party> <{ALPHA}/city/beta>" in found
    assert f'<{ALPHA}/agreement/beta-2003> <{FIXED_PREFIXES["rdfs"]}label> "Gemellaggio con Beta"@it' in found
    assert f"<{ALPHA}/city/alpha> <{ROOT}ontology#twinnedWith> <{ALPHA}/city/beta>" in found
    assert not any("start" in triple for triple in found)


def test_the_rdf_of_a_passage_is_what_it_states(web):
    found = triples(web.get("/alpha/source/yearbook-2023/L3"))
    assert len(found) == 4 + 3
    assert f'<{ALPHA}/agreement/beta-2003> <{ROOT}ontology#start> "2003"^^<{FIXED_PREFIXES["xsd"]}gYear>' in found
    quads = ox.parse(web.get("/alpha/source/yearbook-2023/L3?format=nq").content, format=ox.RdfFormat.N_QUADS)
    assert sum(quad.graph_name == ox.NamedNode(f"{ALPHA}/source/yearbook-2023/L3") for quad in quads) == 4
    assert web.get("/alpha/city/beta?format=trig").status_code == 406
    for form in DATASETS:
        assert web.get("/alpha/source/yearbook-2023/L3", params={"format": form.name}).status_code == 200


def test_the_ontology_and_the_shapes(web):
    assert f'<{ROOT}ontology#party> <{FIXED_PREFIXES["rdfs"]}label> "parte"@it' in triples(web.get("/ontology"))
    shapes = web.get("/shapes")
    assert "# two parties" in shapes.text
    assert len(triples(shapes)) == 4
    assert web.get("/shapes?format=nt").text == web.get("/shapes?format=nt").text
    assert "s:CityShape" not in plain(web.get("/en/shapes"))
    assert "CityShape" in plain(web.get("/en/shapes"))


def test_the_page_of_a_thing_shows_the_passage_beside_each_fact(web):
    page = web.get("/en/alpha/agreement/beta-2003")
    text = plain(page)
    assert "Twinning with Beta" in text
    assert "party Alpha 1 Beta 1 2 " in text
    assert "start 12 March 2003 2 2003" in text
    assert "kind agreement 3" in text
    assert "Sources Yearbook 2023, line 3 Yearbook 2023, lines 12–14 Data set, part “entities”" in text
    assert 'aria-label="Source 2: Yearbook 2023, lines 12–14"' in page.text
    assert "12,500" in text
    assert '<a href="/en/alpha/source/yearbook-2023/L12-L14"' in page.text
    assert '<a href="/en/ontology#party" title="cr:party">' in page.text
    assert 'href="/alpha/agreement/beta-2003?format=jsonld"' in page.text
    assert '<a href="/it/alpha/agreement/beta-2003" hreflang="it"' in page.text
    assert "no official service" in text


def test_the_same_page_in_italian(web):
    text = plain(web.get("/it/alpha/agreement/beta-2003"))
    assert "Gemellaggio con Beta" in text
    assert "parte Alfa 1 Beta 1 2 " in text
    assert "Fonti Annuario 2023, riga 3 Annuario 2023, righe 12–14" in text
    assert "inizio 12 marzo 2003" in text
    assert "12.500" in text
    assert "non è un servizio ufficiale" in text


def test_a_reading_set_aside_is_marked(web):
    text = plain(web.get("/en/alpha/agreement/beta-2003"))
    assert "2003 stated less precisely 1" in text
    assert "another reading" not in text
    assert "2003 stated, but another reading is used" in plain(web.get("/en/alpha/source/yearbook-2023/L3"))
    assert "another reading" not in plain(web.get("/en/alpha/source/yearbook-2023/L12-L14"))


def test_derived_facts_name_their_rule_and_mentions_their_passages(web):
    text = plain(web.get("/en/alpha/city/alpha"))
    assert "Derived by rules cr:twinnedWith Beta 3" in text
    assert "Derived by the rule “twinned-with”" in text
    assert "Where it appears agreements 1 12 March 2003 Twinning with Beta party 2" in text
    assert "Also: Alphaville" in text


def test_a_passage_lists_what_it_states(web):
    text = plain(web.get("/en/alpha/source/yearbook-2023/L12-L14"))
    assert "Yearbook 2023, lines 12–14" in text
    assert "What it states Twinning with Beta cr:value 12,500 party Beta start 12 March 2003" in text
    assert "Document Yearbook 2023 Place lines 12–14" in text
    assert "Passage before" in text


def test_terms_and_concepts_show_both_languages(web):
    page = web.get("/en/ontology")
    text = plain(page)
    assert '<section id="Agreement">' in page.text
    assert "agreement en accordo it What parties agree on. en Ciò su cui le parti si accordano. it" in text
    assert '1 things: <a href="/en/browse/Agreement">' in page.text
    concept = plain(web.get("/it/concept/kind/twinning"))
    assert "gemellaggio" in concept
    assert "twinning en" in concept
    assert "A lasting bond. en" in concept


def test_home_and_browse(web):
    assert web.get("/", headers=BROWSER | {"Accept-Language": "it"}).headers["location"] == "/it/"
    turtle = web.get("/", headers={"Accept": "text/turtle"})
    assert (turtle.status_code, turtle.headers["location"]) == (303, "/alpha?format=turtle")
    home = plain(web.get("/it/"))
    assert "Le relazioni di Alpha" in home
    assert "Tutta Alpha." in home
    assert "1 accordo 3 città 7 affermazioni 2 passi" in home
    assert "città 3" in home
    assert plain(web.get("/it")) == home
    text = plain(web.get("/en/browse/City"))
    assert text.index("Alpha") < text.index("Beta")
    assert "Cities 3 Order" in text


def test_long_lists_say_how_much_is_left(tmp_path):
    many = "".join(f'city:c{n:03} a cr:City ; rdfs:label "City {n:03}"@en ; cr:near city:beta .\n' for n in range(130))
    with serving(make_graph(f"<{ALPHA}/graph/entities> {{ {many} }}"), tmp_path) as client:
        page = client.get("/en/alpha/city/beta")
        assert "and 106 more" in plain(page)  # Alpha is twinned with it, too
        link = re.search(r'href="(/en/sparql\?query=[^"]*)"', page.text)[1]
        query = re.search(r"<textarea[^>]*>(.*?)</textarea>", client.get(link).text, re.DOTALL)[1]
        answer = client.get("/sparql", params={"query": query, "format": "csv"})
        assert len(answer.text.split()) == 1 + 131
        first, last = client.get("/en/browse/City"), client.get("/en/browse/City?page=3")
        assert "Page 1 of 3 Next" in plain(first)
        assert "City 129" not in plain(first)
        assert "City 129" in plain(last)
        assert "Page 2 of 3" in plain(client.get("/en/alpha/graph/entities?page=2"))


def test_nothing_in_the_graph_gets_into_a_page(web):
    for path in ("/en/alpha/city/nasty", "/en/browse/City", "/en/alpha/graph/entities"):
        page = web.get(path)
        assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#34;co&#34;" in page.text
        assert "<script>" not in page.text
        assert "<b " not in page.text
        assert 'href="javascript' not in page.text
    page = web.get("/en/alpha/city/nasty").text
    assert 'href="https://example.net/a?b=1&amp;c=%22"' in page
    typed = web.get("/en/sparql", params={"query": "</textarea><script>"}).text
    assert "&lt;/textarea&gt;&lt;script&gt;" in typed


def test_the_form_for_queries(web):
    page = web.get("/sparql", headers=BROWSER | {"Accept-Language": "it"})
    assert '<form action="/sparql" method="get">' in page.text
    assert '<option value="csv">CSV</option>' in page.text
    assert "Interroga" in plain(page)
    example = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)[1]
    assert "cr/City" not in example
    answer = web.get("/sparql", params={"query": example, "format": "csv"}, headers=BROWSER)
    assert answer.text.splitlines()[0] == "class,things"


@pytest.mark.parametrize(
    "path",
    ["/", "/sparql", f"/sparql?query={quote(ASK)}", "/alpha", "/en/alpha", "/it/", "/ontology", "/nothing", "/health"],
)
def test_head_answers_like_get_without_body(web, path):
    got, head = web.get(path), web.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    without_date = [{k: v for k, v in answer.headers.items() if k != "date"} for answer in (got, head)]
    assert without_date[0] == without_date[1]


@pytest.mark.parametrize("path", ["/", "/sparql", "/alpha", "/en/alpha", "/nothing", "/health", "/static/notices.txt"])
def test_headers_of_every_answer(web, path):
    headers = web.get(path, headers={"Origin": "https://example.net"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "Accept-Language" in headers["vary"]
    assert "server" not in headers


def test_options_for_other_sites(web):
    answer = web.options("/sparql", headers={"Origin": "https://example.net", "Access-Control-Request-Method": "POST"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == answer.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
    assert web.options("/alpha").headers["allow"] == "GET, HEAD, OPTIONS"


def test_pages_ask_no_other_host(web):
    for path in ("/en/", "/en/sparql", "/en/alpha/city/alpha", "/en/ontology", "/en/shapes"):
        page = web.get(path).text
        loaded = re.findall(r"<(?:link|img|image|use|script|iframe)[^>]*?(?:href|src)=\"([^\"]*)\"", page)
        assert len(loaded) > 5
        own = str(web.base_url).rstrip("/")
        assert all(address.removeprefix(own).startswith("/") for address in loaded)
        assert "style=" not in page
    assert web.get(asset("style.css")).headers["content-type"] == "text/css; charset=utf-8"


def test_the_face_names_no_city_of_its_own():
    folder = Path(__file__).parents[1] / "src" / "kg" / "web"
    for file in sorted(folder.rglob("*.*")):
        if file.suffix in (".py", ".html", ".css"):
            assert not re.search(r"tor[i]no|turin", file.read_text(encoding="utf-8"), re.IGNORECASE), file


def test_a_query_goes_in_a_form_as_it_is(web):
    body = urlencode({"query": "SELECT ('%41+è' AS ?x) {}"})
    answer = web.post("/sparql?format=csv", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.text == "x\r\n%41+è\r\n"


def test_a_port_that_is_taken():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert address(taken) == f"http://127.0.0.1:{port}"
        with pytest.raises(
            SettingError, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"
        ) as caught:
            listen("127.0.0.1", port)
    assert "--port" in caught.value.remedy


@pytest.mark.parametrize(
    ("value", "datatype", "english", "italian"),
    [
        ("2024-03-12", "date", "12 March 2024", "12 marzo 2024"),
        ("2024-03", "gYearMonth", "March 2024", "marzo 2024"),
        ("2024", "gYear", "2024", "2024"),
        ("2003-13", "gYearMonth", "2003-13", "2003-13"),
        ("9999", "integer", "9999", "9999"),
        ("292500", "integer", "292,500", "292.500"),
        ("-12500.25", "decimal", "-12,500.25", "-12.500,25"),
        ("45.07", "decimal", "45.07", "45,07"),
        ("true", "boolean", "yes", "sì"),
        ("2024-03-12", "string", "2024-03-12", "2024-03-12"),
    ],
)
def test_values_are_written_as_people_read_them(value, datatype, english, italian):
    literal = ox.Literal(value, datatype=ox.NamedNode(FIXED_PREFIXES["xsd"] + datatype))
    assert [readable(literal, language) for language in ("en", "it")] == [english, italian]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("it", "it"),
        ("de, it;q=0.4, en;q=0.3", "it"),
        ("en-GB,it;q=0.9", "en"),
        ("*", "en"),
        ("it;q=0", "en"),
    ],
)
def test_the_language_of_a_reader(header, language):
    assert preferred_language(header) == language


def test_every_word_is_there_in_both_languages():
    for texts in (*WORDS.values(), *RELATIONS.values()):
        assert set(texts) == set(LANGUAGES)
        assert all(texts.values())
    web = Path(__file__).parents[1] / "src" / "kg" / "web"
    written = "".join(file.read_text("utf-8") for folder in (web, web / "templates") for file in folder.glob("*.[ph]*"))
    asked = set(re.findall(r"\bword\(\s*\"([^\"]+)\"[,)]", written))
    assert asked <= set(WORDS)
    quoted = set(re.findall(r"\"([a-z-]+)\"(?!: \{)", written))
    made = {f"{head}{end}" for head in ("group-", "facet-", "look-", "sort-") for end in quoted}
    made |= {f"about-{end}{text}" for end in ("what", "read") for text in ("", "-text")}
    made |= {f"access-{end}-{number}" for end in ("done", "limits") for number in (1, 2, 3)}
    made |= {f"door-{end}{text}" for end in ("ask", "data", "correct") for text in ("", "-text")}
    assert set(WORDS) - asked - quoted - made == set()
