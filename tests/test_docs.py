"""The documentation keeps its word: every query in it runs, every command exists, every link leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import dictionary
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.release import Release

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "data" / "README.md"])
QUERIES = [
    pytest.param(query, id=f"{page.name}-{number}")
    for page in PAGES
    for number, query in enumerate(re.findall(r"```sparql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL), 1)
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_in_the_documentation_has_an_answer(query: str, release: Release) -> None:
    rows = release.graph.engine.query(query, prefixes=release.graph.city.prefixes)
    assert next(iter(rows), None) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_in_the_documentation_exists(page: Path) -> None:
    commands = set(re.findall(r"`kg ([a-z]+)", page.read_text(encoding="utf-8")))
    commands |= set(re.findall(r"^kg ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    listed = subprocess.run([sys.executable, "-m", "kg", "--help"], capture_output=True, text=True, check=True).stdout
    assert {name for name in commands if not re.search(rf"^\W*{name}\b", listed, re.MULTILINE)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_goal_in_the_documentation_is_in_the_makefile(page: Path) -> None:
    goals = set(re.findall(r"(?:`|^\s*)make ([a-z][a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert goals - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_file_named_in_the_documentation_is_there(page: Path) -> None:
    named = re.findall(
        r"`((?:data|docs|src|shapes|ontology|queries|tests)/[\w./-]+)`", page.read_text(encoding="utf-8")
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_where_answers_as_the_readme_shows() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "kg", "where", "Glasgow"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert re.match(r"data/entities/agreements\.ttl:\d+ agreement:glasgow-2003 rdf:type cr:Agreement\n", found)


def test_the_data_readme_names_every_file_of_entities() -> None:
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    files = {file.stem for file in (ROOT / "data" / "entities").glob("*.ttl")}
    assert {stem for stem in files if f"`{stem}`" not in text} == set()


def test_the_settings_page_lists_every_setting() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [
        f"| `KG_{name.upper()}` | {field.description} | {'' if field.default is None else field.default} |"
        for name, field in Settings.model_fields.items()
    ]
    assert [row for row in rows if row not in text] == []
    assert len(re.findall(r"^\| `KG_", text, re.MULTILINE)) == len(rows)


def test_the_architecture_page_names_every_module() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = {file.stem for file in (ROOT / "src" / "kg").glob("*.py") if not file.stem.startswith("__")} | {"web"}
    assert {module for module in modules if f"`{module}`" not in text} == set()


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    from kg import __version__

    versions = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == __version__


def test_the_citation_has_the_version_of_the_package() -> None:
    from kg import __version__

    assert f"version: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_data_dictionary_is_up_to_date(release: Release) -> None:
    wanted = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert dictionary.write(release.graph) == wanted
