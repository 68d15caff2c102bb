"""The whole site as one ASGI application: the endpoint, the pages, the operator's port; start, reload and end.

Owns which release is served. Each request is answered from the release that was served when it came.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from kg.confine import give_memory_back
from kg.errors import KgError, ReloadFailed
from kg.holding import hold, make_sure
from kg.reload import load_aside
from kg.web.admission import Admission
from kg.web.answers import FixedHeaders, on_error
from kg.web.clients import blurred, client_of
from kg.web.earlier import PARAMETER, Earlier
from kg.web.endpoint import Endpoint, headers_of
from kg.web.log import AccessLog
from kg.web.metrics import Metrics
from kg.web.operation import Operation
from kg.web.serving import Serving, serve

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Message, Receive, Scope, Send

    from kg.release import Release
    from kg.settings import Settings
    from kg.workers import Nursery

ENDPOINT = ("/sparql", "/sparql/")
UNFORESEEN = "an unforeseen error"


@dataclass
class Reload:
    """How the last reload went."""

    outcome: str = "none"
    reason: str = ""
    when: str = ""


@dataclass
class Site:
    """What is served on all ports."""

    app: FastAPI
    release: Release
    settings: Settings
    nursery: Nursery | None = None
    operations_port: int | None = None
    last_reload: Reload = field(default_factory=Reload)

    def __post_init__(self) -> None:
        self.admission = Admission(self.settings)
        self.endpoint = Endpoint(self.settings, self.admission)
        self.metrics = Metrics()
        self.operation = Operation(self)
        self.proxies = self.settings.proxies
        self.peers: Counter[str] = Counter()
        self.log: AccessLog | None = None
        self.serving: Serving | None = None
        self.earlier: Earlier | None = None
        self._reloading: asyncio.Lock | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            server = scope.get("server")
            if self.operations_port is not None and server and server[1] == self.operations_port:
                await self.operation(scope, receive, send)
            else:
                await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        noted: dict[str, Any] = {}
        scope.setdefault("state", {})["noted"] = noted
        scope["app"] = self.app
        status, size = 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        is_query = scope["path"] in ENDPOINT
        try:
            if is_query:
                await self._query(scope, receive, counted)
            else:
                await self.app(scope, receive, counted)
        except asyncio.CancelledError:
            noted["outcome"] = "gone"
            raise
        finally:
            self._note(scope, noted, status, size, time.perf_counter() - began)

    async def _query(self, scope: Scope, receive: Receive, send: Send) -> None:
        serving = self.serving
        assert serving is not None
        try:
            if PARAMETER in scope["query_string"] and self.earlier is not None:
                serving = await self.earlier.chosen(serving, scope["query_string"])
            with serving.in_use():
                await self.endpoint(serving, scope, receive, send)
        except KgError as error:
            scope["state"]["noted"]["outcome"] = type(error).__name__
            await FixedHeaders(on_error(Request(scope), error))(scope, receive, send)
        except Exception as error:
            logging.getLogger("kg").exception(UNFORESEEN)
            scope["state"]["noted"]["outcome"] = "unforeseen"
            await FixedHeaders(on_error(Request(scope), error))(scope, receive, send)

    def _note(self, scope: Scope, noted: dict[str, Any], status: int, size: int, seconds: float) -> None:
        kind = "sparql" if scope["path"] in ENDPOINT else "page"
        outcome = noted.setdefault("outcome", "ok" if 200 <= status < 400 else "error")
        self.metrics.count(kind, status, outcome, seconds, size)
        if "cache" in noted:
            self.metrics.caches[noted["cache"]] += 1
        if self.log is not None and self.log.wanted:
            client = noted.pop("client", None) or client_of(scope, headers_of(scope), self.proxies)
            line = {"client": blurred(client), "method": scope["method"], "status": status, "bytes": size}
            path = {} if kind == "sparql" else {"path": scope["path"]}
            self.log.note({"kind": kind, **path, **line, "ms": round(seconds * 1000, 2), **noted})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.start()
                except KgError as error:
                    await send({"type": "lifespan.startup.failed", "message": error.message})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def start(self) -> None:
        """Begin to serve the release."""
        self.log = AccessLog(self.settings.access_log)
        self._reloading = asyncio.Lock()
        self.earlier = Earlier(self.app.state.shelf, self.settings, lambda old: self._later(_retire(old)))
        self.serving = serve(self.release, self.settings, self.nursery)
        await self.serving.start()
        if threading.current_thread() is threading.main_thread():
            with suppress(NotImplementedError, AttributeError):  # where there are no such signals
                asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.reload_soon)

    async def stop(self) -> None:
        """End all processes, and write the rest of the log."""
        for task in list(self._tasks):
            task.cancel()
        if self.serving is not None:
            await self.serving.stop()
        if self.earlier is not None:
            await self.earlier.stop()
        if self.log is not None:
            await asyncio.to_thread(self.log.close)

    def reload_soon(self) -> None:
        """Reload without anybody waiting for how it goes."""
        self._later(self.reload())

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def reload(self) -> Reload:
        """Load aside, check, swap; where that fails the old release stays. Tells how it went."""
        assert self._reloading is not None
        async with self._reloading:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            try:
                swapped = await self._swap()
            except KgError as error:
                self.last_reload = Reload("failed", f"{error.message}\n{error.remedy}".strip(), now)
                logging.getLogger("kg").error("the release stays as it is: %s", error.message)
            else:
                self.last_reload = Reload("swapped" if swapped else "unchanged", "", now)
            self.metrics.reloads[self.last_reload.outcome] += 1
            return self.last_reload

    async def _swap(self) -> bool:
        old = self.serving
        assert old is not None
        try:
            release = await asyncio.to_thread(load_aside, old.release.folders, old.release.id)
        except OSError as error:
            raise ReloadFailed(f"no process could be started: {error.strerror}") from None
        if release is None:
            return False
        await asyncio.to_thread(make_sure, release, self.settings)
        release = await asyncio.to_thread(hold, release, self.settings)
        new = await asyncio.to_thread(serve, release, self.settings)
        await new.start()
        await new.pool.ready()
        self.serving = new
        self.release = self.app.state.release = release
        self._later(_retire(old))
        return True


async def _retire(old: Serving) -> None:
    """End a release and free its memory, of whose size the collector knows nothing."""
    await old.retire()
    del old
    gc.collect()
    give_memory_back()
