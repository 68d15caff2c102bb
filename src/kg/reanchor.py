"""Finds the passages of a document again in a new conversion of it, by their anchors and digests.

A new conversion has other line breaks, and with them other line numbers: the names of all passages change.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import SettingError
from kg.index import data_files, read_text
from kg.layout import format_text
from kg.passages import DIGEST_LENGTH, Passage, all_passages, read_documents
from kg.rename import substituted
from kg.store import cr, triples
from kg.turtle import read_page

if TYPE_CHECKING:
    from pathlib import Path

    from kg.passages import Document
    from kg.settings import Folders
    from kg.store import Graph

FARTHEST = 900  # words between the first and the last of a passage


@dataclass
class Match:
    """Where passages are now: `found`; of these `doubtful` where words between the anchors differ; `lost` the rest."""

    found: dict[str, tuple[int, int]] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)


class Words:
    """The words of a text, with their lines."""

    def __init__(self, text: str) -> None:
        self.words: list[str] = []
        self.lines: list[int] = []
        breaks = [match.start() for match in re.finditer("\n", text)]
        for match in re.finditer(r"\w+", text):
            self.words.append(match[0])
            self.lines.append(bisect_right(breaks, match.start()) + 1)
        self.starts: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            self.starts.setdefault(word, []).append(at)

    def at(self, phrase: str, first: int = 0, last: int | None = None) -> list[int]:
        """Where a phrase begins, between two words."""
        wanted = phrase.split()
        last = len(self.words) if last is None else last
        places = self.starts.get(wanted[0], []) if wanted else []
        return [n for n in places if first <= n < last and self.words[n : n + len(wanted)] == wanted]

    def digest(self, first: int, last: int) -> str:
        """The digest of the words from one to another, as anchors have it."""
        return hashlib.sha256(" ".join(self.words[first : last + 1]).encode()).hexdigest()[:DIGEST_LENGTH]


def match_passages(graph: Graph, document: Document, text: str) -> Match:
    """Every passage of the document looked for in the new text."""
    words, result, after = Words(text), Match(), 0
    passages = [p for p in all_passages(graph.engine, {document.iri: document}) if not p.inferred]
    for passage in passages:
        node = ox.NamedNode(passage.iri)
        said = {name: next((v.value for _, _, v in triples(graph.engine, node, cr(name))), "") for name in ANCHORS}
        exact, near = _places(words, said)
        later = [span for span in exact if span[0] >= after] or exact
        if later:
            span = later[0]
        elif len(near) == 1 and len(passage.ranges) == 1:
            span = near[0]
            result.doubtful.add(passage.iri)
        else:
            result.lost.append(passage.iri)
            continue
        result.found[passage.iri] = words.lines[span[0]], words.lines[span[1]]
        after = span[0]
    _part(passages, graph, result)
    return result


def _part(passages: list[Passage], graph: Graph, result: Match) -> None:
    """Of passages that would share a line now, only the first keeps it: a line belongs to one passage."""
    taken: set[int] = set()
    for passage in passages:
        if passage.iri in result.found and graph.engine.contains_named_graph(ox.NamedNode(passage.iri)):
            first, last = result.found[passage.iri]
            lines = set(range(first, last + 1))
            if lines & taken:
                del result.found[passage.iri]
                result.lost.append(passage.iri)
            taken |= lines


ANCHORS = ("startsWith", "endsWith", "digest")


def _places(words: Words, said: dict[str, str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Spans of words between the anchors: those with the same digest, and all those that end nearest."""
    exact, near = [], []
    length = len(said["endsWith"].split())
    for first in words.at(said["startsWith"]):
        ends = [n + length - 1 for n in words.at(said["endsWith"], first, first + FARTHEST) if n + length > first]
        same = [last for last in ends if words.digest(first, last) == said["digest"]]
        exact += [(first, last) for last in same]
        near += [(first, last) for last in ends[:1]]
    return exact, near


