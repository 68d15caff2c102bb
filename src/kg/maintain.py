"""The verbs of `kg` for who keeps the data: check, lay out, add, rename; parsing of arguments and printing, no more.

`kg.cli` is the front door and hangs these commands beside its own.
"""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import SettingError
from kg.settings import find_folders, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyoxigraph as ox

    from kg.findings import Finding
    from kg.settings import Folders
    from kg.store import Graph

FORMATS = "text, json, sarif, github, gitlab, junit or turtle"
Language = Annotated[str, typer.Option("--lang", help="Language of the messages: en or it.")]
Documents = Annotated[Path, typer.Option("--documents", help="Folder with the text files of the source documents.")]
Form = Annotated[str, typer.Option("--format", help=f"How the findings are written: {FORMATS}.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Only what changed since this revision of git, e.g. main or HEAD~1.")
]


def folders() -> Folders:
    """Where the data lie, by the settings."""
    return find_folders(read_settings())


def language(name: str) -> str:
    """`en` or `it`; raises SettingError for any other."""
    if name not in ("en", "it"):
        raise SettingError(f"--lang is {name!r}", remedy="choose en or it")
    return name


def write(findings: list[Finding], graph: Graph, form: str, lang: str) -> None:
    """Print the findings in a format; raises SettingError for one that there is not."""
    from kg import reports

    if form not in reports.FORMATS:
        raise SettingError(f"--format is {form!r}", remedy=f"choose {FORMATS}")
    print(reports.FORMATS[form](findings, graph, language(lang)), end="", flush=True)


def focus(places: Folders, graph: Graph, since: str | None) -> set[ox.NamedNode] | None:
    """The things that changed since a revision; None where no revision is named, or where a rule or shape changed."""
    from kg.since import changed_since, focus_of

    return focus_of(changed_since(places, since), graph) if since else None


