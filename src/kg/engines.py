"""The engines that a worker may ask, behind one interface: a store in memory, one on disk, another program over HTTP.

What a query may ask, which format it is answered in and how long it may take is decided before; here it is evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pyoxigraph as ox

from kg import query, remote

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from kg.query import Answer, Limits, Plan


@dataclass(frozen=True)
class Source:
    """Where the workers find a release: in their memory, in a folder, or at an address; plain values throughout.

    An address has the release's id and, by graph, how many triples it must find there; and who asks, if that matters.
    """

    folder: str = ""
    address: str = ""
    release: str = ""
    merged: str = ""
    graphs: dict[str, int] = field(default_factory=dict)
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def in_memory(self) -> bool:
        """Whether the workers inherit the graph."""
        return not self.folder and not self.address


MEMORY = Source()


class Engine(Protocol):
    """What a worker asks."""

    def open(self) -> None:
        """Reach out for what is needed, once, in the worker's process and before it is confined."""

    def link(self) -> socket.socket | None:
        """What the engine speaks through, if it may hang up."""

    def lost(self) -> bool:
        """Whether the engine cannot be reached by this process any more."""

    def evaluate(self, plan: Plan, prefixes: Mapping[str, str], limits: Limits, seconds: float) -> Answer:
        """The answer to a query that may take so long; raises what `kg.query.evaluate` raises, or EngineFailed."""


@dataclass
class Embedded:
    """Oxigraph in the worker's own process; with a folder it is opened there, for reading only."""

    store: ox.Store | None
    folder: str = ""

    def open(self) -> None:
        """Open the folder: each worker for itself, as an open one does not survive a fork."""
        if self.folder:
            self.store = ox.Store.read_only(self.folder)

    def link(self) -> socket.socket | None:
        """Nothing that could hang up."""
        return None

    def lost(self) -> bool:
        """Never: the store is here."""
        return False

    def evaluate(self, plan: Plan, prefixes: Mapping[str, str], limits: Limits, _seconds: float) -> Answer:
        """The answer; who asked keeps the time."""
        assert self.store is not None
        return query.evaluate(self.store, plan, prefixes, limits)


def engine_of(source: Source, store: ox.Store | None = None) -> Engine:
    """The engine for a source; one in memory is handed its store."""
    if not source.address:
        return Embedded(store, source.folder)
    return remote_of(source)


def remote_of(source: Source) -> remote.Remote:
    """The engine at an address."""
    return remote.Remote(source.address, source.release, source.merged, source.graphs, source.user, source.password)


def pack(source: Source) -> dict[str, Any]:
    """A source as it is handed to a nursery."""
    return dict(vars(source))
