"""The one list of formats and how one of them is chosen: by `Accept` (RFC 9110 §12.5.1) or by name.

Whatever serves, describes or downloads asks this list; no other module writes a media type or an extension.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar, overload

from pyoxigraph import QueryResultsFormat, RdfFormat

from kg.errors import NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

W3C = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True)
class Format:
    """A way to write an answer; the first media type is the one sent, the others are understood in `Accept`."""

    name: str
    label: str
    media_types: tuple[str, ...]
    extension: str
    iri: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of `Content-Type`; text is always UTF-8 and says so."""
        sent = self.media_types[0]
        return f"{sent}; charset=utf-8" if sent.startswith("text/") else sent

    def is_called(self, name: str) -> bool:
        """Whether `name` is this format's name, extension, alias or one of its media types."""
        return name in (self.name, self.extension, *self.aliases, *self.media_types)


@dataclass(frozen=True)
class ResultFormat(Format):
    """A format for the answers of SELECT and ASK; an ASK in CSV or TSV is the bare word `true` or `false`."""

    engine: QueryResultsFormat = QueryResultsFormat.JSON


@dataclass(frozen=True)
class GraphFormat(Format):
    """A format for RDF; TriG and N-Quads also say which graph a triple stands in."""

    engine: RdfFormat = RdfFormat.TURTLE


JSON = ResultFormat(
    "json",
    "SPARQL Results JSON",
    ("application/sparql-results+json", "application/json"),
    "srj",
    W3C + "SPARQL_Results_JSON",
    engine=QueryResultsFormat.JSON,
)
XML = ResultFormat(
    "xml",
    "SPARQL Results XML",
    ("application/sparql-results+xml", "application/xml", "text/xml"),
    "srx",
    W3C + "SPARQL_Results_XML",
    engine=QueryResultsFormat.XML,
)
CSV = ResultFormat(
    "csv",
    "CSV",
    ("text/csv",),
    "csv",
    W3C + "SPARQL_Results_CSV",
    engine=QueryResultsFormat.CSV,
)
TSV = ResultFormat(
    "tsv",
    "TSV",
    ("text/tab-separated-values",),
    "tsv",
    W3C + "SPARQL_Results_TSV",
    engine=QueryResultsFormat.TSV,
)
TURTLE = GraphFormat(
    "turtle",
    "Turtle",
    ("text/turtle", "application/x-turtle"),
    "ttl",
    W3C + "Turtle",
    engine=RdfFormat.TURTLE,
)
N_TRIPLES = GraphFormat(
    "ntriples",
    "N-Triples",
    ("application/n-triples",),
    "nt",
    W3C + "N-Triples",
    ("n-triples",),
    engine=RdfFormat.N_TRIPLES,
)
RDF_XML = GraphFormat(
    "rdfxml",
    "RDF/XML",
    ("application/rdf+xml", "application/xml", "text/xml"),
    "rdf",
    W3C + "RDF_XML",
    ("rdf-xml", "xml"),
    engine=RdfFormat.RDF_XML,
)
JSON_LD = GraphFormat(
    "jsonld",
    "JSON-LD",
    ("application/ld+json", "application/json"),
    "jsonld",
    W3C + "JSON-LD",
    ("json-ld", "json"),
    engine=RdfFormat.JSON_LD,
)
TRIG = GraphFormat(
    "trig",
    "TriG",
    ("application/trig", "application/x-trig"),
    "trig",
    W3C + "TriG",
    engine=RdfFormat.TRIG,
)
N_QUADS = GraphFormat(
    "nquads",
    "N-Quads",
    ("application/n-quads",),
    "nq",
    W3C + "N-Quads",
    ("n-quads",),
    engine=RdfFormat.N_QUADS,
)
TEXT = Format("text", "Plain text", ("text/plain",), "txt")
ATOM = Format("atom", "Atom", ("application/atom+xml",), "atom")
GEOJSON = Format("geojson", "GeoJSON", ("application/geo+json",), "geojson")
GZIP = Format("gzip", "gzip", ("application/gzip",), "gz")
PLAIN_JSON = Format("plainjson", "JSON", ("application/json",), "json")
HTML = Format("html", "HTML", ("text/html", "application/xhtml+xml"), "html")
PROBLEM = Format("problem", "Problem Details", ("application/problem+json", "application/json"), "json")

RESULTS = (JSON, XML, CSV, TSV)
GRAPHS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
DATASETS = (*GRAPHS, TRIG, N_QUADS)
ALL: tuple[Format, ...] = (*RESULTS, *DATASETS)
DOWNLOADS: tuple[Format, ...] = (*DATASETS, CSV, GEOJSON, PLAIN_JSON, GZIP, TEXT)

