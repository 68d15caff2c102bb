"""What differs between two releases: added, removed, changed, and facts that only other passages state now."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.diff import as_lines, as_values, compare, read_state

ROOT = "https://example.org/relations/alpha/"
HEADS = f"""PREFIX cr: <https://w3id.org/city-relations/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX city: <{ROOT}city/>
PREFIX graph: <{ROOT}graph/>
PREFIX y: <{ROOT}source/yearbook/>
graph:ontology {{
    cr:City rdfs:label "city"@en , "città"@it .
    cr:start rdfs:label "start"@en , "inizio"@it .
    cr:partner rdfs:label "partner"@en , "partner"@it .
}}
"""
OLD = """
graph:entities {
    city:alpha a cr:City ; rdfs:label "Alpha"@en , "Alfa"@it .
    city:beta a cr:City ; rdfs:label "Beta"@en .
}
y:L1 { city:alpha cr:partner city:beta ; cr:start 2003 . }
graph:sources { y:L1 cr:firstLine 1 . }
<https://example.org/relations/alpha/graph/derived/sums> { city:alpha cr:year 2003 . }
"""
NEW = """
graph:entities {
    city:alpha a cr:City ; rdfs:label "Alpha"@en , "Alfa"@it .
    city:gamma a cr:City ; rdfs:label "Gamma"@en , "Gamma"@it .
}
y:L1 { city:alpha cr:start 2004 . }
y:L7 { city:alpha cr:partner city:beta . }
graph:sources { y:L1 cr:firstLine 2 . }
<https://example.org/relations/alpha/graph/derived/sums> { city:alpha cr:year 2004 . }
"""


def state(name, text):
    return read_state(name, ox.parse(HEADS + text, format=ox.RdfFormat.TRIG))


@pytest.fixture
def difference():
    return compare(state("one", OLD), state("two", NEW))


def test_for_people_in_english(difference):
    assert list(as_lines(difference, "en")) == [
        "From release one to two",
        "",
        "Added: 1",
        f"  Gamma <{ROOT}city/gamma> (city)",
        "",
        "Removed: 1",
        f"  Beta <{ROOT}city/beta> (city)",
        "",
        "Changed: 1",
        f"  Alpha <{ROOT}city/alpha>",
        "    - start: 2003",
        "    + start: 2004",
        "    ~ partner: Beta [other passages]",
    ]


def test_for_people_in_italian(difference):
    assert [line for line in as_lines(difference, "it") if line.startswith((" ", "A", "R", "C"))] == [
        "Aggiunti: 1",
        f"  Gamma <{ROOT}city/gamma> (città)",
        "Rimossi: 1",
        f"  Beta <{ROOT}city/beta> (città)",
        "Cambiati: 1",
        f"  Alfa <{ROOT}city/alpha>",
        "    - inizio: 2003",
        "    + inizio: 2004",
        "    ~ partner: Beta [altri passi]",
    ]


def test_for_programs(difference):
    said = as_values(difference)
    assert [entity["iri"] for kind in ("added", "removed", "changed") for entity in said[kind]] == [
        ROOT + "city/gamma",
        ROOT + "city/beta",
        ROOT + "city/alpha",
    ]
    integer = "<http://www.w3.org/2001/XMLSchema#integer>"
    terms = "https://w3id.org/city-relations/ontology#"
    assert said["changed"][0] == {
        "iri": ROOT + "city/alpha",
        "name": {"en": "Alpha", "it": "Alfa"},
        "removed": [{"property": terms + "start", "value": f'"2003"^^{integer}'}],
        "added": [{"property": terms + "start", "value": f'"2004"^^{integer}'}],
        "moved": [{"property": terms + "partner", "value": f"<{ROOT}city/beta>"}],
    }


def test_a_release_does_not_differ_from_itself():
    same = compare(state("one", OLD), state("one", OLD))
    assert not same
    assert list(as_lines(same, "en")) == ["From release one to one", "Nothing differs."]


def test_the_difference_back_is_the_opposite(difference):
    back = compare(difference.new, difference.old)
    assert {change.entity for change in back.added} == {change.entity for change in difference.removed}
    assert {change.entity: (change.added, change.removed) for change in back.changed} == {
        change.entity: (change.removed, change.added) for change in difference.changed
    }
