"""The verbs of `kg`: parsing of arguments and printing, nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kg import __version__
from kg.errors import KgError, SettingError
from kg.maintain import Documents, Language, add_commands, folders, language
from kg.settings import read_settings

app = typer.Typer(
    help="Knowledge graph of a city's international relations: serve it, ask it, check it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run a command; every error of ours becomes one or two lines and exit code 2."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except KgError as error:
        fail(error)
    except BrokenPipeError:
        # whoever read has had enough; what is still to be written goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def fail(error: KgError) -> NoReturn:
    """Print what, where and the remedy, and exit with 2."""
    where = f"{error.where} " if error.where else ""
    print(f"kg: {where}{error.message}", file=sys.stderr)
    if error.remedy:
        print(f"    {error.remedy}", file=sys.stderr)
    sys.exit(2)


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
    documents: Annotated[
        Path | None, typer.Option(help="Folder with the documents' texts: adds /review, on this machine alone.")
    ] = None,
) -> None:
    """Serve the graph: SPARQL endpoint and pages."""
    from kg.web.serve import run

    settings = read_settings()
    run(settings.model_copy(update={"documents": documents or settings.documents}), host=host, port=port)


@app.command(epilog="Example: KG_PORT=8080 kg reload")
def reload(
    port: Annotated[
        int | None, typer.Option(help="The operator's port [default: KG_OPERATIONS_PORT or KG_PORT + 1].")
    ] = None,
) -> None:
    """Have the server on this machine load the data anew: exit 0 done or unchanged, 1 the old release stays."""
    from kg.web.serve import ask_to_reload

    told = ask_to_reload(read_settings(), port)
    print(f"{told['outcome']}: release {told['release']}")
    if told["reason"]:
        print(told["reason"], file=sys.stderr)
        raise typer.Exit(1)


@app.command(epilog="Example: kg settings")
def settings() -> None:
    """List every setting: name, value, meaning."""
    from kg.settings import Settings

    chosen = read_settings()
    for name, field in Settings.model_fields.items():
        value = getattr(chosen, name)
        mark = "" if value == field.default else f" [default: {'none' if field.default is None else field.default}]"
        print(f"KG_{name.upper()}={'' if value is None else value}{mark}\n    {field.description}")


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


@app.command(epilog="Example: kg release --date 2026-12-01")
def release(
    date: Annotated[str | None, typer.Option(help="The day of the release, YYYY-MM-DD [default: today, UTC].")] = None,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="In place of the last release, if that was never published.")
    ] = False,
) -> None:
    """Note in data/releases.ttl that the data are a release of this day; the same data twice change nothing."""
    from kg import publish

    noted = publish.record(folders(), publish.day(date), replace=replace)
    print(f"Release {noted.id} of {noted.date}")


@app.command(epilog="Example: kg build --out dist/")
def build(
    out: Annotated[Path, typer.Option(help="Folder for the files; a release that lies there is replaced.")],
) -> None:
    """Write the files of the release: dumps, tables, map, ontology, catalogue, digests."""
    from kg import publish

    built = publish.build(folders(), out, read_settings().base_url)
    for warning in built.warnings:
        print(f"kg: {warning}", file=sys.stderr)
    print(f"Release {built.bundle.id} of {built.bundle.release['date']} in {out}")


@app.command(epilog="Example: KG_STORE_USER=dba kg push http://127.0.0.1:8890/sparql")
def push(
    url: Annotated[str, typer.Argument(help="The engine's address for queries [default: KG_STORE].")] = "",
    graph_store: Annotated[str, typer.Option(help="Its address for graphs [default: beside the other].")] = "",
) -> None:
    """Load the release into a SPARQL engine, count what it holds, and record the release there."""
    from kg import push as loading
    from kg.release import load

    chosen, release = read_settings(), load(folders())
    user, password = chosen.store_user, chosen.store_password.get_secret_value()
    put = loading.push(release, loading.Target(url or chosen.store_address, graph_store, user, password))
    print(f"Release {release.id}: {sum(put.values())} triples in {len(put)} graphs")


@app.command(epilog="Example: kg diff releases/2026-11 dist/ --lang it")
def diff(
    old: Annotated[Path, typer.Argument(help="Folder with the older release, as kg build writes it.")],
    new: Annotated[Path, typer.Argument(help="Folder with the newer release.")],
    lang: Language = "en",
    *,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Print what differs between two releases, entity by entity: exit 0 nothing, 1 something."""
    from kg import publish

    chosen = language(lang)
    difference = publish.difference(old, new)
    print(publish.as_text(difference, None if json else chosen), end="")
    raise typer.Exit(1 if difference else 0)


add_commands(app)
