"""The pages about the service itself: about, how to cite, accessibility, data quality, for software."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from starlette.routing import BaseRoute, Route

from kg.errors import NotFound
from kg.namespaces import FIXED_PREFIXES
from kg.store import triples
from kg.web import citations, facts, openapi, visit
from kg.web.words import LANGUAGES, read_number, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from kg.web.reading import Reading
    from kg.web.view import Page, Shown

DCT, DCAT = FIXED_PREFIXES["dct"], FIXED_PREFIXES["dcat"]
EMAIL = "http://www.w3.org/2006/vcard/ns#hasEmail"
INFERRED = "-inferred"
DATED = ("about", "cite", "quality")


def routes() -> list[BaseRoute]:
    """The routes, a page each in each language."""
    return [
        Route(f"/{language}/{name}", partial(page, name=name, language=language))
        for language in LANGUAGES
        for name in PAGES
    ]


def page(request: Request, name: str, language: str) -> Response:
    """One of these pages."""
    shown, reading = visit.begin(request, language, name, word(name, language))
    values = reading.once((name, language), lambda: PAGES[name](shown, reading))
    if name in DATED:
        values = values | release(reading, request)
    return visit.html(request, shown.render(f"{name}.html", **values), language)


def about(page: Page, reading: Reading) -> dict[str, Any]:
    """What the dataset says of itself, and its documents."""
    documents = [page.named(ox.NamedNode(iri)) for iri in reading.terms.members.get("Document", [])]
    return {"documents": documents, **dataset(page)}


def dataset(page: Page) -> dict[str, Any]:
    """Description, licence, publisher and contact."""
    node = ox.NamedNode(page.graph.city.dataset)
    contacts = _objects(page, node, DCAT + "contactPoint")
    return {
        "iri": node.value,
        "description": [text.text for text in _spoken(page, facts.texts(page.graph, node, facts.DEFINITIONS[2:]))],
        "licences": [page.term(value) for value in _objects(page, node, DCT + "license")],
        "publishers": [page.term(value) for value in _objects(page, node, DCT + "publisher")],
        "contacts": [page.term(value) for value in contacts],
        "emails": [page.term(email) for value in contacts for email in _objects(page, value, EMAIL)],
    }


def _spoken(page: Page, found: list[ox.Literal]) -> list[Shown]:
    shown = [page.term(text) for text in found]
    return [text for text in shown if text.lang is None] or shown


def _objects(page: Page, node: ox.NamedNode, predicate: str) -> list[ox.NamedNode]:
    found = triples(page.graph.engine, node, ox.NamedNode(predicate), graph=ox.DefaultGraph())
    return [value for _, _, value in found if isinstance(value, ox.NamedNode)]


def release(reading: Reading, request: Request) -> dict[str, str]:
    """The id of the release, and its day where it has been recorded."""
    try:
        day = str(request.app.state.shelf.announced(reading.release)["date"])
    except NotFound:
        day = ""
    return {"release": reading.release.id, "day": day}


def cite(page: Page, reading: Reading) -> dict[str, Any]:
    """The citation as a text and as BibTeX."""
    return {**dataset(page)}


def accessibility(page: Page, reading: Reading) -> dict[str, Any]:
    """Nothing of the graph; the text says it all."""
    return {}


def quality(page: Page, reading: Reading) -> dict[str, Any]:
    """How much is read, what is inferred, where sources disagree."""
    documents = [
        (page.named(ox.NamedNode(iri)), whole(page, reading, iri)) for iri in reading.terms.members.get("Document", [])
    ]
    names = [node.value for node in page.graph.engine.named_graphs() if isinstance(node, ox.NamedNode)]
    inferred = [name for name in names if name.endswith(INFERRED) and facts.is_passage(page.graph, ox.NamedNode(name))]
    concluded = sum(
        1 for name in inferred for _ in page.graph.engine.quads_for_pattern(None, None, None, ox.NamedNode(name))
    )
    records = reading.terms.members.get("Discrepancy", [])
    conflicts = Counter(kind for record in records for kind in reading.values(record, "conflict"))
    held = reading.counts
    return {
        "documents": documents,
        "evidence": (_read(page, held["statements"] - concluded), _read(page, held["statements"]), len(inferred)),
        "records": len(records),
        "settled": sum(1 for record in records if reading.values(record, "preferred")),
        "conflicts": [(page.term(kind), number) for kind, number in conflicts.most_common()],
    }


def _read(page: Page, number: int) -> str:
    return read_number(str(number), page.language)


def whole(page: Page, reading: Reading, document: str) -> citations.Part:
    """A document as one part."""
    found = citations.parts(page, reading, document)
    return citations.Part(
        page.named(ox.NamedNode(document)),
        min(part.first for part in found),
        max(part.last for part in found),
        *(sum(getattr(part, name) for part in found) for name in ("passages", "statements", "read", "empty")),
    )


def api(page: Page, reading: Reading) -> dict[str, Any]:
    """The addresses for programs."""
    return {"paths": openapi.listed(page.language)}


PAGES: dict[str, Callable[[Page, Reading], dict[str, Any]]] = {
    "about": about,
    "cite": cite,
    "accessibility": accessibility,
    "quality": quality,
    "api": api,
}
