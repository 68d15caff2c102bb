"""The queries of `shapes/checks/`: each broken rule is found where it stands, and the message tells what to do."""

from __future__ import annotations

import pytest

from conftest import ROOT
from kg import release
from kg.checks import read_checks, run_checks
from kg.errors import DataError

STATEMENTS = "data/statements/yearbook-2023/"
AGREEMENTS = STATEMENTS + "01-twinnings-and-agreements.trig"
MISSIONS = STATEMENTS + "02-missions-visits-and-events.trig"
NETWORKS = STATEMENTS + "04-networks-projects-honours.trig"
XSD = "http://www.w3.org/2001/XMLSchema#"

# file, what is replaced, by what, and the rule with the start of its message
BROKEN = {
    "ends-before-start": (
        NETWORKS,
        'cr:end "2024"^^xsd:gYear',
        'cr:end "2021"^^xsd:gYear',
        "ends on 2021, before it starts on 2022",
    ),
    "end-is-start": (
        NETWORKS,
        'cr:end "2024"^^xsd:gYear',
        'cr:end "2022"^^xsd:gYear',
        "starts and ends on 2022",
    ),
    "end-without-start": (
        MISSIONS,
        'cr:start "2023-10-14"^^xsd:date',
        'cr:end "2023-10-14"^^xsd:date',
        "ends on 2023-10-14 but starts nowhere",
    ),
    "description-language": (
        NETWORKS,
        "    project:tidework cr:partner city:eastport .\n",
        '    project:tidework cr:partner city:eastport ; <http://purl.org/dc/terms/description> "Tides."@en .\n',
        "a passage describes it in one language alone (en)",
    ),
    "renewal-older": (
        AGREEMENTS,
        "agreement:eastport-1998\n",
        "agreement:eastport-1998\n        cr:renews agreement:port-lumen-2021 ;\n",
        "renews agreement:port-lumen-2021 of 2021-05 but is itself of 1998",
    ),
    "with-oneself": (
        NETWORKS,
        "cr:leader city:northhaven",
        "cr:partOf project:tidework ;\n        cr:leader city:northhaven",
        "cr:partOf points from the thing to itself",
    ),
    "twinning-with-oneself": (
        AGREEMENTS,
        "        cr:party city:eastport ;\n",
        "",
        "a twinning of city:northhaven with itself alone",
    ),
    "same-name": (
        "data/entities/people.ttl",
        'rdfs:label "Ivo Tamm"@it',
        'rdfs:label "ADA quill"@it',
        'the name "ADA quill" is also that of person:ada-quill',
    ),
    "same-identifier": (
        "data/external/cities.ttl",
        "city:eastport cr:latitude",
        (
            "city:northhaven <http://www.w3.org/2004/02/skos/core#exactMatch> <https://example.org/id/1> .\n\n"
            "city:eastport <http://www.w3.org/2004/02/skos/core#exactMatch> <https://example.org/id/1> ;\n"
            "    cr:latitude"
        ),
        "<https://example.org/id/1> already identifies city:eastport",
    ),
    "same-agreement": (
        AGREEMENTS,
        "    agreement:port-lumen-2021\n",
        (
            "    agreement:port-lumen-2021-bis cr:party city:northhaven ; cr:party city:port-lumen ; "
            f'cr:kind kind:agreement ; cr:start "2021-05"^^<{XSD}gYearMonth> ; a cr:Agreement .\n'
            "    agreement:port-lumen-2021\n"
        ),
        "same parties, date and kind as agreement:port-lumen-2021",
    ),
    "same-edition": (
        MISSIONS,
        "    event:harbour-forum-2023\n        cr:inSeries",
        (
            "    event:harbour-forum-2022 cr:inSeries series:harbour-forum ; cr:edition 12 .\n"
            "    event:harbour-forum-2023\n        cr:inSeries"
        ),
        "edition 12 of its series is also event:harbour-forum-2022",
    ),
    "same-conferral": (
        NETWORKS,
        "    conferral:honorary-citizenship-of-northhaven-mira-solent-2023\n",
        (
            "    conferral:solent-again cr:award award:honorary-citizenship-of-northhaven ; "
            f'cr:recipient person:mira-solent ; cr:forYear "2023"^^<{XSD}gYear> ; a cr:Conferral .\n'
            "    conferral:honorary-citizenship-of-northhaven-mira-solent-2023\n"
        ),
        "conferral:honorary-citizenship-of-northhaven-mira-solent-2023 gives the same award",
    ),
    "office-held-twice": (
        MISSIONS,
        "cr:holder person:bela-finch ; cr:post post:mayor-of-northhaven",
        "cr:holder person:bela-finch ; cr:post post:mayor-of-eastport",
        "person:ivo-tamm and person:bela-finch hold this office at once",
    ),
}


def found(city_copy) -> dict[str, list]:
    """The findings of the checks, by rule."""
    by_rule: dict[str, list] = {}
    graph = release.build(city_copy.folders)
    for finding in run_checks(graph, city_copy.folders, city_copy.index):
        by_rule.setdefault(finding.rule, []).append(finding)
    return by_rule


def test_the_other_city_breaks_no_rule(city_copy):
    assert found(city_copy) == {}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found_where_it_stands(city_copy, rule):
    file, old, new, message = BROKEN[rule]
    city_copy.edit(file, old, new)
    finding = found(city_copy)[rule][0]
    assert finding.message["en"].startswith(message), finding.message["en"]
    assert finding.place is not None
    assert finding.place.file.startswith("data/")
    assert finding.remedy("en")
    assert finding.remedy("it")
    assert "{" not in finding.message["it"]


def test_every_check_has_its_case(folders):
    assert {check.rule for check in read_checks(folders)} == set(BROKEN)


def test_two_holders_in_years_apart_succeed_each_other(city_copy):
    city_copy.edit(
        MISSIONS,
        "cr:holder person:bela-finch ; cr:post post:mayor-of-northhaven",
        f'cr:holder person:bela-finch ; cr:post post:mayor-of-eastport ; cr:end "2020"^^<{XSD}gYear>',
    )
    city_copy.edit(
        MISSIONS,
        "cr:holder person:ivo-tamm ; cr:post post:mayor-of-eastport",
        f'cr:holder person:ivo-tamm ; cr:post post:mayor-of-eastport ; cr:start "2020"^^<{XSD}gYear>',
    )
    assert "office-held-twice" not in found(city_copy)


SPOILT = {
    "no severity": ("broken.rq", "# en: a; b\n# it: a; b\nSELECT ?subject {}", "the name tells no severity"),
    "no message": ("broken-violation.rq", "# en: wrong\nSELECT ?subject {}", "a check lacks its message"),
    "no query": ("broken-violation.rq", "# en: a; b\n# it: a; b\nSELECT ?subject {", "is no query: "),
    "no subject": ("broken-violation.rq", "# en: a; b\n# it: a; b\nSELECT ?x { ?x a ?y }", "a check selects ?subject"),
}


@pytest.mark.parametrize(("name", "text", "message"), SPOILT.values(), ids=SPOILT)
def test_a_check_that_cannot_be_run_is_named(city_copy, name, text, message):
    (city_copy.home / "shapes" / "checks" / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        found(city_copy)
    assert caught.value.message.startswith(message)
    assert caught.value.file == city_copy.home / "shapes" / "checks" / name


def test_the_checks_name_no_city():
    assert not [f for f in (ROOT / "shapes" / "checks").glob("*.rq") if "city:" in f.read_text(encoding="utf-8")]
