"""A request for a page: the page to fill with the release it reads, and the finished text as an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from kg.errors import RequestError
from kg.formats import HTML
from kg.web.cache import matches
from kg.web.clients import base_of
from kg.web.coding import IDENTITY, encode, negotiate
from kg.web.conditional import ALWAYS_ASK, etag_of
from kg.web.reading import Reading, reading_of
from kg.web.view import Page

if TYPE_CHECKING:
    from starlette.requests import Request


def begin(request: Request, language: str, path: str, title: str = "") -> tuple[Page, Reading]:
    """An empty page under a path of a language, and what it reads."""
    release = request.app.state.release
    return Page(release.graph, language, path, title, base=address_of(request)), reading_of(release)


def address_of(request: Request) -> str:
    """The server's address as its visitors write it."""
    settings = request.app.state.settings
    return base_of(request.scope, request.headers, settings.base_url, settings.proxies)


def number(request: Request) -> int:
    """Which page of a long list is asked for; raises RequestError for what is no number."""
    written = request.query_params.get("page", "1")
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise RequestError(f"page={written} is no number of a page", remedy="write a whole number from 1")
    return int(written)


def html(request: Request, text: str, language: str) -> Response:
    """A page, in the coding that the browser takes; 304 where it has it already."""
    return send(request, text.encode(), HTML.content_type, **{"Content-Language": language})


def send(request: Request, body: bytes, content_type: str, **headers: str) -> Response:
    """Some bytes with their validator, in the coding that the client takes; 304 where it has them already."""
    coding = negotiate(request.headers.get("accept-encoding"))
    etag = etag_of(body + coding.encode())
    headers |= {"ETag": etag, "Cache-Control": ALWAYS_ASK}
    known = request.headers.get("if-none-match")
    if known is not None and (known.strip() == "*" or matches(known, (etag,)) is not None):
        return Response(status_code=304, headers=headers)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    return Response(encode(body, coding), headers={**headers, "Content-Type": content_type})
