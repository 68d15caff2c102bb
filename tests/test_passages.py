"""Passages: from the IRI to the lines, and from the lines to what is kept of them."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg import passages, store
from kg.errors import DataError, SettingError
from kg.passages import anchors, read_documents, read_lines, read_passage, text_of
from kg.store import TYPE, cr, triples

SOURCE = "https://example.org/relations/northhaven/source/yearbook-2023"


@pytest.mark.parametrize(
    ("name", "ranges", "inferred"),
    [
        ("L5", ((5, 5),), False),
        ("L10-L12", ((10, 12),), False),
        ("L69-L78.L135-L139", ((69, 78), (135, 139)), False),
        ("L20.L7-L9", ((20, 20), (7, 9)), False),
        ("L5-inferred", ((5, 5),), True),
    ],
)
def test_an_iri_names_lines(name, ranges, inferred):
    passage = read_passage(f"{SOURCE}/{name}")
    assert passage == passages.Passage(f"{SOURCE}/{name}", SOURCE, ranges, inferred)


@pytest.mark.parametrize("name", ["5", "L", "L5-7", "L5-", "L5.", "l5", "L5-L7-L9", "1-twinnings", "L5-supposed"])
def test_other_iris_name_no_passage(name):
    assert read_passage(f"{SOURCE}/{name}") is None


def test_a_passage_of_several_ranges_keeps_the_order_of_reading():
    passage = read_passage(f"{SOURCE}/L20.L7-L9")
    assert (passage.first, passage.last, passage.lines) == (7, 20, [20, 7, 8, 9])
    assert text_of(passage, [f"line {number}" for number in range(1, 31)]) == "line 20\nline 7\nline 8\nline 9"


def test_the_documents_are_read_from_the_graph(city_copy):
    documents = read_documents(store.load(city_copy.folders).engine)
    assert list(documents) == [SOURCE]
    document = documents[SOURCE]
    assert (document.slug, document.file_name, document.line_count) == ("yearbook-2023", "yearbook-2023.en.txt", 24)
    assert (document.year, document.speaks_for) == ("2023", "https://example.org/relations/northhaven/city/northhaven")


def test_a_passage_is_described_by_document_lines_and_chapter(city_copy):
    graph = store.load(city_copy.folders)
    passages.describe(graph)
    found = {
        (p, o)
        for _, p, o in triples(graph.engine, ox.NamedNode(f"{SOURCE}/L10-L11"), None, graph=graph.city.graph("sources"))
    }
    anchor = {cr("startsWith"), cr("endsWith"), cr("digest")}
    assert {(predicate, value) for predicate, value in found if predicate not in anchor} == {
        (TYPE, cr("Passage")),
        (cr("document"), ox.NamedNode(SOURCE)),
        (cr("firstLine"), ox.Literal(10)),
        (cr("lastLine"), ox.Literal(11)),
        (cr("chapter"), ox.NamedNode(f"{SOURCE}/2-missions-visits-and-events")),
        (cr("yearFrom"), ox.NamedNode(SOURCE)),
    }


def test_headings_and_lines_without_fact_are_passages_too(city_copy):
    graph = store.load(city_copy.folders)
    names = [p.iri.rsplit("/", 1)[1] for p in passages.all_passages(graph.engine, read_documents(graph.engine))]
    assert names == [
        "L1",
        "L3",
        "L5",
        "L6",
        "L8",
        "L10-L11",
        "L12",
        "L13",
        "L15",
        "L17",
        "L19",
        "L21",
        "L22",
        "L23",
        "L24",
        "L24-inferred",
    ]


# --- texts ---------------------------------------------------------------------------------------------------------


def document(city_copy) -> passages.Document:
    return read_documents(store.load(city_copy.folders).engine)[SOURCE]


def test_line_n_of_a_document_is_item_n_less_one(city_copy):
    lines = read_lines(document(city_copy), city_copy.documents)
    assert lines[20] == "Northhaven joined Lantern Cities in 2005."
    assert len(lines) == 25
    assert lines[24] == ""


def test_a_missing_folder_is_named_with_the_remedy(city_copy):
    with pytest.raises(SettingError) as caught:
        read_lines(document(city_copy), city_copy.home / "nowhere")
    assert caught.value.message == f"the folder {city_copy.home}/nowhere does not exist"
    assert caught.value.remedy == "name the folder with the documents' text files by --documents"


def test_a_missing_text_is_named_with_the_remedy(city_copy):
    (city_copy.documents / "yearbook-2023.en.txt").unlink()
    with pytest.raises(SettingError) as caught:
        read_lines(document(city_copy), city_copy.documents)
    assert caught.value.message == f"{city_copy.documents} holds no yearbook-2023.en.txt"
    assert caught.value.remedy == "put the text of yearbook-2023 there under that name"


def test_a_changed_text_is_refused(city_copy):
    city_copy.edit("documents/yearbook-2023.en.txt", "in 2005", "in 2006")
    with pytest.raises(DataError) as caught:
        read_lines(document(city_copy), city_copy.documents)
    assert caught.value.message == "the checksum differs from the one recorded in data/sources.ttl"
    assert caught.value.remedy == "use the conversion that data/sources.ttl names, or record the new one there"


# --- anchors -------------------------------------------------------------------------------------------------------


def test_anchors_are_four_words_from_start_and_end():
    assert anchors("Northhaven joined: Lantern Cities, in 2005.")[:2] == (
        "Northhaven joined Lantern Cities",
        "Lantern Cities in 2005",
    )


def test_a_short_text_is_its_own_start_and_end():
    assert anchors("Lyon, 1998")[:2] == ("Lyon 1998", "Lyon 1998")


def test_the_digest_is_of_the_words_alone():
    assert anchors("one, two\nthree")[2] == anchors("  one\ttwo three. ")[2]
    assert anchors("one two three")[2] != anchors("one two four")[2]
    assert len(anchors("one")[2]) == 16
