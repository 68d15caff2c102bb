"""The SPARQL endpoint as a bare ASGI application, without the routing that the pages need: the warm path is short.

Owns the order of things: what is asked, whether the client has it already, whether it is kept, and only then a worker.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg import describe, protocol, query, tokens, wire
from kg.errors import AddressTooLong, KgError, LimitExceeded, SlowRequest
from kg.formats import GRAPHS, HTML, TURTLE, Format, GraphFormat, choose
from kg.web import coding, editor
from kg.web.answers import HEADERS, PREFLIGHT, FixedHeaders, language_of, on_error
from kg.web.cache import Kept, Known, key_of, matches
from kg.web.clients import base_of, client_of, household
from kg.workers import base_of as base_of_city

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from starlette.types import Receive, Scope, Send

    from kg.protocol import SparqlRequest
    from kg.query import Plan
    from kg.settings import Settings
    from kg.web.admission import Admission
    from kg.web.serving import Serving

METHODS = "GET, HEAD, POST, OPTIONS"
LONGEST_FORM = 4  # times the longest query: every byte may be escaped, and there are other fields
READ_ANYWAY = 1 << 20  # bytes of a refused body that are read: a proxy that is still writing would hear a reset
SHORT = 4096  # characters; a longer query is not even read in this process
AT_ONCE = 1 << 16  # bytes that are encoded without leaving the event loop
PIECE = 1 << 18  # bytes of an answer that are sent at a time, each of which has to move on in time
KEEP = "public, max-age=0, must-revalidate"
T = TypeVar("T")
RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


@dataclass
class Reply:
    """What is sent: status, headers beyond those that every answer has, bytes."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""


@dataclass
class Call:
    """One request on its way, and what the log will say of it."""

    scope: Scope
    receive: Receive
    headers: dict[str, str]
    client: str
    noted: dict[str, Any] = field(default_factory=dict)


