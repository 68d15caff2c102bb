"""A release: the loaded graph with all that is derived, and its id, which only the content decides."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import derive, passages, store

if TYPE_CHECKING:
    from kg.settings import Folders
    from kg.store import Graph

ID_LENGTH = 16


@dataclass(frozen=True)
class Release:
    """What a server serves: `id` is the same for the same content on any machine."""

    graph: Graph
    folders: Folders

    @cached_property
    def id(self) -> str:
        """Computed when first asked for: nothing that only checks the data waits for it."""
        return release_id(self.graph.engine)


def load(folders: Folders) -> Release:
    """Read the folders and run the rules; raises DataError for the first file that cannot be read."""
    graph = store.load(folders)
    passages.describe(graph)
    store.merge(graph.engine)
    derive.derive(graph, derive.read_rules(folders))
    return Release(graph, folders)


def release_id(engine: ox.Store) -> str:
    """The start of the SHA-256 of the canonical N-Quads (RDFC-1.0)."""
    lines = (engine.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    if any(b"_:" in line for line in lines):
        # only blank nodes need naming; without them the canonical form is the sorted lines, six times faster
        dataset = ox.Dataset(engine)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        lines = [f"{quad} .\n".encode() for quad in dataset]
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()[:ID_LENGTH]
