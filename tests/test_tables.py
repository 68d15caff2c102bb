"""The tables: a class each, in two languages, complete, with the names of the ontology; and the map."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg import release as releases
from kg.geo import partner_cities
from kg.namespaces import CR
from kg.passages import read_passage
from kg.settings import Settings, find_folders
from kg.tables import COLUMNS, FEATURED, property_of, tables
from kg.terms import LANGUAGES, Terms, kebab, local_name

ROOT = Path(__file__).resolve().parents[1]
NORTHHAVEN = "https://example.org/relations/northhaven/"
UNLISTED = {
    "Agent",
    "Place",
    "Situation",
    "Chapter",
}  # their members stand in the tables of other classes, or of sources


@pytest.fixture(scope="module")
def terms():
    """What the other city's things are called and what is said of them."""
    data = ROOT / "tests" / "other-city" / "data"
    return Terms(releases.load(find_folders(Settings(home=ROOT, data=data, queries=data))).graph)


@pytest.fixture(scope="module")
def own(release):
    return Terms(release.graph)


def rows_of(terms, name, language):
    """A table as its reader has it."""
    table = next(table for table in tables(terms) if (table.name, table.language) == (name, language))
    return list(csv.DictReader(io.StringIO(table.body.decode("utf-8"), newline="")))


def test_a_row_in_english(terms):
    assert rows_of(terms, "mission", "en") == [
        {
            "iri": NORTHHAVEN + "mission/eastport-2023-06",
            "name": "Mission to Eastport (June 2023)",
            "kind": "",
            "sender": "Northhaven",
            "head of delegation": "",
            "delegate": "Ada Quill",
            "destination": "Eastport",
            "visited": "",
            "start": "2023-06-03",
            "end": "2023-06-05",
            "attended": "Harbour Forum 2023",
            "met": "Ivo Tamm",
            "within project": "",
            "under programme": "",
            "beneficiary": "",
            "has as subject": "",
            "topic": "",
            "description": "",
            "passages": "yearbook-2023 L10-L11",
        }
    ]


def test_the_same_row_in_italian(terms):
    row = rows_of(terms, "mission", "it")[0]
    kept = ("nome", "mandante", "destinazione", "inizio", "ha preso parte a", "passi")
    assert {name: row[name] for name in kept} == {
        "nome": "Missione a Eastport (giugno 2023)",
        "mandante": "Northhaven",
        "destinazione": "Eastport",
        "inizio": "2023-06-03",
        "ha preso parte a": "Forum dei porti 2023",
        "passi": "yearbook-2023 L10-L11",
    }


def test_several_values_have_a_bar_between_them(terms):
    agreements = rows_of(terms, "agreement", "en")
    assert {row["party"] for row in agreements if "Eastport" in row["party"]} == {"Eastport | Northhaven"}


def test_the_statements_are_those_of_the_passages(terms):
    quads = [quad for quad in terms.graph.engine if read_passage(getattr(quad.graph_name, "value", ""))]
    rows = rows_of(terms, "statements", "en")
    found = {(row["passage"], row["subject"], row["property"], row["value"]) for row in rows}
    assert found == {(q.graph_name.value, q.subject.value, q.predicate.value, q.object.value) for q in quads}
    assert len(rows) == len(quads)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_columns_of_a_table_have_one_name(own, language):
    columns = {table.name: table.content.columns for table in tables(own) if table.language == language}
    assert {name: found for name, found in columns.items() if len(set(found)) < len(found)} == {}


def test_every_column_is_a_property_that_exists(own):
    properties = {name for names in COLUMNS.values() for name in names if ":" not in name}
    assert {name for name in properties if not own.of(CR + name, "http://www.w3.org/2000/01/rdf-schema#label")} == set()


def test_every_class_with_members_has_a_table(own):
    assert set(own.members) - set(COLUMNS) - UNLISTED == set()
    assert set(FEATURED) <= set(COLUMNS)


def test_a_table_has_a_row_for_every_member(own):
    counted = {
        table.name: len(table.content.rows) for table in tables(own) if table.of_class and table.language == "it"
    }
    assert counted == {kebab(name): len(own.members[name]) for name in COLUMNS if name in own.members}


def test_what_most_things_of_a_class_have_is_a_column(own):
    """What a third of a larger class has belongs into its table; derived bounds and sums are left to the graph."""
    derived = {"participant", "involves", "earliest", "latest", "year"}
    technical = {"digest", "startsWith", "endsWith", "prefix", "fileName", "sha256", "note"}
    missing = {}
    for of_class, columns in COLUMNS.items():
        members, listed = own.members.get(of_class, []), {property_of(column) for column in columns}
        found: dict[str, int] = {}
        for thing, predicate in own.values:
            if thing in set(members) and predicate.startswith(str(CR)) and predicate not in listed:
                found[local_name(predicate)] = found.get(local_name(predicate), 0) + 1
        rest = {name for name, number in found.items() if number * 3 > len(members) > 9} - derived - technical
        if rest:
            missing[of_class] = rest
    assert missing == {}


def test_the_map(terms):
    said = json.loads(partner_cities(terms))
    feature = next(feature for feature in said["features"] if feature["properties"]["name_en"] == "Eastport")
    agreements = feature["properties"].pop("agreements")
    assert feature == {
        "type": "Feature",
        "id": NORTHHAVEN + "city/eastport",
        "geometry": {"type": "Point", "coordinates": feature["geometry"]["coordinates"]},
        "properties": {
            "iri": NORTHHAVEN + "city/eastport",
            "name_en": "Eastport",
            "country_en": feature["properties"]["country_en"],
            "name_it": "Eastport",
            "country_it": feature["properties"]["country_it"],
            "twinned": True,
        },
    }
    east, north = feature["geometry"]["coordinates"]
    assert -180 <= east <= 180
    assert -90 <= north <= 90
    assert {agreement["iri"].startswith(NORTHHAVEN + "agreement/") for agreement in agreements} == {True}


def test_the_map_has_every_partner_that_has_coordinates(own, release):
    query = """SELECT DISTINCT ?city { ?agreement a cr:Agreement ; cr:party ?own , ?city . ?document cr:speaksFor ?own .
        ?city a cr:City ; cr:latitude ?latitude FILTER NOT EXISTS { ?other cr:speaksFor ?city } }"""
    rows = release.graph.engine.query(query, prefixes=release.graph.city.prefixes)
    assert {feature["id"] for feature in json.loads(partner_cities(own))["features"]} == {row[0].value for row in rows}