F = TypeVar("F", bound=Format)

# What a reader must skip to see the rows of a result: strings in JSON (escapes) and CSV (doubled quotes).
_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_CSV_STRING = re.compile(rb'"[^"]*+"')

# Quoted strings may hold commas and semicolons; a quote without its partner counts as an ordinary character.
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_ELEMENT = re.compile(rf"(?:{_QUOTED}|[^,])++")
_PARAMETER = re.compile(rf"(?:{_QUOTED}|[^;])++")
_QUALITY = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")


class Wish(NamedTuple):
    """One element of an `Accept` or `Accept-Language` header, in lower case, and its weight from 0 to 1."""

    value: str
    quality: float


class Match(NamedTuple):
    """How much a client wants a media type, and how exactly it named it: 3 exact, 2 `type/*`, 1 `*/*`, 0 not at all."""

    quality: float
    exactness: int


def wishes(header: str | None) -> Iterator[Wish]:
    """The elements of a weighted header; one that is not well formed is passed over, as RFC 9110 §2.4 allows."""
    for element in _ELEMENT.findall(header or ""):
        value, *parameters = [part.strip().lower() for part in _PARAMETER.findall(element)] or [""]
        qualities = [text[2:].strip() for text in parameters if text.startswith("q=")]
        if value and all(_QUALITY.fullmatch(text) for text in qualities):
            yield Wish(value, min(1.0, float(qualities[0])) if qualities else 1.0)


def count_rows(body: bytes, form: ResultFormat) -> int:
    """The rows of a SELECT's answer as our engine writes it: the engine does not tell, and asking twice costs twice."""
    if form is TSV:
        return body.count(b"\n") - 1
    if form is CSV:
        return _CSV_STRING.sub(b"", body).count(b"\r\n") - 1
    if form is XML:
        return body.count(b"<result>") + body.count(b"<result/>")
    return 0 if body.endswith(b"[]}}") else _JSON_STRING.sub(b"", body).count(b"},{") + 1


def negotiate(accept: str | None, offered: Sequence[F], default: F | None = None) -> F:
    """The offered format that the client wants most; among equals `default`, else the first offered."""
    ranges = [Wish("*/*" if wish.value == "*" else wish.value, wish.quality) for wish in wishes(accept)]
    ranges = [wish for wish in ranges if "/" in wish.value] or [Wish("*/*", 1.0)]
    order = sorted(offered, key=lambda form: form is not default)
    best = max(order, key=lambda form: _wanted(form, ranges))  # max keeps the first of equals
    if _wanted(best, ranges).quality > 0:
        return best
    raise _not_acceptable(f"nothing that is offered here fits Accept: {accept}", offered)


def _wanted(form: Format, ranges: list[Wish]) -> Match:
    """How much the client wants a format under any of its media types; nothing revives one whose own type has q=0."""
    own, *others = (_match(media_type, ranges) for media_type in form.media_types)
    return own if own.exactness and not own.quality else max([own, *others])


def _match(media_type: str, ranges: list[Wish]) -> Match:
    """The most exact range decides (RFC 9110 §12.5.1); parameters of ranges play no part, as no format here has any."""
    exactness = {media_type: 3, media_type.partition("/")[0] + "/*": 2, "*/*": 1}
    found = [Match(wish.quality, exactness[wish.value]) for wish in ranges if wish.value in exactness]
    return max(found, key=lambda match: (match.exactness, match.quality), default=Match(0.0, 0))


@overload
def by_name(name: str) -> Format: ...
@overload
def by_name(name: str, offered: Sequence[F]) -> F: ...
def by_name(name: str, offered: Sequence[Format] = ALL) -> Format:
    """The offered format of that name, extension or media type, as `?format=` gives it."""
    asked = name.partition(";")[0].strip().lower()
    for form in offered:
        if form.is_called(asked):
            return form
    raise _not_acceptable(f"the format {name!r} is not offered here", offered)


def choose(name: str | None, accept: str | None, offered: Sequence[F], default: F | None = None) -> F:
    """The format by name where one is given, else by `Accept`."""
    return by_name(name, offered) if name else negotiate(accept, offered, default)


def _not_acceptable(message: str, offered: Sequence[Format]) -> NotAcceptable:
    names = ", ".join(f"{form.name} ({form.media_types[0]})" for form in offered)
    types = tuple(form.media_types[0] for form in offered)
    return NotAcceptable(message, offered=types, remedy=f"ask by Accept or by format= for one of: {names}")
