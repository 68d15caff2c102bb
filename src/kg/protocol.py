"""The SPARQL 1.1 Protocol as a pure function: method, query string, headers and body in, one request or an error out.

Knows no web framework and no engine; what a query says inside is for `kg.tokens`, what becomes of it for `kg.query`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from kg.errors import LimitExceeded, QueryRefused, RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

Parameters = dict[str, list[str]]

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_SECONDS = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)s?", re.ASCII)
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^";\s]*)"?', re.IGNORECASE)


@dataclass(frozen=True)
class SparqlRequest:
    """What a client asks; `query` is None where it sent none at all, so that a page or a description may answer."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    accept: str | None = None
    format: str | None = None
    seconds: float | None = None


def read(
    method: str, query_string: bytes, headers: Mapping[str, str], body: bytes = b"", *, longest: int = 65536
) -> SparqlRequest:
    """The request that was sent; raises RequestError, or QueryRefused for an update. Header names are in lower case."""
    parameters = parse_form(query_string, "the query string")
    if method == "POST":
        _add_body(parameters, headers.get("content-type", ""), body)
    if "update" in parameters:
        raise _update_refused()
    query = _only(parameters, "query")
    if query is None and method == "POST":
        raise RequestError("the request has no query", remedy=f"send the query as `query` in a form, or as {QUERY}")
    if query is not None:
        _check_length(query, longest)
    return SparqlRequest(
        query,
        tuple(parameters.get("default-graph-uri", ())),
        tuple(parameters.get("named-graph-uri", ())),
        headers.get("accept"),
        _only(parameters, "format") or None,
        _seconds(_only(parameters, "timeout")),
    )


def _seconds(written: str | None) -> float | None:
    """The time that a client gives its query; nothing below a millisecond makes sense."""
    if not written:
        return None
    found = _SECONDS.fullmatch(written)
    if found is None:
        raise RequestError(f"`timeout` is {written[:40]!r}", remedy="write seconds, e.g. timeout=2.5")
    return max(float(found[1]), 0.001)


def parse_form(data: bytes, where: str) -> Parameters:
    """The fields of a form, each decoded exactly once; a name may have several values."""
    parameters: Parameters = {}
    for field in data.split(b"&"):
        if field:
            name, _, value = field.partition(b"=")
            parameters.setdefault(_decode(name, where), []).append(_decode(value, where))
    return parameters


def _decode(field: bytes, where: str) -> str:
    bad = _BAD_ESCAPE.search(field)
    if bad is not None:
        shown = bad.group().decode("ascii", "replace")
        raise RequestError(f"{where} has the broken escape {shown!r}", remedy="write a literal percent sign as %25")
    return _utf8(unquote_to_bytes(field.replace(b"+", b" ")), where)


def _utf8(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(f"{where} is not UTF-8 at byte {error.start}", remedy="send UTF-8") from None


def _add_body(parameters: Parameters, content_type: str, body: bytes) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    charset = _CHARSET.search(content_type)
    if media_type in (FORM, QUERY) and charset and charset.group(1).lower() not in ("utf-8", "utf8"):
        raise RequestError(f"the body is said to be {charset.group(1)}", remedy="send UTF-8")
    if media_type == FORM:
        for name, values in parse_form(body, "the form").items():
            parameters.setdefault(name, []).extend(values)
    elif media_type == QUERY:
        parameters.setdefault("query", []).append(_utf8(body, "the query"))
    elif media_type == UPDATE:
        raise _update_refused()
    else:
        shown = f"the content type {media_type}" if media_type else "a body without content type"
        raise RequestError(f"{shown} is not understood", remedy=f"send {FORM} with `query`, or {QUERY}")


def _only(parameters: Parameters, name: str) -> str | None:
    values = parameters.get(name, [])
    if len(values) > 1:
        raise RequestError(f"the request has `{name}` {len(values)} times", remedy=f"send `{name}` once")
    return values[0] if values else None


def _check_length(query: str, longest: int) -> None:
    length = len(query.encode())
    if not query.strip():
        raise RequestError("the query is empty", remedy="write a SPARQL query, e.g. ASK {}")
    if length > longest:
        raise LimitExceeded(f"the query has {length} bytes", remedy=f"keep it within {longest} bytes of UTF-8")


def _update_refused() -> QueryRefused:
    remedy = "ask with SELECT, ASK, CONSTRUCT or DESCRIBE; the data changes only by editing its files"
    return QueryRefused("updates are refused: this endpoint only answers queries", remedy=remedy)
