"""The store: which file goes into which graph, and the default graph as a set of settled values."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg import store
from kg.errors import DataError
from kg.store import cr, merge, most_precise, triples

XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "https://example.org/relations/alpha/"


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def year(text: str) -> ox.Literal:
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)]
    return ox.Literal(text, datatype=ox.NamedNode(XSD + kind))


def engine_with(*quads: tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal, str]) -> ox.Store:
    """A store with these triples, each in the graph of that name, and `cr:start` marked as single-valued."""
    engine = ox.Store()
    engine.add(ox.Quad(cr("start"), cr("singleValued"), ox.Literal(True), node("graph/ontology")))
    for subject, predicate, value, graph in quads:
        engine.add(ox.Quad(subject, predicate, value, node(graph)))
    return engine


def starts(engine: ox.Store) -> list[str]:
    """The starts in the default graph."""
    return sorted(value.value for _, _, value in triples(engine, None, cr("start"), graph=ox.DefaultGraph()))


def count(engine: ox.Store, query: str) -> int:
    return int(next(iter(engine.query(query)))[0].value)


def test_a_triple_in_three_passages_counts_one_in_the_default_graph_and_three_in_the_passages():
    engine = engine_with(*[(node("a"), cr("party"), node("b"), f"L{line}") for line in (1, 2, 3)])
    merge(engine)
    assert count(engine, f"SELECT (COUNT(*) AS ?n) {{ ?a <{cr('party').value}> ?b }}") == 1
    assert count(engine, f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?a <{cr('party').value}> ?b }} }}") == 3


def test_a_number_stated_by_three_passages_is_summed_once():
    engine = engine_with(*[(node("f"), cr("value"), ox.Literal(400), f"L{line}") for line in (1, 2, 3)])
    merge(engine)
    assert count(engine, f"SELECT (SUM(?v) AS ?n) {{ ?f <{cr('value').value}> ?v }}") == 400


def test_merging_twice_changes_nothing():
    engine = engine_with(
        (node("e"), cr("start"), year("2024"), "L1"),
        (node("e"), cr("start"), year("2024-04"), "L2"),
        (node("e"), cr("party"), node("b"), "L2"),
    )
    merge(engine)
    before = sorted(map(str, engine))
    merge(engine)
    assert sorted(map(str, engine)) == before


def test_of_values_that_refine_each_other_the_most_precise_enters():
    engine = engine_with(
        (node("e"), cr("start"), year("2024"), "L1"),
        (node("e"), cr("start"), year("2024-04-15"), "L2"),
        (node("e"), cr("start"), year("2024-04"), "L3"),
    )
    merge(engine)
    assert starts(engine) == ["2024-04-15"]
    assert count(engine, f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?e <{cr('start').value}> ?v }} }}") == 3


def test_conflicting_values_all_enter_where_no_record_prefers_one():
    engine = engine_with(
        (node("e"), cr("start"), year("2024-11-10"), "L1"),
        (node("e"), cr("start"), year("2024-11-12"), "L2"),
        (node("e"), cr("start"), year("2024-11"), "L3"),
    )
    merge(engine)
    assert starts(engine) == ["2024-11-10", "2024-11-12"]


def recorded(*more: tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal, str]) -> ox.Store:
    return engine_with(
        (node("e"), cr("start"), year("2024-11-10"), "L1"),
        (node("e"), cr("start"), year("2024-11-12"), "L2"),
        (node("d"), cr("about"), node("e"), "graph/editorial"),
        (node("d"), cr("onProperty"), cr("start"), "graph/editorial"),
        (node("d"), cr("reading"), year("2024-11-10"), "graph/editorial"),
        (node("d"), cr("reading"), year("2024-11-12"), "graph/editorial"),
        *more,
    )


def test_of_conflicting_values_the_preferred_one_enters():
    engine = recorded((node("d"), cr("preferred"), year("2024-11-10"), "graph/editorial"))
    merge(engine)
    assert starts(engine) == ["2024-11-10"]


def test_of_conflicting_values_all_enter_where_the_record_prefers_none():
    engine = recorded()
    merge(engine)
    assert starts(engine) == ["2024-11-10", "2024-11-12"]


def test_a_preferred_value_that_nobody_states_takes_nothing_away():
    engine = recorded((node("d"), cr("preferred"), year("2024-11-11"), "graph/editorial"))
    merge(engine)
    assert starts(engine) == ["2024-11-10", "2024-11-12"]


def test_a_property_that_may_have_several_values_keeps_them():
    engine = engine_with(
        (node("a"), cr("title"), ox.Literal("One", language="en"), "L1"),
        (node("a"), cr("title"), ox.Literal("Two", language="en"), "L2"),
    )
    merge(engine)
    assert count(engine, f"SELECT (COUNT(*) AS ?n) {{ ?a <{cr('title').value}> ?t }}") == 2


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["2024", "2024-04", "2024-04-15"], ["2024-04-15"]),
        (["2024", "2024-04", "2024-05"], ["2024-04", "2024-05"]),
        (["2023", "2024-04"], ["2023", "2024-04"]),
        (["2024"], ["2024"]),
    ],
)
def test_a_value_refines_another_when_it_begins_with_its_written_form(values, kept):
    assert sorted(value.value for value in most_precise({year(value) for value in values})) == kept


# --- files -----------------------------------------------------------------------------------------------------------


def test_each_file_goes_into_the_graph_of_its_kind(city_copy):
    graph = store.load(city_copy.folders)
    names = {name.value.removeprefix(graph.city.dataset + "/") for name in graph.engine.named_graphs()}
    assert names == {
        "graph/dataset",
        "graph/editorial",
        "graph/entities",
        "graph/external",
        "graph/ontology",
        "graph/sources",
        *(f"source/yearbook-2023/{lines}" for lines in ("L5", "L6", "L10-L11", "L12", "L13", "L17")),
        *(f"source/yearbook-2023/{lines}" for lines in ("L21", "L22", "L23", "L24", "L24-inferred")),
    }


def test_a_graph_that_is_no_passage_holds_what_stands_outside_of_braces(city_copy):
    graph = store.load(city_copy.folders)
    passage = ox.NamedNode("https://example.org/relations/northhaven/source/yearbook-2023/L12")
    found = list(triples(graph.engine, passage, cr("yearFrom")))
    assert found == list(triples(graph.engine, passage, cr("yearFrom"), graph=graph.city.graph("sources")))
    assert len(found) == 1


def test_the_prefixes_are_read_from_ontology_concepts_and_documents(city_copy):
    city = store.read_city(city_copy.folders)
    assert city.dataset == "https://example.org/relations/northhaven"
    assert city.prefixes["agreement"] == "https://example.org/relations/northhaven/agreement/"
    assert city.prefixes["yb"] == "https://example.org/relations/northhaven/source/yearbook-2023/"
    assert city.prefixes["kind"] == "https://w3id.org/city-relations/concept/kind/"
    assert city.prefixes["cr"] == "https://w3id.org/city-relations/ontology#"
    assert set(city.prefixes) - set(city.shared_prefixes) == {
        "agreement", "award", "city", "conferral", "country", "discrepancy", "event", "figure", "holding", "membership",
        "mission", "organisation", "participation", "person", "post", "programme", "project", "region", "series",
        "source", "venue", "visit", "work", "yb",
    }  # fmt: skip


def test_files_that_are_no_rdf_are_left_alone(city_copy):
    before = len(store.load(city_copy.folders).engine)
    (city_copy.home / "data" / "README.md").write_text("Not RDF [[[", encoding="utf-8")
    (city_copy.home / "data" / "statements" / "yearbook-2023" / "notes.txt").write_text("Not RDF [[[", encoding="utf-8")
    assert len(store.load(city_copy.folders).engine) == before


def test_a_file_that_does_not_parse_is_named_with_line_and_column(city_copy):
    line = city_copy.edit("data/entities/people.ttl", 'a cr:Person ;\n    rdfs:label "Mira Solent"@en ;', "a cr:Person")
    with pytest.raises(DataError) as caught:
        store.load(city_copy.folders)
    error = caught.value
    assert error.where == f"{city_copy.home}/data/entities/people.ttl:{line + 1}:5"
    assert error.message == "A dot is expected at the end of statements"


def test_a_missing_file_is_named_with_the_remedy(city_copy):
    (city_copy.home / "data" / "sources.ttl").unlink()
    with pytest.raises(DataError) as caught:
        store.load(city_copy.folders)
    assert str(caught.value.file) == f"{city_copy.home}/data/sources.ttl"
    assert caught.value.message == "cannot be read: No such file or directory"
    assert caught.value.remedy == "restore the file"


def test_a_city_has_one_dataset(city_copy):
    text = (city_copy.home / "data" / "dataset.ttl").read_text(encoding="utf-8")
    second = text.replace("<https://example.org/relations/northhaven> a", "<https://example.org/relations/two> a")
    (city_copy.home / "data" / "dataset.ttl").write_text(text + second.partition("\n\n")[2].partition("\n\n")[2])
    with pytest.raises(DataError, match=r"^expected one dcat:Dataset, found 2$") as caught:
        store.read_city(city_copy.folders)
    assert caught.value.remedy == "keep one block `<IRI> a dcat:Dataset`: its IRI names everything of this city"
