"""The same software with another city: Northhaven, which is made up, has every family of facts once."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg import release as releases
from kg.coverage import read_coverage
from kg.evidence import read_evidence, unsupported
from kg.index import data_files, read_index, read_text
from kg.layout import format_text
from kg.settings import find_folders, read_settings
from kg.validate import validate

CITY = Path(__file__).parent / "other-city"
QUERIES = sorted((CITY / "queries").glob("*.rq"))


@pytest.fixture
def places(monkeypatch):
    """The folders as the settings give them: the data of Northhaven, everything else of this repository."""
    monkeypatch.setenv("KG_DATA", str(CITY / "data"))
    monkeypatch.setenv("KG_QUERIES", str(CITY / "queries"))
    return find_folders(read_settings())


def test_it_validates_without_findings_of_any_kind(places):
    index = read_index(places)
    assert validate(releases.load(places).graph, places, index) == []


def test_its_document_bears_out_and_covers_everything(places):
    graph = releases.load(places).graph
    readings = read_evidence(graph, read_index(places), CITY / "documents")
    assert list(unsupported(readings)) == []
    assert [(c.open, c.twice) for c in read_coverage(graph, readings, CITY / "documents")] == [(set(), set())]


def test_its_files_are_in_their_canonical_form(places):
    city = releases.load(places).graph.city
    files = [file for file, _ in data_files(places) if file.is_relative_to(CITY)]
    assert len(files) == 25
    assert [file.name for file in files if format_text(read_text(file), file, city.prefixes) != read_text(file)] == []


def test_nothing_of_another_city_is_in_it(places):
    graph = releases.load(places).graph
    assert graph.city.dataset == "https://example.org/relations/northhaven"
    assert {str(quad) for quad in graph.engine if "torino" in str(quad).lower()} == set()


def test_it_has_every_family_of_facts(places):
    graph = releases.load(places).graph
    query = f"""SELECT DISTINCT ?class {{
        ?thing a ?class . ?class cr:segment ?segment . FILTER(STRSTARTS(STR(?thing), "{graph.city.dataset}/")) }}"""
    found = {row[0].value.rpartition("#")[2] for row in graph.engine.query(query, prefixes=graph.city.prefixes)}
    assert found >= {
        "Agreement", "Award", "City", "Conferral", "Country", "Discrepancy", "Event", "Figure", "Holding", "Membership",
        "Mission", "Organisation", "Participation", "Person", "Post", "Project", "Series", "Visit",
    }  # fmt: skip


def test_there_are_queries():
    assert QUERIES


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_its_queries_answer_what_the_document_says(places, file):
    graph = releases.load(places).graph
    result = graph.engine.query(file.read_text(encoding="utf-8"), prefixes=graph.city.prefixes)
    names = [variable.value for variable in result.variables]
    answer = [names, *([term.value if term else "" for term in row] for row in result)]
    assert answer == list(csv.reader(io.StringIO(file.with_suffix(".csv").read_text(encoding="utf-8"))))
