"""What a release holds, counted once: for `release.json`, the catalogue, VoID and the first page alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.namespaces import CR, FIXED_PREFIXES
from kg.store import TYPE, triples
from kg.terms import LANGUAGES, Terms

if TYPE_CHECKING:
    from kg.store import Graph

EXACT = ox.NamedNode(FIXED_PREFIXES["skos"] + "exactMatch")
HAPPENED = ("Agreement", "Conferral", "Event", "Mission", "Visit")


def count(graph: Graph) -> dict[str, Any]:
    """Quads, triples, things by class, statements by document, uses of properties, links, and the time they span."""
    terms = Terms(graph)
    default = [quad.triple for quad in graph.engine.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    root = graph.city.dataset + "/"
    ours = {
        triple.subject
        for triple in default
        if triple.predicate == TYPE
        and isinstance(triple.subject, ox.NamedNode)
        and triple.subject.value.startswith(root)
    }
    properties = Counter(triple.predicate.value for triple in default)
    classes = Counter(str(triple.object)[1:-1] for triple in default if triple.predicate == TYPE)
    return {
        "quads": len(graph.engine),
        "triples": len(default),
        "things": len(ours),
        "subjects": len({triple.subject for triple in default}),
        "objects": len({triple.object for triple in default}),
        "documents": _by_document(terms),
        "used_classes": dict(sorted(classes.items())),
        "used_properties": dict(sorted(properties.items())),
        "links": _links(graph),
        **overview(terms),
    }


def overview(terms: Terms) -> dict[str, Any]:
    """Things by class, and the time they span."""
    return {"classes": _by_class(terms), "span": _span(terms)}


def _by_class(terms: Terms) -> dict[str, dict[str, Any]]:
    return {
        name: {"count": len(members), **{language: terms.name(CR + name, language) for language in LANGUAGES}}
        for name, members in sorted(terms.members.items())
    }


def _by_document(terms: Terms) -> dict[str, dict[str, int]]:
    root = terms.graph.city.dataset + "/source/"
    counted = {iri.removeprefix(root): {"passages": 0, "statements": 0} for iri in terms.members.get("Document", [])}
    for name in terms.graph.engine.named_graphs():
        if isinstance(name, ox.NamedNode) and name.value.startswith(root):
            document = counted.get(name.value.removeprefix(root).partition("/")[0])
            if document is not None:
                document["passages"] += 1
                document["statements"] += sum(1 for _ in terms.graph.engine.quads_for_pattern(None, None, None, name))
    return dict(sorted(counted.items()))


def _links(graph: Graph) -> dict[str, int]:
    """How many links there are into each other data set, by its address."""
    sites = Counter(
        "{0.scheme}://{0.netloc}/".format(urlsplit(value.value))
        for _, _, value in triples(graph.engine, None, EXACT, graph=ox.DefaultGraph())
    )
    return dict(sorted(sites.items()))


def _span(terms: Terms) -> dict[str, str]:
    """The first and the last day of what happened."""
    happened = [thing for name in HAPPENED for thing in terms.members.get(name, [])]
    first = sorted(value.value for thing in happened for value in terms.of(thing, CR + "earliest"))
    last = sorted(value.value for thing in happened for value in terms.of(thing, CR + "latest"))
    return {"start": first[0], "end": last[-1]} if first and last else {}
