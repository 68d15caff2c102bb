"""The query editor: its page, which is a plain form where no script runs, and what its script asks for.

`/editor/terms`, `/editor/examples` and `/editor/passages` are JSON of the release that is served.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.errors import NotFound, RequestError
from kg.formats import GRAPHS, PLAIN_JSON, RESULTS
from kg.web import assets, phrases, visit
from kg.web.answers import language_of
from kg.web.cache import matches
from kg.web.coding import IDENTITY, encode, negotiate
from kg.web.conditional import ALWAYS_ASK, etag_of
from kg.web.examples import Example, read_examples
from kg.web.provenance import of_triple, of_value, read_term
from kg.web.support import as_values
from kg.web.view import Page
from kg.web.vocabulary import vocabulary
from kg.web.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from kg.release import Release

FIRST = "SELECT ?class (COUNT(?thing) AS ?things) {\n  ?thing a ?class .\n}\nGROUP BY ?class\nORDER BY DESC(?things)"


class Kept:
    """Answers that only a release changes, in the codings that were asked for."""

    def __init__(self) -> None:
        self._bodies: dict[tuple[str, str, str], bytes] = {}

    def body(self, release: Release, name: str, coding: str) -> bytes:
        """An answer's bytes, made when they are first asked for."""
        key = (release.id, name, coding)
        found = self._bodies.get(key)
        if found is None:
            plain = _json(CONTENTS[name](release)) if coding == IDENTITY else self.body(release, name, IDENTITY)
            found = encode(plain, coding)
            # what is of another release goes; the dictionary is replaced, for others may be reading it
            self._bodies = {kept: body for kept, body in self._bodies.items() if kept[0] == release.id} | {key: found}
        return found


def routes() -> list[BaseRoute]:
    """The routes; the pages come before the general ones of a language."""
    kept = Kept()
    of_pages = [Route(f"/{language}/sparql", partial(answer_page, language=language)) for language in LANGUAGES]
    of_contents = [Route(f"/editor/{name}", partial(answer_contents, kept=kept, name=name)) for name in CONTENTS]
    return [*of_pages, *of_contents, Route("/editor/passages", answer_passages)]


def answer_page(request: Request, language: str) -> Response:
    """The editor; the address may bring a query or the name of an example, and a release."""
    release: Release = request.app.state.release
    query = request.query_params.get("query")
    name = request.query_params.get("example")
    if query is None and name is not None:
        query = _example(release, name).query[language]
    html = page(release, language, query, request.query_params.get("release"), visit.address_of(request))
    return visit.html(request, html, language)


def _example(release: Release, name: str) -> Example:
    for example in read_examples(release.folders.queries):
        if example.name == name:
            return example
    raise NotFound(f"there is no example {name}", remedy="see /en/sparql for those there are")


def page(
    release: Release, language: str, query: str | None = None, pinned: str | None = None, address: str = ""
) -> str:
    """The editor's page, with a query to begin with and the release that is asked; `address` is the server's."""
    shown = Page(release.graph, language, "sparql", phrases.phrase("title", language), base=address)
    found = groupby(read_examples(release.folders.queries), key=lambda example: example.theme)
    return shown.render(
        "editor.html",
        query=query or FIRST,
        asked=query is not None,
        release=release.id,
        pinned=pinned if pinned and pinned != "latest" else "",
        results=RESULTS,
        graphs=GRAPHS,
        themes=[(theme, phrases.theme(theme, language), list(examples)) for theme, examples in found],
        map=assets.manifest()["map"],
        prefixes=release.graph.city.prefixes,
        words=phrases.for_script(language),
        phrase=lambda name, *values: phrases.phrase(name, language, *values),
    )


def answer_contents(request: Request, kept: Kept, name: str) -> Response:
    """What only a release changes, with its validator."""
    coding = negotiate(request.headers.get("accept-encoding"))
    body = kept.body(request.app.state.release, name, coding)
    headers = {"ETag": etag_of(body), "Cache-Control": ALWAYS_ASK}
    if matches(request.headers.get("if-none-match"), (headers["ETag"],)):
        return Response(status_code=304, headers=headers)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    return Response(body, headers={**headers, "Content-Type": PLAIN_JSON.content_type})


def terms(release: Release) -> dict[str, Any]:
    """What can be written in a query."""
    return {"release": release.id, **vocabulary(release.graph)}


def examples(release: Release) -> dict[str, Any]:
    """The queries to begin with, and what their themes are called."""
    found = read_examples(release.folders.queries)
    named = {
        example.theme: {language: phrases.theme(example.theme, language) for language in LANGUAGES} for example in found
    }
    return {"release": release.id, "themes": named, "examples": [asdict(example) for example in found]}


def answer_passages(request: Request) -> Response:
    """Who says so: `value` in a row `with` others, or `subject`, `property`, `value`; `named` by its query."""
    release: Release = request.app.state.release
    given = request.query_params
    if "value" not in given:
        raise RequestError("the request has no value", remedy="send `value`, a term as N-Triples write it")
    value = read_term(given["value"])
    if ("subject" in given) != ("property" in given):
        raise RequestError("a triple has a subject and a property", remedy="send `subject`, `property` and `value`")
    if "subject" in given:
        found = of_triple(release.graph, read_term(given["subject"]), read_term(given["property"]), value)
    else:
        others, named = ([read_term(text) for text in given.getlist(name)] for name in ("with", "named"))
        found = of_value(release.graph, value, others, named)
    language = given.get("lang") if given.get("lang") in LANGUAGES else language_of(request)
    values = as_values(Page(release.graph, language or LANGUAGES[0], ""), value, found)
    body = _json({"release": release.id, **values})
    return visit.send(request, body, PLAIN_JSON.content_type, **{"Content-Language": language or LANGUAGES[0]})


def _json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


CONTENTS: dict[str, Callable[[Release], dict[str, Any]]] = {"terms": terms, "examples": examples}
