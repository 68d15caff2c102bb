"""What can be written in a query: prefixes, classes, properties and the things themselves, each with its names.

Read from the ontology and from what the data use; a term of others has no names of ours, but it can be completed too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from kg.namespaces import CR, FIXED_PREFIXES, short
from kg.store import TYPE, triples
from kg.web import facts, words

if TYPE_CHECKING:
    from kg.store import Graph

OWL = FIXED_PREFIXES["owl"]
CLASS = OWL + "Class"
PROPERTIES = {OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}


def vocabulary(graph: Graph) -> dict[str, Any]:
    """The prefixes; classes and properties, those most used first; the things that have a prefixed name."""
    return {
        "prefixes": graph.city.prefixes,
        "classes": _counted(graph, "SELECT ?t (COUNT(*) AS ?n) { ?s a ?t } GROUP BY ?t", {CLASS}),
        "properties": _counted(graph, "SELECT ?t (COUNT(*) AS ?n) { ?s ?t ?o } GROUP BY ?t", PROPERTIES),
        "things": _things(graph),
    }


def _counted(graph: Graph, query: str, kinds: set[str]) -> list[dict[str, Any]]:
    """The terms that the data use, and those of our ontology that they could use."""
    found = {row["t"].value: int(row["n"].value) for row in cast("Any", graph.engine.query(query))}
    for kind in kinds:
        for node, _, _ in triples(graph.engine, None, TYPE, ox.NamedNode(kind), ox.DefaultGraph()):
            found.setdefault(node.value, 0)
    order = sorted(found, key=lambda iri: (-found[iri], iri))
    return [{**_named(graph, iri), "definition": _definition(graph, iri), "count": found[iri]} for iri in order]


def _named(graph: Graph, iri: str) -> dict[str, Any]:
    return {"name": short(iri, graph.city.prefixes), "iri": iri, "label": _by_language(graph, iri, facts.NAMES)}


def _definition(graph: Graph, iri: str) -> dict[str, str]:
    return _by_language(graph, iri, facts.DEFINITIONS) if iri.startswith(CR) else {}


def _by_language(graph: Graph, iri: str, predicates: tuple[ox.NamedNode, ...]) -> dict[str, str]:
    texts = facts.texts(graph, ox.NamedNode(iri), predicates)
    return {text.language: text.value for text in reversed(texts) if text.language in words.LANGUAGES}


def _things(graph: Graph) -> list[dict[str, Any]]:
    """Concepts, and whatever has a block of its own in the data."""
    concept = triples(graph.engine, None, TYPE, ox.NamedNode(FIXED_PREFIXES["skos"] + "Concept"), ox.DefaultGraph())
    entities = triples(graph.engine, None, TYPE, None, graph.city.graph("entities"))
    found = {node.value for triples_of in (concept, entities) for node, _, _ in triples_of}
    named = [_named(graph, iri) for iri in sorted(found)]
    return [{"name": thing["name"], "label": thing["label"]} for thing in named if not thing["name"].startswith("<")]
