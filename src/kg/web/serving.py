"""One release while it is served: its workers, its cache, and how many requests it still has to answer."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg import describe
from kg.holding import source_of
from kg.pool import Pool
from kg.web.cache import Cache
from kg.workers import confinement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.release import Release
    from kg.settings import Settings
    from kg.workers import Nursery


@dataclass
class Serving:
    """A release that is served, until another takes its place and its last request is answered."""

    release: Release
    pool: Pool
    cache: Cache
    triples: int
    since: float = field(default_factory=time.time)
    requests: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Hold the release while a request is answered from it."""
        self.requests += 1
        self.idle.clear()
        try:
            yield
        finally:
            self.requests -= 1
            if not self.requests:
                self.idle.set()

    async def start(self) -> None:
        """Have a worker ready before long."""
        await self.pool.start()

    async def retire(self) -> None:
        """Wait for the last answer, then end the workers."""
        if self.requests:
            await self.idle.wait()
        await self.stop()

    async def stop(self) -> None:
        """End the workers now, and let go what lies on disk."""
        await self.pool.stop()
        if self.release.lease is not None:
            await asyncio.to_thread(self.release.lease.end)


def serve(release: Release, settings: Settings, nursery: Nursery | None = None) -> Serving:
    """A release made ready to be served; `nursery` may have been started early."""
    pool = Pool(release.graph, confinement(settings, source_of(release, settings)), nursery)
    return Serving(release, pool, Cache(release.id, settings.cache_bytes), describe.count_triples(release.graph))
