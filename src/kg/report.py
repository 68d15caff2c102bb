"""What the commands print about evidence, coverage, answers and places: tables and lines for a terminal."""

from __future__ import annotations

import io
import json
import random
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, TextIO

import pyoxigraph as ox
from rich.console import Console
from rich.table import Table

from kg import protocol
from kg import query as queries
from kg.coverage import ranges, read_coverage
from kg.errors import SettingError
from kg.evidence import LEVELS, read_evidence
from kg.index import Index, read_index
from kg.mentions import fold
from kg.namespaces import short
from kg.passages import read_documents, read_lines, read_passage, text_of
from kg.release import load
from kg.slugs import slug_of
from kg.store import cr, triples

if TYPE_CHECKING:
    from pathlib import Path

    from kg.coverage import Coverage
    from kg.evidence import Reading
    from kg.index import Place
    from kg.settings import Folders
    from kg.store import Graph, Triple


def print_evidence(graph: Graph, readings: dict[str, list[Reading]], findings: int) -> None:
    """One row a chapter and level, and the sums."""
    table = Table("chapter", "statements", *LEVELS, box=None)
    rows = dict(sorted(_by_chapter(graph, readings).items()))
    rows["all"] = sum(rows.values(), Counter())
    for chapter, levels in rows.items():
        table.add_row(chapter, str(levels.total()), *(str(levels[level]) for level in LEVELS))
    console(sys.stdout).print(table)
    total = rows["all"]
    print(
        f"{total.total()} statements: {findings} findings, {total['unsupported']} unsupported, "
        f"{total['context']} by context, {total['inferred']} inferred ({total['inferred'] / max(total.total(), 1):.1%})"
    )


