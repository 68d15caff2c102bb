"""Search: the page, the same for programs as JSON and as suggestions while typing, and its OpenSearch description."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pyoxigraph as ox
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.formats import HTML, PLAIN_JSON, choose
from kg.namespaces import CR, local_path
from kg.search import Hit, searcher
from kg.web import visit
from kg.web.answers import accept_of, language_of
from kg.web.entity import when
from kg.web.plurals import plural
from kg.web.words import LANGUAGES, word

if TYPE_CHECKING:
    from starlette.requests import Request

    from kg.search import Searcher
    from kg.web.reading import Reading
    from kg.web.view import Page, Shown

HIDDEN = ("Discrepancy", "Figure", "Passage")
SUGGESTED = 8
MOST = 100
SUGGESTIONS = "application/x-suggestions+json"


@dataclass(frozen=True)
class Found:
    """A result as a page shows it: the thing, when it was, and the other name by which it was found."""

    thing: Shown
    when: str
    by: str


def routes() -> list[BaseRoute]:
    """The routes of search."""
    in_languages = [
        route
        for language in LANGUAGES
        for route in (
            Route(f"/{language}/search", partial(page, language=language)),
            Route(f"/{language}/opensearch.xml", partial(description, language=language)),
        )
    ]
    return [*in_languages, Route("/search", search), Route("/search/suggestions", suggestions)]


def searcher_of(reading: Reading) -> Searcher:
    """The index of a release, made when it is first asked."""
    found: Searcher | None = reading.release.kept.get("searcher")
    if found is None:
        kinds = {**reading.classes, **dict.fromkeys(_concepts(reading), "Concept")}
        links = {thing: len(reading.links_to(thing)) for thing in kinds}
        found = reading.release.kept["searcher"] = searcher(reading.terms, kinds, links, HIDDEN)
    return found


def _concepts(reading: Reading) -> list[str]:
    used = {link for name in ("topic", "kind") for link in _objects(reading, name)}
    return sorted(used)


def _objects(reading: Reading, name: str) -> set[str]:
    quads = reading.graph.engine.quads_for_pattern(None, ox.NamedNode(CR + name), None, ox.DefaultGraph())
    return {quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}


def search(request: Request) -> Response:
    """`/search?q=…`: JSON for programs, for people the way to the page."""
    form = choose(request.query_params.get("format"), accept_of(request), (PLAIN_JSON, HTML), PLAIN_JSON)
    language = request.query_params.get("lang") or language_of(request)
    language = language if language in LANGUAGES else LANGUAGES[0]
    if form is HTML:
        return RedirectResponse(f"/{language}/search?{request.url.query}", 303)
    shown, reading = visit.begin(request, language, "search")
    query = request.query_params.get("q", "")
    hits = [as_values(shown, hit) for hit in searcher_of(reading).find(query, MOST)]
    body = json.dumps({"query": query, "language": language, "results": hits}, ensure_ascii=False, indent=1) + "\n"
    return visit.send(request, body.encode(), PLAIN_JSON.content_type)


def as_values(page: Page, hit: Hit) -> dict[str, object]:
    """A result for programs."""
    thing = page.named(ox.NamedNode(hit.thing))
    label = kind_name(page, hit.kind, one=True)
    return {
        "iri": hit.thing,
        "name": thing.text,
        "kind": hit.kind,
        "kind_name": label,
        "found_by": hit.name,
        "page": thing.href,
        "score": round(hit.score, 3),
    }


def kind_name(page: Page, kind: str, *, one: bool = False) -> str:
    """What things of a kind are called; concepts are themes and kinds."""
    if kind == "Concept":
        return page.word("concept" if one else "concepts")
    return plural(kind, page.language, one=one) or page.named(ox.NamedNode(CR + kind)).text


def suggestions(request: Request) -> Response:
    """What a browser's search field shows while somebody types (OpenSearch suggestions)."""
    language = request.query_params.get("lang", LANGUAGES[0])
    language = language if language in LANGUAGES else LANGUAGES[0]
    shown, reading = visit.begin(request, language, "search")
    query = request.query_params.get("q", "")
    hits = searcher_of(reading).find(query, SUGGESTED)
    names = [shown.named(ox.NamedNode(hit.thing)) for hit in hits]
    kinds = [kind_name(shown, hit.kind, one=True) for hit in hits]
    links = [visit.address_of(request) + (name.href or "") for name in names]
    body = json.dumps([query, [name.text for name in names], kinds, links], ensure_ascii=False)
    return visit.send(request, body.encode(), SUGGESTIONS)


def page(request: Request, language: str) -> Response:
    """The page of results, grouped by kind, the kind with the best result first."""
    query = request.query_params.get("q", "").strip()
    shown, reading = visit.begin(request, language, "search", word("find", language))
    groups: dict[str, list[Found]] = {}
    total = 0
    for hit in searcher_of(reading).find(query, MOST):
        total += 1
        groups.setdefault(hit.kind, []).append(_found(shown, reading, hit))
    named = [(kind_name(shown, kind), found) for kind, found in groups.items()]
    text = shown.render("search.html", query=query, groups=named, total=total)
    return visit.html(request, text, language)


def _found(page: Page, reading: Reading, hit: Hit) -> Found:
    thing = page.named(ox.NamedNode(hit.thing))
    return Found(
        thing, when(page, reading, hit.thing), hit.name if hit.name.casefold() != thing.text.casefold() else ""
    )


def description(request: Request, language: str) -> Response:
    """The OpenSearch description, by which a browser offers this search."""
    shown, _ = visit.begin(request, language, "search")
    dataset = shown.graph.city.dataset
    name = escape((local_path(dataset, dataset) or "")[:16])
    base = escape(visit.address_of(request), {'"': "&quot;"})
    title = escape(shown.site)
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
 <ShortName>{name}</ShortName>
 <Description>{title}</Description>
 <Language>{language}</Language>
 <InputEncoding>UTF-8</InputEncoding>
 <Url type="text/html" template="{base}/{language}/search?q={{searchTerms}}"/>
 <Url type="application/json" template="{base}/search?lang={language}&amp;q={{searchTerms}}"/>
 <Url type="{SUGGESTIONS}" template="{base}/search/suggestions?lang={language}&amp;q={{searchTerms}}"/>
</OpenSearchDescription>
"""
    return visit.send(request, text.encode(), "application/opensearchdescription+xml")
