"""Reading tokens: what must be found however it is written, and what must not be taken for it."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.tokens import UPDATES, Asks, read, scan

PREFIXES = {
    "ex": "https://example.org/",
    "h": "http://h:80",
    "load": "https://example.org/load/",
    "": "https://example.org/",
}
CLOSED = "<http://127.0.0.1:9/>"  # a port to which the engine itself refuses to connect, and says so

REFUSED = [
    f"SELECT * {{ SERVICE {CLOSED} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ service {CLOSED} {{}} }}",
    f"SELECT * {{ SeRvIcE SILENT {CLOSED} {{}} }}",
    f"SELECT * {{ SERVICESILENT{CLOSED}{{}} }}",
    f"SELECT*{{SERVICE{CLOSED}{{}}}}",
    f"SELECT * {{\r\n\tSERVICE\n# why\n{CLOSED} {{}} }}",
    f"SELECT * {{ SERVICE# {{ }}\n{CLOSED} {{}} }}",
    f"SELECT * {{ SERV\\u0049CE {CLOSED} {{}} }}",
    f"SELECT * {{ \\U00000053ERVICE {CLOSED} {{}} }}",
    "SELECT * { ?s ?p ?endpoint . SERVICE ?endpoint {} }",
    "SELECT * { SERVICE ex:sparql {} }",
    "SELECT * { SERVICEex:sparql{} }",
    "SELECT * { SERVICE:sparql{} }",
    "PREFIX serviceex: <https://example.org/> SELECT * { {} SERVICEex:sparql {} }",
    f"SELECT * {{ ?s ?p trueSERVICE{CLOSED}{{}} }}",
    "SELECT * { ?s ?p trueSERVICEex:sparql{} }",
    f"SELECT * {{ ?s ?p 1SERVICE{CLOSED}{{}} }}",
    f"SELECT * {{ ?s ?p 1.5e3SERVICE{CLOSED}{{}} }}",
    f"SELECT * {{ ?s ?p h:SERVICE{CLOSED}{{}} }}",
    f'SELECT * {{ ?s ?p "x"SERVICE{CLOSED}{{}} }}',
    f"SELECT * {{ ?s ?p '''x'''SERVICE{CLOSED}{{}} }}",
    f'SELECT * {{ ?s ?p "\\\\" . SERVICE {CLOSED} {{ ?s ?p "" }} }}',
    f"SELECT * {{ ?s ?p ?o . FILTER(?o<3) SERVICE {CLOSED} {{}} FILTER(?o>2) }}",
    f"SELECT * {{ ?s ?p ?o FILTER(!(?s<?o&&?o='>'))SERVICE{CLOSED}{{?x ?y '1'}} }}",
    f'SELECT * {{ FILTER(1<2#>"""\n)SERVICE{CLOSED}{{}} }}#"""',
    f"SELECT * {{ FILTER(1<2#>'''\n)SERVICE{CLOSED}{{}} }}#'''",
    f"SELECT * {{ FILTER(1<2)SERVICE#>\n{CLOSED}{{}} }}",
    "SELECT * { ?s ?p ?b FILTER(1<2)SERVICE?b#>\n{} }",
    f'SELECT * {{ VALUES ?v {{ """a" }} SERVICE {CLOSED} {{}} }}#\\x"""',
    f'SELECT * {{ VALUES ?v {{ """a" }} SERVICE {CLOSED} {{}} }}#\\ud800"""',
    f'PREFIXurn:<https://example.org/> SELECT * {{ FILTER(1<urn:a#>"""\n)SERVICE{CLOSED}{{}} }}#"""',
    f"ASK {{ FILTER EXISTS {{ SERVICE {CLOSED} {{}} }} }}",
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE {CLOSED} {{ ?s ?p ?o }} }}",
    f"DESCRIBE ?s {{ {{ SELECT * {{ SERVICE {CLOSED} {{}} }} }} }}",
    "LOAD <http://127.0.0.1:9/>",
    "load silent <http://127.0.0.1:9/> into graph ex:g",
    "PREFIX a: <https://example.org/> LOAD a:g",
    "BASE <https://example.org/> # a\nLoad<g>",
    "LO\\u0041D <http://127.0.0.1:9/>",
    "INSERT DATA { ex:a ex:b ex:c }",
    "INSERTDATA{ex:a ex:b ex:c}",
    "delete where { ?s ?p ?o }",
    "WITH ex:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP GRAPH ex:g",
    "CREATE GRAPH ex:g",
    "ADD ex:a TO ex:b",
    "MOVE ex:a TO ex:b",
    "COPY DEFAULT TO ex:b",
    "SELECT * {} ; CLEAR ALL",
]

