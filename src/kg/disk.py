"""Releases on disk, a folder each below one folder: written beside the others, opened for reading, removed when unused.

Several servers may read one folder. Each holds a lock on the releases that it serves; who writes or removes holds the
one lock of the whole folder meanwhile, so that nothing is removed that somebody has just found.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.release import Release

UNFINISHED = ".unfinished"
WHOLE = "folder"


@dataclass
class Lease:
    """A release on disk that is not removed until this ends."""

    folder: Path
    lock: int

    def end(self) -> None:
        """Let the release go; it is removed if nobody else holds it and it is not the newest."""
        os.close(self.lock)
        with suppress(OSError):
            prune(self.folder.parent)


def put(root: Path, release: Release) -> Lease:
    """The release below the folder, written there unless it lies there already; raises SettingError where it cannot."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(root, WHOLE):
            folder = root / release.id
            lease = Lease(folder, _open_lock(root, release.id))
            fcntl.flock(lease.lock, fcntl.LOCK_SH)
            if not folder.is_dir():
                _write(root, folder, release.graph.engine)
            os.utime(folder)
    except OSError as error:
        remedy = "name a folder that this user may write, with KG_STORE=oxigraph:FOLDER"
        raise SettingError(
            f"the release cannot be written to {root}: {error.strerror or error}", remedy=remedy
        ) from None
    return lease


def _write(root: Path, folder: Path, engine: ox.Store) -> None:
    """Aside first: what has the release's name is whole."""
    aside = root / (folder.name + UNFINISHED)
    shutil.rmtree(aside, ignore_errors=True)
    store = ox.Store(str(aside))
    store.bulk_load(engine.dump(format=ox.RdfFormat.N_QUADS) or b"", format=ox.RdfFormat.N_QUADS)
    store.flush()
    store.optimize()
    del store
    aside.rename(folder)


def prune(root: Path) -> None:
    """Remove what no server holds, but for the newest: the next server to start may want that."""
    with _locked(root, WHOLE):
        folders = sorted((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
        for folder in folders[:-1]:
            lock = _open_lock(root, folder.name)
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
                (root / f"{folder.name}.lock").unlink()
            os.close(lock)


@contextmanager
def _locked(root: Path, name: str) -> Iterator[None]:
    lock = _open_lock(root, name)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open_lock(root: Path, name: str) -> int:
    return os.open(root / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
