"""Answers one read-only query: refuses what this endpoint never does, selects the dataset, lets the engine evaluate.

Leaves the reading of requests to `kg.protocol`, the choice of formats to `kg.formats`, and syntax to the engine.
"""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, cast

import pyoxigraph as ox

from kg import tokens
from kg.errors import KgError, QueryRefused, QuerySyntaxError, RequestError
from kg.formats import GRAPHS, RESULTS, Format, GraphFormat, ResultFormat, choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.protocol import SparqlRequest
    from kg.store import Graph

    Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
    Statements = Iterable[ox.Triple] | Iterable[ox.Quad]

LIST_GRAPHS = "SELECT ?graph { GRAPH ?graph {} }"
SHALLOW = 2000  # characters; no text so short nests deep enough to fill an ordinary stack
STACK_PER_BYTE = 8192  # twice what the hungriest construct took: nested groups, 4 kB of stack per byte of query
LARGEST_STACK = 1 << 30
MOST_EXPECTED = 12

_ENGINE_ERROR = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_LAST_NAME = re.compile(r"([^\s<>(){}\[\],;|^/\"']*):\S*$")
_stack_lock = threading.Lock()


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer and the format they are in."""

    format: Format
    body: bytes


class Selection(TypedDict, total=False):
    """The dataset a query sees, in the engine's own words; empty: the whole of it."""

    default_graph: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
    named_graphs: list[ox.NamedNode | ox.BlankNode]


def run(graph: Graph, request: SparqlRequest) -> Answer:
    """The answer to a request; raises QueryRefused, QuerySyntaxError, NotAcceptable or RequestError."""
    if request.query is None:
        raise RequestError("the request has no query", remedy="send one as `query`")
    query, prefixes = request.query, graph.city.prefixes
    asks = tokens.read(query, prefixes)
    _refuse(asks)
    engine, selection = select(graph.engine, *_graphs(request, asks))
    offered: tuple[Format, ...] = GRAPHS if asks.form in ("CONSTRUCT", "DESCRIBE") else RESULTS
    form = choose(request.format, request.accept, offered)
    return Answer(form, _with_room(query, lambda: _evaluate(engine, query, prefixes, selection, form)))


def _refuse(asks: tokens.Asks) -> None:
    if asks.updates:
        remedy = "ask with SELECT, ASK, CONSTRUCT or DESCRIBE; the data changes only by editing its files"
        raise QueryRefused(f"{asks.updates[0]} is refused: this endpoint only answers queries", remedy=remedy)
    if asks.services:
        target = f" <{asks.services[0]}>" if asks.services[0] else ""
        remedy = "ask the other endpoint yourself and join the results; if it is part of a name, put a `.` before `{`"
        raise QueryRefused(f"SERVICE{target} is refused: this endpoint calls no other", remedy=remedy)
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


def _with_room(query: str, evaluate: Callable[[], bytes]) -> bytes:
    """Evaluate with a stack that fits the query: the engine recurses over it, and an overflow would end the process."""
    if len(query) <= SHALLOW:
        return evaluate()
    with ThreadPoolExecutor(1) as pool:
        with _stack_lock:
            usual = threading.stack_size(min(STACK_PER_BYTE * len(query.encode()), LARGEST_STACK))
            try:
                answer = pool.submit(evaluate)
            finally:
                threading.stack_size(usual)
        return answer.result()


def _evaluate(engine: ox.Store, query: str, prefixes: dict[str, str], selection: Selection, form: Format) -> bytes:
    try:
        return _write(engine.query(query, prefixes=prefixes, **selection), form, prefixes)
    except SyntaxError as error:
        raise _syntax_error(str(error), query, prefixes) from None
    except RuntimeError as error:  # what the engine finds out only while evaluating, as an unknown function
        raise RequestError(
            f"the query cannot be evaluated: {error}", remedy="use the functions of SPARQL 1.1"
        ) from None
    except (OSError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise KgError("the query could not be evaluated", remedy="try a simpler query") from error


def _write(result: Result, form: Format, prefixes: dict[str, str]) -> bytes:
    if isinstance(result, ox.QueryTriples) and isinstance(form, GraphFormat):
        return write_graph(result, form, prefixes)
    if isinstance(result, ox.QueryTriples) or not isinstance(form, ResultFormat):
        raise RequestError("the form of the query is not recognisable", remedy="write spaces around the first word")
    return cast("bytes", result.serialize(format=form.engine))


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


def _syntax_error(message: str, query: str, prefixes: Mapping[str, str]) -> QuerySyntaxError:
    """The engine's message as ours: the place, and what was expected in words a reader knows."""
    found = _ENGINE_ERROR.match(message)
    line, column, rest = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, "")
    if "Prefix not found" in rest:
        return _unknown_prefix(query, line, column, prefixes)
    if "IRI parsing failed" in rest:
        remedy = "write the IRI in full, or declare a BASE for relative ones"
        return QuerySyntaxError("an IRI is not valid or not absolute", line=line, column=column, remedy=remedy)
    expected = [_plain(item) for item in re.split(r",\s+", rest) if item[:1].isupper() or item[:1] == '"']
    shown = ", ".join(expected[:MOST_EXPECTED]) + (" …" if len(expected) > MOST_EXPECTED else "")
    text = "the query is not SPARQL 1.1 here" + (f"; expected: {shown}" if shown else "")
    return QuerySyntaxError(text, line=line, column=column, remedy="look at the line and column, and just before")


def _plain(item: str) -> str:
    return item[1:-1].replace('\\"', '"').replace("\\\\", "\\") if item.startswith('"') else item


def _unknown_prefix(query: str, line: int, column: int, prefixes: Mapping[str, str]) -> QuerySyntaxError:
    lines = query.split("\n")
    name = _LAST_NAME.search(lines[line - 1][: column - 1]) if line <= len(lines) else None
    text = f"the prefix {name[1] + ':'!r} is not declared" if name else "a prefix is not declared"
    remedy = f"declare it with PREFIX; these need no declaration: {', '.join(sorted(prefixes))}"
    return QuerySyntaxError(text, line=line, column=column, remedy=remedy)
