"""What several tests share: the repository's folders and release, a copy of the other city, the source documents."""

from __future__ import annotations

import gc
import os
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from kg import release as releases
from kg import validate as checks
from kg.evidence import read_evidence, unsupported
from kg.findings import FOUND, Finding, name_of
from kg.index import Index, data_files, read_index, read_text
from kg.settings import Folders, Settings, find_folders
from kg.turtle import read_page

if TYPE_CHECKING:
    from kg.store import Graph

ROOT = Path(__file__).resolve().parents[1]
OTHER_CITY = ROOT / "tests" / "other-city"

# generated cases are the same on every run and every machine, however slow
settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    """No test sees the settings of whoever runs it; KG_TEST_ALL is no setting but says what may be skipped."""
    for name in list(os.environ):
        if name.startswith("KG_") and name != "KG_TEST_ALL":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="module")
def _results_end_where_they_began():
    """What an error has kept of a query's result goes in this thread; the engine objects to any other."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def folders() -> Folders:
    """The folders of this repository."""
    return find_folders(Settings(home=ROOT, data=ROOT / "data", queries=ROOT / "queries"))


@pytest.fixture(scope="session")
def release(folders) -> releases.Release:
    """The repository's data, loaded once; whoever wants to change something copies the store."""
    return releases.load(folders)


@pytest.fixture(scope="session")
def index(folders):
    """Where the repository's triples stand."""
    return read_index(folders)


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder with the texts of the source documents, which are no part of the repository."""
    folder = ROOT.parent / "shared" / "sources"
    if not folder.is_dir():
        missing = "the source documents are missing: put them into ../shared/sources"
        if os.environ.get("KG_TEST_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return folder


@cache
def _schemes() -> Index:
    """The concept schemes, which no test changes, read once: they are most of what a small city's index holds."""
    index = Index()
    for file in sorted((ROOT / "ontology" / "concepts").glob("*.ttl")):
        index.add(read_page(read_text(file), file), str(file.relative_to(ROOT)), entities=True)
    return index


def index_of(folders: Folders) -> Index:
    """What `kg.index.read_index` gives for a copy of the other city."""
    known = _schemes()
    index = Index(
        *({key: list(found) for key, found in part.items()} for part in (known.triples, known.subjects, known.blocks))
    )
    index.values = {key: list(found) for key, found in known.values.items()}
    for file, entities in data_files(folders):
        if file.is_relative_to(folders.data):
            index.add(read_page(read_text(file), file), folders.shown(file), entities=entities)
    return index


def told(finding: Finding, graph: Graph, language: str) -> str:
    """A finding in a line that tests compare: the printed one, in an order that puts what varies last."""
    value = f" ({FOUND[language]}: {finding.value})" if finding.value else ""
    name = name_of(graph, finding.subject, language)
    return f"{finding.place or '-'} {finding.severity} {name}: {finding.message[language]}{value} [{finding.rule}]"


@dataclass(frozen=True)
class CityCopy:
    """A copy of the other city with ontology and shapes, laid out as a home, for one test to break."""

    home: Path

    @property
    def folders(self) -> Folders:
        return find_folders(Settings(home=self.home, data=None, queries=None))

    @property
    def documents(self) -> Path:
        return self.home / "documents"

    @property
    def index(self) -> Index:
        return index_of(self.folders)

    def edit(self, file: str, old: str, new: str) -> int:
        """Replace the one place where a text stands; the line it began on."""
        path = self.home / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def line_of(self, file: str, text: str) -> int:
        """The only line of a file that holds a text."""
        found = [
            n for n, line in enumerate((self.home / file).read_text(encoding="utf-8").splitlines(), 1) if text in line
        ]
        assert len(found) == 1, f"{file} holds {text!r} on {len(found)} lines"
        return found[0]

    def findings(self, language: str = "en") -> list[str]:
        """What `kg validate` finds: place, severity, thing, message, value, rule."""
        graph = releases.build(self.folders)
        return [told(finding, graph, language) for finding in checks.validate(graph, self.folders, self.index)]

    def complaints(self) -> list[str]:
        """What `kg evidence` finds, without the remedies."""
        readings = read_evidence(releases.load(self.folders).graph, self.index, self.documents)
        return [f"{finding.place} {finding.problem('en')}" for finding in unsupported(readings)]


@pytest.fixture
def city_copy(tmp_path) -> CityCopy:
    """Northhaven, to break."""
    home = tmp_path / "home"
    shutil.copytree(OTHER_CITY, home)
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, home / name)
    return CityCopy(home)
