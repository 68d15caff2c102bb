"""`make mutate` on a sample: seeded faults in the other city are caught; the quality page has the table of the tool."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import pytest

from conftest import OTHER_CITY, ROOT
from kg.index import read_index

ROW = re.compile(r"^\| ([a-zA-Z ]+?) \| (\d+) \| ([\d.]+)% \| ([\d.]+)% \| ([\d.]+)% \| ([\d.]+)% \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def mutants():
    """The table of operators and classes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "bench"))
        yield importlib.import_module("mutants")


@pytest.fixture(scope="module")
def table() -> dict[str, tuple[int, float, float, float, float]]:
    """What the tool prints of two faults a cell: how many, and by whom they are caught, in per cent."""
    command = [sys.executable, str(ROOT / "bench" / "mutate.py"), "--documents", str(OTHER_CITY / "documents")]
    done = subprocess.run(
        [*command, "--each", "2"],
        env={"KG_DATA": str(OTHER_CITY / "data"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return {name: (int(n), *map(float, rates)) for name, n, *rates in ROW.findall(done.stdout)}


def test_every_operator_and_most_classes_have_mutants(table, mutants):
    assert set(mutants.OPERATORS) < set(table)
    assert len(set(mutants.SEGMENTS) & set(table)) > 15


def test_nineteen_of_twenty_are_caught_by_the_two_checks_together(table):
    total, by_shapes, _, by_lines, together = table["all"]
    assert total > 200
    assert together >= 95
    assert max(by_shapes, by_lines) < together  # neither would do alone


@pytest.mark.parametrize("operator", ["misspelt IRI", "swapped dates", "duplicate", "dangling link", "negative figure"])
def test_what_shapes_and_rules_alone_must_catch(table, operator):
    assert table[operator][1] == 100


@pytest.mark.parametrize("operator", ["wrong passage", "wrong number"])
def test_what_only_the_lines_can_tell(table, operator):
    assert table[operator][3] == 100
    assert table[operator][1] < 100


def test_the_same_seed_gives_the_same_mutants(mutants, city_copy):
    facts = mutants.Facts(read_index(city_copy.folders), "https://example.org/relations/northhaven")
    for operator in mutants.OPERATORS:
        first, again, other = (mutants.mutants(facts, seed, operator, "event") for seed in (1, 1, 2))
        assert list(map(str, first)) == list(map(str, again))
        assert len(first) < 3 or list(map(str, first)) != list(map(str, other))


def test_the_quality_page_shows_every_row(mutants):
    page = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    shown = {row[0]: row for row in ROW.findall(page)}
    assert set(shown) == {*mutants.OPERATORS, "all"}
    assert sum(int(shown[name][1]) for name in mutants.OPERATORS) == int(shown["all"][1])
    assert float(shown["all"][5]) >= 95
    less = [name for name in mutants.OPERATORS if float(shown[name][5]) < 100]
    assert [name for name in less if not re.search(rf"^\* \*{name}\*", page, re.MULTILINE)] == []
