"""Adds a document: registers it, and writes a skeleton of statements that an editor fills in.

The skeleton has a file a chapter and an empty block a passage, under comments that tell what the lines seem to mention.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import SettingError
from kg.index import read_text
from kg.layout import format_text
from kg.mentions import Text, fold
from kg.names import Names
from kg.namespaces import CONCEPT, FIXED_PREFIXES, short
from kg.outline import Chapter, chapters, paragraphs, without_fact
from kg.passages import anchors
from kg.slugs import SLUG, UNNAMED, slug_from

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Folders
    from kg.store import Graph

LONGEST_NAME = 9
SHORTEST_NAME = 3
TITLE_WORDS = 6


@dataclass(frozen=True)
class NewSource:
    """What an editor says of a document; `speaks_for` is an IRI."""

    slug: str
    title: str
    title_it: str
    prefix: str
    year: str | None = None
    language: str = "en"
    speaks_for: str | None = None


def add_source(graph: Graph, folders: Folders, file: Path, source: NewSource) -> list[Path]:
    """Register the document and write its skeleton; the files written. Raises SettingError for what cannot be used."""
    text = read_text(file)
    lines = text.split("\n")[: -1 if text.endswith("\n") else None]
    if not any(line.strip() for line in lines):
        raise SettingError(f"{file} holds no text", remedy="name the text file of the document")
    _check(graph, folders, source)
    found = chapters(lines)
    prefixes = graph.city.prefixes | {source.prefix: f"{graph.city.dataset}/source/{source.slug}/"}
    names = names_by_words(graph)
    written = {folders.data / "sources.ttl": _registered(graph, folders, file, source, lines, found)}
    folder = folders.data / "statements" / source.slug
    idle = without_fact(lines, found)
    for chapter in found:
        page = _skeleton(chapter, source, lines, idle, names, prefixes)
        if page:
            written[folder / f"{_file_stem(chapter)}.trig"] = page
    if idle:
        declared = folders.data / "editorial" / "no-fact-lines.ttl"
        old = read_text(declared) if declared.exists() else ""
        blocks = "".join(f"\n{source.prefix}:L{n} cr:withoutFact reason:{why} .\n" for n, why in sorted(idle.items()))
        written[declared] = _head(prefixes, "cr", "reason", source.prefix) + old + blocks
    texts = {path: format_text(page, path, prefixes) for path, page in written.items()}
    for path, page in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8", newline="\n")
    return list(texts)


def prefix_of(slug: str) -> str:
    """`ar25` for annual-report-2025: the initials, and the last two digits of a year."""
    return "".join(part[-2:] if part.isdigit() else part[:1] for part in slug.split("-"))


def _check(graph: Graph, folders: Folders, source: NewSource) -> None:
    if not SLUG.fullmatch(source.slug):
        raise SettingError(f"--slug is {source.slug!r}", remedy="use lower-case letters, digits and hyphens")
    if (folders.data / "statements" / source.slug).exists() or f"source:{source.slug}" in read_text(
        folders.data / "sources.ttl"
    ):
        raise SettingError(f"the document {source.slug} is there already", remedy="choose another --slug")
    if not re.fullmatch(r"[a-z][a-z0-9]*", source.prefix) or source.prefix in graph.city.prefixes:
        remedy = "choose another --prefix: a few letters and digits that no other prefix has"
        raise SettingError(f"the prefix {source.prefix!r} is taken or no prefix", remedy=remedy)
    if source.year and not re.fullmatch(r"\d{4}", source.year):
        raise SettingError(f"--year is {source.year!r}", remedy="write four digits")
    if source.speaks_for and not _is_city(graph, source.speaks_for):
        raise SettingError(f"{source.speaks_for} is no city of the data", remedy="name it as in the files: city:…")


def _is_city(graph: Graph, name: str) -> bool:
    return (
        bool(graph.engine.query(f"ASK {{ {name} a cr:City }}", prefixes=graph.city.prefixes)) if ":" in name else False
    )


def _head(prefixes: dict[str, str], *names: str) -> str:
    return "".join(f"@prefix {name}: <{prefixes[name]}> .\n" for name in names) + "\n"


def _registered(
    graph: Graph, folders: Folders, file: Path, source: NewSource, lines: list[str], found: list[Chapter]
) -> str:
    """The text of `sources.ttl` with the new document and its chapters."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    facts = [
        f'rdfs:label "{quoted(source.title)}"@en',
        f'rdfs:label "{quoted(source.title_it)}"@it',
        f'cr:prefix "{source.prefix}"',
        f'cr:fileName "{quoted(file.name)}"',
        f'cr:sha256 "{digest}"',
        f"cr:lineCount {len(lines)}",
        f'dct:language "{source.language}"',
    ]
    facts += [f'cr:documentYear "{source.year}"^^xsd:gYear'] if source.year else []
    facts += [f"cr:speaksFor {source.speaks_for}"] if source.speaks_for else []
    blocks = [f"source:{source.slug} a cr:Document ;\n    " + " ;\n    ".join(facts) + " .\n"]
    for chapter in found:
        english, italian = (quoted(title) for title in _titles(chapter, source))
        blocks.append(
            f'{source.prefix}:{_file_stem(chapter)} a cr:Chapter ;\n    rdfs:label "{english}"@en ;\n'
            f'    rdfs:label "{italian}"@it ;\n    cr:document source:{source.slug} ;\n'
            f"    cr:firstLine {chapter.first} ;\n    cr:lastLine {chapter.last} .\n"
        )
    prefixes = graph.city.prefixes | FIXED_PREFIXES | {source.prefix: f"{graph.city.dataset}/source/{source.slug}/"}
    names = ["cr", "dct", "rdfs", "source", "xsd", source.prefix]
    prefixes["source"] = f"{graph.city.dataset}/source/"
    if source.speaks_for:
        names.append(source.speaks_for.partition(":")[0])
    return _head(prefixes, *names) + read_text(folders.data / "sources.ttl") + "\n" + "\n".join(blocks)


