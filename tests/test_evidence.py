"""Evidence: a statement that the lines do not bear out is found, at its line; what they bear out is not."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

from kg import release as releases
from kg.evidence import read_evidence, unsupported
from kg.index import Index
from kg.lint import Lint
from kg.namespaces import CONCEPT
from kg.slugs import UNNAMED
from kg.store import Graph, Triple, merge

STATEMENTS = "data/statements/yearbook-2023/"
AGREEMENTS = STATEMENTS + "01-twinnings-and-agreements.trig"
MISSIONS = STATEMENTS + "02-missions-visits-and-events.trig"
CONSULATES = STATEMENTS + "03-consulates.trig"
NETWORKS = STATEMENTS + "04-networks-projects-honours.trig"


def test_everything_that_the_other_city_states_is_in_its_document(city_copy):
    assert city_copy.complaints() == []


FAULTS = {
    "wrong year": (
        AGREEMENTS,
        '"1998"^^xsd:gYear',
        '"1997"^^xsd:gYear',
        "the year of 1997 is not in the lines",
    ),
    "wrong month": (
        AGREEMENTS,
        '"2021-05"^^xsd:gYearMonth',
        '"2021-06"^^xsd:gYearMonth',
        "the day or month of 2021-06 is not in the lines",
    ),
    "wrong day": (
        NETWORKS,
        '"2023-03-09"^^xsd:date',
        '"2023-03-08"^^xsd:date',
        "the day or month of 2023-03-08 is not in the lines",
    ),
    "day between the ends of a range": (
        MISSIONS,
        'cr:destination city:eastport ;\n        cr:start "2023-06-03"^^xsd:date',
        'cr:destination city:eastport ;\n        cr:start "2023-06-04"^^xsd:date',
        "the day or month of 2023-06-04 is not in the lines",
    ),
    "year of another document": (
        MISSIONS,
        '"2023-10-14"^^xsd:date',
        '"2022-10-14"^^xsd:date',
        "the year of 2022-10-14 is neither in the lines nor that of the document of cr:yearFrom",
    ),
    "wrong number": (MISSIONS, "cr:value 400", "cr:value 40", "the number 40 is not in the lines"),
    "wrong edition": (MISSIONS, "cr:edition 12", "cr:edition 13", "the number 13 is not in the lines"),
    "name of another city": (
        MISSIONS,
        "cr:destination city:eastport",
        "cr:destination city:port-lumen",
        "no name of city:port-lumen is in the lines",
    ),
    "name of another person": (
        MISSIONS,
        "cr:met person:ivo-tamm",
        "cr:met person:mira-solent",
        "no name of person:mira-solent is in the lines",
    ),
    "post of another body": (
        MISSIONS,
        "cr:holder person:ivo-tamm ; cr:post post:mayor-of-eastport",
        "cr:holder person:ivo-tamm ; cr:post post:consul-of-honorary-consulate-of-sandland-in-northhaven",
        "no name of post:consul-of-honorary-consulate-of-sandland-in-northhaven is in the lines",
    ),
    "portfolio that is not in the text": (
        MISSIONS,
        "cr:portfolio portfolio:mobility",
        "cr:portfolio portfolio:sport",
        "no word for portfolio:sport is in the lines",
    ),
    "qualifier that is not in the text": (
        MISSIONS,
        "cr:qualifier qualifier:more-than",
        "cr:qualifier qualifier:up-to",
        "no word for qualifier:up-to is in the lines",
    ),
    "words that are not in the text": (
        NETWORKS,
        "cr:leader city:northhaven",
        'cr:title "Tides at work"@en',
        "the words 'Tides at work' are not in the lines",
    ),
    "subject that is not in the text": (
        NETWORKS,
        "project:tidework cr:partner city:eastport .",
        "organisation:lantern-cities cr:hasMember city:eastport .",
        "nothing in the lines names organisation:lantern-cities, or none of its facts is found",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "reason"), FAULTS.values(), ids=FAULTS)
def test_one_fault_is_found_at_its_line(city_copy, file, old, new, reason):
    line = city_copy.edit(file, old, new) + old.count("\n")
    assert city_copy.complaints() == [f"{file}:{line} {reason}"]


def test_a_name_that_fits_two_people_counts_for_neither(city_copy):
    city_copy.edit("data/entities/people.ttl", 'rdfs:label "Mira Solent"@en', 'rdfs:label "Olga Reed"@en')
    line = city_copy.line_of(CONSULATES, "cr:holder person:olga-reed")
    assert city_copy.complaints() == [f"{CONSULATES}:{line} no name of person:olga-reed is in the lines"]


def test_a_year_that_the_lines_lack_must_be_said_to_come_from_elsewhere(city_copy):
    city_copy.edit(MISSIONS, "yb:L12 cr:yearFrom source:yearbook-2023 .\n", "")
    line = city_copy.line_of(MISSIONS, '"2023-10-14"')
    assert city_copy.complaints() == [(f"{MISSIONS}:{line} the year of 2023-10-14 is not in the lines")]


def test_a_year_that_the_lines_have_comes_from_nowhere_else(city_copy):
    path = city_copy.home / MISSIONS
    path.write_text(path.read_text(encoding="utf-8") + "yb:L13 cr:yearFrom source:yearbook-2023 .\n", encoding="utf-8")
    line = city_copy.line_of(MISSIONS, "yb:L13 cr:yearFrom")
    assert city_copy.complaints() == [f"{MISSIONS}:{line} cr:yearFrom is not needed here: no date lacks its year"]


def test_a_heading_that_says_what_the_lines_lack_is_needed(city_copy):
    city_copy.edit(CONSULATES, "yb:L17 cr:context yb:L15 .\n", "")
    line = city_copy.line_of(CONSULATES, "cr:sendingState country:sandland")
    assert city_copy.complaints() == [f"{CONSULATES}:{line} no name of country:sandland is in the lines"]


def test_a_heading_that_adds_nothing_is_not(city_copy):
    path = city_copy.home / NETWORKS
    path.write_text(path.read_text(encoding="utf-8") + "yb:L23 cr:context yb:L19 .\n", encoding="utf-8")
    line = city_copy.line_of(NETWORKS, "yb:L23 cr:context")
    assert city_copy.complaints() == [f"{NETWORKS}:{line} cr:context is not needed here: the lines say it all"]


def test_what_is_inferred_says_why(city_copy):
    text = (city_copy.home / NETWORKS).read_text(encoding="utf-8")
    (city_copy.home / NETWORKS).write_text(text.partition("yb:L24-inferred cr:note")[0], encoding="utf-8")
    line = city_copy.line_of(NETWORKS, "yb:L24-inferred {")
    assert city_copy.complaints() == [f"{NETWORKS}:{line} an inferred graph needs a reason"]


def test_a_statement_keeps_the_lines_that_bear_it_out(city_copy):
    graph = releases.load(city_copy.folders).graph
    readings = read_evidence(graph, city_copy.index, city_copy.documents)
    found = {
        (verdict.triple[1].value.rpartition("#")[2], verdict.triple[2].value.rpartition("/")[2]): (
            verdict.level,
            verdict.lines,
        )
        for reading in readings["https://example.org/relations/northhaven/source/yearbook-2023"]
        for verdict in reading.verdicts
        if reading.passage.iri.endswith(("L10-L11", "L17", "L24-inferred"))
    }
    assert found["attended", "harbour-forum-2023"] == ("passage", {10, 11})
    assert found["met", "ivo-tamm"] == ("passage", {11})
    assert found["edition", "12"] == ("passage", {10, 11})
    assert found["sender", "northhaven"] == ("document", set())
    assert found["sendingState", "sandland"] == ("context", {15, 17})
    assert found["kind", "honorary-consulate"] == ("passage", {17})
    assert found["topic", "environment"] == ("inferred", set())


# --- the real data -------------------------------------------------------------------------------------------------


def test_every_statement_of_the_repository_is_in_its_document(release, index, documents):
    readings = read_evidence(release.graph, index, documents)
    assert [f"{finding.place} {finding.message}" for finding in unsupported(readings)] == []


def test_what_is_inferred_is_rare(release, index, documents):
    levels = Counter(
        v.level for found in read_evidence(release.graph, index, documents).values() for r in found for v in r.verdicts
    )
    assert levels["inferred"] / levels.total() < 0.05


# --- seeded errors -------------------------------------------------------------------------------------------------

SEEDS = 200
CAUGHT = 0.93


@dataclass(frozen=True)
class Change:
    """One stated triple, and what it is changed to."""

    passage: str
    old: Triple
    new: Triple


class Seeder:
    """Changes stated triples at random, but always the same: an entity for one of its kind, a digit for another."""

    def __init__(self, graph: Graph, index: Index) -> None:
        self.random = random.Random(20241125)
        self.graph, self.index = graph, index
        self.kinds: dict[str, list[ox.NamedNode]] = {}
        for node in sorted(index.blocks, key=str):
            self.kinds.setdefault(node.value.rpartition("/")[0], []).append(node)

    def changes(self) -> list[Change]:
        """The seeded errors; objects that no text ever proves (concepts, unnamed nodes, prose) are left alone."""
        stated = [
            Change(place.graph, triple, triple)
            for triple, places in self.index.triples.items()
            for place in places
            if place.graph and not place.graph.endswith("-inferred") and self.changed(triple[2]) is not None
        ]
        drawn = self.random.sample(sorted(stated, key=str), SEEDS)
        return [Change(c.passage, c.old, (*c.old[:2], self.changed(c.old[2]))) for c in drawn]

    def changed(self, value: ox.NamedNode | ox.Literal) -> ox.NamedNode | ox.Literal | None:
        if isinstance(value, ox.Literal):
            return self._other_digit(value)
        kind = value.value.rpartition("/")[0]
        if value.value.startswith(CONCEPT) or kind.rpartition("/")[2] in (*UNNAMED, "source"):
            return None
        others = [node for node in self.kinds.get(kind, []) if node != value]
        return self.random.choice(others) if others else None

    def _other_digit(self, value: ox.Literal) -> ox.Literal | None:
        places = [match.start() for match in re.finditer(r"\d", value.value)]
        if not places or value.language:
            return None
        at = self.random.choice(places)
        digit = self.random.choice([d for d in "0123456789" if d != value.value[at]])
        return ox.Literal(value.value[:at] + digit + value.value[at + 1 :], datatype=value.datatype)


def rounds(changes: list[Change]) -> list[list[Change]]:
    """The changes in as few rounds as keep them apart: no round touches a passage or a subject twice."""
    found: list[list[Change]] = []
    for change in changes:
        free = (r for r in found if all(change.passage != c.passage and change.old[0] != c.old[0] for c in r))
        target = next(free, None)
        if target is None:
            found.append(target := [])
        target.append(change)
    return found


def changed_index(index: Index, changes: list[Change]) -> Index:
    """The index as it would be read from files with these changes."""
    copy = Index(dict(index.triples), index.subjects, index.blocks, index.graphs, dict(index.values))
    for change in changes:
        moved = [place for place in copy.triples[change.old] if place.graph == change.passage]
        copy.triples[change.old] = [place for place in copy.triples[change.old] if place.graph != change.passage]
        if not copy.triples[change.old]:
            del copy.triples[change.old]
        copy.triples[change.new] = [*copy.triples.get(change.new, []), *moved]
        copy.values[change.new[:2]] = [*copy.values.get(change.new[:2], []), change.new[2]]
    return copy


def within(index: Index, passages: set[str]) -> Index:
    """The index without the statements of other passages; evidence then reads these passages alone."""
    triples = {}
    for triple, places in index.triples.items():
        kept = [place for place in places if place.graph is None or place.graph in passages]
        if kept:
            triples[triple] = kept
    return Index(triples, index.subjects, index.blocks, index.graphs, index.values)


def changed_graph(graph: Graph, changes: list[Change]) -> Graph:
    """The graph as it would be loaded from files with these changes."""
    engine = ox.Store()
    engine.extend(graph.engine)
    for change in changes:
        passage = ox.NamedNode(change.passage)
        engine.remove(ox.Quad(*change.old, passage))
        engine.add(ox.Quad(*change.new, passage))
    merge(engine)
    return Graph(engine, graph.city)


def test_seeded_errors_are_caught(release, index, documents, capsys):
    changes = Seeder(release.graph, index).changes()
    before = {f.place for f in unsupported(read_evidence(release.graph, index, documents))}
    caught: set[Change] = set()
    for wrong in rounds(changes):
        graph, places = changed_graph(release.graph, wrong), changed_index(index, wrong)
        readings = read_evidence(graph, within(places, {change.passage for change in wrong}), documents)
        complaints = {f.place for f in unsupported(readings) if f.place} - before
        subjects = {finding.subject for finding in Lint(graph, places).findings()}
        passages = {place.graph for place in complaints}
        caught |= {c for c in wrong if c.passage in passages or c.old[0] in subjects}
    missed = [c for c in changes if c not in caught]
    with capsys.disabled():
        print(f"\nseeded errors caught: {len(changes) - len(missed)} of {len(changes)}")
    lines = [
        f"{c.passage.rpartition('/')[2]} {c.old[0].value.rpartition('/')[2]} {c.old[2]} -> {c.new[2]}" for c in missed
    ]
    assert len(missed) <= SEEDS * (1 - CAUGHT), "\n".join(lines)


def test_the_unchanged_data_raise_no_alarm_in_that_test(release, index):
    assert list(Lint(changed_graph(release.graph, []), changed_index(index, [])).findings()) == []
