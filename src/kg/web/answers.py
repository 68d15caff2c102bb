"""What every answer has in common: its headers, and the one table from errors to statuses (RFC 9457, or a page)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kg.errors import (
    AddressTooLong,
    BudgetSpent,
    Busy,
    DeadlineExceeded,
    EngineDown,
    EngineFailed,
    KgError,
    LimitExceeded,
    NotAcceptable,
    NotFound,
    QueryRefused,
    QuerySyntaxError,
    RequestError,
    ServiceFailed,
    SlowRequest,
    WorkerLost,
)
from kg.formats import HTML, PROBLEM, TEXT, Format, negotiate, wishes
from kg.web import italian, pages
from kg.web.words import LANGUAGES, preferred_language, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATUSES: dict[type[KgError], HTTPStatus] = {
    QuerySyntaxError: HTTPStatus.BAD_REQUEST,
    QueryRefused: HTTPStatus.FORBIDDEN,
    RequestError: HTTPStatus.BAD_REQUEST,
    LimitExceeded: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    AddressTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    SlowRequest: HTTPStatus.REQUEST_TIMEOUT,
    DeadlineExceeded: HTTPStatus.GATEWAY_TIMEOUT,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    BudgetSpent: HTTPStatus.TOO_MANY_REQUESTS,
    WorkerLost: HTTPStatus.SERVICE_UNAVAILABLE,
    ServiceFailed: HTTPStatus.BAD_GATEWAY,
    EngineFailed: HTTPStatus.BAD_GATEWAY,
    EngineDown: HTTPStatus.SERVICE_UNAVAILABLE,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    NotFound: HTTPStatus.NOT_FOUND,
    KgError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Language, ETag, Retry-After",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept, Accept-Encoding, Accept-Language",
    "X-Content-Type-Options": "nosniff",
}


PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class FixedHeaders:
    """Adds the headers that every answer has, unless it brings its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and the answer back with the headers added."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, add)


def accept_of(request: Request) -> str | None:
    """The `Accept` header; several of them are one list (RFC 9110 §5.3)."""
    return ", ".join(request.headers.getlist("accept")) or None


def language_of(request: Request) -> str:
    """The language of the page asked for, else the one that the browser prefers."""
    path: str = request.scope["path"]
    first = path.removeprefix("/").partition("/")[0]
    if first in LANGUAGES:
        return first
    return preferred_language(", ".join(request.headers.getlist("accept-language")))


def status_of(error: KgError) -> HTTPStatus:
    """The status of an error: that of the nearest class in the table."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem_of(error: KgError) -> dict[str, Any]:
    """An error as a problem document; what went wrong inside the server stays inside."""
    status = status_of(error)
    values: dict[str, Any] = {"type": "about:blank", "title": status.phrase, "status": int(status)}
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return values | {"detail": "the server could not answer", "remedy": "try again later, or ask something simpler"}
    values["detail"] = error.message
    if isinstance(error, QuerySyntaxError):
        values |= {"line": error.line, "column": error.column}
    if isinstance(error, NotAcceptable):
        values["offered"] = list(error.offered)
    return values | ({"remedy": error.remedy} if error.remedy else {})


def form_of_problem(request: Request) -> Format:
    """How to tell a client what went wrong: a page for people, plain text for a terminal, a document for programs."""
    accept = accept_of(request)
    agent = request.headers.get("user-agent", "").lower()
    if agent.startswith(("curl/", "wget/")) and all(wish.value == "*/*" for wish in wishes(accept)):
        return TEXT
    offered: tuple[Format, ...] = (PROBLEM, HTML, TEXT)
    try:
        return negotiate(accept, offered)
    except NotAcceptable:
        return PROBLEM


def wants_page(request: Request) -> bool:
    """Whether a page for people serves the client better than a document for programs."""
    return form_of_problem(request) is HTML


def _answer(request: Request, values: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    language = language_of(request)
    if language == "it":
        values = italian.problem(values)
    form = form_of_problem(request)
    if form is HTML:
        text = pages.problem(request.app.state.release.graph, language, values)
    elif form is TEXT:
        text = as_text(values, language)
    else:
        text = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
    common = {"Content-Language": language, "Cache-Control": "no-store"}
    return Response(text, values["status"], {**(headers or {}), **common}, form.content_type)


def as_text(values: dict[str, Any], language: str) -> str:
    """A problem for a terminal: what, where, what to do, a line each."""
    where = ""
    if "line" in values:
        where = f"{word('line', language)} {values['line']}, {word('column', language)} {values['column']}: "
    lines = [f"{values['status']} {values['title']}", f"{where}{values['detail']}"]
    return "\n".join([*lines, *([values["remedy"]] if "remedy" in values else [])]) + "\n"


def on_error(request: Request, error: Exception) -> Response:
    """Any error as an answer; of one that nobody foresaw the client learns nothing (the framework logs it)."""
    if isinstance(error, HTTPException):
        return _answer(request, _framework_problem(request, error), error.headers)
    if isinstance(error, KgError):
        return _answer(request, problem_of(error), _headers_of(error))
    # The server closes the connection after such an error, and the client should know.
    return _answer(request, problem_of(KgError("unforeseen")), HEADERS | {"Connection": "close"})


def _headers_of(error: KgError) -> dict[str, str]:
    """What else a client must know: when to come back, and that the rest of its body is not read."""
    if isinstance(error, Busy):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, WorkerLost | EngineDown):
        return {"Retry-After": "1"}
    return {"Connection": "close"} if isinstance(error, LimitExceeded | SlowRequest) else {}


def _framework_problem(request: Request, error: HTTPException) -> dict[str, Any]:
    """An unknown address or method, as the framework finds it."""
    status = HTTPStatus(error.status_code)
    allowed = (error.headers or {}).get("Allow")
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": f"{request.method} {request.scope['path']} is not answered",
        "remedy": f"use {allowed}" if allowed else "look for it from / or ask /sparql",
    }
