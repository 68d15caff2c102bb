"""The data dictionary: per class how many there are, which properties they have, and one example with its passage."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.namespaces import CR, FIXED_PREFIXES, short
from kg.passages import read_passage
from kg.store import TYPE, triples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Graph, Triple, Value

RDFS = FIXED_PREFIXES["rdfs"]
SKOS = FIXED_PREFIXES["skos"]
LABEL = ox.NamedNode(RDFS + "label")
DEFINITION = ox.NamedNode(SKOS + "definition")
HEAD = """# Data dictionary

Written by `kg dictionary`, not by hand: every class of the graph, how many things it has, and their properties.
A number counts the things for which a passage, an entity's block or a reference table gives the property; what only a
rule adds is marked *derived*.
"""


def write(graph: Graph) -> str:
    """The dictionary as Markdown, the same for the same release."""
    of_ours = {value for _, _, value in _facts(graph, None, TYPE) if value.value.startswith(str(CR))}
    classes = sorted((value for value in of_ours if isinstance(value, ox.NamedNode)), key=str)
    return HEAD + "".join(part for of_class in classes for part in _section(graph, of_class))


def _facts(
    graph: Graph, subject: ox.NamedNode | None, predicate: ox.NamedNode | None, value: Value | None = None
) -> Iterator[Triple]:
    return triples(graph.engine, subject, predicate, value, ox.DefaultGraph())


def _section(graph: Graph, of_class: ox.NamedNode) -> Iterator[str]:
    things = sorted({node for node, _, _ in _facts(graph, None, TYPE, of_class)}, key=str)
    yield f"\n## {_text(graph, of_class, LABEL)} (`{_short(graph, of_class)}`): {len(things)}\n\n"
    yield f"{_text(graph, of_class, DEFINITION)}\n"
    stated: Counter[ox.NamedNode] = Counter()
    derived: Counter[ox.NamedNode] = Counter()
    example: dict[ox.NamedNode, Triple] = {}
    for thing in things:
        for predicate in {p for _, p, _ in _facts(graph, thing, None)} - {TYPE}:
            triple = min(_facts(graph, thing, predicate), key=str)
            (stated if _sources(graph, triple) else derived)[predicate] += 1
            if predicate not in example or (_passage(graph, triple) and not _passage(graph, example[predicate])):
                example[predicate] = triple
    yield "\n| property | things | example | passage |\n|---|---|---|---|\n"
    for predicate in sorted(example, key=lambda p: (p not in stated, _short(graph, p))):
        count = f"{stated[predicate]}" if predicate in stated else f"{derived[predicate]} derived"
        yield f"| `{_short(graph, predicate)}` | {count} | {_example(graph, example[predicate])} |\n"


def _example(graph: Graph, triple: Triple) -> str:
    subject, _, value = triple
    shown = (
        _short(graph, value) if isinstance(value, ox.NamedNode) else value.value.replace("|", "\\|").replace("\n", " ")
    )
    return f"`{_short(graph, subject)}`: {shown if len(shown) < 90 else shown[:89] + '…'} | {_passage(graph, triple)}"


def _sources(graph: Graph, triple: Triple) -> list[str]:
    """The graphs that state a triple, those of rules left out."""
    quads = graph.engine.quads_for_pattern(*triple, None)
    names = (quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode))
    return sorted(name for name in names if "/graph/derived/" not in name)


def _passage(graph: Graph, triple: Triple) -> str:
    found = next((name for name in _sources(graph, triple) if read_passage(name)), None)
    return short(found, graph.city.prefixes) if found else ""


def _short(graph: Graph, node: ox.NamedNode) -> str:
    return short(node.value, graph.city.prefixes)


def _text(graph: Graph, node: ox.NamedNode, predicate: ox.NamedNode) -> str:
    found = (value for _, _, value in _facts(graph, node, predicate))
    return next((v.value for v in found if isinstance(v, ox.Literal) and v.language == "en"), "")
