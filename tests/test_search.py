"""Search over the real names: both languages, other names, accents and slips forgiven, the best first."""

from __future__ import annotations

import pytest

from kg.search import plain, searcher, shortened
from kg.web.finder import searcher_of
from kg.web.reading import reading_of


@pytest.fixture(scope="module")
def names(release):
    """The index of the repository's data."""
    return searcher_of(reading_of(release))


def found(names, query, most=60):
    return [hit.thing.partition("/torino/")[2] or hit.thing for hit in names.find(query, most)]


@pytest.mark.parametrize(
    ("query", "thing"),
    [
        ("Lyon", "city/lyon"),
        ("lione", "city/lyon"),
        ("LYNO", "city/lyon"),
        ("betlemme", "city/bethlehem"),
        ("Bethlehm", "city/bethlehem"),
        ("chambery", "city/chambery"),
        ("Chambéry", "city/chambery"),
        ("cham", "city/chambery"),
        ("Nagoia", "city/nagoya"),
        ("bacau", "city/bacau"),
        ("mazzoleni paolo", "person/paolo-mazzoleni"),
        ("atp finals 2024", "event/nitto-atp-finals-2024"),
        ("cannes march", "mission/cannes-2024-03"),
        ("cannes marzo", "mission/cannes-2024-03"),
    ],
)
def test_the_best_is_first(names, query, thing):
    assert found(names, query, 1) == [thing]


def test_all_words_count_and_where_none_has_all_any_does(names):
    assert "agreement/lyon-2023" in found(names, "agreement lyon")
    assert all("lyon" in thing for thing in found(names, "agreement lyon"))
    either = found(names, "lyon zzzzzz")
    assert either[0] == "city/lyon"


@pytest.mark.parametrize("query", ["", "  ", "?!", "xqzwv", "a" * 10_000, "\x00", "<script>", "%", "\u202e"])
def test_what_is_no_name_finds_nothing_or_little(names, query):
    assert len(names.find(query)) <= 60


def test_each_thing_comes_once_by_the_name_that_fits(names):
    hits = names.find("betlemme")
    assert len({hit.thing for hit in hits}) == len(hits)
    assert hits[0].name == "Betlemme"
    assert hits[0].kind == "City"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_words_without_case_and_accents():
    assert plain("Kraków–Łódź, São Paulo’s ‘Bacău’") == ["krakow", "lodz", "sao", "paulo", "s", "bacau"]
    assert set(shortened("lyon")) & set(shortened("lyno"))
    assert list(shortened("abc")) == []


def test_hidden_kinds_are_not_found(release):
    reading = reading_of(release)
    everything = searcher(reading.terms, reading.classes, {})
    without = searcher(reading.terms, reading.classes, {}, hidden=("City",))
    assert everything.find("lyon", 1)[0].kind == "City"
    assert all(hit.kind != "City" for hit in without.find("lyon"))