class Endpoint:
    """Answers what is sent to /sparql."""

    def __init__(self, settings: Settings, admission: Admission) -> None:
        self.settings = settings
        self.admission = admission
        self.proxies = settings.proxies
        self.services = settings.allowed_services

    async def __call__(self, serving: Serving, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from a release."""
        headers = headers_of(scope)
        noted: dict[str, Any] = scope["state"]["noted"]
        client = client_of(scope, headers, self.proxies)
        noted["client"] = client
        call = Call(scope, receive, headers, household(client), noted)
        try:
            reply = self._warm(serving, call) or await self._answer(serving, call)
        except (KgError, HTTPException) as error:
            noted["outcome"] = type(error).__name__
            await FixedHeaders(on_error(Request(scope), error))(scope, receive, send)
            return
        if isinstance(reply, Response):
            await FixedHeaders(reply)(scope, receive, send)
        elif reply is not None:
            await transmit(reply, send)
        else:
            noted["outcome"] = "gone"

    def _warm(self, serving: Serving, call: Call) -> Reply | None:
        """The answer that is kept, found by the address alone."""
        if call.scope["method"] not in ("GET", "HEAD"):
            return None
        accept, encoding = call.headers.get("accept"), call.headers.get("accept-encoding")
        known = serving.cache.known(call.scope["query_string"], accept, encoding)
        kept = serving.cache.get(known.key) if known else None
        if known is None or kept is None or known.coding not in kept.bodies:
            return None
        etag = serving.cache.etag(known.key, known.coding)
        call.noted |= {"query": known.digest, "cache": "hit", "rows": kept.rows}
        if matches(call.headers.get("if-none-match"), (etag,)):
            return self._not_modified(call, etag)
        return _whole(kept, known.coding, etag)

    async def _answer(self, serving: Serving, call: Call) -> Reply | Response | None:
        method = call.scope["method"]
        if method == "OPTIONS":
            allowed = {"Allow": METHODS, "Access-Control-Allow-Methods": METHODS}
            return Response(status_code=204, headers=allowed | PREFLIGHT)
        if method not in ("GET", "HEAD", "POST"):
            raise HTTPException(405, headers={"Allow": METHODS, "Connection": "close"})
        longest = self.settings.max_url_bytes
        if len(call.scope["query_string"]) > longest:
            message = f"the query string has {len(call.scope['query_string'])} bytes"
            raise AddressTooLong(message, remedy="send it by POST, which takes more")
        body = await self._body(call) if method == "POST" else b""
        if body is None:
            return None
        asked = protocol.read(
            method, call.scope["query_string"], call.headers, body, longest=self.settings.max_query_bytes
        )
        if asked.query is None:
            return await asyncio.to_thread(self._introduce, serving, call, asked.format)
        call.noted["query"] = digest(asked.query)
        return await self._ask(serving, call, asked)

    async def _body(self, call: Call) -> bytes | None:
        """The body, unless it is too long or too slow; None where the client goes before it is complete."""
        longest = LONGEST_FORM * self.settings.max_query_bytes
        too_long = LimitExceeded(f"the body has more than {longest} bytes", remedy="send a shorter query")
        said = call.headers.get("content-length", "0")
        if said.isascii() and said.isdigit() and (len(said) > 18 or int(said) > max(longest, READ_ANYWAY)):
            raise too_long
        body, size = bytearray(), 0
        try:
            async with asyncio.timeout(self.settings.request_seconds):
                while True:
                    message = await call.receive()
                    if message["type"] == "http.disconnect":
                        return None
                    piece = message.get("body", b"")
                    size += len(piece)
                    body += piece if size <= longest else b""
                    if size > max(longest, READ_ANYWAY) or (size > longest and not message.get("more_body")):
                        raise too_long
                    if not message.get("more_body"):
                        return bytes(body)
        except TimeoutError:
            text = f"the body did not arrive within {self.settings.request_seconds:g} seconds"
            raise SlowRequest(text, remedy="send the whole body at once") from None

    def _introduce(self, serving: Serving, call: Call, name: str | None) -> Response:
        """Without a query: the editor for people, the description of the service for programs."""
        request = Request(call.scope)
        offered: tuple[Format, ...] = (*GRAPHS, HTML)
        form = choose(name, call.headers.get("accept"), offered, TURTLE)
        address = base_of(call.scope, call.headers, self.settings.base_url, self.proxies)
        if isinstance(form, GraphFormat):
            text = describe.service(serving.release.graph, f"{address}/sparql", serving.triples, form)
            return Response(text, headers={"Content-Type": form.content_type})
        language = language_of(request)
        page = editor.page(serving.release, language, address=address)
        return Response(page, headers={"Content-Type": form.content_type, "Content-Language": language})

    async def _ask(self, serving: Serving, call: Call, asked: SparqlRequest) -> Reply | None:
        """The answer to a query; None where the client goes before there is one."""
        city = serving.release.graph.city
        assert asked.query is not None
        if len(asked.query) <= SHORT:
            plan = query.prepare(asked, city.prefixes, self.services, base_of_city(city))
        else:
            message = {"request": wire.pack_request(asked)}
            frame = await self._unless_gone(call, self.admission.ask(serving.pool, message, call.client, asked.seconds))
            if frame is None:
                return None
            plan = wire.unpack_plan(frame.head["plan"])
        lasting = not plan.services and not tokens.is_volatile(plan.query)
        key, wanted = key_of(plan), coding.negotiate(call.headers.get("accept-encoding"))
        if lasting:
            etags = (serving.cache.etag(key, wanted), serving.cache.etag(key))
            named = matches(call.headers.get("if-none-match"), etags)
            if named:
                return self._not_modified(call, named)
        kept = serving.cache.get(key) if lasting else None
        call.noted["cache"] = "hit" if kept else "miss" if lasting else "never"
        if kept is None:
            evaluation = self._evaluate(serving, call, plan, asked.seconds)
            found = await self._unless_gone(call, evaluation)
            if found is None:
                return None
            kept, stays = found
            lasting = lasting and stays
            if lasting:
                serving.cache.put(key, kept)
        call.noted["rows"] = kept.rows
        used = await self._encoded(kept, wanted)
        if not lasting:
            return _whole(kept, used, None)
        serving.cache.add(key, used, kept.bodies[used])
        if call.scope["method"] != "POST":
            known = Known(key, used, call.noted["query"])
            address = call.scope["query_string"]
            accept, encoding = call.headers.get("accept"), call.headers.get("accept-encoding")
            serving.cache.remember(address, accept, encoding, known)
        return _whole(kept, used, serving.cache.etag(key, used))

    async def _evaluate(self, serving: Serving, call: Call, plan: Plan, seconds: float | None) -> tuple[Kept, bool]:
        message = {"plan": wire.pack_plan(plan)}
        network = bool(plan.services)
        frame = await self.admission.ask(serving.pool, message, call.client, seconds, network=network)
        kept = Kept(plan.format.content_type, frame.head["rows"], {coding.IDENTITY: frame.body})
        return kept, bool(frame.head["lasting"])

    async def _encoded(self, kept: Kept, wanted: str) -> str:
        """See to it that the answer is there in the coding wanted, if that is worth while; the coding it is in."""
        plain = kept.bodies[coding.IDENTITY]
        if wanted == coding.IDENTITY or len(plain) < coding.SMALLEST:
            return coding.IDENTITY
        if wanted not in kept.bodies:
            if len(plain) <= AT_ONCE:
                kept.bodies = {**kept.bodies, wanted: coding.encode(plain, wanted)}
            else:
                kept.bodies = {**kept.bodies, wanted: await asyncio.to_thread(coding.encode, plain, wanted)}
        return wanted

    async def _unless_gone(self, call: Call, work: Coroutine[Any, Any, T]) -> T | None:
        """The result of some work; None, and the work is cancelled, as soon as the client has gone."""
        task = asyncio.ensure_future(work)
        gone = asyncio.ensure_future(_gone(call))
        try:
            await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            return None
        finally:
            gone.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))

    def _not_modified(self, call: Call, etag: str) -> Reply:
        call.noted["outcome"] = "not-modified"
        return Reply(304, [(b"etag", etag.encode()), (b"cache-control", KEEP.encode()), *RAW_HEADERS])


async def _gone(call: Call) -> None:
    while (await call.receive())["type"] != "http.disconnect":
        pass


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by name; several of one name are one list (RFC 9110 §5.3)."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def digest(text: str) -> str:
    """What the log says of a query: the same for the same query, and nothing of what it asks."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _whole(kept: Kept, used: str, etag: str | None) -> Reply:
    body = kept.bodies[used]
    headers = [
        (b"content-type", kept.content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", (KEEP if etag else "no-store").encode()),
        *RAW_HEADERS,
    ]
    if etag:
        headers.append((b"etag", etag.encode()))
    if used != coding.IDENTITY:
        headers.append((b"content-encoding", used.encode()))
    return Reply(200, headers, body)


async def transmit(reply: Reply, send: Send) -> None:
    """Send a reply in pieces, so that a client that does not take them is noticed."""
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    body = reply.body
    for start in range(0, max(len(body), 1), PIECE):
        more = start + PIECE < len(body)
        await send({"type": "http.response.body", "body": body[start : start + PIECE], "more_body": more})
