"""The index: in which file and on which line each triple, entity and passage stands."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import DataError
from kg.index import Index, Place, read_index, read_text, same_value
from kg.store import cr
from kg.turtle import read_page

PAGE = """@prefix cr: <https://w3id.org/city-relations/ontology#> .
@prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:L1 {
    ex:a
        cr:party ex:b ;
        cr:party ex:c ;
        cr:value 12.50 .
}
ex:L1 cr:yearFrom ex:report .

ex:L2 { ex:a cr:party ex:b . }
"""


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode("https://example.org/" + name)


def decimal(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))


@pytest.fixture
def small() -> Index:
    index = Index()
    index.add(read_page(PAGE, Path("x.trig")), "data/x.trig", entities=False)
    return index


def test_a_triple_is_found_at_its_object_in_each_passage(small):
    assert small.triples[node("a"), cr("party"), node("b")] == [
        Place("data/x.trig", 7, "https://example.org/L1", 18),
        Place("data/x.trig", 13, "https://example.org/L2", 23),
    ]


def test_what_stands_outside_of_braces_has_no_passage(small):
    assert small.triples[node("L1"), cr("yearFrom"), node("report")] == [Place("data/x.trig", 11, None, 19)]


def test_a_place_is_written_as_file_and_line(small):
    assert str(small.place(node("a"), cr("party"), node("c"))) == "data/x.trig:8"


def test_a_triple_that_is_not_written_is_placed_at_its_subject(small):
    assert str(small.place(node("a"), cr("party"), node("d"))) == "data/x.trig:6"
    assert str(small.place(node("a"))) == "data/x.trig:6"


def test_a_passage_of_which_nothing_is_said_is_placed_at_its_braces(small):
    assert str(small.place(node("L2"))) == "data/x.trig:13"


def test_what_is_nowhere_has_no_place(small):
    assert small.place(node("nowhere"), cr("party"), node("b")) is None


def test_a_number_is_found_though_the_engine_has_rewritten_it(small):
    assert str(small.place(node("a"), cr("value"), decimal("12.5"))) == "data/x.trig:9"


@pytest.mark.parametrize(
    ("written", "loaded", "same"),
    [
        (decimal("12.50"), decimal("12.5"), True),
        (decimal("12.50"), decimal("12.6"), False),
        (decimal("12.5"), ox.Literal("12.5"), False),
        (ox.Literal("x"), ox.Literal("x"), False),
        (node("a"), decimal("1.0"), False),
    ],
)
def test_literals_that_the_engine_may_have_rewritten(written, loaded, same):
    assert same_value(written, loaded) is same


def test_the_index_of_a_city_knows_its_entities_and_passages(city_copy):
    index = read_index(city_copy.folders)
    root = "https://example.org/relations/northhaven/"
    assert index.blocks[ox.NamedNode(root + "person/ada-quill")] == [
        Place("data/entities/people.ttl", city_copy.line_of("data/entities/people.ttl", "person:ada-quill"), None)
    ]
    assert (
        str(index.graphs[root + "source/yearbook-2023/L12"])
        == "data/statements/yearbook-2023/02-missions-visits-and-events.trig:48"
    )
    assert ox.NamedNode(root + "holding/ada-quill-deputy-mayor-of-northhaven") not in index.blocks


def test_the_index_that_other_tests_use_is_the_one_of_the_files(city_copy):
    assert city_copy.index == read_index(city_copy.folders)


def test_a_text_that_is_not_utf_8_is_named_with_its_line(tmp_path):
    file = tmp_path / "x.ttl"
    file.write_bytes("# one\n# perché\n".encode("latin-1"))
    with pytest.raises(DataError) as caught:
        read_text(file)
    assert caught.value.where == f"{file}:2:8"
    assert caught.value.message == "is not UTF-8 text"
    assert caught.value.remedy == "save the file as UTF-8"
