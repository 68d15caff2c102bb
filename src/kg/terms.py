"""What the terms of a graph are called and what is said of them, read once: for tables, map and differences.

Reads the default graph; which passages say a thing it reads from the graphs of the passages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.namespaces import CR, FIXED_PREFIXES, short
from kg.store import TYPE, triples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store import Graph, Value

LANGUAGES = ("en", "it")
NAMES = tuple(
    FIXED_PREFIXES[prefix] + name for prefix, name in (("rdfs", "label"), ("skos", "prefLabel"), ("dct", "title"))
)


def local_name(iri: str) -> str:
    """What follows the last `/` or `#`."""
    return re.split(r"[/#]", iri)[-1]


def kebab(name: str) -> str:
    """`consular-post` for `ConsularPost`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def natural(text: str) -> list[tuple[int, str]]:
    """A sort key that puts L96 before L344."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]


class Terms:
    """Names, members and values of the default graph, and the passages of each thing."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.values: dict[tuple[str, str], list[Value]] = {}
        self.members: dict[str, list[str]] = {}
        for subject, predicate, value in triples(graph.engine, None, None, graph=ox.DefaultGraph()):
            self.values.setdefault((subject.value, predicate.value), []).append(value)
            if predicate == TYPE and isinstance(value, ox.NamedNode) and value.value.startswith(str(CR)):
                self.members.setdefault(value.value.removeprefix(str(CR)), []).append(subject.value)
        for found in self.values.values():
            found.sort(key=str)
        for things in self.members.values():
            things.sort(key=natural)
        self.passages = self._passages()

    def _passages(self) -> dict[str, list[str]]:
        """The passages that say something of a thing, in the order of documents and lines."""
        root = f"{self.graph.city.dataset}/source/"
        found: dict[str, set[str]] = {}
        for quad in self.graph.engine:
            name, subject = quad.graph_name, quad.subject
            if isinstance(name, ox.NamedNode) and isinstance(subject, ox.NamedNode) and name.value.startswith(root):
                found.setdefault(subject.value, set()).add(name.value)
        return {thing: sorted(names, key=natural) for thing, names in found.items()}

    def of(self, thing: str, predicate: str) -> list[Value]:
        """The values of a property, given by its IRI."""
        return self.values.get((thing, predicate), [])

    def name(self, thing: str, language: str) -> str:
        """What a thing is called in a language, else in the other one, else its IRI in short."""
        for predicate in NAMES:
            found = [value for value in self.of(thing, predicate) if isinstance(value, ox.Literal)]
            if found:
                return min(found, key=lambda text: (text.language != language, text.language or "", text.value)).value
        return short(thing, self.graph.city.prefixes).strip("<>")

    def text(self, value: Value, language: str) -> str:
        """A value as people read it: the name of a thing, or what a literal says."""
        return self.name(value.value, language) if isinstance(value, ox.NamedNode) else value.value

    def texts(self, values: Iterable[Value], language: str) -> list[str]:
        """Several values; of a text in several languages only the one in this language, if there is one."""
        found = list(values)
        spoken = {value.language for value in found if isinstance(value, ox.Literal)}
        if language in spoken:
            found = [value for value in found if isinstance(value, ox.NamedNode) or value.language in (None, language)]
        return list(dict.fromkeys(self.text(value, language) for value in found))

    def cited(self, thing: str) -> list[str]:
        """The passages of a thing as `annual-report-2024 L432-L436`."""
        root = f"{self.graph.city.dataset}/source/"
        return [name.removeprefix(root).replace("/", " ") for name in self.passages.get(thing, [])]
