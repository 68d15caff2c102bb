"""Validators and conditions of what only a release changes (RFC 9110 §8.8, §13): ETag, Last-Modified, 304."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from kg.web.cache import matches

if TYPE_CHECKING:
    from starlette.requests import Request

ALWAYS_ASK = "public, max-age=0, must-revalidate"
FOR_EVER = "public, max-age=31536000, immutable"


def etag_of(body: bytes) -> str:
    """A strong validator of some bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def validators(etag: str, day: str, keep: str = ALWAYS_ASK) -> dict[str, str]:
    """The headers that let a client ask again for less; `day` is that of the release."""
    return {"ETag": etag, "Last-Modified": format_datetime(_midnight(day), usegmt=True), "Cache-Control": keep}


def not_modified(request: Request, headers: dict[str, str]) -> Response | None:
    """The answer to a client that has it already; the date counts only where no ETag is sent (RFC 9110 §13.2.2)."""
    named = request.headers.get("if-none-match")
    if named is not None:
        known = named.strip() == "*" or matches(named, (headers["ETag"],)) is not None
    else:
        known = _not_since(request.headers.get("if-modified-since"), headers["Last-Modified"])
    return Response(status_code=304, headers=headers) if known else None


def answer(request: Request, body: bytes, content_type: str, day: str, **more: str) -> Response:
    """Some bytes with their validators, or 304."""
    headers = validators(etag_of(body), day) | more
    return not_modified(request, headers) or Response(body, headers={**headers, "Content-Type": content_type})


def _not_since(said: str | None, modified: str) -> bool:
    if not said:
        return False
    try:
        since = parsedate_to_datetime(said)
    except ValueError:
        return False
    return parsedate_to_datetime(modified) <= (since if since.tzinfo else since.replace(tzinfo=UTC))


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
