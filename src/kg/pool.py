"""The workers of one release: keeps idle ones ready, forks more when they are all at work, replaces what dies.

One idle worker always exists: when the last one is taken another is forked. A nursery that dies is replaced, and the
workers that it has forked work on. Who may use a worker, and for how long, is for `kg.web.admission` to say.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from kg.errors import WorkerLost
from kg.wire import EXIT
from kg.workers import Worker, lost, started_nursery

if TYPE_CHECKING:
    from kg.store import Graph
    from kg.workers import Confinement, Nursery

MOST_IDLE = 12  # each has some MiB of its own; to fork one anew for every query would cost more
MOST_ENDED = 256  # of so many workers it is remembered how they ended
LONGEST_FAREWELL = 0.25  # seconds to wait for the nursery to tell how a worker ended
LONGEST_END = 5.0  # seconds to wait for killed workers
ATTEMPTS = 3


class Pool:
    """The workers of one release."""

    def __init__(self, graph: Graph, confinement: Confinement, nursery: Nursery | None = None) -> None:
        self.graph = graph
        self.confinement = confinement
        self.nursery = nursery
        self.idle: deque[Worker] = deque()
        self.all: set[Worker] = set()
        self.isolated = False  # from the network, as the last worker reported
        self.started = 0  # nurseries
        self.loop: asyncio.AbstractEventLoop | None = None
        self._closing = False
        self._empty = asyncio.Event()
        self._ended: dict[int, int] = {}
        self._reviving: asyncio.Lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Have one worker ready before long."""
        self.loop = asyncio.get_running_loop()
        if self.nursery is None:
            await self._revive(None)
        else:
            self._watch(self.nursery)
        self._breed_soon()

    async def ready(self) -> None:
        """Wait until a worker can be had at once."""
        self.give_back(await self.take())

    async def take(self, *, network: bool = False) -> Worker:
        """A worker for one query; with the network only where a query asks an endpoint that is allowed."""
        if network:
            return await self._breed(confined=False)
        while self.idle:
            worker = self.idle.popleft()
            if not self.idle:
                self._breed_soon()
            if not worker.gone:
                return worker
        return await self._breed()

    def give_back(self, worker: Worker) -> None:
        """The worker has answered; keep it for the next, or let it end."""
        if worker.gone or worker.spent or self._closing or len(self.idle) >= MOST_IDLE:
            self.discard(worker)
        else:
            self.idle.append(worker)

    def discard(self, worker: Worker) -> None:
        """End a worker."""
        worker.kill()
        if not self.idle and not self._closing:
            self._breed_soon()

    async def how_it_ended(self, pid: int) -> int:
        """The signal that ended a worker, as the nursery tells; 0 if it does not tell in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_FAREWELL):
                while pid not in self._ended:
                    await asyncio.sleep(0.005)
        return os.WTERMSIG(self._ended.pop(pid, 0))

    async def stop(self) -> None:
        """End all processes."""
        self._closing = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for worker in list(self.all):
            worker.kill()
        if self.all:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), LONGEST_END)
        if self.nursery is not None:
            asyncio.get_running_loop().remove_reader(self.nursery.control)
            await asyncio.to_thread(self.nursery.close)

    def _breed_soon(self) -> None:
        """Have another idle worker before long."""
        task = asyncio.get_running_loop().create_task(self._breed_idle())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _breed_idle(self) -> None:
        with suppress(WorkerLost):
            self.give_back(await self._breed())

    async def _breed(self, *, confined: bool = True) -> Worker:
        for _ in range(ATTEMPTS):
            nursery = self.nursery
            try:
                return await self._forked(nursery, confined=confined)
            except (WorkerLost, OSError, TimeoutError):
                await self._revive(nursery)
        raise lost()

    async def _forked(self, nursery: Nursery | None, *, confined: bool) -> Worker:
        if nursery is None:
            raise lost()
        ours, theirs = socket.socketpair()
        worker = Worker()
        worker.spent = not confined  # serves one query, which is known to call only whom it may
        with theirs:
            nursery.fork(theirs, confined=confined)
        ours.setblocking(False)
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)
        self.all.add(worker)
        worker.on_gone = self._forget
        try:
            await worker.hello()
        except BaseException:
            worker.kill()
            raise
        self.isolated = not worker.network if confined else self.isolated
        return worker

    def _forget(self, worker: Worker) -> None:
        self.all.discard(worker)
        if not self.all and self._closing:
            self._empty.set()
        if worker in self.idle:
            self.idle.remove(worker)
            if not self.idle and not self._closing:
                self._breed_soon()

    async def _revive(self, dead: Nursery | None) -> None:
        """Another nursery in place of the dead one, unless somebody else has seen to it meanwhile."""
        async with self._reviving:
            if self.nursery is not dead or self._closing:
                return
            if dead is not None:
                asyncio.get_running_loop().remove_reader(dead.control)
                await asyncio.to_thread(dead.close)
            self.nursery = await asyncio.to_thread(started_nursery, self.graph, self.confinement)
            self._watch(self.nursery)

    def _watch(self, nursery: Nursery) -> None:
        self.started += 1
        nursery.control.setblocking(False)
        asyncio.get_running_loop().add_reader(nursery.control, self._listen, nursery)

    def _listen(self, nursery: Nursery) -> None:
        """The nursery tells how workers ended, or has ended itself."""
        try:
            told = nursery.control.recv(EXIT.size * 512)
        except OSError:
            told = b""
        if not told:
            asyncio.get_running_loop().remove_reader(nursery.control)
            task = asyncio.get_running_loop().create_task(self._revive(nursery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        for pid, status in EXIT.iter_unpack(told[: len(told) - len(told) % EXIT.size]):
            self._ended[pid] = status
        while len(self._ended) > MOST_ENDED:
            del self._ended[next(iter(self._ended))]
