"""Answering queries: the default graph as a set, the choice of graphs, doors that stay shut, errors that help."""

import json

import pyoxigraph as ox
import pytest

from kg import query
from kg.errors import NotAcceptable, QueryRefused, QuerySyntaxError, RequestError
from kg.formats import GRAPHS, RESULTS
from kg.namespaces import FIXED_PREFIXES
from kg.protocol import SparqlRequest
from kg.store import City, Graph, merge

ALPHA = "https://example.org/relations/alpha"
PREFIXES = FIXED_PREFIXES | {"city": f"{ALPHA}/city/", "y23": f"{ALPHA}/source/yearbook/"}

# Three passages state that Alpha is a partner of Beta, two of them state the same number.
DATA = """
y23:L1 { city:alpha cr:partner city:beta ; cr:value 2 . }
y23:L2 { city:alpha cr:partner city:beta ; cr:value 2 . city:beta cr:partner city:gamma . }
y23:L3 { city:alpha cr:partner city:beta . }
"""


@pytest.fixture(scope="module")
def graph():
    engine = ox.Store()
    heads = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    engine.load(heads + DATA, format=ox.RdfFormat.TRIG)
    merge(engine)
    return Graph(engine, City(ALPHA, PREFIXES))


def ask(graph, text, **request):
    """The answer as text."""
    return query.run(graph, SparqlRequest(text, **request)).body.decode()


def rows(graph, text, **request):
    """The rows of a SELECT without its head, values joined by commas."""
    return ask(graph, text, format="csv", **request).split()[1:]


COUNT = "SELECT (COUNT(*) AS ?n) { city:alpha cr:partner ?x }"
SUM = "SELECT (SUM(?v) AS ?n) { ?x cr:value ?v }"


def test_a_triple_in_three_passages_counts_one(graph):
    assert rows(graph, COUNT) == ["1"]
    assert rows(graph, SUM) == ["2"]
    assert rows(graph, "SELECT ?x ?y { ?x cr:partner ?y . ?x cr:value ?v }") == [
        f"{ALPHA}/city/alpha,{ALPHA}/city/beta"
    ]


def test_the_passages_keep_what_each_states(graph):
    text = "SELECT ?p { GRAPH ?p { city:alpha cr:partner city:beta } } ORDER BY ?p"
    assert rows(graph, text) == [f"{ALPHA}/source/yearbook/L{n}" for n in (1, 2, 3)]


@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated")  # rdflib asks its own deprecated property
def test_the_dataset_of_rdflib_is_the_same(graph):
    assert [int(row.n) for row in graph.dataset.query(COUNT, initNs=PREFIXES)] == [1]


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        pytest.param("FROM y23:L1", [f"{ALPHA}/city/beta"], id="one"),
        pytest.param("FROM y23:L2", [f"{ALPHA}/city/beta", f"{ALPHA}/city/gamma"], id="another"),
        pytest.param("FROM y23:L1 FROM y23:L3", [f"{ALPHA}/city/beta"], id="two-merge-as-a-set"),
        pytest.param("FROM y23:L1 FROM y23:L2 FROM y23:L3", [f"{ALPHA}/city/beta", f"{ALPHA}/city/gamma"], id="three"),
        pytest.param("FROM y23:L1 FROM y23:L1", [f"{ALPHA}/city/beta"], id="one-twice"),
        pytest.param("FROM NAMED y23:L1", [], id="only-named-leaves-the-default-empty"),
    ],
)
def test_from_gives_these_graphs_alone_as_a_set(graph, clauses, expected):
    text = f"SELECT ?y {clauses} {{ ?x cr:partner ?y }} ORDER BY ?y"
    assert rows(graph, text) == expected


def test_sums_over_several_graphs_do_not_multiply(graph):
    assert rows(graph, SUM.replace("{", "FROM y23:L1 FROM y23:L2 {", 1)) == ["2"]


