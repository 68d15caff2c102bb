"""The processes that evaluate queries: a nursery that holds the graph and forks, and the workers it forks.

`python -m kg.evaluator CONTROL` is started by `kg.workers` with an open socket, on which it is handed first a file with
the graph, and then the socket of each worker that it is to fork. The nursery has one thread, so that forking is safe; a
worker answers one query after the other until its socket closes.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import pyoxigraph as ox

from kg import confine, engines, query, wire
from kg.errors import KgError, LimitExceeded
from kg.query import Limits
from kg.wire import EXIT, Frame

if TYPE_CHECKING:
    from types import FrameType

    from kg.engines import Engine

GRAPH, CONFINED, OPEN = b"g", b"c", b"o"
GRACE = 2.0  # seconds past the deadline after which a worker ends itself, should the server no longer be there
LARGE = 64 << 20  # bytes that a worker may keep after a query; one that has grown more makes room for a new one
OUT_OF_MEMORY = "the query needs more memory than it may use"
LESS_MEMORY = "ask for less at a time: join on fewer unbound patterns, and filter before you group or sort"


@dataclass(frozen=True)
class Terms:
    """On what terms queries are answered; `memory` is in bytes, `base` is what relative IRIs begin from."""

    prefixes: dict[str, str]
    base: str
    limits: Limits
    memory: int
    services: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """What a nursery holds and its workers inherit."""

    engine: Engine
    terms: Terms


def main() -> None:
    """Load the graph that is handed over, then fork until the server goes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    kind, handed, _, _ = socket.recv_fds(control, 1, 1)
    if kind != GRAPH or not handed:
        return
    tend(control, load(handed[0]))


def tend(control: socket.socket, held: Held) -> None:
    """Fork on demand until the server goes; the process must have one thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends us in good order
    gc.collect()
    gc.freeze()  # so that no collection in a worker touches, and thus copies, what they all share
    Nursery(control, held).run()


def load(file: int) -> Held:
    """The graph from an open file, and on what terms it is asked."""
    with open(file, "rb") as source:
        head: dict[str, Any] = json.loads(source.readline())
        quads = source.read()
    engine = ox.Store()
    engine.load(quads, format=ox.RdfFormat.N_QUADS)
    where = engines.Source(**head.pop("source"))
    services, limits = tuple(head.pop("services")), Limits(**head.pop("limits"))
    return Held(engines.engine_of(where, engine), Terms(**head, limits=limits, services=services))


class Nursery:
    """Forks workers on demand and tells how they ended."""

    def __init__(self, control: socket.socket, held: Held) -> None:
        self.control = control
        self.held = held
        self.children: set[int] = set()
        self.woken, self.waker = os.pipe()
        os.set_blocking(self.woken, False)
        os.set_blocking(self.waker, False)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _ignore)

    def run(self) -> None:
        """Serve until the server closes the socket; then end every worker that is left."""
        going = True
        while going:
            watched: list[socket.socket | int] = [self.control, self.woken]
            ready, _, _ = select.select(watched, [], [])
            if self.woken in ready:
                with suppress(BlockingIOError):
                    os.read(self.woken, 4096)
                going = self._tell_ended()
            if self.control in ready:
                going = self._fork() and going
        for child in self.children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def _tell_ended(self) -> bool:
        with suppress(ChildProcessError):
            while self.children:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    break
                self.children.discard(pid)
                try:
                    self.control.sendall(EXIT.pack(pid, status))
                except OSError:
                    return False
        return True

    def _fork(self) -> bool:
        try:
            kind, handed, _, _ = socket.recv_fds(self.control, 1, 1)
        except OSError:
            return False
        if not kind or not handed:
            return False
        child = os.fork()
        if not child:
            self._become_worker(kind, handed[0])
        self.children.add(child)
        os.close(handed[0])
        return True

    def _become_worker(self, kind: bytes, file: int) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.control.close()
            os.close(self.woken)
            os.close(self.waker)
            work(socket.socket(fileno=file), self.held, confined=kind == CONFINED)
        finally:
            os._exit(0)


def _ignore(_signal: int, _frame: FrameType | None) -> None:
    """A signal that is heard by the pipe it wakes."""


def work(connection: socket.socket, held: Held, *, confined: bool) -> None:
    """Answer what arrives on the socket until it closes."""
    held.engine.open()
    confine.leave_nothing_behind()
    network = not confine.without_network() if confined else True
    usual = confine.memory_in_use()
    confine.limit_memory(held.terms.memory)
    connection.sendall(Frame({"pid": os.getpid(), "network": network}).encode())
    while _is_asked(connection, held.engine) and (asked := wire.receive(connection)) is not None:
        if held.engine.lost():
            break
        confine.end_after(asked.head["seconds"] + GRACE)
        reply = answer(held, asked.head)
        confine.end_after(0)
        spent = confine.memory_in_use() > usual + LARGE
        connection.sendall(Frame({**reply.head, "spent": spent}, reply.body).encode())
        if spent:
            break


def _is_asked(connection: socket.socket, engine: Engine) -> bool:
    """Wait for the next message; False where the engine hangs up first."""
    link = engine.link()
    if link is None:
        return True
    ready, _, _ = select.select([connection, link], [], [])
    return link not in ready


def answer(held: Held, asked: dict[str, Any]) -> Frame:
    """The reply to one message: a plan for a request, an answer for a plan, or an error."""
    terms = held.terms
    try:
        if "request" in asked:
            plan = query.prepare(wire.unpack_request(asked["request"]), terms.prefixes, terms.services, terms.base)
            return Frame({"plan": wire.pack_plan(plan)})
        found = held.engine.evaluate(wire.unpack_plan(asked["plan"]), terms.prefixes, terms.limits, asked["seconds"])
        return Frame({"rows": found.rows, "lasting": found.lasting}, found.body)
    except KgError as error:
        return Frame(wire.pack_error(error))
    except MemoryError:
        return Frame(wire.pack_error(LimitExceeded(OUT_OF_MEMORY, remedy=LESS_MEMORY)))
    except BaseException as error:  # noqa: BLE001  the engine's own panics are no Exception; the server logs the name
        return Frame(wire.pack_error(KgError(f"unforeseen {type(error).__name__}")))


if __name__ == "__main__":
    main()
