"""Evidence: whether the lines of a passage say what its statements say (design §2.4).

Each statement gets one of `LEVELS`; only `unsupported` is an error. The text comes from a folder that the caller names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.findings import Finding
from kg.mentions import Text
from kg.names import Names
from kg.namespaces import CONCEPT, CR, short
from kg.passages import Document, Passage, read_documents, read_lines, read_passage, text_of
from kg.reasons import NONE, Reason, reason
from kg.slugs import UNNAMED
from kg.store import cr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.index import Index, Place
    from kg.store import Graph, Triple, Value

LEVELS = ("passage", "document", "context", "concept", "prose", "inferred", "unsupported")
SPOKEN = ("portfolio", "qualifier")
DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
PROSE = ("http://purl.org/dc/terms/description", str(CR) + "note")
EXACT = CONCEPT + "qualifier/exact"


@dataclass
class Verdict:
    """What was found of one statement: its level, the lines that say it, and why not where nothing does."""

    triple: Triple
    place: Place
    level: str
    lines: set[int] = field(default_factory=set)
    reason: Reason = NONE


@dataclass
class Reading:
    """One passage read: its verdicts, and complaints about the passage itself (year and context)."""

    passage: Passage
    verdicts: list[Verdict]
    context_lines: set[int] = field(default_factory=set)
    complaints: list[tuple[Place | None, str]] = field(default_factory=list)


class Reader:
    """Reads one passage: its text and its contexts against its statements."""

    def __init__(
        self,
        names: Names,
        document: Document,
        passage: Passage,
        lines: list[str],
        contexts: list[Passage],
        year_from: list[Document],
    ) -> None:
        self.names, self.document, self.passage = names, document, passage
        self.text = Text(text_of(passage, lines), passage.lines)
        self.contexts = [Text(text_of(context, lines), context.lines) for context in contexts]
        self.year_from = year_from
        self.year_needed = False

    def read(self, statements: list[tuple[Triple, Place]]) -> Reading:
        """Verdicts on all statements of the passage."""
        if self.passage.inferred:
            return Reading(self.passage, [Verdict(t, place, "inferred") for t, place in statements])
        objects = [self._object(triple, place, statements) for triple, place in statements]
        anchored = {v.triple[0] for v in objects if v.level in ("passage", "context")}
        verdicts = [self._with_subject(verdict, anchored) for verdict in objects]
        reading = Reading(self.passage, verdicts)
        reading.context_lines = {line for v in verdicts for line in v.lines if line not in self.passage.lines}
        return reading

    def _with_subject(self, verdict: Verdict, anchored: set[ox.NamedNode]) -> Verdict:
        subject = verdict.triple[0]
        segment = self.names.segment(subject.value)
        if verdict.level == "unsupported" or segment in UNNAMED or subject.value == self.document.speaks_for:
            return verdict
        level, lines = self._named(subject.value)
        verdict.lines |= lines
        if level == "unsupported":
            if subject in anchored and self.names.is_nameless(subject.value):
                return verdict
            verdict.level, verdict.reason = level, reason("no fact", self._short(subject.value))
        elif level == "context" and verdict.level == "passage":
            verdict.level = "context"
        return verdict

    def _object(self, triple: Triple, place: Place, statements: list[tuple[Triple, Place]]) -> Verdict:
        _, predicate, value = triple
        if isinstance(value, ox.NamedNode):
            level, lines, why = self._node(value.value, statements)
        elif predicate.value in PROSE:
            level, lines, why = "prose", set(), NONE
        elif (
            DATE.fullmatch(value.value)
            and "XMLSchema#" in value.datatype.value
            and not value.datatype.value.endswith(("integer", "decimal"))
        ):
            level, lines, why = self._date(value.value)
        elif value.datatype.value.endswith(("integer", "decimal")):
            level, lines, why = self._number(value.value)
        else:
            level, lines = self._phrases({value.value})
            why = reason("no words", value.value)
        return Verdict(triple, place, level, lines, why if level == "unsupported" else NONE)

    def _node(self, iri: str, statements: list[tuple[Triple, Place]]) -> tuple[str, set[int], Reason]:
        segment = self.names.segment(iri)
        if iri.startswith(CONCEPT):
            return self._concept(iri)
        if not segment or segment in UNNAMED or segment == "source":
            return "document", set(), NONE
        if iri == self.document.speaks_for:
            level, lines = self._mention(iri)
            return ("passage" if level == "passage" else "document"), lines, NONE
        level, lines = self._named(iri)
        if level == "unsupported" and self.names.is_nameless(iri) and any(t[0].value == iri for t, _ in statements):
            return "document", lines, NONE
        return level, lines, reason("no name", self._short(iri))

    def _concept(self, iri: str) -> tuple[str, set[int], Reason]:
        level, lines = self._phrases(self.names.of(iri))
        if level != "unsupported":
            return level, lines, NONE
        spoken = iri.removeprefix(CONCEPT).split("/")[0] in SPOKEN and iri != EXACT
        return ("unsupported" if spoken else "concept"), lines, reason("no concept", self._short(iri))

    def _post(self, iri: str) -> tuple[str, set[int]]:
        level, lines = self._mention(iri)
        office, body = self.names.one(iri, "office"), self.names.one(iri, "body")
        if level != "unsupported" or office is None or body is None:
            return level, lines
        level, lines = self._phrases(self.names.of(office))
        if level == "unsupported" or body == self.document.speaks_for:
            return level, lines
        body_level, body_lines = self._mention(body)
        return (
            "unsupported" if body_level == "unsupported" else max(level, body_level, key=LEVELS.index)
        ), lines | body_lines

    def _named(self, iri: str) -> tuple[str, set[int]]:
        return self._post(iri) if self.names.segment(iri) == "post" else self._mention(iri)

    def _mention(self, iri: str) -> tuple[str, set[int]]:
        return self._phrases(self.names.of(iri))

    def _phrases(self, phrases: set[str]) -> tuple[str, set[int]]:
        for level, texts in (("passage", [self.text]), ("context", self.contexts)):
            lines = {line for text in texts for phrase in phrases for line in text.find(phrase)}
            if lines:
                return level, lines
        return "unsupported", set()

    def _number(self, written: str) -> tuple[str, set[int], Reason]:
        try:
            value = Decimal(written).normalize()
        except InvalidOperation:
            return "unsupported", set(), reason("not a number", written)
        for level, texts in (("passage", [self.text]), ("context", self.contexts)):
            lines = {line for text in texts for line in text.numbers.get(value, ())}
            if lines:
                return level, lines, NONE
        return "unsupported", set(), reason("no number", written)

    def _date(self, written: str) -> tuple[str, set[int], Reason]:
        match = DATE.fullmatch(written)
        assert match
        year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
        level, lines = self._day(month, day)
        if level == "unsupported":
            return level, set(), reason("no day", written)
        for year_level, texts in (("passage", [self.text]), ("context", self.contexts)):
            year_lines = {line for text in texts for line in text.year(year)}
            if year_lines:
                return max(level, year_level, key=LEVELS.index), lines | year_lines, NONE
        self.year_needed = True
        if all(document.year != str(year) for document in self.year_from):
            return "unsupported", set(), reason("other year" if self.year_from else "no year", written)
        return ("document" if level == "passage" else level), lines, NONE

    def _day(self, month: int, day: int) -> tuple[str, set[int]]:
        if not month:
            return "passage", set()
        for level, texts in (("passage", [self.text]), ("context", self.contexts)):
            lines = {
                line
                for text in texts
                for line in (text.days.get((month, day), ()) if day else text.months.get(month, ()))
            }
            if lines:
                return level, lines
        return "unsupported", set()

    def _short(self, iri: str) -> str:
        return short(iri, self.names.graph.city.prefixes)


def read_evidence(graph: Graph, index: Index, folder: Path, within: set[str] | None = None) -> dict[str, list[Reading]]:
    """Every passage with statements (or those within a set), read against the texts in `folder`; by document."""
    names = Names(graph)
    documents = read_documents(graph.engine)
    statements: dict[str, list[tuple[Triple, Place]]] = {}
    for triple, places in index.triples.items():
        for place in places:
            if place.graph and (within is None or place.graph in within):
                statements.setdefault(place.graph, []).append((triple, place))
    readings: dict[str, list[Reading]] = {}
    texts: dict[str, list[str]] = {}
    for iri, stated in statements.items():
        passage = read_passage(iri)
        document = documents.get(passage.document) if passage else None
        if passage is None or document is None:
            continue
        if document.iri not in texts:
            texts[document.iri] = read_lines(document, folder)
        readings.setdefault(document.iri, []).append(
            _read(names, index, documents, document, passage, texts[document.iri], stated)
        )
    return {
        iri: sorted(found, key=lambda r: (r.passage.ranges, r.passage.inferred))
        for iri, found in sorted(readings.items())
    }


def _read(
    names: Names,
    index: Index,
    documents: dict[str, Document],
    document: Document,
    passage: Passage,
    lines: list[str],
    statements: list[tuple[Triple, Place]],
) -> Reading:
    node = ox.NamedNode(passage.iri)
    contexts = [
        p for p in (read_passage(o.value) for o in _said(index, node, "context")) if p and p.document == document.iri
    ]
    year_from = [documents[o.value] for o in _said(index, node, "yearFrom") if o.value in documents]
    reader = Reader(names, document, passage, lines, contexts, year_from)
    reading = reader.read(statements)
    if passage.inferred:
        if not _said(index, node, "note"):
            reading.complaints.append((index.place(node), "note"))
        return reading
    if year_from and not reader.year_needed:
        reading.complaints.append((index.place(node, cr("yearFrom")), "yearFrom"))
    if contexts and all(v.level == "passage" for v in reading.verdicts):
        reading.complaints.append((index.place(node, cr("context")), "context"))
    return reading


def _said(index: Index, node: ox.NamedNode, name: str) -> list[Value]:
    return index.values.get((node, cr(name)), [])


def unsupported(readings: dict[str, list[Reading]]) -> Iterator[Finding]:
    """What must be mended: statements that the lines do not bear out, and complaints about passages."""
    for reading in (reading for found in readings.values() for reading in found):
        node = ox.NamedNode(reading.passage.iri)
        for place, rule in reading.complaints:
            yield _finding(rule, place, node, reason(rule))
        for v in reading.verdicts:
            if v.level == "unsupported":
                yield _finding("evidence", v.place, v.triple[0], v.reason, v.triple)


def _finding(
    rule: str, place: Place | None, subject: ox.NamedNode, why: Reason, triple: Triple | None = None
) -> Finding:
    return Finding("violation", rule, place, subject, {"en": why[0], "it": why[1]}, triple=triple)