@contextmanager
def keeping() -> Iterator[None]:
    """Look for no garbage meanwhile: what a check reads it keeps, and looking takes a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def clear(places: Folders, read: Callable[[Folders], Graph], form: str, lang: str) -> Graph:
    """The graph; of a file that cannot be read our own parser tells more than the engine's, so it is asked too.

    What is wrong with the file is an error for a person, and a finding for a program that reads a format.
    """
    from kg import reports
    from kg.errors import DataError
    from kg.index import read_index

    try:
        try:
            return read(places)
        except DataError:
            read_index(places)
            raise
    except DataError as error:
        if form != "text":
            write(*reports.unreadable(error, places), form, lang)
        raise


def validate(lang: Language = "en", form: Form = "text", since: Since = None) -> None:
    """Check the data by shapes and rules: exit 0 conforms, 1 violations, 2 could not check."""
    from kg import validate as checks
    from kg.release import build

    language(lang)
    places = folders()
    with keeping():
        graph = clear(places, build, form, lang)
        findings = checks.validate(graph, places, focus=focus(places, graph, since))
    write(findings, graph, form, lang)
    violations = sum(finding.severity == "violation" for finding in findings)
    print(
        f"{len(graph.engine)} quads checked: {violations} violations, {len(findings) - violations} warnings and ideas",
        file=sys.stderr,
    )
    raise typer.Exit(1 if violations else 0)


def evidence(documents: Documents, lang: Language = "en", form: Form = "text", since: Since = None) -> None:
    """Check that the lines of each passage bear out its statements: exit 0 all do, 1 some do not."""
    from kg import report
    from kg.evidence import read_evidence, unsupported
    from kg.findings import in_order
    from kg.index import read_index
    from kg.release import build
    from kg.since import passages_of

    language(lang)
    places = folders()
    with keeping():
        graph, index = build(places), read_index(places)
        chosen = focus(places, graph, since)
        readings = read_evidence(graph, index, documents, None if chosen is None else passages_of(index, chosen))
        findings = in_order(list(unsupported(readings)))
    write(findings, graph, form, lang)
    if form == "text":
        report.print_evidence(graph, readings, len(findings))
    raise typer.Exit(1 if findings else 0)


def fmt(
    files: Annotated[list[Path] | None, typer.Argument(help="Files to lay out [default: all data files].")] = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 and list the files that are not in form.")
    ] = False,
) -> None:
    """Write data files in their canonical layout."""
    from kg.index import data_files, read_text
    from kg.layout import format_text
    from kg.store import read_city

    places = folders()
    city = read_city(places)
    changed = []
    for file in files or [file for file, _ in data_files(places)]:
        text = read_text(file)
        shared = file.absolute().is_relative_to(places.ontology)
        wanted = format_text(text, file, city.shared_prefixes if shared else city.prefixes)
        if text != wanted:
            changed.append(file)
            if not check:
                file.write_text(wanted, encoding="utf-8", newline="\n")
    for file in changed:
        print(f"{places.shown(file.absolute())} {'is not in form; run kg fmt' if check else 'written'}")
    raise typer.Exit(1 if check and changed else 0)


def coverage(
    documents: Documents,
    document: Annotated[str | None, typer.Option(help="Only this document, by its slug.")] = None,
    lines: Annotated[str | None, typer.Option(help="Only these lines, e.g. 277-316 (with --document).")] = None,
) -> None:
    """Show which lines are covered by statements, declared without fact, or open: exit 0 none open, 1 some open."""
    from kg import report

    places = folders()
    sys.exit(report.print_coverage(places, documents, document, lines))


def anchor(
    documents: Documents,
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 where a file is out of date.")] = False,
) -> None:
    """Write the anchors of all passages, by which they can be found in a new conversion of a document."""
    from kg.anchors import write_anchors

    places = folders()
    changed = write_anchors(places, documents, check=check)
    for file in changed:
        print(f"{places.shown(file)} {'is out of date; run kg anchor' if check else 'written'}")
    raise typer.Exit(1 if check and changed else 0)


def add_source(
    file: Annotated[Path, typer.Argument(help="The document's text, UTF-8.")],
    slug: Annotated[str, typer.Option(help="Last part of its IRI, e.g. annual-report-2025.")],
    title: Annotated[str, typer.Option(help="Its title in English.")],
    titolo: Annotated[str | None, typer.Option(help="Its title in Italian [default: as in English].")] = None,
    prefix: Annotated[
        str | None, typer.Option(help="Prefix of its passages, e.g. ar25 [default: from the slug].")
    ] = None,
    year: Annotated[str | None, typer.Option(help="The year that its dates without year are of.")] = None,
    tongue: Annotated[str, typer.Option("--language", help="The language it is in.")] = "en",
    speaks_for: Annotated[str | None, typer.Option(help="The city that it speaks for, e.g. city:lyon.")] = None,
) -> None:
    """Register a document and write a skeleton of statements: a file a chapter, an empty block a passage."""
    from kg.release import build
    from kg.sources import NewSource, add_source, prefix_of

    places = folders()
    source = NewSource(slug, title, titolo or title, prefix or prefix_of(slug), year, tongue, speaks_for)
    for path in add_source(build(places), places, file, source):
        print(f"{places.shown(path)} written")


def new(
    kind: Annotated[str, typer.Argument(help="What it is: person, city, event, network …")],
    label: Annotated[str, typer.Argument(help="Its name in English.")],
    italian: Annotated[str | None, typer.Option("--it", help="Its name in Italian [default: as in English].")] = None,
    slug: Annotated[str, typer.Option(help="Last part of its IRI [default: from the name].")] = "",
    fact: Annotated[
        list[str] | None, typer.Option("--fact", help='A further line of the block: "cr:country country:italy".')
    ] = None,
) -> None:
    """Write a block for a new thing into the file of its kind: exit 0 valid, 1 something is still missing."""
    from kg.blocks import new_block
    from kg.index import read_index
    from kg.release import build
    from kg.validate import validate as check

    places = folders()
    node, _ = new_block(build(places), places, read_index(places), kind, (label, italian or label), slug, fact or [])
    graph = build(places)
    print(f"{read_index(places).place(node)} written")
    findings = [finding for finding in check(graph, places, focus={node}) if finding.severity != "info"]
    write(findings, graph, "text", "en")
    raise typer.Exit(1 if findings else 0)


def rename(
    old: Annotated[str, typer.Argument(help="The name as the files write it, e.g. city:lyon.")],
    renamed: Annotated[str, typer.Argument(metavar="NEW", help="The new name, of the same kind.")],
) -> None:
    """Change the IRI of a thing in every file and query, and leave a redirect from the old one."""
    from kg import rename as renames
    from kg.index import read_index
    from kg.release import build

    places = folders()
    graph = build(places)
    names = renames.named(graph, old), renames.named(graph, renamed)
    for path in renames.rename(graph, places, read_index(places), *names):
        print(f"{places.shown(path)} written")


def reanchor(
    file: Annotated[Path, typer.Argument(help="The new conversion of the document.")],
    document: Annotated[str, typer.Option(help="The document, by its slug.")],
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; tell what would be found.")] = False,
) -> None:
    """Find the passages of a document in a new conversion of it: exit 0 all found, 1 some not (nothing is written)."""
    from kg.reanchor import reanchor as find
    from kg.release import build

    places = folders()
    match, written = find(build(places), places, file, document, check=check)
    for iri in sorted(match.lost):
        print(f"{iri} is not in {file}")
    for iri in sorted(match.doubtful):
        print(f"{iri} is found by its first and last words alone; check it by kg evidence")
    for path in written:
        print(f"{places.shown(path)} written")
    print(
        f"{len(match.found)} found, of these {len(match.doubtful)} in doubt; {len(match.lost)} not found",
        file=sys.stderr,
    )
    raise typer.Exit(1 if match.lost else 0)


EXAMPLES: dict[Callable[..., None], str] = {
    validate: "kg validate --since main --format github",
    fmt: "kg fmt --check",
    evidence: "kg evidence --documents ../shared/sources",
    coverage: "kg coverage --documents ../shared/sources --document annual-report-2024 --lines 277-316",
    anchor: "kg anchor --documents ../shared/sources",
    add_source: 'kg add-source report.txt --slug annual-report-2025 --title "Annual report 2025" --year 2025',
    new: 'kg new person "Ada Quill"',
    rename: "kg rename person:ada-quill person:ada-quill-marsh",
    reanchor: "kg reanchor new.txt --document annual-report-2024 --check",
}


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the front door."""
    for command, example in EXAMPLES.items():
        app.command(epilog=f"Example: {example}")(command)
