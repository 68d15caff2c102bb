"""Coverage: which lines of a document state what the graph holds, which are declared without fact, which are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.passages import Document, read_documents, read_lines, read_passage
from kg.store import cr, triples

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.evidence import Reading
    from kg.store import Graph


@dataclass
class Coverage:
    """Numbers of lines with text: those covered, those declared without fact, those open."""

    document: Document
    covered: set[int]
    declared: set[int]
    open: set[int]
    twice: set[int]

    def within(self, first: int, last: int) -> Coverage:
        """The same for a range of lines."""
        span = set(range(first, last + 1))
        return Coverage(self.document, self.covered & span, self.declared & span, self.open & span, self.twice & span)


def read_coverage(graph: Graph, readings: dict[str, list[Reading]], folder: Path) -> list[Coverage]:
    """Coverage of every document of the dataset, in the order of their IRIs."""
    return [
        _coverage(graph, document, readings.get(iri, []), folder)
        for iri, document in read_documents(graph.engine).items()
    ]


def _coverage(graph: Graph, document: Document, readings: list[Reading], folder: Path) -> Coverage:
    lines = read_lines(document, folder)
    written = {number for number, line in enumerate(lines, 1) if line.strip()}
    covered = {
        line
        for reading in readings
        for verdict in reading.verdicts
        if verdict.level != "unsupported"
        for line in verdict.lines
    }
    covered |= _needed_contexts(graph, document, readings)
    declared: set[int] = set()
    for node, _, _ in triples(graph.engine, None, cr("withoutFact"), graph=graph.city.graph("editorial")):
        passage = read_passage(node.value)
        if passage and passage.document == document.iri:
            declared.update(passage.lines)
    return Coverage(
        document, covered & written, (declared & written) - covered, written - covered - declared, covered & declared
    )


def _needed_contexts(graph: Graph, document: Document, readings: list[Reading]) -> set[int]:
    """Lines of headings that some passage is read together with."""
    stated = {reading.passage.iri for reading in readings}
    found: set[int] = set()
    for node, _, heading in triples(graph.engine, None, cr("context"), graph=graph.city.graph("sources")):
        passage = read_passage(heading.value)
        if passage and passage.document == document.iri and node.value in stated and passage.iri not in stated:
            found.update(passage.lines)
    return found


def ranges(lines: Iterable[int]) -> str:
    """Line numbers as a person writes them: `12-14, 20`."""
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)
