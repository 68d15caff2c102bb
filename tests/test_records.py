"""The dates of releases: written once, read in their order, never part of what they date."""

from __future__ import annotations

from datetime import date

import pytest

from kg import release as releases
from kg.errors import DataError, SettingError
from kg.index import read_index
from kg.records import Record, add_record, read_records
from kg.validate import validate

FIRST, SECOND = date(2026, 1, 15), date(2026, 3, 1)


@pytest.fixture
def city(city_copy):
    return releases.load(city_copy.folders).graph.city


def test_without_a_file_there_are_no_releases(city_copy, city):
    assert read_records(city_copy.folders, city) == []


def test_releases_are_read_in_their_order(city_copy, city):
    add_record(city_copy.folders, city, "f" * 16, FIRST)
    add_record(city_copy.folders, city, "0" * 16, SECOND)
    add_record(city_copy.folders, city, "8" * 16, SECOND)
    assert read_records(city_copy.folders, city) == [
        Record("f" * 16, "2026-01-15", None),
        Record("0" * 16, "2026-03-01", "f" * 16),
        Record("8" * 16, "2026-03-01", "0" * 16),
    ]


def test_the_same_release_is_noted_once(city_copy, city):
    first = add_record(city_copy.folders, city, "f" * 16, FIRST)
    assert add_record(city_copy.folders, city, "f" * 16, SECOND) == first
    assert read_records(city_copy.folders, city) == [first]


def test_one_that_was_never_published_can_be_replaced(city_copy, city):
    add_record(city_copy.folders, city, "f" * 16, FIRST)
    add_record(city_copy.folders, city, "0" * 16, SECOND)
    add_record(city_copy.folders, city, "8" * 16, SECOND, replace=True)
    assert [record.id for record in read_records(city_copy.folders, city)] == ["f" * 16, "8" * 16]


def test_a_release_is_not_older_than_the_one_before(city_copy, city):
    add_record(city_copy.folders, city, "f" * 16, SECOND)
    with pytest.raises(SettingError, match=r"the release f{16} is of 2026-03-01, after 2026-01-15"):
        add_record(city_copy.folders, city, "0" * 16, FIRST)


def test_a_broken_chain_is_an_error(city_copy, city):
    add_record(city_copy.folders, city, "f" * 16, FIRST)
    add_record(city_copy.folders, city, "0" * 16, SECOND)
    city_copy.edit("data/releases.ttl", f"dcat:previousVersion <{city.dataset}/release/{'f' * 16}>", "a prov:Entity")
    with pytest.raises(DataError) as raised:
        read_records(city_copy.folders, city)
    assert raised.value.where == "data/releases.ttl:1:1"


def test_the_record_changes_neither_the_id_nor_what_is_found(city_copy, city):
    before = releases.load(city_copy.folders).id
    add_record(city_copy.folders, city, before, FIRST)
    assert releases.load(city_copy.folders).id == before
    graph = releases.load(city_copy.folders).graph
    assert validate(graph, city_copy.folders, read_index(city_copy.folders)) == []
