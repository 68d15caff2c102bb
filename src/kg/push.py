"""Loads a release into an engine of others (SPARQL 1.1 Graph Store Protocol), and makes sure that all of it is there.

The engine's record of what it holds is taken away first and written last: in between, a server says so and answers
nothing from it. A password goes into a header, and into nothing that is printed.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import pyoxigraph as ox

from kg.errors import NotFound, SettingError
from kg.holding import counts
from kg.remote import RECORD, ROWS, basic, record_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.release import Release

PATIENCE = 600.0  # seconds for one graph
VIRTUOSO = "sparql-graph-crud-auth"


@dataclass
class Target:
    """An engine: where it is asked, where its graphs are put, and who does so."""

    asked: str
    graphs: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        if self.user:
            for address in filter(None, (self.asked, self.graphs)):
                passwords.add_password(None, _root(address), self.user, self.password)
        self.digest = _Digest(passwords)
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), self.digest)
        self.wants_basic = False

    def ask(self, text: str) -> ox.QuerySolutions:
        """The rows of a query."""
        body = urlencode({"query": text}).encode()
        form = {"Accept": ROWS, "Content-Type": "application/x-www-form-urlencoded"}
        found = ox.parse_query_results(self._send(self.asked, "POST", body, form), format=ox.QueryResultsFormat.XML)
        assert isinstance(found, ox.QuerySolutions)
        return found

    def put(self, graph: str, triples: bytes) -> None:
        """Put a graph in place of what has its name."""
        self._send(f"{self._store()}?graph={quote(graph, safe='')}", "PUT", triples, {"Content-Type": "text/turtle"})

    def drop(self, graph: str) -> None:
        """Take a graph away, if it is there."""
        try:
            self._send(f"{self._store()}?graph={quote(graph, safe='')}", "DELETE", None, {})
        except NotFound:
            return

    def _store(self) -> str:
        """Where graphs are put: as told; else where Virtuoso and Fuseki have it, each beside its query address."""
        if not self.graphs:
            beside = {"sparql": VIRTUOSO if self._is_virtuoso() else "data", "query": "data"}
            parts = urlsplit(self.asked)
            path, _, last = parts.path.rpartition("/")
            self.graphs = urlunsplit((parts.scheme, parts.netloc, f"{path}/{beside.get(last, last)}", "", ""))
        return self.graphs

    def _is_virtuoso(self) -> bool:
        try:
            with self.opener.open(f"{self.asked}?query=ASK%7B%7D", timeout=PATIENCE) as answer:
                return "virtuoso" in str(answer.headers.get("Server", "")).lower()
        except OSError:
            return False

    def _authorization(self, request: urllib.request.Request) -> dict[str, str]:
        """Who asks, as the engine wants it: it hangs up on a large graph that comes without."""
        if self.digest.challenge is not None:
            return {"Authorization": f"Digest {self.digest.get_authorization(request, self.digest.challenge)}"}
        return basic(self.user, self.password) if self.wants_basic else {}

    def _send(self, address: str, method: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        if not address.startswith(("http://", "https://")):
            raise SettingError(f"{address} is no http address", remedy="name the engine's address for queries")
        request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310  checked above
        for name, value in self._authorization(request).items():
            request.add_unredirected_header(name, value)
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            error.close()
            told = str(error.headers.get("WWW-Authenticate", "")).lower()
            if error.code == 401 and told.startswith("basic") and self.user and not self.wants_basic:
                self.wants_basic = True
                return self._send(address, method, body, headers)
            if error.code == 404 and method == "DELETE":
                raise NotFound("there is no such graph") from None
            remedy = "name who may load it with KG_STORE_USER and KG_STORE_PASSWORD, and where with --graph-store"
            raise SettingError(f"{method} {_bare(address)} answers {error.code}", remedy=remedy) from None
        except (OSError, ValueError) as error:  # a ValueError is what the digest of a second refusal ends in
            reason = getattr(error, "reason", None) or type(error).__name__
            raise SettingError(f"{_bare(address)} cannot be reached: {reason}", remedy="start the engine") from None


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Remembers what it was last challenged with."""

    challenge: Mapping[str, str] | None = None

    def get_authorization(self, req: urllib.request.Request, chal: Mapping[str, str]) -> str | None:
        """The answer to a challenge."""
        self.challenge = chal
        return super().get_authorization(req, chal)


def push(release: Release, target: Target) -> dict[str, int]:
    """Load the release, verify it graph by graph, record its id; raises SettingError for the first thing amiss."""
    merged = release.graph.city.graph("merged").value
    wanted, record = counts(release.graph), record_of(merged)
    target.drop(record)
    for graph in wanted:
        node = ox.DefaultGraph() if graph == merged else ox.NamedNode(graph)
        target.put(graph, release.graph.engine.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=node) or b"")
    for graph in _held(target, release.graph.city.dataset) - wanted.keys():
        target.drop(graph)
    found = {graph: _count(target, graph) for graph in wanted}
    wrong = [f"<{graph}> has {found[graph]} of {wanted[graph]}" for graph in wanted if found[graph] != wanted[graph]]
    if wrong:
        remedy = "free its limits and look at its log; until all is there, no server of ours answers from it"
        raise SettingError(f"the engine does not hold all triples: {wrong[0]}, {len(wrong)} graphs", remedy=remedy)
    target.put(record, f'<{release.graph.city.dataset}> <{RECORD}> "{release.id}" .\n'.encode())
    return wanted


def _held(target: Target, dataset: str) -> set[str]:
    """The graphs of ours that the engine has, from this release or an earlier one."""
    # Virtuoso takes a minute over SELECT DISTINCT ?g, and a hundredth of a second over this
    rows = target.ask("SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    return {row["g"].value for row in rows if _ours(row, dataset)}


def _ours(row: ox.QuerySolution, dataset: str) -> bool:
    graph = row["g"]
    return isinstance(graph, ox.NamedNode) and graph.value.startswith(dataset + "/")


def _count(target: Target, graph: str) -> int:
    row = next(iter(target.ask(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")))
    value = row["n"]
    return int(value.value) if isinstance(value, ox.Literal) else 0


def _root(address: str) -> str:
    return urlunsplit((*urlsplit(address)[:2], "/", "", ""))


def _bare(address: str) -> str:
    return urlunsplit((*urlsplit(address)[:3], "", ""))
