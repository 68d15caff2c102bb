"""Answers one read-only query: refuses what this endpoint never does, selects the dataset, lets the engine evaluate.

In two steps, which need not be in one process: `prepare` reads what is asked and needs no graph, `evaluate` has the
graph. Leaves the reading of requests to `kg.protocol`, the choice of formats to `kg.formats`, and syntax to the engine.
"""

from __future__ import annotations

import io
import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, cast

import pyoxigraph as ox

from kg import tokens
from kg.errors import KgError, LimitExceeded, NotAcceptable, QueryRefused, RequestError, ServiceFailed
from kg.formats import GRAPHS, RESULTS, Format, GraphFormat, ResultFormat, choose, count_rows
from kg.syntax import syntax_error

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from typing_extensions import Buffer as ReadableBuffer

    from kg.protocol import SparqlRequest
    from kg.store import Graph

    Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
    Statements = Iterable[ox.Triple] | Iterable[ox.Quad]

LIST_GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }"
JOIN_YOURSELF = "ask the other endpoint yourself and join the results; if it is part of a name, put a `.` before `{`"
SHALLOW = 2000  # characters; no text so short nests deep enough to fill an ordinary stack
STACK_PER_BYTE = 8192  # twice what the hungriest construct took: nested groups, 4 kB of stack per byte of query
LARGEST_STACK = 1 << 30
_stack_lock = threading.Lock()


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, the format they are in, and how many rows or triples they hold (an ASK: one).

    `lasting` is whether the same query will give the same bytes again; new blank nodes have other names each time.
    """

    format: Format
    body: bytes
    rows: int = 1
    lasting: bool = True


@dataclass(frozen=True)
class Plan:
    """A query that may be evaluated: its dataset is named, its format chosen, nothing in it is refused."""

    query: str
    format: Format
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    base: str = ""


@dataclass(frozen=True)
class Limits:
    """How large an answer may be; more is an error, never cut off."""

    rows: int = 1 << 62
    size: int = 1 << 62


UNLIMITED = Limits()


class Selection(TypedDict, total=False):
    """The dataset a query sees, in the engine's own words; empty: the whole of it."""

    default_graph: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
    named_graphs: list[ox.NamedNode | ox.BlankNode]


def run(graph: Graph, request: SparqlRequest) -> Answer:
    """The answer to a request; raises QueryRefused, QuerySyntaxError, NotAcceptable or RequestError."""
    return evaluate(graph.engine, prepare(request, graph.city.prefixes), graph.city.prefixes)


def prepare(request: SparqlRequest, prefixes: Mapping[str, str], allowed: Collection[str] = (), base: str = "") -> Plan:
    """What is to be done; `allowed` are the endpoints that SERVICE may ask, `base` is what relative IRIs begin from.

    Raises as `run`, but for syntax.
    """
    if request.query is None:
        raise RequestError("the request has no query", remedy="send one as `query`")
    asks = tokens.read(request.query, prefixes, base)
    services = _allowed_services(asks, allowed)
    _refuse(asks)
    offered: tuple[Format, ...] = GRAPHS if asks.form in ("CONSTRUCT", "DESCRIBE") else RESULTS
    form = choose(request.format, request.accept, offered)
    return Plan(request.query, form, *_graphs(request, asks), services, base)


def evaluate(engine: ox.Store, plan: Plan, prefixes: Mapping[str, str], limits: Limits = UNLIMITED) -> Answer:
    """The answer; raises QuerySyntaxError, QueryRefused for an unknown graph, LimitExceeded for too large an answer."""
    chosen, selection = select(engine, plan.default_graphs, plan.named_graphs)
    declared = dict(prefixes)
    return _with_room(plan.query, lambda: _evaluate(chosen, plan, declared, selection, limits))


def _allowed_services(asks: tokens.Asks, allowed: Collection[str]) -> tuple[str, ...]:
    """The endpoints that the query asks, if all of them are allowed; what is unclear or computed never is."""
    known = tuple(dict.fromkeys(service for service in asks.services if service and service in allowed))
    if known and not asks.unclear and all(service in allowed for service in asks.services):
        asks.services = ()
        return known
    return ()


