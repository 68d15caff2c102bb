"""The OpenAPI description of what programs may ask: one list of addresses, from which document and page are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.formats import ATOM, CSV, GEOJSON, GRAPHS, HTML, PLAIN_JSON, PROBLEM, RESULTS, Format

if TYPE_CHECKING:
    from collections.abc import Iterable

SUGGESTIONS = "application/x-suggestions+json"
CALENDAR = "text/calendar"
XML = "application/xml"
RDF = tuple(form.media_types[0] for form in GRAPHS)


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name, what it means, and whether it stands in the path."""

    name: str
    en: str
    required: bool = False
    in_path: bool = False


@dataclass(frozen=True)
class Address:
    """An address: what it answers in both languages, in which media types, and its parameters."""

    path: str
    en: str
    it: str
    answers: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()


QUERY = Parameter("query", "The query in SPARQL 1.1", required=True)
FORMAT = Parameter("format", "The format by name, in place of the Accept header")
LANGUAGE = Parameter("lang", "Language of the names: en or it")
TEXT = Parameter("q", "What to look for", required=True)


def _types(forms: Iterable[Format]) -> tuple[str, ...]:
    return tuple(form.media_types[0] for form in forms)


POINTS, VALUES = _types((GEOJSON,)), _types((PLAIN_JSON,))
ADDRESSES = (
    Address(
        "/sparql",
        "Answers a query (SPARQL 1.1 Protocol; also POST)",
        "Risponde a un'interrogazione (SPARQL 1.1 Protocol; anche POST)",
        (*_types(RESULTS), *RDF),
        (
            QUERY,
            FORMAT,
            Parameter("timeout", "Seconds that the query may take"),
            Parameter("release", "The id of the release to ask: the latest or the one before"),
        ),
    ),
    Address(
        "/{path}",
        "What is said of a thing: the path after https://w3id.org/city-relations/",
        "Ciò che si dice di una cosa: il percorso dopo https://w3id.org/city-relations/",
        (*RDF, HTML.media_types[0]),
        (Parameter("path", "The path of the IRI", required=True, in_path=True), FORMAT),
    ),
    Address(
        "/search",
        "Things by name",
        "Le cose per nome",
        (PLAIN_JSON.media_types[0],),
        (TEXT, LANGUAGE),
    ),
    Address(
        "/search/suggestions",
        "Names that fit what is being typed (OpenSearch)",
        "Nomi che corrispondono a ciò che si digita (OpenSearch)",
        (SUGGESTIONS,),
        (TEXT, LANGUAGE),
    ),
    Address("/editor/terms", "What can be written in a query", "Che cosa si può scrivere in un'interrogazione", VALUES),
    Address("/editor/examples", "Queries to begin with", "Interrogazioni da cui cominciare", VALUES),
    Address(
        "/editor/passages",
        "The passages that stand behind a value",
        "I passi che stanno dietro a un valore",
        VALUES,
        (
            Parameter("value", "A term as N-Triples write it", required=True),
            Parameter("with", "Another value of its row; may be repeated"),
            Parameter("named", "A term that the query names; may be repeated"),
            Parameter("subject", "The subject of a triple with this value"),
            Parameter("property", "The property of that triple"),
            LANGUAGE,
        ),
    ),
    Address(
        "/{language}/browse/{kind}",
        "The things of a kind, narrowed, as a table with format=csv",
        "Le cose di un tipo, con filtri, come tabella con format=csv",
        (HTML.media_types[0], CSV.media_types[0]),
        (
            Parameter("language", "en or it", required=True, in_path=True),
            Parameter("kind", "A class of the ontology, e.g. Event", required=True, in_path=True),
            *(Parameter(name, f"Only what has this {name}") for name in ("country", "theme", "role", "year", "month")),
            Parameter("sort", "name or date"),
            FORMAT,
        ),
    ),
    Address(
        "/calendar.ics",
        "Events, missions and visits whose day is stated",
        "Eventi, missioni e visite di cui è indicato il giorno",
        (CALENDAR,),
        (LANGUAGE,),
    ),
    Address(
        "/partner-cities.geojson", "The partner cities as points", "Le città partner come punti", _types((GEOJSON,))
    ),
    Address("/catalog", "The catalogue (DCAT-AP)", "Il catalogo (DCAT-AP_IT)", RDF, (FORMAT,)),
    Address("/.well-known/void", "The data set in VoID", "L'insieme di dati in VoID", RDF, (FORMAT,)),
    Address(
        "/dumps/latest/release.json", "The release and its files", "Il rilascio e i suoi file", _types((PLAIN_JSON,))
    ),
    Address("/releases/feed.atom", "The feed of releases", "Il feed dei rilasci", _types((ATOM,))),
    Address("/ontology", "The ontology", "L'ontologia", RDF, (FORMAT,)),
    Address("/shapes", "The shapes (SHACL)", "Le forme (SHACL)", RDF, (FORMAT,)),
    Address("/sitemap.xml", "All pages", "Tutte le pagine", (XML,)),
)


def listed(language: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The addresses as a page shows them."""
    return [(address.path, address.it if language == "it" else address.en, address.answers) for address in ADDRESSES]


def document(title: str, version: str, base: str) -> dict[str, Any]:
    """The description (OpenAPI 3.1) of the server at an address."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "servers": [{"url": base}],
        "paths": {address.path: _path(address) for address in ADDRESSES},
    }


def _path(address: Address) -> dict[str, Any]:
    found: dict[str, Any] = {"get": _operation(address, "get")}
    if address.path == "/sparql":
        form = {"schema": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}}
        bodies = {"application/x-www-form-urlencoded": form, "application/sparql-query": {"schema": {"type": "string"}}}
        posted = _operation(address, "post")
        posted["parameters"] = [given for given in posted["parameters"] if given["name"] != QUERY.name]
        found["post"] = posted | {"requestBody": {"required": True, "content": bodies}}
    return found


def _operation(address: Address, method: str) -> dict[str, Any]:
    problem = {"description": "What went wrong and what to do", "content": {PROBLEM.media_types[0]: {}}}
    return {
        "operationId": f"{method} {address.path}",
        "summary": address.en,
        "parameters": [
            {
                "name": parameter.name,
                "in": "path" if parameter.in_path else "query",
                "description": parameter.en,
                "required": parameter.required,
                "schema": {"type": "string"},
            }
            for parameter in address.parameters
        ],
        "responses": {
            "200": {"description": address.en, "content": {media: {} for media in address.answers}},
            "default": problem,
        },
    }
