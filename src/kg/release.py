"""A release: the loaded graph with all that is derived, and its id, which only the content decides."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import derive, passages, store, withheld

if TYPE_CHECKING:
    from kg.settings import Folders
    from kg.store import Graph

ID_LENGTH = 16


@dataclass(frozen=True)
class Release:
    """What a server serves: `id` is the same for the same content on any machine."""

    id: str
    graph: Graph
    folders: Folders


def load(folders: Folders) -> Release:
    """Read the folders, run the rules, name the result; raises DataError for the first file that cannot be read."""
    return load_with_quads(folders)[0]


def load_with_quads(folders: Folders) -> tuple[Release, bytes]:
    """The release and its canonical N-Quads, for who needs them too: to write them twice takes time."""
    graph = build(folders)
    quads = canonical(graph.engine)
    return Release(name_of(quads), graph, folders), quads


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


def canonical(engine: ox.Store) -> bytes:
    """The canonical N-Quads (RDFC-1.0): the same for the same content."""
    lines = (engine.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    if any(b"_:" in line for line in lines):
        # only blank nodes need naming; without them the canonical form is the sorted lines, six times faster
        dataset = ox.Dataset(engine)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        lines = [f"{quad} .\n".encode() for quad in dataset]
    return b"".join(sorted(lines))


def name_of(quads: bytes) -> str:
    """The start of the SHA-256 of canonical N-Quads."""
    return hashlib.sha256(quads).hexdigest()[:ID_LENGTH]


def release_id(engine: ox.Store) -> str:
    """The name of the content of a store."""
    return name_of(canonical(engine))
