"""Asks an engine of others over HTTP, by the SPARQL 1.1 Protocol, so that its answers are those of our own engine.

Nothing is left to the engine's habits: every query names its dataset (the graph `…/graph/merged` is the default one, as
many engines have none of their own or make a bag of all graphs), its text has passed our engine's parser and
`kg.abroad`, and after each answer the engine must still hold the release that is served.
"""

from __future__ import annotations

import base64
import http.client
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from kg import abroad, query, tokens
from kg.errors import DeadlineExceeded, EngineDown, EngineFailed, KgError, RequestError
from kg.formats import GraphFormat
from kg.namespaces import FIXED_PREFIXES
from kg.query import UNLIMITED, Answer, Plan, too_large

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from kg.query import Limits

RECORD = FIXED_PREFIXES["dct"] + "identifier"
ROWS, TRIPLES = "application/sparql-results+xml", "application/n-triples"
YES_OR_NO = "__ASK_RETVAL"  # what Virtuoso calls the one column of an ASK, which has no row where the answer is no
CONNECTING = 2.0  # seconds
GRACE = 1.0  # what an engine returns when its own time is up may be half an answer: by then we do not listen any more
WORDY = 8  # times the largest answer: the engine's XML is longer than what is made of it
STALE = 0.5  # seconds after which a process that did not reach the engine leaves the question to another
LONGEST_MESSAGE = 300


@dataclass
class Reply:
    """What an engine has answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Remote:
    """One connection to an engine, made before the process gives the network up; it is never made anew."""

    address: str
    release: str
    merged: str
    graphs: dict[str, int]
    user: str = ""
    password: str = field(default="", repr=False)
    connection: http.client.HTTPConnection | None = None
    server: str | None = None
    opened: float = 0.0

    def open(self) -> None:
        """Connect, if the engine is there."""
        self.opened = time.monotonic()
        self.connection = connected(self.address, CONNECTING)
        if self.connection is not None:
            self.connection.sock.settimeout(None)

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()

    def link(self) -> socket.socket | None:
        """The connection's socket."""
        return self.connection.sock if self.connection is not None else None

    def lost(self) -> bool:
        """Whether another process might fare better: this one has no connection, and did not try just now."""
        return self.link() is None and time.monotonic() - self.opened > STALE

    def evaluate(self, plan: Plan, prefixes: Mapping[str, str], limits: Limits, seconds: float) -> Answer:
        """The answer, given only if the engine holds our release before and after."""
        without = Plan(plan.query, plan.format, base=plan.base)
        query.evaluate(ox.Store(), without, prefixes, limits)  # our engine alone judges syntax
        abroad.check(plan.query, prefixes)
        if self.server is None:
            self.hold()
        try:
            if plan.default_graphs or plan.named_graphs:
                return query.evaluate(self._fetched(plan), plan, prefixes, limits)
            return self._answer(plan, prefixes, limits, seconds)
        finally:
            self.hold()

    def _answer(self, plan: Plan, prefixes: Mapping[str, str], limits: Limits, seconds: float) -> Answer:
        accept = TRIPLES if isinstance(plan.format, GraphFormat) else ROWS
        if self._is_virtuoso():
            form = tokens.read(plan.query, prefixes, plan.base).form
            abroad.check_virtuoso(plan.query, prefixes, self.graphs, form)
        first = abroad.head(plan.query, prefixes, plan.base)
        named = tuple(self.graphs.keys() - {self.merged}) if abroad.names_graphs(plan.query) else ()
        longest = min(limits.size * WORDY, UNLIMITED.size)
        parts = abroad.construct(plan.query) if self._is_virtuoso() else None
        if parts is not None:  # of a CONSTRUCT it does not even say in a header that it has cut it off
            reply = self._ask(first + parts.select, ROWS, (self.merged,), named, seconds, longest)
            rows = _read(reply.body, ROWS)
            assert isinstance(rows, ox.QuerySolutions)
            made = Plan(parts.of(rows), plan.format, base=plan.base)
            _refuse_part(reply, made.query.count("\n"))
            return query.evaluate(ox.Store(), made, prefixes, limits)
        reply = self._ask(first + plan.query, accept, (self.merged,), named, seconds, longest)
        answer = query.write(_read(reply.body, accept), plan.format, dict(prefixes), limits)
        _refuse_part(reply, answer.rows)
        return answer

    def _fetched(self, plan: Plan) -> ox.Store:
        """The graphs of a dataset, brought here: how engines understand FROM differs, how ours does is known."""
        found = ox.Store()
        for iri in dict.fromkeys((*plan.default_graphs, *plan.named_graphs)):
            if iri in self.graphs:
                graph = ox.NamedNode(iri)
                found.add_graph(graph)
                reply = self._ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", TRIPLES, (iri,))
                found.extend(_quads(reply.body, graph))
                if len(list(found.quads_for_pattern(None, None, None, graph))) != self.graphs[iri]:
                    raise failed(f"the engine behind this endpoint does not give the graph <{iri}> in full")
        return found

    def hold(self) -> None:
        """Raise EngineDown unless the engine says that it holds our release."""
        reply = self._ask(f"SELECT ?id {{ ?dataset <{RECORD}> ?id }}", ROWS, (record_of(self.merged),))
        held = _ids(reply.body)
        self.server = reply.headers.get("Server", "")
        if held != {self.release}:
            has = ", ".join(sorted(held)) or "-"
            remedy = f"`kg push` loads release {self.release} into it"
            raise EngineDown(f"the engine behind this endpoint holds another release, or none: {has}", remedy=remedy)

    def _ask(
        self,
        text: str,
        accept: str,
        default: tuple[str, ...],
        named: tuple[str, ...] = (),
        seconds: float = 0.0,
        longest: int = UNLIMITED.size,
    ) -> Reply:
        """A reply with status 200; raises what any other means."""
        asked: list[tuple[str, str]] = []
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded", **self._authorization()}
        if self._is_virtuoso():  # as parameters they would all come back in one header, which may not be so long
            defines = [f"define input:default-graph-uri <{iri}> " for iri in default]
            text = "".join(defines + [f"define input:named-graph-uri <{iri}> " for iri in named]) + text
        else:
            asked += [("default-graph-uri", iri) for iri in default] + [("named-graph-uri", iri) for iri in named]
        if seconds:
            asked += [("timeout", str(int((seconds + GRACE) * 1000)))] if self._is_virtuoso() else []
            headers["Timeout"] = f"{seconds + GRACE:g}"
        reply = self._send(urlencode([("query", text), *asked]).encode(), headers, longest)
        if reply.status != 200:
            raise _error(reply)
        return reply

    def _is_virtuoso(self) -> bool:
        return "virtuoso" in (self.server or "").lower()

    def _authorization(self) -> dict[str, str]:
        return basic(self.user, self.password)

    def _send(self, body: bytes, headers: dict[str, str], longest: int) -> Reply:
        if self.link() is None or self.connection is None:
            raise down()
        parts = urlsplit(self.address)
        path = parts.path or "/"
        try:
            self.connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, headers)
            answer = self.connection.getresponse()
            received = answer.read(longest + 1) if longest < UNLIMITED.size else answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise down() from None
        if len(received) > longest:
            self.connection.close()
            raise too_large(f"the answer has more than {longest} bytes")
        return Reply(answer.status, answer.headers, received)


