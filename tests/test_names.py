"""By which names things are mentioned."""

from __future__ import annotations

import pytest

from kg import release
from kg.names import Names

ROOT = "https://example.org/relations/northhaven/"
PEOPLE = "data/entities/people.ttl"


@pytest.fixture
def names(city_copy) -> Names:
    return Names(release.load(city_copy.folders).graph)


def test_labels_and_alternative_labels_count(names):
    assert names.of(ROOT + "award/honorary-citizenship-of-northhaven") == {
        "Honorary citizenship of Northhaven",
        "Cittadinanza onoraria di Northhaven",
        "honorary citizenship",
    }


def test_hidden_labels_do_not_count(city_copy):
    old = 'rdfs:label "Mira Solent"@it .'
    city_copy.edit(
        PEOPLE, old, 'rdfs:label "Mira Solent"@it ;\n    <http://www.w3.org/2004/02/skos/core#hiddenLabel> "she"@en .'
    )
    names = Names(release.load(city_copy.folders).graph)
    assert names.of(ROOT + "person/mira-solent") == {"Mira Solent"}


def test_a_name_that_fits_two_people_counts_for_neither(city_copy):
    city_copy.edit(PEOPLE, 'rdfs:label "Mira Solent"@en', 'rdfs:label "OLGA  Reed"@en')
    names = Names(release.load(city_copy.folders).graph)
    assert names.of(ROOT + "person/mira-solent") == {"Mira Solent"}
    assert names.of(ROOT + "person/olga-reed") == set()


def test_a_name_may_fit_things_of_two_kinds(city_copy):
    city_copy.edit(PEOPLE, 'rdfs:label "Mira Solent"@en', 'rdfs:label "Eastport"@en')
    names = Names(release.load(city_copy.folders).graph)
    assert "Eastport" in names.of(ROOT + "person/mira-solent")
    assert "Eastport" in names.of(ROOT + "city/eastport")


def test_an_edition_is_called_by_the_names_of_its_series_too(names):
    assert names.of(ROOT + "event/harbour-forum-2023") == {
        "Harbour Forum 2023",
        "Forum dei porti 2023",
        "Harbour Forum",
        "Forum dei porti",
    }


def test_situations_need_no_name_of_their_own(names):
    assert names.is_nameless(ROOT + "agreement/eastport-1998")
    assert names.is_nameless(ROOT + "event/harbour-forum-2023")
    assert not names.is_nameless(ROOT + "city/eastport")
    assert not names.is_nameless(ROOT + "project/tidework")


def test_the_kind_of_a_thing_is_read_from_its_iri(names):
    assert names.segment(ROOT + "city/eastport") == "city"
    assert names.segment("https://example.com/city/eastport") == ""
