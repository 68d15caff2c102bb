"""The verbs of `kg`: parsing of arguments and printing, nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kg import __version__
from kg.errors import KgError, SettingError
from kg.settings import Folders, find_folders, read_settings

app = typer.Typer(
    help="Knowledge graph of a city's international relations: serve it, ask it, check it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Language = Annotated[str, typer.Option("--lang", help="Language of the messages: en or it.")]
Documents = Annotated[Path, typer.Option("--documents", help="Folder with the text files of the source documents.")]


def main() -> None:
    """Run a command; every error of ours becomes one or two lines and exit code 2."""
    try:
        app()
    except KgError as error:
        fail(error)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)


def fail(error: KgError) -> NoReturn:
    """Print what, where and the remedy, and exit with 2."""
    where = f"{error.where} " if error.where else ""
    print(f"kg: {where}{error.message}", file=sys.stderr)
    if error.remedy:
        print(f"    {error.remedy}", file=sys.stderr)
    sys.exit(2)


def folders() -> Folders:
    """Where the data lie, by the settings."""
    return find_folders(read_settings())


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    """Knowledge graph of a city's international relations: serve it, ask it, check it."""
    if version:
        print(f"kg {__version__}")
        raise typer.Exit


@app.command(epilog="Example: kg serve --port 8080")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: KG_HOST or 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [default: KG_PORT or 8000].")] = None,
) -> None:
    """Serve the graph: SPARQL endpoint and pages."""
    from kg.web.serve import run

    run(read_settings(), host=host, port=port)


@app.command(epilog="Example: kg validate --lang it")
def validate(lang: Language = "en") -> None:
    """Check the data by shapes and rules: exit 0 conforms, 1 findings, 2 could not check."""
    from kg import validate as checks
    from kg.index import read_index
    from kg.release import load

    chosen, places = language(lang), folders()
    index = read_index(places)
    graph = load(places).graph
    findings = checks.validate(graph, places, index)
    for finding in findings:
        print(checks.line_of(finding, graph, chosen))
    violations = sum(finding.severity == "violation" for finding in findings)
    print(
        f"{len(graph.engine)} quads checked: {violations} violations, {len(findings) - violations} warnings and ideas",
        file=sys.stderr,
    )
    raise typer.Exit(1 if violations else 0)


def language(name: str) -> str:
    """`en` or `it`; raises SettingError for any other."""
    if name not in ("en", "it"):
        raise SettingError(f"--lang is {name!r}", remedy="choose en or it")
    return name


@app.command(epilog="Example: kg fmt --check")
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


@app.command(epilog="Example: kg evidence --documents ../shared/sources")
def evidence(documents: Documents) -> None:
    """Check that the lines of each passage bear out its statements: exit 0 all do, 1 some do not."""
    from kg import report

    places = folders()
    sys.exit(report.print_evidence(places, documents))


@app.command(epilog="Example: kg coverage --documents ../shared/sources --document annual-report-2024 --lines 277-316")
def coverage(
    documents: Documents,
    document: Annotated[str | None, typer.Option(help="Only this document, by its slug.")] = None,
    lines: Annotated[str | None, typer.Option(help="Only these lines, e.g. 277-316 (with --document).")] = None,
) -> None:
    """Show which lines are covered by statements, declared without fact, or open: exit 0 none open, 1 some open."""
    from kg import report

    places = folders()
    sys.exit(report.print_coverage(places, documents, document, lines))


@app.command(epilog="Example: kg anchor --documents ../shared/sources")
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


@app.command(epilog="Example: echo 'SELECT * { ?a a cr:Agreement } LIMIT 5' | kg query -")
def query(
    file: Annotated[str, typer.Argument(help="File with a SPARQL query, or - for standard input.")],
    form: Annotated[
        str, typer.Option("--format", help="table, or a format of the endpoint: json, csv, turtle …")
    ] = "table",
) -> None:
    """Ask the graph a SPARQL query; the project's prefixes are declared already."""
    from kg import report

    text = sys.stdin.read() if file == "-" else read_query(Path(file))
    sys.stdout.flush()
    sys.stdout.buffer.write(report.answer(folders(), text, form))


def read_query(file: Path) -> str:
    """The text of a query file; raises SettingError where there is none."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{file} cannot be read: {error}", remedy="name a file with a SPARQL query, or - for standard input"
        ) from None


@app.command(epilog="Example: kg where Glasgow")
def where(text: Annotated[str, typer.Argument(help="Part of a name, or of an IRI.")]) -> None:
    """Print file:line of every entity and statement that matches: exit 0 something found, 1 nothing."""
    from kg import report

    sys.exit(report.print_where(folders(), text))


@app.command(epilog="Example: kg dictionary > docs/data-dictionary.md")
def dictionary() -> None:
    """Print the data dictionary: classes, properties, counts, examples with their passages."""
    from kg import dictionary as pages
    from kg.release import load

    print(pages.write(load(folders()).graph), end="")


@app.command(epilog="Example: kg sample --documents ../shared/sources --seed 7 --each 40")
def sample(
    documents: Documents,
    seed: Annotated[int, typer.Option(help="Another seed draws other statements.")] = 1,
    each: Annotated[int, typer.Option(help="How many statements a chapter.")] = 40,
    chapter: Annotated[str | None, typer.Option(help="Only this chapter, by its slug.")] = None,
) -> None:
    """Draw statements at random and print each beside the lines that should say it, for a second reader."""
    from kg import report

    report.print_sample(folders(), documents, seed=seed, each=each, chapter=chapter)
