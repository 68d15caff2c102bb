"""Review mode: the text of each passage beside its statements, for who keeps the data and has the documents.

The documents belong to their publishers, so the pages exist only where `--documents` is given, only on loopback, and
answer only to a browser that asks for them by a loopback name: no other site and no proxy gets at the texts.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING

import pyoxigraph as ox
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.errors import Busy, DataError, NotFound, RequestError, SettingError
from kg.formats import HTML
from kg.web.answers import language_of
from kg.web.view import Page
from kg.web.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from kg.desk import Desk, Entry
    from kg.passages import Document
    from kg.release import Release
    from kg.settings import Settings
    from kg.web.view import Source

PATH = "review"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
REVISION = re.compile(r"[A-Za-z0-9_][\w./~^@{}-]*", re.ASCII)
WORDS: dict[str, dict[str, str]] = {
    "title": {"en": "Review", "it": "Revisione"},
    "intro": {
        "en": "The documents' texts beside what the data state; only for who runs this server, on this machine.",
        "it": "I testi dei documenti accanto a ciò che affermano i dati; solo per chi gestisce questo server, qui.",
    },
    "passages": {"en": "passages", "it": "passi"},
    "statements": {"en": "statements", "it": "affermazioni"},
    "doubts": {"en": "doubts", "it": "dubbi"},
    "chapter": {"en": "Chapter", "it": "Capitolo"},
    "all": {"en": "all passages", "it": "tutti i passi"},
    "doubtful": {"en": "only doubtful ones", "it": "solo quelli dubbi"},
    "since": {"en": "changed since revision", "it": "cambiati dalla revisione"},
    "show": {"en": "Show", "it": "Mostra"},
    "open": {"en": "No statement.", "it": "Nessuna affermazione."},
    "nothing": {"en": "No passage to show.", "it": "Nessun passo da mostrare."},
    "context": {"en": "Read together with", "it": "Letto insieme a"},
    "doubt": {"en": "doubted", "it": "dubbio"},
    "level": {"en": "borne out by", "it": "sostenuto da"},
    "line": {"en": "line", "it": "riga"},
}
LEVELS: dict[str, dict[str, str]] = {
    "passage": {"en": "passage", "it": "passo"},
    "document": {"en": "document", "it": "documento"},
    "context": {"en": "context", "it": "contesto"},
    "concept": {"en": "concept", "it": "concetto"},
    "prose": {"en": "our words", "it": "parole nostre"},
    "inferred": {"en": "inferred", "it": "dedotto"},
    "unsupported": {"en": "nothing", "it": "nulla"},
}


def desk_of(release: Release, settings: Settings) -> Desk | None:
    """The desk of a server that has documents."""
    if settings.documents is None:
        return None
    from kg.desk import Desk  # brings what reads the files again; a server without documents does not need it

    return Desk(release.folders, settings.documents)


def routes(settings: Settings) -> list[BaseRoute]:
    """The routes; none without documents."""
    if settings.documents is None:
        return []
    pages: tuple[tuple[str, Callable[[Request, str], str]], ...] = (
        (f"{PATH}", _documents),
        (f"{PATH}/{{document}}", _chapters),
        (f"{PATH}/{{document}}/{{chapter}}", _passages),
    )
    return [
        Route(f"/{PATH}", to_language),
        *(
            Route(f"/{language}/{path}", partial(show, make=make, language=language))
            for language in LANGUAGES
            for path, make in pages
        ),
    ]


def to_language(request: Request) -> Response:
    """The way to the pages in the reader's language."""
    return RedirectResponse(f"/{language_of(request)}/{PATH}", 303)


async def show(request: Request, make: Callable[[Request, str], str], language: str) -> Response:
    """A page of the review; raises NotFound for who asks from elsewhere, Busy while a file cannot be read."""
    host = request.headers.get("host", "").rpartition("@")[2]
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name not in LOOPBACK or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise NotFound("the review is for who sits at this machine", remedy="open it by http://127.0.0.1 and the port")
    try:
        text = await asyncio.to_thread(make, request, language)
    except (DataError, SettingError) as error:
        message = f"the review cannot be shown: {error.where} {error.message}"
        raise Busy(message, retry_after=1, remedy=error.remedy) from None
    own = {"Access-Control-Allow-Origin": f"http://{host}", "Cache-Control": "no-store"}
    return Response(text, headers={"Content-Type": HTML.content_type, "Content-Language": language, **own})


