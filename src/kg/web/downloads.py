"""What portals and people take away: the catalogue, the files of each release, what differs between two, the feed.

Every answer here is decided by the release and the server's address, so each has validators; files of a release by
its id never change and may be kept for ever.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.bundle import SUMS, Bundle, as_json, format_of
from kg.catalogue import PREFIXES
from kg.diff import Difference, as_lines, as_values, compare, read_state
from kg.errors import NotFound
from kg.feed import feed
from kg.formats import ATOM, GRAPHS, HTML, PLAIN_JSON, TEXT, TURTLE, Format, GraphFormat, by_name, choose
from kg.landing import script, structured
from kg.namespaces import local_path
from kg.query import write_graph
from kg.shelf import LATEST
from kg.void import describe_all
from kg.web.answers import accept_of, language_of
from kg.web.conditional import FOR_EVER, answer, not_modified, validators
from kg.web.view import Page
from kg.web.visit import address_of
from kg.web.words import LANGUAGES, word

if TYPE_CHECKING:
    from starlette.requests import Request

    from kg.release import Release
    from kg.shelf import Shelf

DOCUMENTS: tuple[Format, ...] = (HTML, PLAIN_JSON)
DIFFERENCES: tuple[Format, ...] = (HTML, PLAIN_JSON, TEXT)


def routes() -> list[BaseRoute]:
    """The routes; those of pages come before the general ones of a language."""
    in_languages = [
        route
        for language in LANGUAGES
        for route in (
            Route(f"/{language}/releases", partial(releases, language=language)),
            Route(f"/{language}/dumps/{{name}}", partial(files, language=language)),
            Route(f"/{language}/releases/{{name}}/diff", partial(difference, language=language)),
        )
    ]
    return [
        *in_languages,
        Route("/catalog", catalogue),
        Route("/catalog.{extension}", catalogue_file),
        Route("/{city}/catalog", catalogue_of),
        Route("/{city}/release/{name}", release_of),
        Route("/.well-known/void", void),
        Route("/dumps", to_latest),
        Route("/dumps/", to_latest),
        Route("/dumps/{name}", files),
        Route("/dumps/{name}/", files),
        Route("/dumps/{name}/{file:path}", download),
        Route("/releases", releases),
        Route("/releases/", releases),
        Route("/releases/feed.atom", atom),
        Route("/releases/{name}", release_of),
        Route("/releases/{name}/diff", difference),
    ]


def shelf_of(request: Request) -> Shelf:
    """The bundles that the server has."""
    shelf: Shelf = request.app.state.shelf
    return shelf


def release_in(request: Request) -> Release:
    """The release that is served."""
    release: Release = request.app.state.release
    return release


def catalogue(request: Request) -> Response:
    """The catalogue by `Accept`: RDF to any program, to people the page of the dataset."""
    offered: tuple[Format, ...] = (*GRAPHS, HTML)
    form = choose(request.query_params.get("format"), accept_of(request), offered, TURTLE)
    if isinstance(form, GraphFormat):
        return _catalogue(request, form)
    dataset = release_in(request).graph.city.dataset
    return RedirectResponse(f"/{language_of(request)}/{quote(local_path(dataset, dataset) or '')}", 303)


def catalogue_file(request: Request) -> Response:
    """The catalogue in the format of an extension."""
    form = by_name(request.path_params["extension"], GRAPHS)
    return _catalogue(request, form)


def catalogue_of(request: Request) -> Response:
    """The catalogue under its own IRI."""
    _check_city(request, "catalog")
    return catalogue(request)


def _check_city(request: Request, rest: str) -> None:
    dataset = release_in(request).graph.city.dataset
    if request.path_params["city"] != local_path(dataset, dataset):
        raise NotFound(f"nothing is known of {request.path_params['city']}/{rest}", remedy="look for it from /")


def _catalogue(request: Request, form: GraphFormat) -> Response:
    release = release_in(request)
    bundle = shelf_of(request).current(release)
    body = shelf_of(request).catalogue(release, address_of(request), form)
    return answer(request, body, form.content_type, bundle.release["date"])


def void(request: Request) -> Response:
    """The dataset in the words of VoID, in full."""
    release = release_in(request)
    bundle = shelf_of(request).current(release)
    form = choose(request.query_params.get("format"), accept_of(request), GRAPHS, TURTLE)
    described = describe_all(release.graph.city.dataset, bundle.release, address_of(request))
    return answer(request, write_graph(set(described), form, PREFIXES), form.content_type, bundle.release["date"])


def to_latest(_: Request) -> Response:
    """The files of the latest release."""
    return RedirectResponse(f"/dumps/{LATEST}/", 303)


def release_of(request: Request) -> Response:
    """A release under its own IRI, or by its id: its files."""
    if "city" in request.path_params:
        _check_city(request, f"release/{request.path_params['name']}")
    bundle = shelf_of(request).get(release_in(request), request.path_params["name"])
    return RedirectResponse(f"/dumps/{bundle.id}/", 303)


def files(request: Request, language: str | None = None) -> Response:
    """What there is of a release: a page, or `release.json`."""
    release, name = release_in(request), request.path_params["name"]
    bundle = shelf_of(request).get(release, name)
    if _document(request, language) is PLAIN_JSON:
        return _file(request, bundle, "release.json", name)
    spoken = language or language_of(request)
    page = Page(release.graph, spoken, f"dumps/{name}", title=word("files", spoken))
    sums = bundle.sums()
    entries = [file for file in bundle.release["files"] if "distribution" in file]
    rest = sorted(set(sums) - {file["name"] for file in entries} - {"release.json"})
    html = page.render("files.html", bundle=bundle, shown=entries, rest=[*rest, "release.json", SUMS], name=name)
    return answer(request, html.encode(), HTML.content_type, bundle.release["date"], **{"Content-Language": spoken})


def _document(request: Request, language: str | None, offered: tuple[Format, ...] = DOCUMENTS) -> Format:
    """A page where the address names a language, else what the client wants."""
    return HTML if language else choose(request.query_params.get("format"), accept_of(request), offered, HTML)


def download(request: Request) -> Response:
    """A file of a release."""
    name = request.path_params["name"]
    bundle = shelf_of(request).get(release_in(request), name)
    return _file(request, bundle, request.path_params["file"], name)


def _file(request: Request, bundle: Bundle, file: str, name: str) -> Response:
    digest = bundle.digest_of(file)
    if digest is None:
        raise NotFound(f"the release {bundle.id} has no file {file}", remedy=f"see /dumps/{name}/ for those there are")
    headers = validators(f'"{digest}"', bundle.release["date"], *([] if name == LATEST else [FOR_EVER]))
    unchanged = not_modified(request, headers)
    if unchanged is not None:
        return unchanged
    shown = {"Content-Disposition": f'attachment; filename="{file.rpartition("/")[2]}"'}
    if name == LATEST:
        shown["Content-Location"] = f"/dumps/{bundle.id}/{quote(file)}"
    headers |= {**shown, "Content-Type": format_of(file).content_type, "Vary": "Accept-Encoding"}
    return FileResponse(bundle.folder / file, headers=headers)


def releases(request: Request, language: str | None = None) -> Response:
    """The releases that there are: a page, or JSON."""
    release = release_in(request)
    bundles = shelf_of(request).all(release)
    day = bundles[0].release["date"]
    if _document(request, language) is PLAIN_JSON:
        listed = [{name: bundle.release[name] for name in ("release", "date", "previous")} for bundle in bundles]
        return answer(request, as_json({"releases": listed}), PLAIN_JSON.content_type, day)
    spoken = language or language_of(request)
    page = Page(release.graph, spoken, "releases", title=word("releases", spoken))
    html = page.render("releases.html", bundles=bundles)
    return answer(request, html.encode(), HTML.content_type, day, **{"Content-Language": spoken})


def atom(request: Request) -> Response:
    """The feed of the releases."""
    release = release_in(request)
    bundles = shelf_of(request).all(release)
    body = feed(release.graph, bundles, address_of(request), language_of(request))
    return answer(request, body, ATOM.content_type, bundles[0].release["date"])


def difference(request: Request, language: str | None = None) -> Response:
    """What differs between a release and the one before it: a page, text or JSON."""
    release, shelf = release_in(request), shelf_of(request)
    bundle = shelf.get(release, request.path_params["name"])
    before = shelf.before(release, bundle)
    if before is None:
        raise NotFound(f"there is no release before {bundle.id} here", remedy="see /releases/ for those there are")
    found = _compared(before, bundle)
    form, spoken = _document(request, language, DIFFERENCES), language or language_of(request)
    more = {"Content-Language": spoken}
    if form is PLAIN_JSON:
        return answer(request, as_json(as_values(found)), form.content_type, bundle.release["date"])
    if form is TEXT:
        body = ("\n".join(as_lines(found, spoken)) + "\n").encode()
    else:
        title = word("difference", spoken)
        page = Page(release.graph, spoken, f"releases/{request.path_params['name']}/diff", title=title)
        body = page.render("diff.html", lines=list(as_lines(found, spoken))).encode()
    return answer(request, body, form.content_type, bundle.release["date"], **more)


@lru_cache(4)
def _compared(old: Bundle, new: Bundle) -> Difference:
    return compare(*(read_state(bundle.id, bundle.quads()) for bundle in (old, new)))


def structured_data(request: Request, language: str) -> str:
    """The dataset for search engines, as the first page holds it; nothing where the release is not recorded."""
    release = release_in(request)
    try:
        announced = shelf_of(request).announced(release)
    except NotFound:
        return ""
    return script(structured(release.graph, announced, address_of(request), language))
