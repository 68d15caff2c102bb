"""By which names the entities and concepts of a graph are mentioned in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.mentions import fold
from kg.store import TYPE, cr, triples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Graph, Triple

NAME_PROPERTIES = (
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#altLabel",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
)


class Names:
    """The names of entities and concepts; a name that fits two things of a kind counts for neither."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.engine = graph.engine
        self.root = graph.city.dataset + "/"
        self.names: dict[str, set[str]] = {}
        for predicate in NAME_PROPERTIES:
            for node, _, name in self._triples(None, ox.NamedNode(predicate)):
                self.names.setdefault(node.value, set()).add(name.value)
        owners: dict[tuple[str, str], set[str]] = {}
        for iri, names in self.names.items():
            for own in names:
                owners.setdefault((iri.rpartition("/")[0], fold(own)), set()).add(iri)
        self.shared = {key for key, iris in owners.items() if len(iris) > 1}
        self.nameless = {node for node, _, _ in self._triples(None, cr("nameless"))}

    def _triples(self, subject: ox.NamedNode | None, predicate: ox.NamedNode) -> Iterator[Triple]:
        return triples(self.engine, subject, predicate, graph=ox.DefaultGraph())

    def is_nameless(self, iri: str) -> bool:
        """Whether a thing may be told by its facts alone, as an event that the lines place but do not name."""
        return any(of_class in self.nameless for _, _, of_class in self._triples(ox.NamedNode(iri), TYPE))

    def of(self, iri: str) -> set[str]:
        """All names that count for a thing; an edition is also called by its series' names."""
        kind = iri.rpartition("/")[0]
        own = {name for name in self.names.get(iri, ()) if (kind, fold(name)) not in self.shared}
        for _, _, series in self._triples(ox.NamedNode(iri), cr("inSeries")):
            own |= self.names.get(series.value, set())
        return own

    def segment(self, iri: str) -> str:
        """The kind of thing an IRI of the dataset names, or empty."""
        return iri.removeprefix(self.root).split("/")[0] if iri.startswith(self.root) else ""

    def one(self, subject: str, name: str) -> str | None:
        """One object of a property in the default graph."""
        return next((value.value for _, _, value in self._triples(ox.NamedNode(subject), cr(name))), None)
