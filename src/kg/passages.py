"""Passages: from the IRI to document and lines, from the text to what a passage says, and how it is found again.

A document's text is only read from a folder that the caller names; of it only a few words and a digest are kept.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import DataError, SettingError
from kg.store import TYPE, cr, triples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.store import Graph

RANGES = re.compile(r"L\d+(?:-L\d+)?(?:\.L\d+(?:-L\d+)?)*")
INFERRED = "-inferred"
ANCHOR_WORDS = 4
DIGEST_LENGTH = 16
LONGEST = 12


@dataclass(frozen=True)
class Passage:
    """Some lines of a document; `ranges` are pairs of first and last line, counted from 1, in the order of reading."""

    iri: str
    document: str
    ranges: tuple[tuple[int, int], ...]
    inferred: bool = False

    @property
    def first(self) -> int:
        return min(first for first, _ in self.ranges)

    @property
    def last(self) -> int:
        return max(last for _, last in self.ranges)

    @property
    def lines(self) -> list[int]:
        return [line for first, last in self.ranges for line in range(first, last + 1)]


@dataclass(frozen=True)
class Document:
    """A document of `data/sources.ttl`."""

    iri: str
    file_name: str
    line_count: int
    sha256: str
    speaks_for: str | None
    year: str | None

    @property
    def slug(self) -> str:
        return self.iri.rsplit("/", 1)[1]


def read_passage(iri: str) -> Passage | None:
    """The passage that an IRI names, or None if it names none."""
    document, _, name = iri.rpartition("/")
    inferred = name.endswith(INFERRED)
    name = name.removesuffix(INFERRED)
    if not RANGES.fullmatch(name):
        return None
    ranges = []
    for part in name.split("."):
        first, _, last = part.partition("-")
        ranges.append((int(first[1:]), int((last or first)[1:])))
    return Passage(iri, document, tuple(ranges), inferred)


def read_documents(engine: ox.Store) -> dict[str, Document]:
    """The documents by IRI."""
    nodes = {node for node, _, _ in triples(engine, None, TYPE, cr("Document"))}
    return {node.value: _document(engine, node) for node in sorted(nodes, key=str)}


def _document(engine: ox.Store, node: ox.NamedNode) -> Document:
    def one(name: str) -> str | None:
        return next((value.value for _, _, value in triples(engine, node, cr(name))), None)

    return Document(
        iri=node.value,
        file_name=one("fileName") or "",
        line_count=int(one("lineCount") or 0),
        sha256=one("sha256") or "",
        speaks_for=one("speaksFor"),
        year=one("documentYear"),
    )


def all_passages(engine: ox.Store, documents: dict[str, Document]) -> list[Passage]:
    """Every passage that states something, serves as context or is declared without fact, in the order of lines."""
    names = {graph.value for graph in engine.named_graphs() if isinstance(graph, ox.NamedNode)}
    for node, _, heading in triples(engine, None, cr("context")):
        names |= {node.value, heading.value}
    for name in ("withoutFact", "digest"):
        names |= {node.value for node, _, _ in triples(engine, None, cr(name))}
    passages = [p for p in map(read_passage, names) if p and p.document in documents]
    return sorted(passages, key=lambda p: (p.document, p.ranges, p.inferred))


def describe(graph: Graph) -> None:
    """Say of every passage its class, document, first and last line and chapter, in the graph `sources`."""
    engine, place = graph.engine, graph.city.graph("sources")
    documents = read_documents(engine)
    chapters = list(_chapters(engine))
    for passage in all_passages(engine, documents):
        node = ox.NamedNode(passage.iri)
        facts: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
            (TYPE, cr("Passage")),
            (cr("document"), ox.NamedNode(passage.document)),
            (cr("firstLine"), ox.Literal(passage.first)),
            (cr("lastLine"), ox.Literal(passage.last)),
        ]
        facts += [
            (cr("chapter"), ox.NamedNode(iri))
            for iri, document, first, last in chapters
            if document == passage.document and first <= passage.first <= last
        ]
        engine.extend(ox.Quad(node, predicate, obj, place) for predicate, obj in facts)


def _chapters(engine: ox.Store) -> Iterator[tuple[str, str, int, int]]:
    """Chapter, document, first and last line."""
    for node in {node for node, _, _ in triples(engine, None, TYPE, cr("Chapter"))}:
        parts = {predicate: value.value for _, predicate, value in triples(engine, node, None)}
        yield node.value, parts[cr("document")], int(parts[cr("firstLine")]), int(parts[cr("lastLine")])


def read_lines(document: Document, folder: Path) -> list[str]:
    """The lines of a document's text, checked against its recorded checksum; line n is item n - 1."""
    if not folder.is_dir():
        raise SettingError(
            f"the folder {folder} does not exist",
            remedy="name the folder with the documents' text files by --documents",
        )
    file = folder / document.file_name
    if not file.is_file():
        raise SettingError(
            f"{folder} holds no {document.file_name}", remedy=f"put the text of {document.slug} there under that name"
        )
    raw = file.read_bytes()
    if hashlib.sha256(raw).hexdigest() != document.sha256:
        remedy = "use the conversion that data/sources.ttl names, or record the new one there"
        raise DataError("the checksum differs from the one recorded in data/sources.ttl", file=file, remedy=remedy)
    return raw.decode("utf-8").split("\n")


def text_of(passage: Passage, lines: list[str]) -> str:
    """What the passage says, line by line."""
    return "\n".join(lines[number - 1] for number in passage.lines if number <= len(lines))


def anchors(text: str) -> tuple[str, str, str]:
    """The first and the last four words, and a digest of the words alone: line breaks and spacing do not count."""
    words = re.findall(r"\w+", text)
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:DIGEST_LENGTH]
    return " ".join(words[:ANCHOR_WORDS]), " ".join(words[-ANCHOR_WORDS:]), digest
