"""Lint: what must hold of names, slugs, passages, single values and records, each broken once in the other city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg import release
from kg.lint import Lint

if TYPE_CHECKING:
    from kg.findings import Finding

STATEMENTS = "data/statements/yearbook-2023/"
AGREEMENTS = STATEMENTS + "01-twinnings-and-agreements.trig"
MISSIONS = STATEMENTS + "02-missions-visits-and-events.trig"
NETWORKS = STATEMENTS + "04-networks-projects-honours.trig"
RECORDS = "data/editorial/discrepancies.ttl"
PEOPLE = "data/entities/people.ttl"
DISAGREE = '    event:harbour-forum-2023 cr:start "2023-06-04"^^xsd:date .\n'
EASTPORT = "agreement:eastport-1998\n        cr:party city:northhaven"


def findings(city_copy) -> list[Finding]:
    graph = release.load(city_copy.folders).graph
    return list(Lint(graph, city_copy.index).findings())


def told(city_copy) -> list[str]:
    """Place, rule and English message of every finding."""
    return [f"{f.place} {f.rule}: {f.message['en']}" for f in findings(city_copy)]


def test_the_other_city_has_no_findings(city_copy):
    assert findings(city_copy) == []


NAMES = {
    "a thing without a block": (
        NETWORKS,
        "cr:partner city:eastport ;",
        "cr:partner city:westport ;",
        "declared: city:westport is not declared anywhere; correct the name, or add its block under data/entities/",
    ),
    "a concept that is misspelt": (
        AGREEMENTS,
        "kind:twinning",
        "kind:twining",
        "declared: kind:twining is not declared anywhere; correct the name, or add its block under data/entities/",
    ),
    "a property that is misspelt": (
        AGREEMENTS,
        "cr:kind kind:twinning",
        "cr:kidn kind:twinning",
        "declared: cr:kidn is not declared anywhere; correct the name, or add its block under data/entities/",
    ),
    "a class within braces": (
        AGREEMENTS,
        "cr:kind kind:twinning",
        "a cr:Agreement ;\n        cr:kind kind:twinning",
        "identity: rdf:type stands inside a passage; move it to the thing's block under data/entities/",
    ),
    "a label within braces": (
        AGREEMENTS,
        "cr:kind kind:twinning",
        '<http://www.w3.org/2004/02/skos/core#altLabel> "Pact"@en ;\n        cr:kind kind:twinning',
        "identity: skos:altLabel stands inside a passage; move it to the thing's block under data/entities/",
    ),
    "a derived property that is stated": (
        AGREEMENTS,
        "cr:kind kind:twinning",
        "cr:involves city:eastport ;\n        cr:kind kind:twinning",
        "derived: cr:involves is derived by a rule and never stated; remove it",
    ),
    "a slug that is not the computed one": (
        NETWORKS,
        "membership:northhaven-lantern-cities",
        "membership:lantern-cities-northhaven",
        "slug: the slug of a membership is computed: write membership:northhaven-lantern-cities",
    ),
    "a node that lacks what its slug is made of": (
        NETWORKS,
        "figure:tidework-budget\n        cr:of project:tidework ;",
        "figure:tidework-budget",
        "slug: a figure needs cr:of, cr:measure; add what is missing",
    ),
    "a graph that is no passage": (
        NETWORKS,
        "yb:L23 {",
        "city:eastport {",
        "passage: city:eastport is no passage of a document in data/sources.ttl; write DOCUMENT:L12-L14",
    ),
    "lines outside of the document": (
        NETWORKS,
        "yb:L23 {",
        "yb:L25 {",
        "passage: the lines lie outside the document, which has 24; correct them",
    ),
    "lines in the wrong order": (
        NETWORKS,
        "yb:L23 {",
        "yb:L23-L2 {",
        "passage: the lines lie outside the document, which has 24; correct them",
    ),
    "passages that overlap": (
        MISSIONS,
        "yb:L12 {",
        "yb:L11-L12 {",
        "passage: overlaps yb:L10-L11; a line belongs to one passage",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "message"), NAMES.values(), ids=NAMES)
def test_one_fault_is_one_finding_at_its_place(city_copy, file, old, new, message):
    line = city_copy.edit(file, old, new)
    expected = f"{file}:{line} {message}"
    assert told(city_copy) == [expected]


def test_every_finding_speaks_both_languages(city_copy):
    for file, old, new, _ in list(NAMES.values())[:2]:
        city_copy.edit(file, old, new)
    found = findings(city_copy)
    assert [f.message["it"] for f in found] == [
        "kind:twining non è dichiarato; correggere il nome o aggiungere la voce in data/entities/",
        "city:westport non è dichiarato; correggere il nome o aggiungere la voce in data/entities/",
    ]


def test_a_slug_that_disagrees_with_the_facts_is_found_at_the_block(city_copy):
    city_copy.edit(AGREEMENTS, '"1998"^^xsd:gYear', '"1997"^^xsd:gYear')
    line = city_copy.line_of("data/entities/agreements.ttl", "agreement:eastport-1998 a")
    assert told(city_copy) == [
        (
            f"data/entities/agreements.ttl:{line} slug: "
            "the slug must begin with eastport-1997, or one of these facts is wrong"
        )
    ]


def test_a_thing_that_is_declared_twice_is_found_at_the_second_block(city_copy):
    first = city_copy.line_of(PEOPLE, "person:mira-solent a")
    text = (city_copy.home / PEOPLE).read_text(encoding="utf-8")
    second = "\nperson:mira-solent a cr:Person .\n"
    (city_copy.home / PEOPLE).write_text(text + second, encoding="utf-8")
    line = text.count("\n") + 2
    assert told(city_copy) == [
        f"{PEOPLE}:{line} declared-twice: declared twice, also at {PEOPLE}:{first}; keep one block"
    ]


# --- single values and records -------------------------------------------------------------------------------------


def test_two_years_without_a_record_are_found_at_the_one_that_disagrees_with_the_slug(city_copy):
    new = 'agreement:eastport-1998 cr:start "1999"^^xsd:gYear .\n    agreement:port-lumen-2021'
    line = city_copy.edit(AGREEMENTS, "agreement:port-lumen-2021", new)
    other = city_copy.line_of(AGREEMENTS, '"1998"^^xsd:gYear')
    assert told(city_copy) == [
        (
            f"{AGREEMENTS}:{line} single-value: cr:start has two values, 1999 and 1998 ({AGREEMENTS}:{other}); "
            "correct one, or record both in data/editorial/discrepancies.ttl"
        )
    ]


def test_two_dates_are_found_at_the_one_that_fewer_passages_state(city_copy):
    city_copy.edit(RECORDS, "cr:onProperty cr:start", "cr:onProperty cr:end")
    agreeing = '    event:harbour-forum-2023 cr:start "2023-06-03"^^xsd:date .\n'
    city_copy.edit(MISSIONS, "yb:L12 {\n", "yb:L12 {\n" + agreeing)
    line = city_copy.line_of(MISSIONS, DISAGREE.strip())
    found = [finding for finding in told(city_copy) if "single-value" in finding]
    assert len(found) == 1
    assert found[0].startswith(
        f"{MISSIONS}:{line} single-value: cr:start has two values, 2023-06-04 and 2023-06-03 ({MISSIONS}:"
    )


def test_a_year_and_a_day_of_it_do_not_conflict(city_copy):
    city_copy.edit(
        NETWORKS, "project:tidework cr:partner city:eastport .", 'project:tidework cr:start "2022-05"^^xsd:gYearMonth .'
    )
    assert findings(city_copy) == []


def test_a_record_of_readings_that_merely_refine_is_found(city_copy):
    month = '"2023-06"^^xsd:gYearMonth'
    city_copy.edit(MISSIONS, DISAGREE, DISAGREE.replace('"2023-06-04"^^xsd:date', month))
    line = city_copy.edit(RECORDS, '"2023-06-04"^^xsd:date', month)
    assert told(city_copy) == [
        f"{RECORDS}:{line} discrepancy: the readings agree or merely refine each other; remove the record"
    ]


def test_a_record_of_a_reading_that_nobody_states_any_more_is_found(city_copy):
    city_copy.edit(MISSIONS, DISAGREE, "")
    line = city_copy.line_of(RECORDS, 'cr:reading "2023-06-04"^^xsd:date')
    assert told(city_copy) == [
        f"{RECORDS}:{line} discrepancy: this reading is no longer stated by any passage; mend the record"
    ]


def test_a_preferred_value_that_is_no_reading_is_found(city_copy):
    line = city_copy.edit(RECORDS, 'cr:preferred "2023-06-03"', 'cr:preferred "2023-06-05"')
    assert told(city_copy) == [
        f"{RECORDS}:{line} discrepancy: the preferred value is none of the readings; mend the record"
    ]


def test_a_record_about_a_measure_reads_the_figures_of_its_thing(city_copy):
    path = city_copy.home / RECORDS
    record = """
discrepancy:harbour-forum-2023-participants a cr:Discrepancy ;
    cr:about event:harbour-forum-2023 ;
    cr:onProperty cr:value ;
    cr:measure <https://w3id.org/city-relations/concept/measure/participants> ;
    cr:reading 400 ;
    cr:reading 450 .
"""
    path.write_text(path.read_text(encoding="utf-8") + record, encoding="utf-8")
    line = city_copy.line_of(RECORDS, "cr:reading 450")
    assert told(city_copy) == [
        f"{RECORDS}:{line} discrepancy: this reading is no longer stated by any passage; mend the record"
    ]
