"""One contract, whatever evaluates: in memory, on disk, Virtuoso, Fuseki. All behind the same front, over HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg import release as releases
from kg.errors import SettingError
from kg.push import Target, push
from kg.release import Release
from kg.settings import Folders
from others import fuseki, missing, virtuoso
from served import ALPHA, DATA, ENDLESS, Served, make_graph, serving, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Graph
    from others import Running

NOWHERE = Path(os.devnull).parent
MOST_ROWS = 300  # that Virtuoso gives here; the made-up city has fewer
MORE = """
y23:D1 {
  city:alpha cr:start "2024"^^xsd:gYear ; cr:end "2024-04"^^xsd:gYearMonth ; cr:latest "2024-04-15"^^xsd:date ;
    cr:exact true ; cr:amount 2.5 ; rdfs:label "Città 𝄞 \\"d'arte\\"\\nè"@it , "Zażółć"@pl , "東京" ; cr:code "" .
  city:è cr:partner city:alpha .
}
"""
LABELS = {'"Città 𝄞 \\"d\'arte\\"\\nè"@it', '"Zażółć"@pl', '"東京"'}
BACKENDS = ("memory", "disk", "virtuoso", "fuseki")
REMOTE = ("virtuoso", "fuseki")


@dataclass
class Backend:
    """A kind of store, the server in front of it, and the engine's process where there is one."""

    name: str
    served: Served
    engine: Running | None = None


def made_up() -> Graph:
    return make_graph(DATA + MORE)


def release_of(graph: Graph) -> Release:
    return Release(graph, Folders(NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE))


@contextmanager
def started(name: str, folder: Path) -> Iterator[Running]:
    reason = missing(name)
    if reason and not os.environ.get("KG_TEST_ALL"):
        pytest.skip(reason)
    with (
        virtuoso(folder, rows=MOST_ROWS) if name == "virtuoso" else fuseki(folder, "--timeout=5000", "--mem") as running
    ):
        yield running


def load(engine: Running, graph: Graph) -> dict[str, int]:
    return push(release_of(graph), Target(engine.address, user=engine.user, password=engine.password))


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    folder = tmp_path_factory.mktemp(request.param)
    graph = made_up()
    if request.param not in REMOTE:
        store = "memory" if request.param == "memory" else f"oxigraph:{folder}"
        with serving(graph, store=store) as served:
            yield Backend(request.param, served)
        return
    with started(request.param, folder) as engine:
        load(engine, graph)
        with serving(graph, store=engine.address) as served:
            yield Backend(request.param, served, engine)


def number(backend: Backend, query: str, **parameters: str) -> str:
    return backend.served.ask(query, format="csv", **parameters).raise_for_status().text.splitlines()[1]


def test_a_triple_of_three_passages_counts_once(backend):
    assert number(backend, "SELECT (COUNT(*) AS ?n) { city:alpha cr:partner city:beta }") == "1"
    assert number(backend, "SELECT (SUM(?v) AS ?n) { city:alpha cr:value ?v }") == "2"
    assert number(backend, "SELECT (COUNT(?a) AS ?n) { ?a cr:partner ?b . ?b cr:partner ?c }") == "41"