def test_from_named_restricts_graph(graph):
    text = "SELECT (COUNT(*) AS ?n) FROM NAMED y23:L1 FROM NAMED y23:L3 { GRAPH ?g { ?x cr:partner ?y } }"
    assert rows(graph, text) == ["2"]
    assert rows(graph, text.replace("FROM NAMED", "FROM", 1)) == ["1"]
    assert rows(graph, "SELECT ?g FROM y23:L1 FROM y23:L3 { GRAPH ?g { ?x ?p ?y } }") == []


def test_several_from_with_from_named(graph):
    text = "SELECT ?y ?g FROM y23:L1 FROM y23:L3 FROM NAMED y23:L2 { ?x cr:partner ?y . GRAPH ?g { ?y ?p ?z } }"
    assert rows(graph, text) == [f"{ALPHA}/city/beta,{ALPHA}/source/yearbook/L2"]


def test_the_graphs_of_the_request_stand_in_place_of_from(graph):
    one, two = f"{ALPHA}/source/yearbook/L1", f"{ALPHA}/source/yearbook/L2"
    text = "SELECT (COUNT(*) AS ?n) FROM y23:L2 { ?x cr:partner ?y }"
    assert rows(graph, text) == ["2"]
    assert rows(graph, text, default_graphs=(one,)) == ["1"]
    assert rows(graph, text, default_graphs=(one, two)) == ["2"]
    assert rows(graph, text, named_graphs=(two,)) == ["0"]
    assert rows(graph, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?x ?p ?y } }", default_graphs=(one,)) == ["0"]


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("ASK FROM <https://example.org/nowhere> {}", {}),
        ("ASK FROM y23:L1 FROM NAMED <https://example.org/nowhere> {}", {}),
        ("ASK FROM y23:L1 FROM <https://example.org/nowhere> {}", {}),
        ("ASK {}", {"default_graphs": ("https://example.org/nowhere",)}),
        ("ASK {}", {"named_graphs": ("https://example.org/nowhere",)}),
        ("ASK {}", {"default_graphs": (f"{ALPHA}/source/yearbook/L1", "no IRI")}),
    ],
)
def test_an_unknown_graph_is_refused(graph, text, request_):
    with pytest.raises(QueryRefused, match="there is no graph <") as caught:
        ask(graph, text, **request_)
    assert caught.value.remedy == "list the graphs with SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }"
    assert len(rows(graph, query.LIST_GRAPHS)) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> {} }", "SERVICE <http://127.0.0.1:9/> is refused"),
        ("SELECT * { SERVICE ?s {} }", "SERVICE is refused"),
        ("SELECT * { {} SERVICEcity:x{} }", "SERVICE is refused"),
        ("LOAD <http://127.0.0.1:9/>", "LOAD is refused"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE is refused"),
        ("SELECT * { FILTER(1<2#>'''\n)SERVICE<http://127.0.0.1:9/>{} }#'''", "<2#> may be an IRI or a comparison"),
    ],
)
def test_shut_doors(graph, text, message):
    with pytest.raises(QueryRefused) as caught:
        ask(graph, text)
    assert caught.value.message.startswith(message)
    assert caught.value.remedy
    assert len(graph.engine) == 9


def test_select_in_each_format(graph):
    text = "SELECT ?v { ?x cr:value ?v }"
    assert json.loads(ask(graph, text)) == {
        "head": {"vars": ["v"]},
        "results": {
            "bindings": [{"v": {"type": "literal", "value": "2", "datatype": FIXED_PREFIXES["xsd"] + "integer"}}]
        },
    }
    assert '<binding name="v"><literal' in ask(graph, text, format="xml")
    assert ask(graph, text, accept="text/csv") == "v\r\n2\r\n"
    assert ask(graph, text, format="tsv") == "?v\n2\n"


