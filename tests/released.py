"""Releases for the tests: with a record of their own, so that no test depends on what `data/releases.ttl` holds now."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.records import add_record

if TYPE_CHECKING:
    from kg.release import Release

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 11, 25)


def recorded(release: Release, folder: Path) -> Release:
    """The same release, recorded in another folder; where the data lie plays no part once they are loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    moved = replace(release, folders=replace(release.folders, data=folder))
    add_record(moved.folders, moved.graph.city, moved.id, DAY)
    return moved


def needed(path: Path, remedy: str) -> Path:
    """Something that is no part of the repository: without it a test is skipped, or fails where nothing may be."""
    if not path.exists():
        missing = f"{path.name} is missing: {remedy}"
        if os.environ.get("KG_TEST_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return path