def test_the_default_graph_has_its_triples_and_no_other(backend):
    wanted = sum(1 for _ in made_up().engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert number(backend, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == str(wanted)


def test_from_one_passage_gives_that_passage_alone(backend):
    query = "SELECT ?s ?p ?o FROM y23:L2 { ?s ?p ?o } ORDER BY ?s ?p"
    rows = backend.served.rows(query)
    assert [row.partition(",")[0].rpartition("/")[2] for row in rows] == ["alpha", "alpha", "beta"]
    asked = {"default-graph-uri": f"{ALPHA}/source/yearbook/L3"}
    assert number(backend, "SELECT (COUNT(*) AS ?n) FROM y23:L2 { ?s ?p ?o }", **asked) == "1"


def test_from_an_unknown_graph_is_refused(backend):
    answer = backend.served.ask("ASK FROM y23:L99 { ?s ?p ?o }")
    assert (answer.status_code, answer.json()["detail"]) == (403, f"there is no graph <{ALPHA}/source/yearbook/L99>")


def test_several_from_merge_as_a_set(backend):
    query = "SELECT (COUNT(*) AS ?n) FROM y23:L1 FROM y23:L2 FROM y23:L3 { ?s ?p ?o }"
    assert number(backend, query) == "3"


def test_from_named_and_graph_see_the_passages_that_are_named(backend):
    query = "SELECT DISTINCT ?g FROM NAMED y23:L1 FROM NAMED y23:L2 { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    assert [row.rpartition("/")[2] for row in backend.served.rows(query)] == ["L1", "L2"]
    assert number(backend, "SELECT (COUNT(*) AS ?n) FROM NAMED y23:L1 { ?s ?p ?o }") == "0"


def test_graph_sees_the_passages_and_nothing_that_an_engine_has_besides(backend):
    query = "SELECT ?g { GRAPH ?g { city:alpha cr:partner city:beta } } ORDER BY ?g"
    assert [row.rpartition("/")[2] for row in backend.served.rows(query)] == ["L1", "L2", "L3"]
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert {row.rpartition("/")[0] for row in backend.served.rows(query)} == {f"{ALPHA}/source/yearbook"}
    assert len(backend.served.rows(query)) == 44
    query = "SELECT (COUNT(?v) AS ?n) { ?a cr:value ?v GRAPH y23:L1 { ?a cr:partner ?b } }"
    assert number(backend, query) == "1"


def test_dates_and_numbers_keep_their_types(backend):
    rows = backend.served.ask("SELECT ?p ?o { city:alpha ?p ?o FILTER(!ISIRI(?o)) }").json()["results"]["bindings"]
    found = {row["p"]["value"].rpartition("#")[2]: (row["o"]["value"], row["o"].get("datatype")) for row in rows}
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert {name: found[name] for name in ("start", "end", "latest", "exact", "amount", "value", "code")} == {
        "start": ("2024", xsd + "gYear"),
        "end": ("2024-04", xsd + "gYearMonth"),
        "latest": ("2024-04-15", xsd + "date"),
        "exact": ("true", xsd + "boolean"),
        "amount": ("2.5", xsd + "decimal"),
        "value": ("2", xsd + "integer"),
        "code": ("", None),
    }
    assert number(backend, 'SELECT (COUNT(*) AS ?n) { ?s cr:latest ?d FILTER(?d < "2024-05-01"^^xsd:date) }') == "1"


def test_text_of_all_scripts_arrives_as_it_is(backend):
    found = backend.served.ask("SELECT ?l { ?s rdfs:label ?l }", format="tsv").text.splitlines()[1:]
    assert set(found) == LABELS
    assert number(backend, "SELECT ?s { ?s cr:partner city:alpha }") == f"{ALPHA}/city/è"
    assert backend.served.ask('ASK { ?s rdfs:label "Zażółć"@pl }').json()["boolean"] is True
    assert backend.served.ask('ASK { ?s rdfs:label "Zażółć"@de }').json()["boolean"] is False


def test_a_construct_has_each_triple_once_in_every_format(backend):
    query = "CONSTRUCT { ?a cr:partner ?b } { GRAPH ?g { ?a cr:partner ?b } }"
    found = {form: backend.served.ask(query, format=form).raise_for_status().text for form in ("ntriples", "turtle")}
    assert len(found["ntriples"].splitlines()) == 43
    assert found["turtle"].count("cr:partner") == 43
    whole = backend.served.ask("CONSTRUCT WHERE { ?s ?p ?o }", format="ntriples").text.splitlines()
    assert len(whole) == int(number(backend, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))


def test_a_syntax_error_names_line_and_column(backend):
    answer = backend.served.ask("SELECT ?s {\n  ?s ?p }")
    assert answer.status_code == 400
    assert (answer.json()["line"], answer.json()["column"]) == (2, 10)


def test_prefixes_and_relative_names_need_no_declaration(backend):
    assert number(backend, "SELECT (COUNT(*) AS ?n) { <city/alpha> cr:partner ?x }") == "1"
    assert number(backend, f"PREFIX c: <{ALPHA}/city/> SELECT (COUNT(*) AS ?n) {{ c:alpha cr:partner ?x }}") == "1"


def test_the_deadline_is_kept(backend):
    answer = backend.served.ask(ENDLESS, timeout="1")
    assert answer.status_code == 504
    assert answer.json()["detail"] == "the query has not ended within 1 seconds"
    assert number(backend, "SELECT (COUNT(*) AS ?n) { city:alpha cr:partner city:beta } # after") == "1"


def test_nothing_is_cut_off(backend):
    if backend.name == "virtuoso":
        answer = backend.served.ask("SELECT * { ?a cr:partner ?b . ?c cr:partner ?d }")
        assert (answer.status_code, "at most 300 rows" in answer.json()["detail"]) == (413, True)
    else:
        rows = backend.served.rows("SELECT * { ?a cr:partner ?b . ?c cr:partner ?d }")
        assert len(rows) == 43 * 43


def test_a_construct_is_not_cut_off_either(backend):
    query = "CONSTRUCT { ?a cr:partner ?d } { ?a cr:partner ?b . ?c cr:partner ?d }"
    answer = backend.served.ask(query, format="ntriples")
    wanted = (413, 0) if backend.name == "virtuoso" else (200, 43 * 43)
    assert (answer.status_code, answer.text.count(" .\n")) == wanted


def test_what_virtuoso_answers_wrongly_it_is_not_asked(backend):
    queries = {
        "SELECT ?g { GRAPH ?g {} }": 400,
        "SELECT (COUNT(*) AS ?n) { GRAPH <https://example.org/none> { ?s ?p ?o } }": 403,
        "DESCRIBE city:alpha": 400,
    }
    for query, status in queries.items():
        assert backend.served.ask(query).status_code == (status if backend.name == "virtuoso" else 200)


def test_the_same_answer_is_kept_and_named_alike(backend):
    first = backend.served.ask("SELECT ?x { city:alpha cr:partner ?x } # kept")
    again = backend.served.web.get(first.url, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_workers_can_call_nobody(backend):
    assert backend.served.site.serving is not None
    assert backend.served.site.serving.pool.isolated


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (<bif:exec>('x') AS ?x) {}",
        "PREFIX sql: <sql:> SELECT (sql:x(1) AS ?x) {}",
        "PREFIX f: <java:org.apache.jena.> SELECT * { ?s f:x ?o }",
        "PREFIX v: <http://www.openlinksw.com/schemas/bif#> SELECT (v:exec('x') AS ?x) {}",
        "SELECT (<\\u0062if:exec>('x') AS ?x) {}",
        "PREFIX xsd: <http://example.org/> SELECT (xsd:date('x') AS ?x) {}",
    ],
)
def test_what_an_engine_takes_beyond_sparql_is_refused(backend, query):
    if backend.engine is not None:
        assert backend.served.ask(query).status_code in (400, 403)
    else:
        assert backend.served.ask(query).status_code in (200, 400)


@pytest.fixture(scope="module", params=REMOTE)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(request.param, tmp_path_factory.mktemp(request.param)) as running:
        load(running, made_up())
        yield running


PARTNERS = "SELECT (COUNT(*) AS ?n) { ?a cr:partner ?b }"


def test_an_engine_with_another_release_is_refused_until_ours_is_pushed(engine):
    graph = make_graph("y23:L1 { city:alpha cr:partner city:gamma . }")
    with serving(graph, store=engine.address) as served:
        answer = served.ask(PARTNERS)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert "kg push" in answer.json()["remedy"]
        assert release_of(made_up()).id in answer.json()["detail"]
        assert load(engine, graph) == {f"{ALPHA}/source/yearbook/L1": 1, f"{ALPHA}/graph/merged": 1}
        assert served.rows(PARTNERS) == ["1"]
    load(engine, made_up())


def test_a_password_is_in_no_error_and_a_graph_that_is_not_whole_is_no_success(engine):
    target = Target(engine.address, user="dba", password="swordfish")
    if engine.user:
        with pytest.raises(SettingError) as caught:
            push(release_of(made_up()), target)
        assert "swordfish" not in f"{caught.value} {caught.value.remedy} {target!r}"
    nowhere = Target("http://127.0.0.1:9/sparql", user="dba", password="swordfish")
    with pytest.raises(SettingError, match=r"127\.0\.0\.1:9") as caught:
        push(release_of(made_up()), nowhere)
    assert "swordfish" not in f"{caught.value} {caught.value.remedy}"


NAMES = "SELECT ?l { <city/eastport> rdfs:label ?l } ORDER BY ?l"


def kept_in(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir()}


def test_a_release_on_disk_stays_as_long_as_somebody_serves_it(city_copy, tmp_path):
    root = tmp_path / "store"
    first = releases.load(city_copy.folders)
    chosen = {"graph": first.graph, "folders": city_copy.folders, "store": f"oxigraph:{root}"}
    with serving(**chosen) as one:
        with serving(**chosen) as other:
            file = city_copy.home / "data" / "entities" / "cities.ttl"
            file.write_text(file.read_text("utf-8").replace('"Eastport"@it', '"Portodest"@it'), "utf-8")
            old = one.site.serving
            assert old is not None
            told = asyncio.run_coroutine_threadsafe(one.site.reload(), old.pool.loop).result()
            assert (told.outcome, told.reason) == ("swapped", "")
            assert (one.rows(NAMES), other.rows(NAMES)) == (["Eastport", "Portodest"], ["Eastport", "Eastport"])
            until(lambda: not old.pool.all)
            assert kept_in(root) == {first.id, one.site.release.id}
        until(lambda: kept_in(root) == {one.site.release.id})
        assert one.rows(NAMES + " # again") == ["Eastport", "Portodest"]


@pytest.mark.parametrize("engine", ["virtuoso"], indirect=True)
def test_a_reload_waits_until_the_engine_holds_the_new_release(engine, city_copy):
    first = releases.load(city_copy.folders)
    load(engine, first.graph)
    with serving(first.graph, city_copy.folders, store=engine.address) as served:
        file = city_copy.home / "data" / "entities" / "cities.ttl"
        file.write_text(file.read_text("utf-8").replace('"Eastport"@it', '"Portodest"@it'), "utf-8")
        assert served.ask("ASK {}").json()["boolean"] is True
        loop = served.site.serving.pool.loop
        told = asyncio.run_coroutine_threadsafe(served.site.reload(), loop).result()
        assert (told.outcome, "kg push" in told.reason) == ("failed", True)
        assert sorted(served.rows(NAMES)) == ["Eastport", "Eastport"]
        load(engine, releases.load(city_copy.folders).graph)
        told = asyncio.run_coroutine_threadsafe(served.site.reload(), loop).result()
        assert (told.outcome, told.reason) == ("swapped", "")
        assert sorted(served.rows(NAMES)) == ["Eastport", "Portodest"]
    load(engine, made_up())


def test_an_engine_that_hangs_and_one_that_is_gone_are_told_apart_while_kept_answers_go_on(engine):
    with serving(made_up(), store=engine.address) as served:
        assert served.rows(PARTNERS) == ["43"]
        os.kill(engine.process.pid, signal.SIGSTOP)
        try:
            assert served.ask(PARTNERS + " # slow", timeout="1").status_code == 504
            assert served.rows(PARTNERS) == ["43"]
        finally:
            os.kill(engine.process.pid, signal.SIGCONT)
        assert served.rows(PARTNERS + " # goes on") == ["43"]
        engine.process.kill()
        engine.process.wait()
        gone = served.ask(PARTNERS + " # gone")
        assert (gone.status_code, gone.json()["detail"]) == (503, "the engine behind this endpoint cannot be reached")
        assert served.rows(PARTNERS) == ["43"]
