"""The whole check, as `kg validate` prints it: one fact broken, one line with file, line and remedy."""

from __future__ import annotations

import pytest

from kg import validate as checks
from kg.errors import DataError
from kg.findings import Finding, label_of, line_of
from kg.index import Index, Place
from kg.store import cr

STATEMENTS = "data/statements/yearbook-2023/"
AGREEMENTS = STATEMENTS + "01-twinnings-and-agreements.trig"
NETWORKS = STATEMENTS + "04-networks-projects-honours.trig"
DATE = "start: no date of the calendar; write 2024 (gYear), 2024-03 (gYearMonth) or 2024-03-12 (date)"


def test_the_other_city_conforms(city_copy):
    assert city_copy.findings() == []


ONE_FACT = {
    "a year 19x7": (
        '"2005"^^xsd:gYear',
        '"19x7"^^xsd:gYear',
        f"Northhaven in Lantern Cities: {DATE} (found: 19x7) [start-date]",
    ),
    "a thirteenth month": (
        '"2005"^^xsd:gYear',
        '"2003-13"^^xsd:gYearMonth',
        f"Northhaven in Lantern Cities: {DATE} (found: 2003-13) [start-date]",
    ),
    "30 February": (
        '"2023-03-09"^^xsd:date',
        '"2023-02-30"^^xsd:date',
        f"Honorary citizenship of Northhaven to Mira Solent (2023): {DATE} (found: 2023-02-30) [start-date]",
    ),
    "a partner that does not exist": (
        "cr:partner city:eastport ;",
        "cr:partner city:westport ;",
        (
            "TIDEWORK: city:westport is not declared anywhere; correct the name, or add its block under data/entities/ "
            "(found: city:westport) [declared]"
        ),
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), ONE_FACT.values(), ids=ONE_FACT)
def test_one_broken_fact_is_one_finding(city_copy, old, new, message):
    line = city_copy.edit(NETWORKS, old, new)
    assert city_copy.findings() == [f"{NETWORKS}:{line} violation {message}"]


def test_a_missing_italian_label_is_one_finding(city_copy):
    file = "data/entities/people.ttl"
    city_copy.edit(file, ' ;\n    rdfs:label "Mira Solent"@it .', " .")
    line = city_copy.line_of(file, "person:mira-solent a")
    assert city_copy.findings() == [
        (
            f"{file}:{line} violation Mira Solent: label: everything has a name in Italian; "
            'add rdfs:label "…"@it [Label-it]'
        )
    ]


def test_two_years_for_one_agreement_without_a_record_are_one_finding(city_copy):
    new = 'agreement:eastport-1998 cr:start "1999"^^xsd:gYear .\n    agreement:port-lumen-2021'
    line = city_copy.edit(AGREEMENTS, "agreement:port-lumen-2021", new)
    other = city_copy.line_of(AGREEMENTS, '"1998"^^xsd:gYear')
    assert city_copy.findings() == [
        (
            f"{AGREEMENTS}:{line} violation Twinning of Northhaven and Eastport (1998): cr:start has two values, "
            f"1999 and 1998 ({AGREEMENTS}:{other}); correct one, or record both in data/editorial/discrepancies.ttl "
            "(found: 1999) [single-value]"
        )
    ]


def test_all_broken_facts_together_are_told_in_italian_in_the_order_of_files(city_copy):
    people = "data/entities/people.ttl"
    city_copy.edit(people, ' ;\n    rdfs:label "Mira Solent"@it .', " .")
    month = city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"2003-13"^^xsd:gYearMonth')
    partner = city_copy.edit(NETWORKS, "cr:partner city:eastport ;", "cr:partner city:westport ;")
    date = "start: data inesistente; scrivere 2024 (gYear), 2024-03 (gYearMonth) o 2024-03-12 (date)"
    assert city_copy.findings("it") == [
        (
            f"{people}:{city_copy.line_of(people, 'person:mira-solent a')} violation Mira Solent: label: ogni cosa "
            'ha un nome in italiano; aggiungere rdfs:label "…"@it [Label-it]'
        ),
        f"{NETWORKS}:{month} violation Northhaven in Lantern Cities: {date} (trovato: 2003-13) [start-date]",
        (
            f"{NETWORKS}:{partner} violation TIDEWORK: city:westport non è dichiarato; correggere il nome o aggiungere "
            "la voce in data/entities/ (trovato: city:westport) [declared]"
        ),
    ]