def reanchor(graph: Graph, folders: Folders, file: Path, slug: str, *, check: bool = False) -> tuple[Match, list[Path]]:
    """Give every passage of a document the lines that it has in the new file; what is lost keeps its old name."""
    documents = {d.slug: d for d in read_documents(graph.engine).values()}
    if slug not in documents:
        raise SettingError(f"there is no document {slug!r}", remedy=f"name one of {', '.join(documents)}")
    document, text = documents[slug], read_text(file)
    match = match_passages(graph, document, text)
    if match.lost or check:
        return match, []
    changes = _new_names(graph, document, match)
    lines = text.count("\n") + (not text.endswith("\n"))
    facts = {
        "sha256": f'"{hashlib.sha256(file.read_bytes()).hexdigest()}"',
        "fileName": f'"{file.name}"',
        "lineCount": str(lines),
    }
    written = []
    for path, _ in data_files(folders):
        old = read_text(path)
        new = substituted(read_page(old, path), old, changes, graph.city.prefixes)
        new = re.sub(
            r"^# (L[\d.L-]+)(?= \|)", lambda m: "# " + _renamed(m[1], document, changes), new, flags=re.MULTILINE
        )
        if path == folders.data / "sources.ttl":
            new = _registered(new, slug, facts, match, lines)
        if new != old:
            path.write_text(format_text(new, path, graph.city.prefixes), encoding="utf-8", newline="\n")
            written.append(path)
    return match, written


def _new_names(graph: Graph, document: Document, match: Match) -> dict[ox.NamedNode, ox.NamedNode]:
    changes = {}
    for passage in all_passages(graph.engine, {document.iri: document}):
        plain = passage.iri.removesuffix("-inferred")
        if plain in match.found:
            first, last = match.found[plain]
            name = f"{document.iri}/L{first}" + (f"-L{last}" if last > first else "")
            changes[ox.NamedNode(passage.iri)] = ox.NamedNode(name + passage.iri[len(plain) :])
    return changes


def _renamed(name: str, document: Document, changes: dict[ox.NamedNode, ox.NamedNode]) -> str:
    new = changes.get(ox.NamedNode(f"{document.iri}/{name}"))
    return new.value.rpartition("/")[2] if new else name


def _registered(text: str, slug: str, facts: dict[str, str], match: Match, lines: int) -> str:
    """`sources.ttl` with the new file's checksum and size, and the chapters' lines moved as their passages moved."""
    moved = sorted((Passage(iri, "", _ranges(iri)).first, first) for iri, (first, _) in match.found.items())

    def line(old: int) -> int:
        later = [new for was, new in moved if was >= old]
        return later[0] if later else lines

    blocks = text.split("\n\n")
    own, chapters = [], []
    for n, block in enumerate(blocks):
        if re.match(rf"source:{re.escape(slug)} a ", block):
            own.append(n)
        if f"cr:document source:{slug} ;" in block and "cr:Chapter" in block:
            chapters.append(n)
    for n in own:
        for name, value in facts.items():
            blocks[n] = re.sub(rf"cr:{name} (?:\"[^\"]*\"|\d+)", f"cr:{name} {value}", blocks[n])
    firsts = []
    for n in chapters:
        was = re.search(r"cr:firstLine (\d+)", blocks[n])
        assert was
        firsts.append((1 if was[1] == "1" else line(int(was[1])), n))
    firsts.sort()
    for (first, n), (after, _) in zip(firsts, [*firsts[1:], (lines + 1, 0)], strict=True):
        blocks[n] = re.sub(r"cr:firstLine \d+", f"cr:firstLine {first}", blocks[n])
        blocks[n] = re.sub(r"cr:lastLine \d+", f"cr:lastLine {max(first, after - 1)}", blocks[n])
    return "\n\n".join(blocks)


def _ranges(iri: str) -> tuple[tuple[int, int], ...]:
    numbers = [int(n) for n in re.findall(r"L(\d+)", iri.rpartition("/")[2])]
    return ((min(numbers), max(numbers)),)