HARMLESS = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?service { ?service ex:service ?load }",
    "SELECT $service { $service ?insert ?delete }",
    "SELECT * { ?s ex:SERVICE ?o }",
    "SELECT * { ?s ex:load ex:insert . ex:delete ex:drop ex:clear }",
    "SELECT * { load:x load:y load:service }",
    "PREFIX service: <https://example.org/> SELECT * { service:a service:b service:c . }",
    "PREFIX insert: <https://example.org/> SELECT * { insert:data ?p ?o }",
    "PREFIX x-service.v1: <https://example.org/> SELECT * { x-service.v1:a ?p ?o }",
    "SELECT * { ?s <https://example.org/SERVICE> ?o }",
    "SELECT * { ?s <https://example.org/services#SERVICE> ?o . ?s ?p <urn:load> }",
    "SELECT * { GRAPH ex:service { ?s ?p ?o } }",
    "SELECT * { GRAPH <https://example.org/a#service> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }" }',
    "SELECT * { ?s ?p 'LOAD <x>' }",
    'SELECT * { ?s ?p """SERVICE\n"" <x> {} """ }',
    "SELECT * { ?s ?p '''INSERT DATA ' '' {}''' }",
    'SELECT * { ?s ?p "a \\" SERVICE <x> {}" }',
    "SELECT * { ?s ?p 'it\\'s LOAD' }",
    'SELECT * { ?s ?p "\\u0053ERVICE" }',
    'SELECT * { ?s ?p "a"@load-SERVICE }',
    "# SERVICE <http://127.0.0.1:9/> {}\nSELECT * { ?s ?p ?o } # LOAD <x>",
    "SELECT * { ?s ?p ?o # ' SERVICE \" <x>\n }",
    "SELECT * { _:service ex:p _:load }",
    "SELECT * { ?s ?p ?o FILTER(?o < 3 && ?o > 2 && STR(?s) != 'SERVICE') }",
    "SELECT * { ?s ?p ?o FILTER(?o<3&&?o>2) FILTER(?service!=1) }",
    "SELECT * { ?s ?p ?o FILTER(?s IN (<https://example.org/#service>, ex:b)) }",
    "SELECT * { VALUES (?s ?o) { (<https://example.org/#service> <https://example.org/#b>) } }",
    "SELECT * { ?s ex:a\\-service|ex:b%20load ?o }",
    "SELECT (COUNT(*) AS ?update) { ?s a ex:Service . }",
    "DESCRIBE ex:service",
    "ASK { ex:add ex:copy ex:move }",
]


@pytest.mark.parametrize("query", REFUSED)
def test_it_is_found_however_it_is_written(query):
    asks = read(query, PREFIXES)
    assert asks.services or asks.updates or asks.unclear


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_in_another_place_is_not_taken_for_it(query):
    assert isinstance(ox.Store().query(query, prefixes=PREFIXES), ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples)
    asks = read(query, PREFIXES)
    assert (asks.services, asks.updates, asks.unclear) == ((), (), None)


def test_the_target_of_service():
    asks = read(f"SELECT * {{ SERVICE {CLOSED} {{}} SERVICE SILENT ex:a {{}} SERVICE ?x {{}} }}", PREFIXES)
    assert asks.services == ("http://127.0.0.1:9/", "https://example.org/a", None)


@pytest.mark.parametrize("word", UPDATES)
def test_every_update_is_named(word):
    assert read(f"PREFIX a: <b:c>\n{word.lower()} DATA {{}}", {}).updates == (word,)


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT*{}", "SELECT"),
        ("selectDISTINCT ?s {}", "SELECT"),
        ("# a\nBASE <http://a>\nPREFIX select: <b:c> #d\nPREFIX : <d:e> ask{}", "ASK"),
        ("PREFIXa:<b:c>CONSTRUCT{}{}", "CONSTRUCT"),
        ("DESCRIBE<a:b>", "DESCRIBE"),
        ("", None),
        ("select:a", "SELECT"),
        ("nonsense", None),
    ],
)
def test_the_form_of_a_query(query, form):
    assert read(query, {}).form == form


