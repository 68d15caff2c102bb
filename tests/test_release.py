"""A release: the loaded graph with all that is derived, under an id that only the content decides."""

from __future__ import annotations

import random

import pyoxigraph as ox

from kg import release as releases
from kg.store import cr, triples

NETWORKS = "data/statements/yearbook-2023/04-networks-projects-honours.trig"


def test_the_same_content_has_the_same_id(city_copy):
    first, second = releases.load(city_copy.folders), releases.load(city_copy.folders)
    assert first.id == second.id
    assert len(first.id) == 16


def test_the_id_does_not_depend_on_the_order_of_quads(city_copy):
    engine = releases.load(city_copy.folders).graph.engine
    quads = list(engine)
    random.Random(1).shuffle(quads)
    other = ox.Store()
    for quad in quads:
        other.add(quad)
    assert releases.release_id(other) == releases.release_id(engine)


def test_the_layout_of_a_file_is_no_content(city_copy):
    before = releases.load(city_copy.folders).id
    city_copy.edit(NETWORKS, "# L23 | Mira Solent", "# L23 | a remark")
    assert releases.load(city_copy.folders).id == before


def test_one_other_fact_gives_another_id(city_copy):
    before = releases.load(city_copy.folders).id
    city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"2006"^^xsd:gYear')
    assert releases.load(city_copy.folders).id != before


def test_the_order_of_quads_in_the_id_is_canonical_nquads():
    engine = ox.Store()
    engine.add(ox.Quad(cr("b"), cr("p"), ox.Literal("x"), cr("g")))
    engine.add(ox.Quad(cr("a"), cr("p"), ox.Literal("x")))
    assert releases.release_id(engine) == releases.release_id(engine)
    assert releases.release_id(engine) != releases.release_id(ox.Store())


def test_a_release_knows_its_passages_and_what_follows_from_the_facts(city_copy):
    release = releases.load(city_copy.folders)
    engine, root = release.graph.engine, release.graph.city.dataset
    eastport, northhaven = ox.NamedNode(root + "/city/eastport"), ox.NamedNode(root + "/city/northhaven")
    default = ox.DefaultGraph()
    assert ox.Quad(eastport, cr("twinnedWith"), northhaven, default) in engine
    assert ox.Quad(ox.NamedNode(root + "/mission/eastport-2023-06"), cr("involves"), eastport, default) in engine
    passage = ox.NamedNode(root + "/source/yearbook-2023/L10-L11")
    assert [value.value for _, _, value in triples(engine, passage, cr("lastLine"), graph=default)] == ["11"]


def test_a_release_remembers_its_folders(city_copy):
    assert releases.load(city_copy.folders).folders == city_copy.folders


def test_each_distinct_triple_stands_once_in_the_default_graph(release):
    engine = release.graph.engine
    named = {quad.triple for quad in engine if quad.graph_name != ox.DefaultGraph()}
    merged = [quad.triple for quad in engine.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    assert len(merged) == len(set(merged))
    assert set(merged) - named == set()
