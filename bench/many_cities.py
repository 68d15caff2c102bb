"""A graph of the real shape with many made-up cities: each has the statements of the real one, under other names.

What a city of its own shares with the others is what it would: ontology, concepts, countries; and its partners, which
are cities of a common world. No name, title or sentence of the real data is kept, only how many there are, how long,
and what leads to what. Dates and figures stay, so that rules and queries meet what they would.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import store
from kg.store import City, Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.settings import Folders

WORLD = "https://example.org/relations/world"
SHARED = ("country", "graph", "contact")
PLAIN = "http://www.w3.org/2001/XMLSchema#string"
SYLLABLES = ("ba", "do", "fe", "gi", "ku", "la", "mo", "ne", "ri", "su", "ta", "vo")


def made_up(text: str, city: int) -> str:
    """Words of nobody's language, as many as the text has, the same for the same text."""
    words = []
    for place, word in enumerate(text.split()):
        number = zlib.crc32(f"{city} {place} {word}".encode())
        words.append("".join(SYLLABLES[(number >> 4 * n) % 12] for n in range(1 + min(len(word), 12) // 2)))
    return " ".join(words).capitalize()


class Names:
    """Where the names of one made-up city lead, given those of the real one."""

    def __init__(self, real: City, home: str, city: int, cities: int) -> None:
        self.base, self.home, self.city, self.cities = real.dataset, home, city, cities

    def node(self, node: ox.NamedNode) -> ox.NamedNode:
        """The made-up city's counterpart of a thing."""
        iri = node.value
        if not iri.startswith(self.base):
            return node
        kind, _, rest = iri[len(self.base) :].lstrip("/").partition("/")
        if kind in SHARED or not rest:
            return ox.NamedNode(f"{WORLD}/{kind}/{rest}".rstrip("/"))
        if kind == "city" and iri != self.home:
            partner = (zlib.crc32(rest.encode()) + 101 * self.city) % max(300, 2 * self.cities)
            return ox.NamedNode(f"{WORLD}/city/p{partner}")
        return ox.NamedNode(f"{WORLD}/{kind}/k{self.city}-{rest}")

    def value(self, value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.Literal:
        """The counterpart of a value; texts become made-up ones of the same length."""
        if isinstance(value, ox.NamedNode):
            return self.node(value)
        assert isinstance(value, ox.Literal)
        if value.language:
            return ox.Literal(made_up(value.value, self.city), language=value.language)
        return ox.Literal(made_up(value.value, self.city)) if value.datatype.value == PLAIN else value

    def quads(self, stated: list[ox.Quad]) -> Iterator[ox.Quad]:
        """The statements as this city has them."""
        for quad in stated:
            graph, subject = quad.graph_name, quad.subject
            assert isinstance(graph, ox.NamedNode)
            assert isinstance(subject, ox.NamedNode)
            yield ox.Quad(self.node(subject), self.node(quad.predicate), self.value(quad.object), self.node(graph))


def many_cities(folders: Folders, cities: int) -> Graph:
    """The graph of so many cities as it is read from files: nothing derived, the default graph still empty."""
    real = store.load(folders)
    ontology = real.city.graph("ontology")
    stated = [quad for quad in real.engine if quad.graph_name != ontology]
    shared = [quad for quad in real.engine if quad.graph_name == ontology]
    home = f"{real.city.dataset}/city/{real.city.dataset.rpartition('/')[2]}"
    engine = ox.Store()
    engine.extend(ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(f"{WORLD}/graph/ontology")) for q in shared)
    for city in range(cities):
        engine.extend(Names(real.city, home, city, cities).quads(stated))
    return Graph(engine, replace(real.city, dataset=WORLD, prefixes=prefixes(real.city)))


def prefixes(real: City) -> dict[str, str]:
    """The prefixes, by which a query about the real city asks about the first of the made-up ones."""

    def moved(iri: str) -> str:
        if not iri.startswith(real.dataset):
            return iri
        kind = iri[len(real.dataset) :].strip("/").partition("/")
        first = "" if kind[0] in SHARED else "k0-"
        return f"{WORLD}/{kind[0]}/{first}{kind[2]}" + ("/" if kind[2] else "")

    return {prefix: moved(iri) for prefix, iri in real.prefixes.items()}