def connected(address: str, patience: float) -> http.client.HTTPConnection | None:
    """A connection to the host of an address, None where nobody listens."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=patience)
    try:
        connection.connect()
    except OSError:
        return None
    return connection


def basic(user: str, password: str) -> dict[str, str]:
    """The header that says who asks, where that is set."""
    told = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {told}"} if user else {}


def record_of(merged: str) -> str:
    """The graph in which an engine keeps the id of the release that it holds."""
    return merged.removesuffix("merged") + "release"


def down() -> EngineDown:
    """The error for an engine that cannot be reached, or hangs up."""
    return EngineDown("the engine behind this endpoint cannot be reached", remedy="ask again in a moment")


def failed(message: str) -> EngineFailed:
    """The error for an engine that answers, but not as it should."""
    remedy = "ask something simpler; if it stays so, tell who runs this endpoint"
    return EngineFailed(message, remedy=remedy)


def _error(reply: Reply) -> KgError:
    """What a status other than 200 means for who asks; of the engine's own words only what it says of a query."""
    if reply.status in (502, 503, 504) and b"timed out" not in reply.body.lower():
        return down()
    if reply.status in (503, 504):
        return DeadlineExceeded("the engine behind this endpoint took too long", remedy="make the query cheaper")
    if reply.status != 400:
        return failed(f"the engine behind this endpoint answers {reply.status}")
    said = " ".join(reply.body.decode("utf-8", "replace").partition("SPARQL query:")[0].split())[:LONGEST_MESSAGE]
    remedy = "the query is SPARQL 1.1, yet this engine does not take it: write it another way"
    return RequestError(f"the engine behind this endpoint does not understand the query: {said}", remedy=remedy)


def _read(body: bytes, accept: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    if accept == TRIPLES:
        kept = ox.Store()
        kept.extend(_quads(body, ox.DefaultGraph()))
        found = kept.query("CONSTRUCT WHERE { ?s ?p ?o }")
        assert isinstance(found, ox.QueryTriples)
        return found
    try:
        read = ox.parse_query_results(body, format=ox.QueryResultsFormat.XML)
        if isinstance(read, ox.QuerySolutions) and [variable.value for variable in read.variables] == [YES_OR_NO]:
            return _truth(next(read, None) is not None)
    except (SyntaxError, ValueError):
        raise failed("the answer of the engine behind this endpoint cannot be read") from None
    return read


def _ids(body: bytes) -> set[str]:
    """Apart, as no traceback may hold the engine's rows: only the thread that has read them may forget them."""
    rows = _read(body, ROWS)
    found = [row["id"] for row in rows] if isinstance(rows, ox.QuerySolutions) else []
    return {term.value for term in found if isinstance(term, ox.Literal)}


def _truth(value: bool) -> ox.QueryBoolean:
    found = ox.Store().query("ASK {}" if value else "ASK { FILTER(false) }")
    assert isinstance(found, ox.QueryBoolean)
    return found


def _quads(body: bytes, graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    try:
        read = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        return [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in read]
    except (SyntaxError, ValueError):
        raise failed("the answer of the engine behind this endpoint cannot be read") from None


def _refuse_part(reply: Reply, rows: int) -> None:
    """An answer that an engine has cut off says so in its headers alone, if at all."""
    most = reply.headers.get("X-SPARQL-MaxRows", "")
    if most.isdigit() and rows >= int(most):
        raise too_large(f"the engine behind this endpoint gives at most {most} rows")
    if reply.headers.get("X-SQL-State"):
        raise failed("the engine behind this endpoint gives only a part of the answer")
