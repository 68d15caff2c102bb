"""Every part of a constraint matters: take it away, and a case of its file gives another result.

`tests/test_shapes.py` sees that each constraint of a shape is broken by a case; this sees to what stands in `sh:and`,
`sh:or`, `sh:not` and the shapes that others refer to. The second validator is asked because it is the faster one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyrudof
import pytest
from rdflib import SH, BNode, Graph

from test_shapes import (
    CONSTRAINTS,
    INVALID,
    SHAPE_FILES,
    VALID,
    case_id,
    data_of,
    own_shapes,
    reports_alone,
    shapes,
    shorten,
    show,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.term import Node

Part = tuple["Node", "Node", "Node"]
# what a shape says beside its constraints
OTHER = {"alternativePath", "inversePath", "zeroOrMorePath", "path", "property", "message", "severity"}
OTHER |= {"targetClass", "targetSubjectsOf", "qualifiedValueShape"}


def owners(node: Node) -> list[Node]:
    """The shapes with results of their own that a part belongs to."""
    found: set[Node] = set()
    waiting, seen = [node], {node}
    while waiting:
        part = waiting.pop()
        if reports_alone(part):
            found.add(part)
            continue
        above = set(shapes().subjects(None, part)) - seen
        seen |= above
        waiting += above
    return sorted(found)


def name_of(part: Part) -> str:
    """Which part of which shape, as the list of tests shows it."""
    subject, predicate, value = part
    whole = ",".join(shorten(owner).removeprefix("shapes:") for owner in owners(subject)[:2])
    what = "" if isinstance(value, BNode) else show(value)
    return f"{whole}-{str(predicate).rpartition('#')[2]}-{what}"


PARTS = sorted(
    (part for part in shapes() if part[1] in CONSTRAINTS and not reports_alone(part[0]) and owners(part[0])),
    key=name_of,
)


def closure(start: list[Node]) -> Graph:
    """Some shapes with all that they refer to."""
    found = Graph()
    waiting, seen = list(start), set(start)
    while waiting:
        for triple in shapes().triples((waiting.pop(), None, None)):
            found.add(triple)
            if triple[2] not in seen and (triple[2], None, None) in shapes():
                seen.add(triple[2])
                waiting.append(triple[2])
    return found


@cache
def file_of() -> dict[Node, str]:
    """The file that defines a shape."""
    return {shape: file.stem for file in SHAPE_FILES for shape in own_shapes(file)}


@cache
def case(file: Path) -> pyrudof.Rudof:
    """The second validator with a case read: reading it takes longer than judging it by one shape."""
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(data_of(Graph().parse(file)).serialize(format="nt"), pyrudof.RDFFormat.NTriples)
    return rudof


def opinion(file: Path, judges: str) -> list[tuple[str, str | None]]:
    """What shapes find in a case."""
    rudof = case(file)
    rudof.reset_shacl()
    rudof.read_shacl(judges, pyrudof.ShaclFormat.Turtle)
    return sorted((entry.focus_node, entry.source_shape) for entry in rudof.validate_shacl())


@pytest.mark.parametrize("part", PARTS, ids=name_of)
def test_without_a_part_of_a_constraint_a_case_has_another_result(part):
    concerned = owners(part[0])
    above = {shape for owner in concerned for shape in shapes().subjects(SH.property, owner)}
    shape = closure([*concerned, *above])
    before = shape.serialize(format="turtle")
    shape.remove(part)
    after = shape.serialize(format="turtle")
    files = {file_of()[owner] for owner in concerned}
    cases = [file for file in [*INVALID, *VALID] if file.parent.name in files]
    assert any(opinion(file, after) != opinion(file, before) for file in cases), [case_id(file) for file in cases]


def test_every_word_of_the_shapes_is_a_constraint_that_the_tests_know_or_no_constraint():
    words = {str(term).removeprefix(str(SH)) for term in shapes().predicates() if term.startswith(SH)}
    assert words - {str(term).removeprefix(str(SH)) for term in CONSTRAINTS} <= OTHER
