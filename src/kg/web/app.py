"""The routes: which address is answered by what. Handlers fetch, choose and hand over; the rest is done elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.errors import KgError
from kg.formats import DATASETS, GRAPHS, HTML, TURTLE, Format, GraphFormat, choose
from kg.namespaces import local_path
from kg.shelf import Shelf
from kg.web import (
    about,
    assets,
    documents,
    downloads,
    editor,
    facts,
    feeds,
    finder,
    handlers,
    pages,
    reference,
    review,
    validation,
)
from kg.web.answers import PREFLIGHT, FixedHeaders, accept_of, language_of, on_error
from kg.web.site import Site

if TYPE_CHECKING:
    from starlette.requests import Request

    from kg.release import Release
    from kg.settings import Settings
    from kg.workers import Nursery


def create_app(release: Release, settings: Settings, nursery: Nursery | None = None) -> Site:
    """The application that serves a release; `nursery` may have been started early."""
    app = FastAPI(
        routes=routes(settings),
        middleware=[Middleware(FixedHeaders)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    for kind in (KgError, HTTPException, Exception):
        app.add_exception_handler(kind, on_error)
    app.state.release = release
    app.state.settings = settings
    app.state.shelf = Shelf(settings)
    app.state.desk = review.desk_of(release, settings)
    app.state.inspections = validation.Inspections()
    return Site(app, release, settings, nursery)


def routes(settings: Settings) -> list[BaseRoute]:
    """All routes in the order in which they are tried."""
    return [
        Route("/health", health),
        Route("/static/{name:path}", assets.serve),
        Route("/", root),
        *downloads.routes(),
        *editor.routes(),
        *finder.routes(),
        *about.routes(),
        *feeds.routes(),
        *reference.routes(),
        *validation.routes(),
        *review.routes(settings),
        *handlers.routes(),
        Route("/{path:path}", resource),
        Route("/{path:path}", options, methods=["OPTIONS"]),
    ]


def health(_: Request) -> Response:
    """Whether the server is up."""
    return PlainTextResponse("ok")


def options(_: Request) -> Response:
    """What an address understands, also for browsers that ask before a request from another site."""
    methods = "GET, HEAD, OPTIONS"
    return Response(status_code=204, headers={"Allow": methods, "Access-Control-Allow-Methods": methods} | PREFLIGHT)


def root(request: Request) -> Response:
    """The address itself: the first page, or the description of the data set."""
    offered: tuple[Format, ...] = (HTML, *GRAPHS)
    form = choose(request.query_params.get("format"), accept_of(request), offered)
    if form is HTML:
        return _see_other(f"/{language_of(request)}/")
    dataset = request.app.state.release.graph.city.dataset
    return _see_other(f"/{quote(local_path(dataset, dataset) or '')}?format={form.name}")


def resource(request: Request) -> Response:
    """An IRI of the graph: RDF at once, for people the way to the page."""
    release: Release = request.app.state.release
    path: str = request.path_params["path"]
    node = None if path in ("ontology", "shapes") else facts.find(release.graph, path)
    if node is None and path not in ("ontology", "shapes"):
        raise pages.unknown(release.graph, path)
    graphs = DATASETS if node is not None and facts.is_graph(release.graph, node) else GRAPHS
    offered: tuple[Format, ...] = (*graphs, HTML)
    form = choose(request.query_params.get("format"), accept_of(request), offered, TURTLE)
    if not isinstance(form, GraphFormat):
        return _see_other(f"/{language_of(request)}/{quote(path)}")
    if node is not None:
        body = documents.of_node(release.graph, node, form)
    elif path == "ontology":
        body = documents.of_ontology(release.graph, form)
    else:
        body = documents.of_shapes(release.graph, release.folders, form)
    return Response(body, headers={"Content-Type": form.content_type})


def _see_other(path: str) -> Response:
    return RedirectResponse(path, 303)
