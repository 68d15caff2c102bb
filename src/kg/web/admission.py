"""Who may evaluate a query, and for how long: turns, slow queries, the share of each client, the deadline.

A query begins at once if fewer than so many have begun lately; if not, it waits for its turn, and the clients take
turns, one query each. After a fifth of a second it is slow: it gives up its turn, goes on at low priority among a
bounded number of slow ones, or pauses until one of these ends. What it takes is charged to its client.
"""

from __future__ import annotations

import asyncio
import math
import signal
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import BudgetSpent, Busy, DeadlineExceeded, LimitExceeded, WorkerLost
from kg.evaluator import LESS_MEMORY, OUT_OF_MEMORY
from kg.wire import Frame, unpack_error

if TYPE_CHECKING:
    from kg.errors import KgError
    from kg.pool import Pool
    from kg.settings import Settings
    from kg.workers import Worker

SLOW = 0.2  # seconds after which a query is slow
PERIOD = 300.0  # seconds in which a client's share of slow seconds grows back
MOST_CLIENTS = 10_000  # whose shares are remembered; the longest quiet are forgotten first
ENDED_BY_MEMORY = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS)


class Turns:
    """So many at a time; of those that wait, the clients take turns: one with many does not hold up the rest."""

    def __init__(self, places: int, longest_queue: int) -> None:
        self.free = places
        self.waiting = 0
        self.longest_queue = longest_queue
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def wait(self, client: str) -> None:
        """Wait for a turn; raises Busy when too many wait already. Every turn is given back by `done`."""
        if self.free > 0:
            self.free -= 1
            return
        if self.waiting >= self.longest_queue:
            raise Busy("too many queries are waiting", retry_after=1, remedy="ask again in a moment")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(turn)
        self.waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.done()
            raise
        finally:
            self.waiting -= 1

    def done(self) -> None:
        """Give the turn to the next client that waits."""
        while self._queues:
            client, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[client] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


class Shares:
    """The seconds that the slow queries of each client may still take; they grow back at a steady pace."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, client: str) -> float:
        """What a client has left now."""
        left, when = self._left.get(client, (self.seconds, 0.0))
        return min(self.seconds, left + (time.monotonic() - when) * self.seconds / PERIOD)

    def charge(self, client: str, seconds: float) -> None:
        """Take from a client's share; it may fall below nothing, but not so far that it takes more than a period."""
        left = max(self.left(client) - seconds, -self.seconds)
        self._left[client] = (left, time.monotonic())
        self._left.move_to_end(client)
        while len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)

    def check(self, client: str) -> None:
        """Raise BudgetSpent for a client that has nothing left."""
        left = self.left(client)
        if left <= 0:
            wait = math.ceil((0.01 - left) * PERIOD / self.seconds) + 1
            remedy = "ask again later, or ask queries that take less than a fifth of a second: they are free"
            raise BudgetSpent("your slow queries have taken their share of the time", retry_after=wait, remedy=remedy)


@dataclass
class Outcomes:
    """What has happened to queries, for the metrics."""

    slow: int = 0
    paused: int = 0
    late: int = 0
    left: int = 0
    busy: int = 0
    spent: int = 0
    memory: int = 0
    lost: int = 0


@dataclass
class Asked:
    """One query on its way: who asks, what is sent, until when, and how far it has come."""

    client: str
    message: dict[str, Any]
    allowed: float
    network: bool
    deadline: float
    stage: str = "waiting"


