"""The pages of documents, chapters and passages: what there is of each, and what a passage states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.namespaces import CR
from kg.passages import read_passage
from kg.terms import natural
from kg.web import facts
from kg.web.words import read_lines

if TYPE_CHECKING:
    from kg.passages import Passage
    from kg.web.reading import Reading
    from kg.web.view import Page, Row, Shown


@dataclass(frozen=True)
class Part:
    """A chapter, or what stands in none: how much of its lines is read, and into how many statements."""

    name: Shown
    first: int
    last: int
    passages: int
    statements: int
    read: int
    empty: int


@dataclass(frozen=True)
class Listed:
    """A passage in a list: its lines, and the things that it speaks of."""

    lines: str
    href: str
    subjects: tuple[Shown, ...]
    statements: int


def parts(page: Page, reading: Reading, document: str) -> list[Part]:
    """The chapters of a document, or the document as one part."""
    passages = reading.passages.get(document, [])
    empty = _lines_without_fact(reading, document)
    chapters = [
        chapter
        for chapter in reading.terms.members.get("Chapter", [])
        if any(value.value == document for value in reading.values(chapter, "document"))
    ]
    ranges = [
        (chapter, _line(reading, chapter, "firstLine"), _line(reading, chapter, "lastLine")) for chapter in chapters
    ]
    if not ranges:
        ranges = [(document, 1, _line(reading, document, "lineCount"))]
    return [_part(page, *span, passages, empty) for span in sorted(ranges, key=lambda span: span[1])]


def _line(reading: Reading, thing: str, name: str) -> int:
    return next((int(value.value) for value in reading.values(thing, name)), 0)


def _part(page: Page, thing: str, first: int, last: int, passages: list[Passage], empty: set[int]) -> Part:
    inside = [passage for passage in passages if first <= passage.first <= last]
    lines = {line for passage in inside for line in passage.lines}
    statements = sum(_statements(page, passage.iri) for passage in inside)
    without = len({line for line in empty if first <= line <= last} - lines)
    return Part(page.named(ox.NamedNode(thing)), first, last, len(inside), statements, len(lines), without)


def _statements(page: Page, name: str) -> int:
    return sum(1 for _ in page.graph.engine.quads_for_pattern(None, None, None, ox.NamedNode(name)))


def _lines_without_fact(reading: Reading, document: str) -> set[int]:
    found: set[int] = set()
    for quad in reading.graph.engine.quads_for_pattern(None, ox.NamedNode(CR + "withoutFact"), None, ox.DefaultGraph()):
        passage = read_passage(quad.subject.value) if isinstance(quad.subject, ox.NamedNode) else None
        if passage and passage.document == document:
            found.update(passage.lines)
    return found


def listed(page: Page, reading: Reading, document: str, first: int, last: int) -> list[Listed]:
    """The passages that begin between two lines of a document."""
    found = []
    for passage in reading.passages.get(document, []):
        if first <= passage.first <= last:
            said = list(facts.stated(page.graph, ox.NamedNode(passage.iri)).items())
            subjects = tuple(page.named(subject) for subject, _ in said)
            lines = read_lines(passage.iri.rpartition("/")[2], page.language)
            found.append(Listed(lines, page.href(passage.iri) or "", subjects, sum(len(rows) for _, rows in said)))
    return found


def neighbours(page: Page, reading: Reading, passage: str) -> tuple[str | None, str | None]:
    """Where the passages before and after one are shown."""
    names = [other.iri for other in reading.passages.get(passage.rpartition("/")[0], [])]
    if passage not in names:
        return None, None
    place = names.index(passage)
    before = page.href(names[place - 1]) if place else None
    return before, page.href(names[place + 1]) if place + 1 < len(names) else None


def stated(page: Page, reading: Reading, passage: str) -> list[tuple[Shown, list[Row]]]:
    """What a graph says, by subject: those with a page of their own first."""
    found = facts.stated(page.graph, ox.NamedNode(passage))
    order = sorted(found, key=lambda node: (reading.classes.get(node.value) == "Figure", natural(node.value)))
    return [(page.named(node), page.rows(found[node])) for node in order]