def test_ask_in_each_format(graph):
    assert json.loads(ask(graph, "ASK {}")) == {"head": {}, "boolean": True}
    assert "<boolean>false</boolean>" in ask(graph, "ASK { city:alpha a city:beta }", format="xml")
    assert [ask(graph, "ASK {}", format=name) for name in ("csv", "tsv")] == ["true", "true"]


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "text", ["CONSTRUCT { ?y cr:value 1 } { GRAPH ?g { ?x cr:partner ?y } }", "DESCRIBE city:beta"]
)
def test_graphs_in_each_format_without_repetition(graph, form, text):
    answer = query.run(graph, SparqlRequest(text, accept=form.media_types[0]))
    assert answer.format is form
    triples = [str(quad.triple) for quad in ox.parse(answer.body, format=form.engine)]
    assert triples
    assert len(triples) == len(set(triples))


def test_turtle_has_the_prefixes_it_uses(graph):
    assert ask(graph, "CONSTRUCT WHERE { city:beta cr:partner ?y }") == (
        f"@prefix city: <{ALPHA}/city/> .\n"
        "@prefix cr: <https://w3id.org/city-relations/ontology#> .\n"
        "city:beta cr:partner city:gamma .\n"
    )


def test_prefixes_can_be_declared_otherwise(graph):
    assert rows(graph, "PREFIX city: <https://example.org/other/> SELECT ?p { city:alpha ?p ?o }") == []


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("ASK {}", {"accept": "text/turtle"}),
        ("DESCRIBE city:beta", {"accept": "text/csv"}),
        ("ASK {}", {"format": "trig"}),
    ],
)
def test_formats_that_do_not_fit_the_form(graph, text, request_):
    with pytest.raises(NotAcceptable) as caught:
        ask(graph, text, **request_)
    offered = GRAPHS if text.startswith("DESCRIBE") else RESULTS
    assert caught.value.offered == tuple(form.media_types[0] for form in offered)


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "remedy"),
    [
        ("SELECT * {\n  ?s ?p }", 2, 10, "the query is not SPARQL 1.1 here; expected: ", "look at the line"),
        ("SELECT * {\n  ?s foo:bar ?o }", 2, 13, "the prefix 'foo:' is not declared", "declare it with PREFIX; "),
        ("SELECT *\n\n{ 'è' ", 3, 7, "the query is not SPARQL 1.1 here", "look at the line"),
        ("ASK { ?s <rel> ?o }", 1, 15, "an IRI is not valid or not absolute", "declare a BASE"),
        ("nonsense", 1, 9, "the query is not SPARQL 1.1 here", "look at the line"),
        ("SELECT (?a AS ?b) (?a AS ?b) {}", 1, 32, "the query is not SPARQL 1.1 here", "look at the line"),
    ],
)
def test_a_syntax_error_has_its_place(graph, text, line, column, message, remedy):
    with pytest.raises(QuerySyntaxError) as caught:
        ask(graph, text)
    assert caught.value.message.startswith(message)
    assert remedy in caught.value.remedy
    assert (caught.value.line, caught.value.column) == (line, column)
    assert "/" not in caught.value.message.replace("'/'", "")


def test_what_only_shows_while_evaluating(graph):
    with pytest.raises(RequestError, match=r"function <https://example\.org/f> is not supported"):
        ask(graph, "SELECT * { ?s ?p ?o FILTER(<https://example.org/f>(?o)) }")


def test_no_query(graph):
    with pytest.raises(RequestError, match="no query"):
        query.run(graph, SparqlRequest(None))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"ASK {{ FILTER({'(' * 30000}1{')' * 30000}) }}", id="parentheses"),
        pytest.param(f"ASK {{ {'{' * 30000}{'}' * 30000} }}", id="groups"),
        pytest.param(f"ASK {{ FILTER({'!' * 60000}true) }}", id="negations"),
        pytest.param(f"ASK {{ {'MINUS{}' * 9000} }}", id="a-long-difference"),
    ],
)
def test_deep_nesting_does_not_end_the_process(graph, text):
    assert json.loads(ask(graph, text))["boolean"] is True


def test_the_same_triples_give_the_same_bytes(graph):
    text = "CONSTRUCT WHERE { ?s ?p ?o }"
    assert ask(graph, text) == ask(graph, text.replace("WHERE", "FROM y23:L3 FROM y23:L2 FROM y23:L1 WHERE"))
