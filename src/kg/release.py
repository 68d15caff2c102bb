"""A release: the graph with everything that is derived, and the id that names its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import derive, passages, store, withheld

if TYPE_CHECKING:
    from kg.disk import Lease
    from kg.settings import Folders
    from kg.store import Graph

ID_LENGTH = 16


@dataclass
class Release:
    """What a server serves: `id` is the same for the same content on any machine; `named` is it, where it is known.

    `kept` is for what readers compute of it once; it is let go with the release.
    """

    graph: Graph
    folders: Folders
    named: str = ""
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    lease: Lease | None = None  # of a release that is read from disk

    @cached_property
    def id(self) -> str:
        """Computed when first asked for: nothing that only checks the data waits for it."""
        return self.named or release_id(self.graph.engine)


def load(folders: Folders) -> Release:
    """Read the folders and run the rules; raises DataError for the first file that cannot be read."""
    return Release(build(folders), folders)


def build(folders: Folders) -> Graph:
    """The graph with all that is derived, for who needs no name for it."""
    graph = store.load(folders)
    complete(graph, folders)
    return graph


def complete(graph: Graph, folders: Folders) -> None:
    """Hide what is withheld, describe the passages, fill the default graph and run the rules."""
    withheld.hide(graph)
    passages.describe(graph)
    store.merge(graph.engine)
    derive.derive(graph, derive.read_rules(folders))


def release_id(engine: ox.Store) -> str:
    """The start of the SHA-256 of the canonical N-Quads."""
    return hashlib.sha256(canonical(engine)).hexdigest()[:ID_LENGTH]


def canonical(engine: ox.Store) -> bytes:
    """The canonical N-Quads (RDFC-1.0): the same for the same content."""
    quads = engine.dump(format=ox.RdfFormat.N_QUADS) or b""
    lines = quads.splitlines(keepends=True)
    if b"_:" in quads:
        # only blank nodes need naming; without them the canonical form is the sorted lines, six times faster
        dataset = ox.Dataset(engine)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        lines = [f"{quad} .\n".encode() for quad in dataset]
    return b"".join(sorted(lines))


def as_loaded(engine: ox.Store) -> bytes:
    """N-Quads in the order in which the store took them: a store that loads these gives rows in the same order."""
    lines = (engine.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    return b"".join(reversed(lines))  # the engine tells the last first
