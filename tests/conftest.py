"""What several tests share: the repository's folders and release, a copy of the other city, the source documents."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from kg import release as releases
from kg import validate as checks
from kg.evidence import read_evidence, unsupported
from kg.index import read_index
from kg.settings import Folders, Settings, find_folders

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
        """What `kg validate` prints."""
        graph = releases.load(self.folders).graph
        found = checks.validate(graph, self.folders, read_index(self.folders))
        return [checks.line_of(finding, graph, language) for finding in found]

    def complaints(self) -> list[str]:
        """What `kg evidence` finds."""
        readings = read_evidence(releases.load(self.folders).graph, read_index(self.folders), self.documents)
        return [f"{place} {reason}" for place, reason in unsupported(readings)]


@pytest.fixture
def city_copy(tmp_path) -> CityCopy:
    """Northhaven, to break."""
    home = tmp_path / "home"
    shutil.copytree(OTHER_CITY, home)
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, home / name)
    return CityCopy(home)
