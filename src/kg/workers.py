"""The server's side of one nursery and of one worker: how each is started, spoken to, slowed, paused and ended.

Which workers there are is for `kg.pool` to say, who may use one and for how long for `kg.web.admission`.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from kg.engines import MEMORY, Source, engine_of, pack
from kg.errors import WorkerLost
from kg.evaluator import CONFINED, GRAPH, OPEN, Held, Terms, tend
from kg.query import LARGEST_STACK, Limits
from kg.release import as_loaded
from kg.wire import Frame, Inbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.settings import Settings
    from kg.store import City, Graph

LONGEST_START = 60.0  # seconds until a nursery that does not answer is given up
LONGEST_FAREWELL = 0.25  # seconds to wait for a nursery that should end
LONGEST_END = 5.0  # and for one that was killed, on a machine that is busy
NICER = 10


@dataclass(frozen=True)
class Confinement:
    """What the operator lets a worker have."""

    memory: int
    limits: Limits
    services: tuple[str, ...] = ()
    source: Source = MEMORY


def confinement(settings: Settings, source: Source = MEMORY) -> Confinement:
    """What the settings let a worker have."""
    limits = Limits(settings.max_rows, settings.max_result_bytes)
    return Confinement(settings.query_megabytes << 20, limits, tuple(sorted(settings.allowed_services)), source)


def base_of(city: City) -> str:
    """What relative IRIs in queries begin from: `<city/x>` is a thing of this city."""
    return city.dataset + "/"


@dataclass(frozen=True)
class Nursery:
    """A process that holds a graph and forks workers on demand; nobody waits for it to be ready."""

    control: socket.socket
    pid: int
    ended: Callable[[float], bool]  # whether it has ended, waiting so many seconds for it

    def fork(self, handed: socket.socket, *, confined: bool) -> None:
        """Have a worker forked for the other end of a socket; raises OSError when the nursery has gone."""
        socket.send_fds(self.control, [CONFINED if confined else OPEN], [handed.fileno()])

    def close(self) -> None:
        """Let the nursery end, and the workers that are left with it."""
        self.control.close()
        if not self.ended(LONGEST_FAREWELL):
            os.kill(self.pid, signal.SIGKILL)
            self.ended(LONGEST_END)


def forked_nursery(graph: Graph, confinement: Confinement) -> Nursery:
    """A nursery that shares this process's memory, graph and all: only for a process that has one thread yet."""
    control, theirs = socket.socketpair()
    held = Held(engine_of(MEMORY, graph.engine), _terms(graph.city, confinement))
    process = multiprocessing.get_context("fork").Process(target=_become_nursery, args=(control, theirs, held))
    process.daemon = True
    process.start()
    theirs.close()

    def ended(seconds: float) -> bool:
        process.join(seconds)
        return not process.is_alive()

    assert process.pid is not None
    return Nursery(control, process.pid, ended)


def _become_nursery(control: socket.socket, theirs: socket.socket, held: Held) -> None:
    control.close()
    os.setpgid(0, 0)
    tend(theirs, held)


def started_nursery(graph: Graph, confinement: Confinement) -> Nursery:
    """A nursery in a process of its own, which loads the graph in the order in which it was loaded here."""
    control, theirs = socket.socketpair()
    with theirs:
        process = _start(theirs.fileno())
    with tempfile.TemporaryFile() as file:
        head = {**asdict(_terms(graph.city, confinement)), "source": pack(confinement.source)}
        file.write(json.dumps(head).encode() + b"\n")
        file.write(as_loaded(graph.engine) if confinement.source.in_memory else b"")
        file.flush()
        file.seek(0)
        socket.send_fds(control, [GRAPH], [file.fileno()])

    def ended(seconds: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return process.returncode is not None

    return Nursery(control, process.pid, ended)


def _terms(city: City, confinement: Confinement) -> Terms:
    return Terms(city.prefixes, base_of(city), confinement.limits, confinement.memory, confinement.services)


def _start(control: int) -> subprocess.Popen[bytes]:
    """The process; its main thread gets the stack that the deepest query takes, which can only be said beforehand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    room = LARGEST_STACK if hard == resource.RLIM_INFINITY else min(LARGEST_STACK, hard)
    command = [sys.executable, "-m", "kg.evaluator", str(control)]
    try:
        resource.setrlimit(resource.RLIMIT_STACK, (room, hard))
        return subprocess.Popen(  # noqa: S603  our own interpreter and module
            command, pass_fds=(control,), stdin=subprocess.DEVNULL, process_group=0
        )
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
        assert self._reply is not None
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
        """Let others go first from now on; only a new process is as fast as before."""
        self.spent = True
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
        """The socket is ours; the process may say that it is there before anybody waits for it."""
        self._reply = asyncio.get_running_loop().create_future()
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """A piece of a reply has come."""
        frame = self._inbox.add(data)
        if frame is not None and self._reply is not None and not self._reply.done():
            self.spent = bool(frame.head.pop("spent", False)) or self.spent
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