@pytest.mark.parametrize(
    ("query", "default", "named"),
    [
        ("SELECT * FROM <a:b> FROM<c:d> {}", ("a:b", "c:d"), ()),
        ("SELECT * FROM NAMED <a:b> FROM <c:d> FROMNAMED<e:f> {}", ("c:d",), ("a:b", "e:f")),
        ("SELECT * from ex:a From named ex:b {}", ("https://example.org/a",), ("https://example.org/b",)),
        ("PREFIX ex: <x:y/> SELECT * FROM ex:a\\-b {}", ("x:y/a-b",), ()),
        ("BASE <http://a/b> PREFIX p: <c/> ASK FROM <d> FROM p:e {}", ("http://a/d", "http://a/c/e"), ()),
        ("BASE <http://a/> BASE <b/> ASK FROM <c> {}", ("http://a/b/c",), ()),
        ("ASK FROM <http://a/\\u0062> {}", ("http://a/b",), ()),
        ("SELECT * { ?from ex:from 'FROM <a:b>' } # FROM <c:d>", (), ()),
        ("SELECT * FROM unknown:a {}", (), ()),
    ],
)
def test_the_dataset_of_a_query(query, default, named):
    asks = read(query, PREFIXES)
    assert (asks.default_graphs, asks.named_graphs) == (default, named)


def test_tokens():
    query = "SELECT ?s{?s ex:a.b-c <d> ;:e\\'f 'g'@en-GB,1.5 .FILTER(?s<2||?s <<h>)}#i"
    assert [token.text for token in scan(query)] == [
        *("SELECT", "?s", "{", "?s", "ex:a.b-c", "<d>", ";", ":e\\'f", "'g'", "@en-GB", ",", "1", ".", "5", "."),
        *("FILTER", "(", "?s", "<", "2", "|", "|", "?s", "<", "<h>", ")", "}"),
    ]


def engine_calls_out(query):
    """Whether the engine takes the query to ask another endpoint."""
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("https://example.org/a"), ox.NamedNode("https://example.org/p"), ox.Literal(1)))
    try:
        result = store.query(query, prefixes=PREFIXES | {"x": "http://127.0.0.1:9/"})
        list(result) if isinstance(result, ox.QuerySolutions) else None
    except OSError:
        return True
    except (SyntaxError, RuntimeError):
        return False
    return False


def test_the_engine_calls_out_for_most_of_what_is_refused():
    called = [query for query in REFUSED if engine_calls_out(query)]
    assert len(called) > 15


PIECES = [
    *("SERVICE", "service", "SERVICESILENT", "SERVICE SILENT ", "trueSERVICE", "h:SERVICE", "1SERVICE", "SERVICE#>\n"),
    *(
        CLOSED,
        " " + CLOSED,
        "x:y",
        " x:y",
        ":",
        "?x",
        "#>\n",
        "#'\n",
        '#"""\n',
        "{}",
        " {?x ?y 1}",
        "{",
        "}",
        ".",
        " ",
        "\n",
    ),
    *(
        "FILTER(1<2)",
        "FILTER(1<2#>",
        "FILTER(!(?s<?o&&?o='>'))",
        "FILTER(1<x:a#>",
        'VALUES?v{"""a"}',
        "?s ?p ?o",
        "?s ?p h:",
    ),
    *('"', "'", '"""', "'''", '#\\x"""', "#'''", ")", ">", "<", "<<", "OPTIONAL{", "UNION", "?s ?p true", "{}UNION{"),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=3), st.lists(st.sampled_from(PIECES), max_size=4))
def test_whatever_the_engine_would_call_is_found(before, after):
    query = f"SELECT*{{{''.join(before)}SERVICE{''.join(after)}}}"
    if engine_calls_out(query):
        asks = read(query, PREFIXES | {"x": "http://127.0.0.1:9/"})
        assert asks.services or asks.unclear


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    assert isinstance(read(text, PREFIXES), Asks)


@given(
    st.lists(
        st.sampled_from([*PIECES, "FROM", "NAMED", "PREFIX", "BASE", "<a:b>", "\\u0053", "\\U00110000"]), max_size=12
    )
)
def test_any_tokens_can_be_read(pieces):
    assert isinstance(read("".join(pieces), PREFIXES), Asks)
    assert "".join(token.text for token in scan("".join(pieces))).count("SERVICE") <= "".join(pieces).count("SERVICE")
