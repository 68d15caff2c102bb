"""What stands behind a value, as the editor shows it: passages with document, chapter and lines, and what each states.

Gives plain values with the words of a language; which facts they are is found by `kg.web.provenance`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.passages import INFERRED
from kg.store import cr
from kg.web import facts

if TYPE_CHECKING:
    from kg.web.facts import Fact
    from kg.web.provenance import Support, Term
    from kg.web.view import Page, Shown

MOST_PASSAGES = 30
MOST_FACTS = 12  # of a passage, or of a rule


def as_values(page: Page, value: Term, support: Support) -> dict[str, Any]:
    """The answer of `/editor/passages`."""
    source = page.graph.city.dataset + facts.SOURCE
    by_passage = _by_graph(support.stated, source)
    order = sorted(by_passage, key=lambda iri: _place(page, iri))
    return {
        "value": _linked(page.term(value)),
        "computed": support.computed,
        "passages": [_passage(page, iri, by_passage[iri]) for iri in order[:MOST_PASSAGES]],
        "more": max(len(order) - MOST_PASSAGES, 0) + support.more,
        "rules": [
            _rule(page, iri, found)
            for iri, found in sorted(_by_graph(support.derived, page.graph.city.graph("derived/").value).items())
        ],
        "described": [_statement(page, fact) for fact in support.described[:MOST_FACTS]],
    }


def _by_graph(found: list[Fact], root: str) -> dict[str, list[Fact]]:
    """The facts by each of the graphs below an address that hold them."""
    graphs: dict[str, list[Fact]] = {}
    for fact in found:
        for name in fact.graphs:
            if name.startswith(root):
                graphs.setdefault(name, []).append(fact)
    return graphs


def _passage(page: Page, iri: str, found: list[Fact]) -> dict[str, Any]:
    node = ox.NamedNode(iri)
    return {
        "iri": iri,
        "href": page.href(iri),
        "label": _name(page, node),
        "document": _part(page, node, "document"),
        "chapter": _part(page, node, "chapter"),
        "lines": iri.rpartition("/")[2].removesuffix(INFERRED),
        "first": _number(page, node, "firstLine"),
        "last": _number(page, node, "lastLine"),
        "begins": _text(page, node, "startsWith"),
        "ends": _text(page, node, "endsWith"),
        "inferred": iri.endswith(INFERRED),
        "note": _text(page, node, "note"),
        "states": [_statement(page, fact) for fact in found[:MOST_FACTS]],
        "more": max(len(found) - MOST_FACTS, 0),
    }


def _rule(page: Page, iri: str, found: list[Fact]) -> dict[str, Any]:
    description = facts.texts(page.graph, ox.NamedNode(iri), facts.DEFINITIONS)
    ranked = sorted(description, key=lambda text: text.language != page.language)
    return {
        "name": iri.rpartition("/")[2],
        "href": page.href(iri),
        "description": ranked[0].value if ranked else "",
        "derives": [_statement(page, fact) for fact in found[:MOST_FACTS]],
    }


def _statement(page: Page, fact: Fact) -> dict[str, Any]:
    parts = {
        "subject": page.named(fact.subject),
        "property": page.relation(fact.predicate),
        "value": page.term(fact.object),
    }
    return {**{name: _linked(part) for name, part in parts.items()}, "preferred": fact.merged}


def _linked(shown: Shown) -> dict[str, str | None]:
    return {"text": shown.text, "href": shown.href}


def _name(page: Page, node: ox.NamedNode) -> str:
    found = sorted(facts.texts(page.graph, node, facts.NAMES), key=lambda text: text.language != page.language)
    return found[0].value if found else page.named(node).text


def _objects(page: Page, node: ox.NamedNode, name: str) -> list[Any]:
    return [quad.object for quad in page.graph.engine.quads_for_pattern(node, cr(name), None, facts.MERGED)]


def _part(page: Page, node: ox.NamedNode, name: str) -> dict[str, str | None] | None:
    """The document or chapter that a passage is of."""
    found = _objects(page, node, name)
    return {"text": _name(page, found[0]), "href": page.href(found[0].value)} if found else None


def _text(page: Page, node: ox.NamedNode, name: str) -> str | None:
    found = sorted(_objects(page, node, name), key=lambda text: (text.language != page.language, text.value))
    return found[0].value if found else None


def _number(page: Page, node: ox.NamedNode, name: str) -> int | None:
    found = _objects(page, node, name)
    return int(found[0].value) if found else None


def _place(page: Page, iri: str) -> tuple[str, int, str]:
    """The order of documents and lines."""
    return iri.rpartition("/")[0], _number(page, ox.NamedNode(iri), "firstLine") or 0, iri