def _refuse(asks: tokens.Asks) -> None:
    if asks.updates:
        remedy = "ask with SELECT, ASK, CONSTRUCT or DESCRIBE; the data changes only by editing its files"
        raise QueryRefused(f"{asks.updates[0]} is refused: this endpoint only answers queries", remedy=remedy)
    if asks.services:
        target = f" <{asks.services[0]}>" if asks.services[0] else ""
        raise QueryRefused(f"SERVICE{target} is refused: this endpoint calls no other", remedy=JOIN_YOURSELF)
    if asks.glued:
        remedy = "write FROM, NAMED and the name of the graph with spaces between them"
        raise QueryRefused(f"{asks.glued} may be a name or FROM with a graph", remedy=remedy)
    if asks.unclear:
        remedy = "put a space after a `<` that means less than, and write the IRI with its scheme or as a prefixed name"
        raise QueryRefused(f"{asks.unclear} may be an IRI or a comparison, and SERVICE is refused", remedy=remedy)


def _graphs(request: SparqlRequest, asks: tokens.Asks) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Default and named graphs; those of the request stand in place of those in the query (SPARQL Protocol §2.1.4)."""
    if request.default_graphs or request.named_graphs:
        return request.default_graphs, request.named_graphs
    return asks.default_graphs, asks.named_graphs


def select(engine: ox.Store, default: Iterable[str], named: Iterable[str]) -> tuple[ox.Store, Selection]:
    """The store to ask and what of it a query sees; several default graphs merge as a set, as RDF has it."""
    defaults = [_known(engine, iri) for iri in dict.fromkeys(default)]
    names: list[ox.NamedNode | ox.BlankNode] = [_known(engine, iri) for iri in dict.fromkeys(named)]
    if not defaults and not names:
        return engine, {}
    if len(defaults) < 2:
        return engine, {"default_graph": list(defaults), "named_graphs": names}
    merged = ox.Store()  # the engine's own union of graphs is a bag: a triple in two of them would count twice
    for node in defaults:
        merged.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in _in_graph(engine, node))
    for name in names:
        merged.extend(_in_graph(engine, name))
    return merged, {"default_graph": [ox.DefaultGraph()], "named_graphs": names}


def _in_graph(engine: ox.Store, graph: ox.NamedNode | ox.BlankNode) -> Iterable[ox.Quad]:
    return engine.quads_for_pattern(None, None, None, graph)


def _known(engine: ox.Store, iri: str) -> ox.NamedNode:
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        node = None
    if node is None or not engine.contains_named_graph(node):
        raise QueryRefused(f"there is no graph <{iri}>", remedy=f"list the graphs with {LIST_GRAPHS}")
    return node


def _with_room(query: str, answer: Callable[[], Answer]) -> Answer:
    """Evaluate with a stack that fits the query: the engine recurses over it, and an overflow would end the process."""
    needed = min(STACK_PER_BYTE * len(query.encode()), LARGEST_STACK)
    if len(query) <= SHALLOW or _main_stack() >= needed:
        return answer()
    with ThreadPoolExecutor(1) as pool:
        with _stack_lock:
            usual = threading.stack_size(needed)
            try:
                answered = pool.submit(answer)
            finally:
                threading.stack_size(usual)
        return answered.result()


def _main_stack() -> int:
    """How far the stack of this thread may grow, as far as it is known: only that of the main thread is."""
    if threading.current_thread() is not threading.main_thread():
        return 0
    limit = resource.getrlimit(resource.RLIMIT_STACK)[0]
    return LARGEST_STACK if limit == resource.RLIM_INFINITY else limit


def _evaluate(engine: ox.Store, plan: Plan, prefixes: dict[str, str], selection: Selection, limits: Limits) -> Answer:
    try:
        return write(
            engine.query(plan.query, base_iri=plan.base or None, prefixes=prefixes, **selection),
            plan.format,
            prefixes,
            limits,
        )
    except SyntaxError as error:
        raise syntax_error(str(error), plan.query, prefixes) from None
    except RuntimeError as error:  # what the engine finds out only while evaluating, as an unknown function
        raise RequestError(
            f"the query cannot be evaluated: {error}", remedy="use the functions of SPARQL 1.1"
        ) from None
    except OSError as error:  # only what would call out can fail so
        raise _call_failed(plan) from error
    except (ValueError, TypeError, OverflowError) as error:
        raise KgError("the query could not be evaluated", remedy="try a simpler query") from error


def _call_failed(plan: Plan) -> KgError:
    if plan.services:
        remedy = "ask that endpoint yourself, or write SERVICE SILENT"
        return ServiceFailed(f"an endpoint that SERVICE asks does not answer: {plan.services[0]}", remedy=remedy)
    return QueryRefused("SERVICE is refused: this endpoint calls no other", remedy=JOIN_YOURSELF)


class _Bounded(io.RawIOBase):
    """Takes the bytes of an answer as long as there are not too many."""

    def __init__(self, limit: int) -> None:
        self.taken = bytearray()
        self.limit = limit

    def write(self, data: ReadableBuffer) -> int:
        """Take some more; raises LimitExceeded, which ends the evaluation."""
        self.taken += data
        if len(self.taken) > self.limit:
            raise too_large(f"the answer has more than {self.limit} bytes")
        return len(memoryview(data))


def too_large(message: str) -> LimitExceeded:
    """The error for an answer past a limit: nothing is cut off, and the client learns what to do."""
    return LimitExceeded(message, remedy="ask for less with LIMIT and OFFSET, or count and group instead of listing")


def write(result: Result, form: Format, prefixes: dict[str, str], limits: Limits) -> Answer:
    """What an engine has found as bytes; raises LimitExceeded where there is too much of it."""
    if isinstance(result, ox.QueryTriples) and isinstance(form, GraphFormat):
        triples = _collected(result, limits)
        try:
            body = write_graph(triples, form, prefixes)
        except OSError:
            offered = tuple(other.media_types[0] for other in GRAPHS if other is not form)
            message = f"the answer cannot be written as {form.label}: it has triples within triples"
            raise NotAcceptable(message, offered=offered, remedy="ask for Turtle or N-Triples") from None
        if len(body) > limits.size:
            raise too_large(f"the answer has more than {limits.size} bytes")
        nameless = any(isinstance(term, ox.BlankNode) for triple in triples for term in triple)
        return Answer(form, body, len(triples), lasting=not nameless)
    if isinstance(result, ox.QueryTriples) or not isinstance(form, ResultFormat):
        raise RequestError("the form of the query is not recognisable", remedy="write spaces around the first word")
    taken = _Bounded(limits.size)
    try:
        result.serialize(taken, format=form.engine)  # type: ignore[arg-type]
    except OSError:  # the engine wraps what a writer raises
        if len(taken.taken) > limits.size:
            raise too_large(f"the answer has more than {limits.size} bytes") from None
        raise
    body = bytes(taken.taken)
    rows = 1 if isinstance(result, ox.QueryBoolean) else count_rows(body, form)
    if rows > limits.rows:
        raise too_large(f"the answer has more than {limits.rows} rows")
    return Answer(form, body, rows)


def _collected(triples: ox.QueryTriples, limits: Limits) -> set[ox.Triple]:
    distinct: set[ox.Triple] = set()
    for triple in triples:
        distinct.add(triple)
        if len(distinct) > limits.rows:
            raise too_large(f"the answer has more than {limits.rows} triples")
    return distinct


def write_graph(triples: Statements, form: GraphFormat, prefixes: Mapping[str, str]) -> bytes:
    """Each triple once, sorted, under the prefixes that it uses: the same triples give the same bytes."""
    distinct = cast("list[ox.Triple]", sorted(set(triples), key=str))
    written = ox.serialize(distinct, format=form.engine, prefixes=_used(distinct, prefixes))
    return cast("bytes", written)


def _used(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    iris: set[str] = set()
    for triple in triples:
        for term in triple:
            node = term.datatype if isinstance(term, ox.Literal) else term
            if isinstance(node, ox.NamedNode):
                iris.add(node.value)
    return {name: start for name, start in prefixes.items() if any(iri.startswith(start) for iri in iris)}
