"""The RDF behind the pages: of a thing, of a graph, of the ontology, of the shapes.

Writing is `kg.query.write_graph`'s, so that the same triples give the same bytes wherever they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.formats import TURTLE
from kg.namespaces import CR, ROOT
from kg.query import write_graph
from kg.store import parse_file
from kg.web.facts import LABEL, MERGED, is_graph

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.formats import GraphFormat
    from kg.settings import Folders
    from kg.store import Graph

ONTOLOGY = ROOT + "ontology"


def of_node(graph: Graph, node: ox.NamedNode, form: GraphFormat) -> bytes:
    """A thing: the triples around it and the labels of its neighbours. A graph: what it says and what is said of it."""
    if is_graph(graph, node):
        own = graph.engine.quads_for_pattern(None, None, None, node)
        about = graph.engine.quads_for_pattern(node, None, None, MERGED)
        return _write([*own, *about], form, graph.city.prefixes)
    around = [
        *graph.engine.quads_for_pattern(node, None, None, MERGED),
        *graph.engine.quads_for_pattern(None, None, node, MERGED),
    ]
    return _write([*around, *_labels(graph, around)], form, graph.city.prefixes)


def _labels(graph: Graph, quads: Iterable[ox.Quad]) -> Iterable[ox.Quad]:
    neighbours = {term for quad in quads for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
    for neighbour in neighbours:
        yield from graph.engine.quads_for_pattern(neighbour, LABEL, None, MERGED)


def of_ontology(graph: Graph, form: GraphFormat) -> bytes:
    """The ontology: its header and every term."""
    query = f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(STR(?s) = '{ONTOLOGY}' || STRSTARTS(STR(?s), '{CR}')) }}"
    rows = graph.engine.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    quads = [quad for row in rows for quad in graph.engine.quads_for_pattern(row["s"], None, None, MERGED)]
    return _write(quads, form, graph.city.prefixes)


def read_shapes(folders: Folders) -> list[ox.Quad]:
    """The shapes of all files; their blank nodes are named by the content, so that they are the same each time."""
    shapes = ox.Dataset(quad for file in _shape_files(folders) for quad in parse_file(file))
    shapes.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return list(shapes)


def _shape_files(folders: Folders) -> list[Path]:
    return sorted(folders.shapes.glob("*.ttl"))


def of_shapes(graph: Graph, folders: Folders, form: GraphFormat) -> bytes:
    """The shapes as one document; in Turtle the files as they are, with their comments."""
    if form is TURTLE:
        return b"\n".join(file.read_bytes() for file in _shape_files(folders))
    return _write(read_shapes(folders), form, graph.city.prefixes)


def _write(quads: Iterable[ox.Quad], form: GraphFormat, prefixes: dict[str, str]) -> bytes:
    if form.engine.supports_datasets:
        return write_graph(quads, form, prefixes)
    return write_graph((quad.triple for quad in quads), form, prefixes)
