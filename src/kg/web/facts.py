"""Reads the graph for a page: what is said of a thing, by which graphs, who mentions it, and what it is called.

Gives plain values; how they look is for `kg.web.pages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from kg.namespaces import CR, FIXED_PREFIXES, ROOT, parent, short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store import Graph

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

RDFS, SKOS, DCT = FIXED_PREFIXES["rdfs"], FIXED_PREFIXES["skos"], FIXED_PREFIXES["dct"]
TYPE = ox.NamedNode(FIXED_PREFIXES["rdf"] + "type")
LABEL = ox.NamedNode(RDFS + "label")
NAMES = (LABEL, ox.NamedNode(SKOS + "prefLabel"), ox.NamedNode(DCT + "title"))
ALSO = ox.NamedNode(SKOS + "altLabel")
DEFINITIONS = (ox.NamedNode(SKOS + "definition"), ox.NamedNode(RDFS + "comment"), ox.NamedNode(DCT + "description"))
MERGED = ox.DefaultGraph()
SOURCE = "/source/"


@dataclass(frozen=True)
class Fact:
    """A triple, the graphs that hold it, and whether it stands in the default graph (a reading set aside does not)."""

    subject: Node
    predicate: ox.NamedNode
    object: Term
    graphs: tuple[str, ...]
    merged: bool


def candidates(path: str, dataset: str) -> tuple[str, ...]:
    """The IRIs that a path of the server may stand for."""
    return tuple(dict.fromkeys((parent(dataset) + path, ROOT + path)))


def find(graph: Graph, path: str) -> ox.NamedNode | None:
    """The thing or graph that a path stands for, if anything is known of it."""
    for iri in candidates(path, graph.city.dataset):
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            continue
        if is_graph(graph, node) or _any(graph, node):
            return node
    return None


def _any(graph: Graph, node: ox.NamedNode) -> bool:
    patterns = ((node, None, None), (None, None, node), (None, node, None))
    return any(next(iter(graph.engine.quads_for_pattern(*pattern)), None) is not None for pattern in patterns)


def is_graph(graph: Graph, node: ox.NamedNode) -> bool:
    """Whether the node names a graph: a passage, or one of the others."""
    return graph.engine.contains_named_graph(node)


def is_passage(graph: Graph, node: ox.NamedNode) -> bool:
    """Whether the node names a passage of a document."""
    return node.value.startswith(graph.city.dataset + SOURCE) and is_graph(graph, node)


def gather(quads: Iterable[ox.Quad]) -> list[Fact]:
    """One fact a triple, out of all the graphs that hold it."""
    found: dict[ox.Triple, set[str]] = {}
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        found.setdefault(quad.triple, set()).add(name)
    return [
        Fact(cast("Node", triple.subject), triple.predicate, triple.object, tuple(sorted(names - {""})), "" in names)
        for triple, names in found.items()
    ]


def outgoing(graph: Graph, node: ox.NamedNode) -> list[Fact]:
    """What is said of a thing."""
    return gather(graph.engine.quads_for_pattern(node, None, None))


def values(graph: Graph, node: ox.NamedNode, name: str) -> list[Fact]:
    """What a property of ours says of a thing."""
    return gather(graph.engine.quads_for_pattern(node, ox.NamedNode(CR + name), None))


def graphs_of(graph: Graph, subject: str, predicate: str, value: str) -> tuple[str, ...]:
    """The graphs that say that one thing stands in a relation to another."""
    triple = (ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value))
    return next((fact.graphs for fact in gather(graph.engine.quads_for_pattern(*triple))), ())


def stated(graph: Graph, name: ox.NamedNode) -> dict[Node, list[Fact]]:
    """What a graph says, by subject in the order of their IRIs."""
    found: dict[Node, list[Fact]] = {}
    for triple in (quad.triple for quad in graph.engine.quads_for_pattern(None, None, None, name)):
        merged = ox.Quad(triple.subject, triple.predicate, triple.object, MERGED) in graph.engine
        fact = Fact(cast("Node", triple.subject), triple.predicate, triple.object, (name.value,), merged)
        found.setdefault(fact.subject, []).append(fact)
    return dict(sorted(found.items(), key=lambda item: str(item[0])))


def texts(graph: Graph, node: Term, predicates: Iterable[ox.NamedNode]) -> list[ox.Literal]:
    """The literals that the first of the predicates to have any gives, in the order of language and text."""
    if isinstance(node, ox.NamedNode | ox.BlankNode):
        for predicate in predicates:
            quads = graph.engine.quads_for_pattern(node, predicate, None, MERGED)
            found = [quad.object for quad in quads if isinstance(quad.object, ox.Literal)]
            if found:
                return sorted(found, key=lambda literal: (literal.language or "", literal.value))
    return []


def name(graph: Graph, node: ox.NamedNode | ox.BlankNode, language: str) -> ox.Literal:
    """What a thing is called, in the language if possible; a passage by document and lines, the nameless by its IRI."""
    if isinstance(node, ox.NamedNode) and is_passage(graph, node):
        return ox.Literal(node.value.removeprefix(graph.city.dataset + SOURCE).replace("/", ", "))
    found = texts(graph, node, NAMES)
    ranked = sorted(found, key=lambda literal: (literal.language != language, literal.language != "en"))
    return ranked[0] if ranked else ox.Literal(short(node.value, graph.city.prefixes).strip("<>"))


def counts(graph: Graph) -> dict[str, int]:
    """How many things, passages and statements there are."""
    named = graph.engine.named_graphs()
    passages = [node for node in named if isinstance(node, ox.NamedNode) and is_passage(graph, node)]
    statements = sum(1 for node in passages for _ in graph.engine.quads_for_pattern(None, None, None, node))
    query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a ?c FILTER(STRSTARTS(STR(?s), '{graph.city.dataset}/')) }}"
    things = next(iter(cast("ox.QuerySolutions", graph.engine.query(query))))["n"]
    return {"things": int(cast("ox.Literal", things).value), "passages": len(passages), "statements": statements}


def classes(graph: Graph) -> dict[ox.NamedNode, int]:
    """The classes of the ontology that have members, with the number of these."""
    query = f"SELECT ?c (COUNT(*) AS ?n) {{ ?s a ?c FILTER(STRSTARTS(STR(?c), '{CR}')) }} GROUP BY ?c ORDER BY ?c"
    rows = cast("ox.QuerySolutions", graph.engine.query(query))
    return {cast("ox.NamedNode", row["c"]): int(cast("ox.Literal", row["n"]).value) for row in rows}


def members(graph: Graph, class_: ox.NamedNode) -> list[ox.NamedNode]:
    """The things of a class."""
    quads = graph.engine.quads_for_pattern(None, TYPE, class_, MERGED)
    return [quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)]


def terms(graph: Graph) -> dict[ox.NamedNode, list[Fact]]:
    """The terms of the ontology with what is said of them, in the order of their names."""
    query = f"SELECT DISTINCT ?t {{ ?t a ?c FILTER(STRSTARTS(STR(?t), '{CR}')) }} ORDER BY LCASE(STR(?t))"
    rows = cast("ox.QuerySolutions", graph.engine.query(query))
    nodes = [cast("ox.NamedNode", row["t"]) for row in rows]
    return {node: outgoing(graph, node) for node in nodes}
