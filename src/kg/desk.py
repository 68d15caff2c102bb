"""A reviewer's desk: each passage's text beside its statements and what evidence says of them, from the files of now.

Everything is read again when a file of the data has changed, so that an edit shows when the page is asked for again.
The documents' texts come from a folder that the caller names; nothing keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import NotFound
from kg.evidence import Reading, read_evidence
from kg.index import data_files, read_index
from kg.passages import read_documents, read_lines
from kg.reasons import reason
from kg.release import build
from kg.since import changed_since
from kg.store import TYPE, cr, triples

if TYPE_CHECKING:
    from pathlib import Path

    from kg.passages import Document
    from kg.settings import Folders
    from kg.store import Graph


@dataclass(frozen=True)
class Chapter:
    """A part of a document that is reviewed at a time."""

    node: ox.NamedNode
    document: str
    first: int
    last: int

    @property
    def slug(self) -> str:
        return self.node.value.rsplit("/", 1)[1]


@dataclass(frozen=True)
class Entry:
    """Some lines with their numbers, and the reading of the passage that they are; None where no passage has them.

    `context` are the other lines that bear the statements out.
    """

    lines: tuple[tuple[int, str], ...]
    reading: Reading | None = None
    changed: bool = False
    context: tuple[tuple[int, str], ...] = ()

    @property
    def doubts(self) -> int:
        """How many statements or references of the passage the lines do not bear out."""
        if self.reading is None:
            return 0
        return len(self.reading.complaints) + sum(v.level == "unsupported" for v in self.reading.verdicts)

    def complaints(self, language: str) -> list[str]:
        """What is wrong with the passage as a whole."""
        rules = [rule for _, rule in self.reading.complaints] if self.reading else []
        return [reason(rule)[language == "it"] for rule in rules]


class Desk:
    """The data and the documents' texts, as they are when they are asked for."""

    def __init__(self, folders: Folders, texts: Path) -> None:
        self.folders = folders
        self.texts = texts
        self._read_at: object = None
        self._lock = Lock()

    def refresh(self) -> None:
        """Read the files, if any has changed; raises DataError for one that cannot be read."""
        files = sorted(file for file, _ in data_files(self.folders))
        now = [(file, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
        with self._lock:
            if now != self._read_at:
                self.graph: Graph = build(self.folders)
                self.documents = read_documents(self.graph.engine)
                self.readings = read_evidence(self.graph, read_index(self.folders), self.texts)
                self._read_at = now

    def document(self, slug: str) -> Document:
        """A document by its slug; raises NotFound."""
        found = next((d for d in self.documents.values() if d.slug == slug), None)
        if found is None:
            raise NotFound(f"there is no document {slug}", remedy="see /review for those there are")
        return found

    def chapters(self, document: Document) -> list[Chapter]:
        """The chapters of a document in its order."""
        found = []
        for node, _, _ in triples(self.graph.engine, None, cr("document"), ox.NamedNode(document.iri)):
            said = {predicate: value for _, predicate, value in triples(self.graph.engine, node, None)}
            if said.get(TYPE) == cr("Chapter"):
                first, last = (int(said[cr(name)].value) for name in ("firstLine", "lastLine"))
                found.append(Chapter(node, document.iri, first, last))
        return sorted(set(found), key=lambda chapter: chapter.first)

    def chapter(self, document: Document, slug: str) -> Chapter:
        """A chapter by its slug; raises NotFound."""
        found = next((chapter for chapter in self.chapters(document) if chapter.slug == slug), None)
        if found is None:
            raise NotFound(f"there is no chapter {slug}", remedy=f"see /review/{document.slug} for those there are")
        return found

    def entries(self, document: Document, chapter: Chapter, since: str | None = None) -> list[Entry]:
        """The passages of a chapter and the lines between them, in order; with a revision only what changed since."""
        lines = read_lines(document, self.texts)
        changed = self.changed(since)
        inside = [r for r in self.readings.get(document.iri, []) if chapter.first <= r.passage.first <= chapter.last]
        entries = [
            Entry(
                lines=_numbered(lines, r.passage.lines),
                reading=r,
                changed=changed is None or r.passage.iri in changed,
                context=_numbered(lines, sorted(r.context_lines)),
            )
            for r in inside
        ]
        if since is not None:
            return [entry for entry in entries if entry.changed]
        covered = {number for reading in inside for number in reading.passage.lines}
        entries += [Entry(_numbered(lines, run)) for run in _runs(chapter, covered, lines)]
        return sorted(entries, key=lambda entry: entry.lines[0][0] if entry.lines else 0)

    def changed(self, since: str | None) -> set[str] | None:
        """The passages that state something else than at a revision; None where rules changed, and so perhaps all."""
        if since is None:
            return set()
        change = changed_since(self.folders, since)
        return None if change.everything else {node.value for node in change.subjects}


def _numbered(lines: list[str], numbers: list[int]) -> tuple[tuple[int, str], ...]:
    return tuple((number, lines[number - 1]) for number in numbers if number <= len(lines))


def _runs(chapter: Chapter, covered: set[int], lines: list[str]) -> list[list[int]]:
    """The lines with text that no passage has, those that follow each other together."""
    runs: list[list[int]] = []
    open_before = False
    for number in range(chapter.first, min(chapter.last, len(lines)) + 1):
        is_open = number not in covered and bool(lines[number - 1].strip())
        if is_open and open_before:
            runs[-1].append(number)
        elif is_open:
            runs.append([number])
        open_before = is_open
    return runs
