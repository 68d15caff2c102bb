"""The handlers of the pages: each takes a request, asks for the page and hands over its text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route

from kg.formats import CSV
from kg.web import browse, correction, downloads, home, pages, visit
from kg.web.plurals import plural
from kg.web.words import LANGUAGES, word

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

THINGS_A_PAGE = 50


def routes() -> list[BaseRoute]:
    """The pages of each language; the last one takes whatever path is left."""
    return [
        route
        for language in LANGUAGES
        for route in (
            Route(f"/{language}", partial(first, language=language)),
            Route(f"/{language}/", partial(first, language=language)),
            Route(f"/{language}/browse", partial(kinds, language=language)),
            Route(f"/{language}/browse/{{name}}", partial(things, language=language)),
            Route(f"/{language}/correct/{{path:path}}", partial(correct, language=language)),
            Route(f"/{language}/{{path:path}}", partial(of_path, language=language)),
        )
    ]


def first(request: Request, language: str) -> Response:
    """The first page; `structured` is the dataset for search engines."""
    page, reading = visit.begin(request, language, "")
    page.title = page.site
    structured = downloads.structured_data(request, language)
    values = reading.once(("home", language), lambda: home.values(page, reading))
    return visit.html(request, page.render("home.html", structured=structured, **values), language)


def kinds(request: Request, language: str) -> Response:
    """The kinds of things there are."""
    page, reading = visit.begin(request, language, "browse", word("browse", language))
    return visit.html(request, page.render("kinds.html", kinds=home.kinds(page, reading)), language)


def things(request: Request, language: str) -> Response:
    """The things of a kind, narrowed by what the address says; with `format=csv` as a table."""
    name: str = request.path_params["name"]
    page, reading = visit.begin(request, language, f"browse/{name}")
    kept = reading.once(("browse", name), lambda: browse.shelf(reading, name))
    what = browse.asked(request.query_params)
    order = what.order or browse.usual_order(kept)
    found = browse.ordered(reading, kept.matching(what.chosen), order, language)
    if request.query_params.get("format") == CSV.name:
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Content-Language": language}
        return visit.send(request, browse.table(page, reading, kept, found), CSV.content_type, **headers)
    page.title = plural(name, language).capitalize() or browse.class_name(page, name)
    window = pages.pages_of(found, visit.number(request), THINGS_A_PAGE)
    text = page.render(
        "browse.html",
        window=window,
        things=[browse.listed(page, reading, kept, thing) for thing in window.items],
        total=len(found),
        whole=len(kept.things),
        facets=browse.facets(page, reading, kept, what),
        asked=what,
        order=order,
        orders=browse.ORDERS,
        name=name,
        definition=browse.definition(page, name),
    )
    return visit.html(request, text, language)


def correct(request: Request, language: str) -> Response:
    """Where the statements about a thing stand in the files."""
    page, reading = visit.begin(request, language, f"correct/{request.path_params['path']}")
    return visit.html(request, correction.page_of(page, reading, request.path_params["path"]), language)


def of_path(request: Request, language: str) -> Response:
    """The page of an IRI."""
    path: str = request.path_params["path"]
    page, reading = visit.begin(request, language, path)
    if path == "ontology":
        text = reading.once(("ontology", language, page.base), lambda: pages.ontology(page))
    else:
        text = pages.of_iri(page, reading, visit.number(request))
    return visit.html(request, text, language)
