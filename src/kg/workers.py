"""The server's side of the processes that evaluate queries: starts the nursery, keeps workers ready, ends them.

Says nothing about who may use a worker and for how long (`kg.web.admission`). One idle worker always exists: when the
last one is taken another is forked. A nursery that dies is replaced, and the workers that it has forked work on.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import WorkerLost
from kg.evaluator import CONFINED, OPEN
from kg.query import LARGEST_STACK, Limits
from kg.wire import EXIT, Frame, Inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from kg.store import Graph

MOST_IDLE = 4
LONGEST_START = 60.0  # seconds until a nursery that does not answer is given up
LONGEST_FAREWELL = 0.25  # seconds to wait for the nursery to tell how a worker ended
NICER = 10
ATTEMPTS = 3


@dataclass(frozen=True)
class Confinement:
    """What the operator lets a worker have."""

    memory: int
    limits: Limits
    services: tuple[str, ...] = ()


class Nursery:
    """A process that holds a graph and forks workers on demand; it is started without waiting for it."""

    def __init__(self, graph: Graph, confinement: Confinement) -> None:
        self.control, theirs = socket.socketpair()
        with theirs, tempfile.TemporaryFile() as file:
            head = {
                "prefixes": graph.city.prefixes,
                "memory": confinement.memory,
                "rows": confinement.limits.rows,
                "size": confinement.limits.size,
                "services": confinement.services,
            }
            file.write(json.dumps(head).encode() + b"\n")
            file.flush()
            graph.engine.dump(file, format=ox.RdfFormat.N_QUADS)
            file.seek(0)
            self.process = _start(theirs.fileno(), file.fileno())

    def fork(self, handed: socket.socket, *, confined: bool) -> None:
        """Have a worker forked for the other end of a socket; raises OSError when the nursery has gone."""
        socket.send_fds(self.control, [CONFINED if confined else OPEN], [handed.fileno()])

    def close(self) -> None:
        """Let the nursery end, and the workers that are left with it."""
        self.control.close()
        try:
            self.process.wait(LONGEST_FAREWELL)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _start(control: int, graph: int) -> subprocess.Popen[bytes]:
    """The process; its main thread gets the stack that the deepest query takes, which can only be said beforehand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    room = LARGEST_STACK if hard == resource.RLIM_INFINITY else min(LARGEST_STACK, hard)
    command = [sys.executable, "-m", "kg.evaluator", str(control), str(graph)]
    try:
        resource.setrlimit(resource.RLIMIT_STACK, (room, hard))
        return subprocess.Popen(command, pass_fds=(control, graph), stdin=subprocess.DEVNULL, process_group=0)
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))


class Worker(asyncio.Protocol):
    """One process: takes a message at a time, and can be slowed, paused and ended while it works."""

    def __init__(self) -> None:
        self.pid = 0
        self.network = True
        self.spent = False
        self.gone = False
        self._inbox = Inbox()
        self._reply: asyncio.Future[Frame] | None = None
        self._transport: asyncio.Transport | None = None
        self._process: int | None = None
        self.on_gone: Callable[[Worker], None] | None = None

    async def hello(self) -> None:
        """Wait until the process is there; raises WorkerLost if it never is."""
        self._reply = asyncio.get_running_loop().create_future()
        frame = await asyncio.wait_for(self._reply, LONGEST_START)
        self.pid, self.network = frame.head["pid"], frame.head["network"]
        if sys.platform == "linux":
            with suppress(OSError):
                self._process = os.pidfd_open(self.pid)

    def ask(self, head: dict[str, Any]) -> asyncio.Future[Frame]:
        """Send a message; the future is the reply, or WorkerLost."""
        self._reply = asyncio.get_running_loop().create_future()
        if self.gone or self._transport is None:
            self._reply.set_exception(lost())
        else:
            self._transport.write(Frame(head).encode())
        return self._reply

    def slow_down(self) -> None:
        """Let others go first from now on."""
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, NICER)

    def pause(self) -> None:
        """Stop the process where it is."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._signal(signal.SIGKILL)
        if self._transport is not None:
            self._transport.abort()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(OSError):
            if sys.platform == "linux" and self._process is not None:
                signal.pidfd_send_signal(self._process, number)
            elif self.pid and not self.gone:
                os.kill(self.pid, number)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is ours."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A piece of a reply has come."""
        frame = self._inbox.add(data)
        if frame is not None and self._reply is not None and not self._reply.done():
            self.spent = bool(frame.head.pop("spent", False))
            self._reply.set_result(frame)

    def connection_lost(self, _error: Exception | None) -> None:
        """The process has ended."""
        self.gone = True
        if self._process is not None:
            os.close(self._process)
            self._process = None
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(lost())
            self._reply.exception()  # nobody may be waiting any more
        if self.on_gone is not None:
            self.on_gone(self)


def lost() -> WorkerLost:
    """The error for a worker that ends without an answer."""
    return WorkerLost("the process that evaluated the query has ended", remedy="ask again")


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
        self.killed = 0
        self._closing = False
        self._ready = asyncio.Condition()
        self._statuses: dict[int, asyncio.Future[int]] = {}
        self._reviving: asyncio.Lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Have one worker ready."""
        if self.nursery is None:
            await self._revive(None)
        else:
            self._watch(self.nursery)
        self._breed_soon()

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
        if worker.gone or worker.spent or self._closing or len(self.idle) >= MOST_IDLE or worker.network:
            self.discard(worker)
        else:
            self.idle.append(worker)

    def discard(self, worker: Worker) -> None:
        """End a worker."""
        self.killed += not worker.gone
        worker.kill()
        if not self.idle and not self._closing:
            self._breed_soon()

    async def how_it_ended(self, pid: int) -> int:
        """The signal that ended a worker, as the nursery tells; 0 if it does not tell in time."""
        status = self._statuses.setdefault(pid, asyncio.get_running_loop().create_future())
        with suppress(TimeoutError):
            return os.WTERMSIG(await asyncio.wait_for(asyncio.shield(status), LONGEST_FAREWELL)) & 0x7F
        return 0

    async def stop(self) -> None:
        """End all processes."""
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        for worker in list(self.all):
            worker.kill()
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
            self.nursery = await asyncio.to_thread(Nursery, self.graph, self.confinement)
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
            waiting = self._statuses.pop(pid, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(status)


def collection(services: Collection[str]) -> tuple[str, ...]:
    """Endpoints in an order that does not change."""
    return tuple(sorted(services))