def test_a_number_that_the_engine_rewrites_is_found_where_it_is_written(city_copy):
    line = city_copy.edit(NETWORKS, "cr:value 1250000", "cr:value -1250000.50")
    assert [finding.split(" violation ")[0] for finding in city_copy.findings()] == [f"{NETWORKS}:{line}"]


def test_warnings_and_ideas_stand_behind_violations(city_copy):
    city_copy.edit("data/external/countries.ttl", 'country:sandland cr:isoCode "XS" .', "")
    line = city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear')
    country = city_copy.line_of("data/entities/countries.ttl", "country:sandland a")
    assert city_copy.findings() == [
        f"{NETWORKS}:{line} violation Northhaven in Lantern Cities: {DATE} (found: 19x7) [start-date]",
        (
            f"data/entities/countries.ttl:{country} info Sandland: isoCode: the country has no ISO code; "
            "add one to data/external/countries.ttl, if there is one [Country-isoCode]"
        ),
    ]


def test_a_shape_that_does_not_parse_is_named(city_copy):
    (city_copy.home / "shapes" / "broken.ttl").write_text("<x> a", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        checks.read_shapes(city_copy.folders)
    assert caught.value.file == city_copy.home / "shapes" / "broken.ttl"
    assert caught.value.line == 1


def test_a_folder_without_shapes_cannot_check(city_copy):
    for file in (city_copy.home / "shapes").glob("*.ttl"):
        file.unlink()
    with pytest.raises(DataError, match=r"^holds no shapes$"):
        checks.read_shapes(city_copy.folders)


# --- findings ------------------------------------------------------------------------------------------------------


def finding(rule: str, message: str, **more) -> Finding:
    return Finding("violation", rule, Place("data/x.ttl", 3), cr("subject"), {"en": message, "it": message}, **more)


def test_of_findings_about_one_triple_the_first_is_kept():
    triple = (cr("a"), cr("b"), cr("c"))
    first, second = finding("one", "this", triple=triple), finding("two", "that", triple=triple)
    assert list(checks.one_each([first, second], Index())) == [first]


def test_a_finding_about_a_derived_triple_is_dropped_where_the_stated_one_has_its_own():
    index = Index()
    index.triples[cr("a"), cr("partner"), cr("c")] = [Place("data/x.trig", 3, "urn:passage")]
    stated = finding("one", "this", triple=(cr("a"), cr("partner"), cr("c")))
    derived = finding("two", "that", triple=(cr("a"), cr("participant"), cr("c")))
    other = finding("two", "that", triple=(cr("a"), cr("participant"), cr("d")))
    assert list(checks.one_each([stated, derived, other], index)) == [stated, other]


def test_findings_about_a_subject_are_kept_unless_they_say_the_same():
    findings = [finding("one", "this"), finding("one", "that"), finding("one", "this"), finding("two", "this")]
    assert list(checks.one_each(findings, Index())) == [findings[0], findings[1], findings[3]]


def test_a_finding_without_a_place_is_still_told(release):
    lost = Finding("warning", "rule", None, cr("nowhere"), {"en": "lost", "it": "perso"})
    assert line_of(lost, release.graph, "it") == "- warning rule cr:nowhere: perso"


def test_the_label_of_a_thing_is_given_in_the_language_or_in_any(release):
    city = release.graph.city.prefixes["city"]
    cologne = cr("x").__class__(city + "cologne")
    assert label_of(release.graph.engine, cologne, "it") == "Colonia"
    assert label_of(release.graph.engine, cologne, "de") in ("Colonia", "Cologne")
    assert label_of(release.graph.engine, cr("nowhere"), "en") is None