def quoted(text: str) -> str:
    """A text as it stands between the quotation marks of a Turtle string."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _titles(chapter: Chapter, source: NewSource) -> tuple[str, str]:
    """The names of a chapter: its heading, to be translated by the editor; what has none is named after its place."""
    if chapter.title:
        heading = f"{chapter.number} {chapter.title}"
        return heading, heading
    return ("Opening", "Apertura") if chapter.number else (source.title, source.title_it)


def _file_stem(chapter: Chapter) -> str:
    number = "-".join(part.zfill(2) if n == 0 else part for n, part in enumerate(chapter.number.split("."))) or "01"
    return f"{number}-{slug_from(chapter.title)[:60].strip('-') or 'text'}"


def _skeleton(
    chapter: Chapter,
    source: NewSource,
    lines: list[str],
    idle: dict[int, str],
    names: dict[str, set[str]],
    prefixes: dict[str, str],
) -> str:
    """The file of a chapter: an empty block a passage; empty where the chapter has no line of text of its own."""
    blocks = []
    spoken = ["" if number in idle else line for number, line in enumerate(lines, 1)]
    for first, last in paragraphs(spoken, chapter.first, chapter.last):
        name = f"L{first}" if first == last else f"L{first}-L{last}"
        text = Text("\n".join(lines[first - 1 : last]), list(range(first, last + 1)))
        start = " ".join(anchors(text.raw)[0].split()[:TITLE_WORDS])
        comments = [f"# {name} | {start}"]
        comments += [f"# seems to mention {' '.join(found)}" for found in [mentioned(text, names, prefixes)] if found]
        comments += [f"# dates {' '.join(found)}" for found in [dates(text)] if found]
        blocks.append("\n".join(comments) + f"\n{source.prefix}:{name} {{\n}}\n")
    if not blocks:
        return ""
    title = f"# {_titles(chapter, source)[0]}"
    return _head(prefixes, source.prefix) + title + "\n\n" + "\n".join(blocks)


def names_by_words(graph: Graph) -> dict[str, set[str]]:
    """The things of the city by their names, as folded words."""
    found: dict[str, set[str]] = {}
    names = Names(graph)
    for iri, own in names.names.items():
        segment = names.segment(iri)
        if segment and segment not in (*UNNAMED, "source", "discrepancy") and not iri.startswith(CONCEPT):
            for name in own:
                if len(fold(name)) >= SHORTEST_NAME and not fold(name).isdigit():
                    found.setdefault(fold(name), set()).add(iri)
    return found


def mentioned(text: Text, names: dict[str, set[str]], prefixes: dict[str, str]) -> list[str]:
    """What the text seems to mention, in the order of the words; a longer name hides those within it."""
    words = text.joined.split()
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            hits = names.get(" ".join(words[at : at + length]))
            if hits:
                found += [short(iri, prefixes) for iri in sorted(hits)]
                at += length - 1
                break
        at += 1
    return list(dict.fromkeys(found))


def dates(text: Text) -> list[str]:
    """Days and years that the text seems to tell, as data files write them."""
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text.raw)
    days = [f"{month:02}-{day:02}" for month, day in sorted(text.days)]
    return [*days, *dict.fromkeys(years)]
