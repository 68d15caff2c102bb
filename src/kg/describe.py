"""What the endpoint says about itself: SPARQL 1.1 Service Description, all of it computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.formats import GRAPHS, RESULTS
from kg.namespaces import FIXED_PREFIXES
from kg.query import write_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.formats import GraphFormat
    from kg.store import Graph

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
RDF_TYPE = ox.NamedNode(FIXED_PREFIXES["rdf"] + "type")
INTEGER = ox.NamedNode(FIXED_PREFIXES["xsd"] + "integer")


def sd(name: str) -> ox.NamedNode:
    """A term of the service description vocabulary."""
    return ox.NamedNode(SD + name)


def count_triples(graph: Graph) -> int:
    """How many triples the default graph has."""
    return sum(1 for _ in graph.engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def service(graph: Graph, endpoint: str, size: int, form: GraphFormat) -> bytes:
    """The description of the endpoint at an address, whose default graph has so many triples."""
    prefixes = {**graph.city.prefixes, "sd": SD, "void": VOID}
    return write_graph(set(_service(graph, ox.NamedNode(endpoint), size)), form, prefixes)


def _service(graph: Graph, endpoint: ox.NamedNode, size: int) -> Iterator[ox.Triple]:
    dataset, merged = ox.NamedNode(graph.city.dataset), graph.city.graph("merged")
    yield ox.Triple(endpoint, RDF_TYPE, sd("Service"))
    yield ox.Triple(endpoint, sd("endpoint"), endpoint)
    yield ox.Triple(endpoint, sd("supportedLanguage"), sd("SPARQL11Query"))
    for form in (*RESULTS, *GRAPHS):
        if form.iri:
            yield ox.Triple(endpoint, sd("resultFormat"), ox.NamedNode(form.iri))
    yield ox.Triple(endpoint, sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, RDF_TYPE, sd("Dataset"))
    yield ox.Triple(dataset, sd("defaultGraph"), merged)
    yield ox.Triple(merged, RDF_TYPE, sd("Graph"))
    yield ox.Triple(merged, ox.NamedNode(VOID + "triples"), ox.Literal(str(size), datatype=INTEGER))
