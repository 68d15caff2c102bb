"""The bundle of a release: a folder with all its files, `release.json`, which says what it is, and `SHA256SUMS`.

Owns how such a folder is read; `kg.pack` writes it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.formats import DOWNLOADS, N_QUADS, TEXT, Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RELEASE, SUMS = "release.json", "SHA256SUMS"


@dataclass(frozen=True, eq=False)
class Bundle:
    """A folder with the files of a release, and what `release.json` says of it."""

    folder: Path
    release: dict[str, Any]

    @property
    def id(self) -> str:
        """The id of the release."""
        return str(self.release["release"])

    def sums(self) -> dict[str, str]:
        """The SHA-256 of each file, by its name."""
        lines = (self.folder / SUMS).read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}

    def digest_of(self, name: str) -> str | None:
        """What tells a file of the bundle from any other; None where there is no such file."""
        sums = self.sums()
        plain = name.removesuffix(".gz")
        if name in sums:
            return sums[name]
        if name == SUMS:
            return hashlib.sha256((self.folder / SUMS).read_bytes()).hexdigest()
        return f"{sums[plain]}-gz" if plain in sums and (self.folder / name).is_file() else None

    def quads(self) -> Iterator[ox.Quad]:
        """All quads of the release."""
        name = next(file["name"] for file in self.release["files"] if file["format"] == N_QUADS.name)
        yield from ox.parse(path=self.folder / name, format=ox.RdfFormat.N_QUADS)


def read_bundle(folder: Path) -> Bundle | None:
    """The bundle in a folder, if there is one."""
    try:
        return Bundle(folder, json.loads((folder / RELEASE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def as_json(values: Any) -> bytes:
    """JSON that people can read, too."""
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()


def format_of(name: str) -> Format:
    """The format of a file of a bundle, by its name."""
    extension = name.rpartition(".")[2]
    return next((form for form in DOWNLOADS if form.extension == extension), TEXT)