def _by_chapter(graph: Graph, readings: dict[str, list[Reading]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for reading in (reading for of_document in readings.values() for reading in of_document):
        chapters = slugs_of_chapters(graph.engine, reading.passage.iri)
        name = f"{reading.passage.document.rsplit('/', 1)[1]} {chapters[0] if chapters else ''}".strip()
        found.setdefault(name, Counter()).update(verdict.level for verdict in reading.verdicts)
    return found


def slugs_of_chapters(engine: ox.Store, passage: str) -> list[str]:
    """The chapter or chapters that a passage lies in, by slug."""
    if not passage:
        return []
    found = {slug_of(chapter) for _, _, chapter in triples(engine, ox.NamedNode(passage), cr("chapter"))}
    return sorted(found)


def print_coverage(folders: Folders, documents: Path, slug: str | None, lines: str | None) -> int:
    """One row a document, the open lines beneath. 0 where none is open, else 1."""
    release, index = load(folders), read_index(folders)
    readings = read_evidence(release.graph, index, documents)
    found = [c for c in read_coverage(release.graph, readings, documents) if slug in (None, c.document.slug)]
    if not found:
        raise SettingError(
            f"--document is {slug!r}", remedy="name a document of data/sources.ttl by the last part of its IRI"
        )
    if lines:
        found = [within(coverage, lines) for coverage in found]
    table = Table("document", "lines with text", "covered", "without fact", "open", box=None)
    for c in found:
        table.add_row(
            c.document.slug,
            *(str(n) for n in (len(c.covered | c.declared | c.open), len(c.covered), len(c.declared), len(c.open))),
        )
    console(sys.stdout).print(table)
    for c in found:
        if c.open:
            print(f"{c.document.slug}: open lines {ranges(c.open)}")
        if c.twice:
            print(
                f"{c.document.slug}: declared without fact but covered, lines {ranges(c.twice)}; remove the declaration"
            )
    return 1 if any(c.open or c.twice for c in found) else 0


def within(coverage: Coverage, lines: str) -> Coverage:
    """Coverage of a range as a user writes it; raises SettingError where it is none."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", lines)
    if not match:
        raise SettingError(f"--lines is {lines!r}", remedy="write one range, e.g. 277-316")
    return coverage.within(int(match[1]), int(match[2] or match[1]))


def console(stream: TextIO) -> Console:
    """A console that never wraps what a pipe reads."""
    wide = None if stream is sys.stdout and sys.stdout.isatty() else 240
    return Console(file=stream, width=wide, highlight=False, soft_wrap=wide is not None)


def answer(folders: Folders, text: str, form: str) -> bytes:
    """The answer to a query in a format, or as a table for a person."""
    release = load(folders)
    as_table = form == "table"
    request = protocol.SparqlRequest(query=text, format=None if as_table else form)
    if as_table:
        request = protocol.SparqlRequest(query=text, accept="application/sparql-results+json, text/turtle;q=0.9")
    result = queries.run(release.graph, request)
    if as_table and result.format.name == "json":
        return _table(json.loads(result.body), release.graph.city.prefixes).encode()
    return result.body


def _table(result: dict[str, object], prefixes: dict[str, str]) -> str:
    if "boolean" in result:
        return f"{'yes' if result['boolean'] else 'no'}\n"
    variables: list[str] = result["head"]["vars"]  # type: ignore[index]
    rows: list[dict[str, dict[str, str]]] = result["results"]["bindings"]  # type: ignore[index]
    table = Table(*variables, box=None)
    for row in rows:
        table.add_row(*(_cell(row.get(variable), prefixes) for variable in variables))
    out = io.StringIO()
    console(out).print(table)
    return out.getvalue() + f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}\n"


def _cell(term: dict[str, str] | None, prefixes: dict[str, str]) -> str:
    if term is None:
        return ""
    return short(term["value"], prefixes) if term["type"] == "uri" else term["value"]


def print_where(folders: Folders, text: str) -> int:
    """`file:line what` for all that is called so, and each statement about it; 0, or 1 where nothing is."""
    city, index = load(folders).graph.city, read_index(folders)
    matches = matching(index, text)
    if not matches:
        print(f"nothing is called {text!r}; try a shorter part of the name", file=sys.stderr)
        return 1
    for triple, places in index.triples.items():
        if any(term in matches for term in triple):
            for place in places:
                print(place, _written(triple, city.prefixes))
    return 0


def matching(index: Index, text: str) -> set[object]:
    """The things that have the text in a name or as part of their IRI."""
    wanted = fold(text)
    found: set[object] = set()
    for subject, predicate, value in index.triples:
        name = predicate.value.rsplit("#", 1)[-1]
        if name in ("label", "altLabel", "prefLabel", "hiddenLabel") and wanted in fold(value.value):
            found.add(subject)
        if text.lower() in subject.value.rsplit("/", 1)[-1].lower():
            found.add(subject)
    return found


def print_sample(folders: Folders, documents: Path, *, seed: int, each: int, chapter: str | None) -> None:
    """A chapter's statements drawn at random, each with file, line and the text of its passage."""
    release, index = load(folders), read_index(folders)
    known = read_documents(release.graph.engine)
    texts: dict[str, list[str]] = {}
    by_chapter: dict[str, list[tuple[Triple, Place]]] = {}
    for triple, places in index.triples.items():
        for place in places:
            for name in slugs_of_chapters(release.graph.engine, place.graph or ""):
                by_chapter.setdefault(name, []).append((triple, place))
    for name in [name for name in sorted(by_chapter) if chapter in (None, name)]:
        drawn = random.Random(f"{seed} {name}").sample(by_chapter[name], min(each, len(by_chapter[name])))  # noqa: S311
        print(f"# {name}")
        for triple, place in sorted(drawn, key=lambda item: item[1]):
            passage = read_passage(place.graph or "")
            assert passage
            if passage.document not in texts:
                texts[passage.document] = read_lines(known[passage.document], documents)
            text = text_of(passage, texts[passage.document])
            print(f"\n{place} {_written(triple, release.graph.city.prefixes)}\n{text}")


def _written(triple: Triple, prefixes: dict[str, str]) -> str:
    return " ".join(short(t.value, prefixes) if isinstance(t, ox.NamedNode) else str(t) for t in triple)
