"""The release before the one that is served, for who asks `/sparql?release=ID`: loaded when somebody first asks for it.

It is read from its bundle, so it is there only where the server has one (`kg.shelf`), and has workers of its own.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pyoxigraph as ox

from kg.errors import NotFound
from kg.release import Release
from kg.shelf import LATEST, Shelf
from kg.store import Graph
from kg.web.serving import Serving, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.bundle import Bundle
    from kg.settings import Settings

PARAMETER = b"release="


class Earlier:
    """Finds which release a query is for, and holds the earlier one."""

    def __init__(self, shelf: Shelf, settings: Settings, later: Callable[[Serving], None]) -> None:
        self.shelf = shelf
        self.settings = settings.model_copy(update={"store": "memory"})  # elsewhere only the current one is held
        self.later = later  # what is done with a release that nobody needs any more
        self.held: Serving | None = None
        self._lock = asyncio.Lock()

    async def chosen(self, current: Serving, query_string: bytes) -> Serving:
        """The release that the address names, the one that is served where it names none; raises NotFound."""
        named = parse_qs(query_string.decode("latin-1")).get("release", [LATEST])[-1]
        if named in (LATEST, current.release.id):
            return current
        async with self._lock:
            if self.held is None or self.held.release.id != named:
                bundle = await asyncio.to_thread(self._before, current.release, named)
                release = await asyncio.to_thread(_loaded, bundle, current.release)
                old, self.held = self.held, await asyncio.to_thread(serve, release, self.settings)
                await self.held.start()
                if old is not None:
                    self.later(old)
            return self.held

    def _before(self, current: Release, named: str) -> Bundle:
        before = None
        if self.shelf.knows(named):  # else there is no need to make the files of the one that is served
            with suppress(NotFound):  # nobody has recorded the release that is served, so none is known to come before
                before = self.shelf.before(current, self.shelf.current(current))
        if before is None or before.id != named:
            raise NotFound(f"the release {named} cannot be asked here", remedy="ask the latest or the one before it")
        return before

    async def stop(self) -> None:
        """End its workers."""
        if self.held is not None:
            await self.held.pool.stop()


def _loaded(bundle: Bundle, current: Release) -> Release:
    engine = ox.Store()
    engine.extend(bundle.quads())
    return Release(Graph(engine, current.graph.city), current.folders, named=bundle.id)
