"""The wheel carries all that is needed to serve from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling import build

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout and unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        name = build.build_wheel(str(folder))
    finally:
        os.chdir(before)
    with zipfile.ZipFile(folder / name) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("part", ["ontology", "data", "shapes", "queries"])
def test_the_wheel_carries_every_file_of(part: str, unpacked: Path) -> None:
    wanted = {file.relative_to(ROOT) for file in (ROOT / part).rglob("*") if file.is_file()}
    carried = {
        file.relative_to(unpacked / "kg" / "city")
        for file in (unpacked / "kg" / "city" / part).rglob("*")
        if file.is_file()
    }
    assert carried == wanted


def test_the_unpacked_wheel_answers_from_any_folder(unpacked: Path, tmp_path: Path) -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.path.insert(0, sys.argv.pop(1)); from kg.cli import main; main()",
            str(unpacked),
            "query",
            "-",
            "--format",
            "csv",
        ],
        input="SELECT (COUNT(*) > 38 AS ?enough) { ?agreement a cr:Agreement }",
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert answer.stdout.split() == ["enough", "true"]
