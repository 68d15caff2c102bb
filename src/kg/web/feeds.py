"""What other software reads of the site as a whole: sitemap, robots.txt, calendar, map, OpenAPI description."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from starlette.routing import BaseRoute, Route

from kg.formats import GEOJSON, PLAIN_JSON, TEXT
from kg.geo import partner_cities
from kg.web import about, openapi, visit
from kg.web.calendar import calendar
from kg.web.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from kg.web.reading import Reading
    from kg.web.view import Page

UNLISTED = ("/sparql", *(f"/{language}/{name}" for language in LANGUAGES for name in ("correct", "search", "sparql?")))
NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def routes() -> list[BaseRoute]:
    """The routes."""
    return [
        Route("/robots.txt", robots),
        Route("/sitemap.xml", sitemap),
        Route("/calendar.ics", events),
        Route("/partner-cities.geojson", partners),
        Route("/openapi.json", description),
    ]


def _page(request: Request) -> tuple[Page, Reading]:
    language = request.query_params.get("lang", LANGUAGES[0])
    return visit.begin(request, language if language in LANGUAGES else LANGUAGES[0], "")


def robots(request: Request) -> Response:
    """What crawlers may visit: the pages, not every question that could be asked."""
    refused = "".join(f"Disallow: {path}\n" for path in UNLISTED)
    text = f"User-agent: *\n{refused}Sitemap: {visit.address_of(request)}/sitemap.xml\n"
    return visit.send(request, text.encode(), TEXT.content_type)


def sitemap(request: Request) -> Response:
    """Every page in both languages."""
    page, reading = _page(request)
    kept = reading.release.kept.setdefault("sitemaps", {})
    if page.base not in kept:
        kept.clear()  # the address is the client's word where no setting says it
        kept[page.base] = "".join(_sitemap(page, reading)).encode()
    return visit.send(request, kept[page.base], "application/xml")


def _sitemap(page: Page, reading: Reading) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {NAMESPACES}>\n'
    for path in _paths(page, reading):
        links = {language: escape(f"{page.base}/{language}/{path}", {'"': "&quot;"}) for language in LANGUAGES}
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{link}"/>' for language, link in links.items()
        )
        yield from (f"<url><loc>{link}</loc>{others}</url>\n" for link in links.values())
    yield "</urlset>\n"


def _paths(page: Page, reading: Reading) -> Iterator[str]:
    yield from ("", "browse", "ontology", "shapes", "sparql", *about.PAGES)
    yield from (f"browse/{name}" for name in sorted(reading.kinds))
    skipped = len(f"/{page.language}/")
    for thing in sorted(reading.classes):
        link = page.href(thing)
        if link and thing.startswith(page.graph.city.dataset):
            yield link[skipped:]


def events(request: Request) -> Response:
    """The calendar."""
    page, reading = _page(request)
    body = calendar(page, reading, about.release(reading, request)["day"])
    headers = {"Content-Language": page.language, "Content-Disposition": 'attachment; filename="calendar.ics"'}
    return visit.send(request, body, f"{openapi.CALENDAR}; charset=utf-8", **headers)


def partners(request: Request) -> Response:
    """The partner cities."""
    _, reading = _page(request)
    return visit.send(request, partner_cities(reading.terms), GEOJSON.content_type)


def description(request: Request) -> Response:
    """The OpenAPI description."""
    page, reading = _page(request)
    values = openapi.document(page.site, reading.release.id, visit.address_of(request))
    body = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
    return visit.send(request, body.encode(), PLAIN_JSON.content_type)
