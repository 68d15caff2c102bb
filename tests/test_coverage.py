"""Coverage: which lines are stated, which are declared without fact, which are open."""

from __future__ import annotations

import pytest

from kg import release as releases
from kg.coverage import Coverage, ranges, read_coverage
from kg.evidence import read_evidence

STATEMENTS = "data/statements/yearbook-2023/"
NETWORKS = STATEMENTS + "04-networks-projects-honours.trig"
NO_FACT = "data/editorial/no-fact-lines.ttl"


def coverage(city_copy) -> Coverage:
    graph = releases.load(city_copy.folders).graph
    readings = read_evidence(graph, city_copy.index, city_copy.documents)
    (found,) = read_coverage(graph, readings, city_copy.documents)
    return found


def test_every_line_with_text_of_the_other_city_is_covered_or_declared(city_copy):
    found = coverage(city_copy)
    assert sorted(found.covered) == [5, 6, 10, 11, 12, 13, 15, 17, 21, 22, 23, 24]
    assert sorted(found.declared) == [1, 3, 8, 19]
    assert (found.open, found.twice) == (set(), set())


def test_a_line_without_statements_is_open(city_copy):
    path = city_copy.home / NETWORKS
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(text[text.index("# L23") : text.index("# L24")], ""), encoding="utf-8")
    assert coverage(city_copy).open == {23}


def test_a_statement_that_is_not_in_the_lines_covers_none(city_copy):
    city_copy.edit(
        NETWORKS, "project:tidework cr:partner city:eastport .", "project:tidework cr:partner city:port-lumen ."
    )
    assert coverage(city_copy).open == {24}


def test_what_is_inferred_covers_nothing(city_copy):
    text = "yb:L24 {\n    project:tidework cr:partner city:eastport .\n}\n\n"
    city_copy.edit(NETWORKS, text, "")
    assert coverage(city_copy).open == {24}


def test_a_heading_that_a_passage_is_read_with_is_covered(city_copy):
    city_copy.edit(STATEMENTS + "03-consulates.trig", "yb:L17 cr:context yb:L15 .\n", "")
    assert coverage(city_copy).open == {15}


def test_a_line_that_is_covered_and_declared_is_told(city_copy):
    path = city_copy.home / NO_FACT
    path.write_text(path.read_text(encoding="utf-8") + "\nyb:L21 cr:withoutFact reason:heading .\n", encoding="utf-8")
    assert coverage(city_copy).twice == {21}


def test_empty_lines_do_not_count(city_copy):
    city_copy.edit(NO_FACT, "yb:L1 cr:withoutFact", "yb:L1-L4 cr:withoutFact")
    found = coverage(city_copy)
    assert sorted(found.declared) == [1, 3, 8, 19]


def test_coverage_within_a_range_of_lines(city_copy):
    found = coverage(city_copy).within(8, 12)
    assert (found.covered, found.declared) == ({10, 11, 12}, {8})


@pytest.mark.parametrize(("lines", "shown"), [([], ""), ([5], "5"), ([7, 5, 6], "5-7"), ([1, 3, 4, 9], "1, 3-4, 9")])
def test_lines_are_shown_as_a_person_writes_them(lines, shown):
    assert ranges(lines) == shown