def _fresh(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    desk.refresh()
    return desk


def since_of(request: Request) -> str | None:
    """The revision to compare with, if any; raises RequestError for what cannot be one."""
    written = request.query_params.get("since") or None
    if written is not None and not REVISION.fullmatch(written):
        raise RequestError(f"since={written} is no revision", remedy="write the name of a revision of git")
    return written


def _said(language: str) -> dict[str, str]:
    return {name: text[language] for name, text in WORDS.items()}


def _documents(request: Request, language: str) -> str:
    desk, said = _fresh(request), _said(language)
    view = Page(desk.graph, language, PATH, title=said["title"])
    rows = [
        (view.named(_node(document)), document.slug, *_sums(desk, document)) for document in desk.documents.values()
    ]
    return view.render("review.html", said=said, rows=rows, above=None, since="")


def _chapters(request: Request, language: str) -> str:
    desk, said = _fresh(request), _said(language)
    document = desk.document(request.path_params["document"])
    view = Page(desk.graph, language, f"{PATH}/{document.slug}")
    view.title = view.named(_node(document)).text
    since = since_of(request)
    rows = []
    for chapter in desk.chapters(document):
        entries = [entry for entry in desk.entries(document, chapter, since) if entry.reading]
        if entries or since is None:
            shown = view.named(chapter.node)
            rows.append((shown, f"{document.slug}/{chapter.slug}", *_sum(entries)))
    return view.render("review.html", said=said, rows=rows, above=f"/{language}/{PATH}", since=since or "")


def _passages(request: Request, language: str) -> str:
    desk, said = _fresh(request), _said(language)
    document = desk.document(request.path_params["document"])
    chapter = desk.chapter(document, request.path_params["chapter"])
    since, doubtful = since_of(request), "doubtful" in request.query_params
    view = Page(desk.graph, language, f"{PATH}/{document.slug}/{chapter.slug}")
    view.title = f"{view.named(_node(document)).text}: {view.named(chapter.node).text}"
    entries = [entry for entry in desk.entries(document, chapter, since) if entry.doubts or not doubtful]
    return view.render(
        "review-passages.html",
        said=said,
        above=f"/{language}/{PATH}/{document.slug}",
        entries=[(entry, _passage(view, entry), _rows(view, entry)) for entry in entries],
        since=since or "",
        doubtful=doubtful,
    )


def _node(document: Document) -> ox.NamedNode:
    return ox.NamedNode(document.iri)


def _sum(entries: list[Entry]) -> tuple[int, int, int]:
    """Passages, statements, doubts."""
    statements = sum(len(entry.reading.verdicts) for entry in entries if entry.reading)
    return len(entries), statements, sum(entry.doubts for entry in entries)


def _sums(desk: Desk, document: Document) -> tuple[int, int, int]:
    entries = [entry for chapter in desk.chapters(document) for entry in desk.entries(document, chapter)]
    return _sum([entry for entry in entries if entry.reading])


def _passage(view: Page, entry: Entry) -> Source | None:
    return view.source(entry.reading.passage.iri) if entry.reading else None


def _rows(view: Page, entry: Entry) -> list[dict[str, object]]:
    """The statements of a passage: subject, relation, value, level, doubt, and where they stand."""
    verdicts = entry.reading.verdicts if entry.reading else []
    return [
        {
            "subject": view.named(v.triple[0]),
            "relation": view.relation(v.triple[1]),
            "value": view.term(v.triple[2]),
            "level": LEVELS[v.level][view.language],
            "doubt": v.reason[view.language == "it"] if v.level == "unsupported" else "",
            "place": str(v.place),
        }
        for v in verdicts
    ]