class Admission:
    """Lets queries be evaluated, and ends those that take too long or too much."""

    def __init__(self, settings: Settings) -> None:
        self.turns = Turns(settings.fast_queries, settings.fast_queue)
        self.slow = Turns(settings.slow_queries, settings.slow_queue)
        self.shares = Shares(settings.client_slow_seconds)
        self.longest = settings.query_seconds
        self.outcomes = Outcomes()
        self.running = 0

    async def ask(
        self, pool: Pool, message: dict[str, Any], client: str, seconds: float | None, *, network: bool = False
    ) -> Frame:
        """The reply of a worker; raises the error that it reports, or why it was ended. Cancelling ends the worker."""
        allowed = min(seconds or self.longest, self.longest)
        deadline = asyncio.get_running_loop().time() + allowed
        asked = Asked(client, {**message, "seconds": allowed}, allowed, network, deadline)
        self.running += 1
        try:
            async with asyncio.timeout_at(deadline):
                frame = await self._once(pool, asked)
        except TimeoutError:
            raise self._too_late(asked) from None
        except asyncio.CancelledError:
            self.outcomes.left += 1
            raise
        except Busy as error:
            self.outcomes.spent += isinstance(error, BudgetSpent)
            self.outcomes.busy += not isinstance(error, BudgetSpent)
            raise
        finally:
            self.running -= 1
        if "error" in frame.head:
            raise unpack_error(frame.head)
        return frame

    def _too_late(self, asked: Asked) -> KgError:
        if asked.stage in ("waiting", "paused"):
            self.outcomes.busy += 1
            remedy = "ask again when some of the slow queries have ended"
            return Busy("too many queries are running", retry_after=5, remedy=remedy)
        self.outcomes.late += 1
        remedy = "make it cheaper: bind more of its patterns, filter early, or ask for less at a time"
        return DeadlineExceeded(f"the query has not ended within {asked.allowed:g} seconds", remedy=remedy)

    async def _once(self, pool: Pool, asked: Asked) -> Frame:
        """Ask, and ask once more where the worker dies before the query is slow: nobody need notice that."""
        try:
            return await self._attempt(pool, asked)
        except WorkerLost:
            self.outcomes.lost += 1
            if asked.stage != "running":
                raise
            return await self._attempt(pool, asked)

    async def _attempt(self, pool: Pool, asked: Asked) -> Frame:
        worker: Worker | None = None
        await self.turns.wait(asked.client)
        try:
            try:
                worker = await pool.take(network=asked.network)
                asked.stage = "running"
                reply = worker.ask(asked.message)
                await asyncio.wait((reply,), timeout=SLOW)
            finally:
                self.turns.done()
            frame = reply.result() if reply.done() else await self._slowly(worker, reply, asked)
        except WorkerLost:
            await self._explain(pool, worker)
            raise
        except BaseException:
            if worker is not None:
                pool.discard(worker)
            raise
        pool.give_back(worker)
        return frame

    async def _explain(self, pool: Pool, worker: Worker | None) -> None:
        """Raise LimitExceeded where the worker died of its memory, as the way it ended tells."""
        if worker is None:
            return
        pool.discard(worker)
        if await pool.how_it_ended(worker.pid) in ENDED_BY_MEMORY:
            self.outcomes.memory += 1
            raise LimitExceeded(OUT_OF_MEMORY, remedy=LESS_MEMORY)

    async def _slowly(self, worker: Worker, reply: asyncio.Future[Frame], asked: Asked) -> Frame:
        """The reply of a slow query; all the time that it might take is charged at once, and given back at the end."""
        self.shares.check(asked.client)
        self.outcomes.slow += 1
        worker.slow_down()
        whole = asked.deadline - asyncio.get_running_loop().time()
        self.shares.charge(asked.client, whole)
        taken = 0.0
        try:
            await self._slow_turn(worker, asked)
            began = time.monotonic()
            try:
                return await reply
            finally:
                self.slow.done()
                taken = time.monotonic() - began
        finally:
            self.shares.charge(asked.client, taken - whole)

    async def _slow_turn(self, worker: Worker, asked: Asked) -> None:
        """Wait, paused, until fewer slow queries are running."""
        asked.stage = "slow" if self.slow.free else "paused"
        if asked.stage == "paused":
            self.outcomes.paused += 1
            worker.pause()
        try:
            await self.slow.wait(asked.client)
        except Busy:
            remedy = "ask again when some of the slow queries have ended"
            raise Busy("too many slow queries are running", retry_after=5, remedy=remedy) from None
        if asked.stage == "paused":
            asked.stage = "slow"
            worker.resume()
