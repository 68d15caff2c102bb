"""The report on the data that are served: what shapes and rules find, as a page in both languages and as RDF.

The findings are made once a release, by `kg.inspection` in a process of its own, when somebody first asks for them.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.errors import NotFound
from kg.formats import GRAPHS, HTML, TURTLE, Format, GraphFormat, choose
from kg.inspection import RETRY, Inspection, inspect_aside
from kg.query import write_graph
from kg.web import visit
from kg.web.answers import accept_of, language_of
from kg.web.pages import pages_of
from kg.web.words import LANGUAGES

if TYPE_CHECKING:
    from starlette.requests import Request

    from kg.release import Release
    from kg.reports import Row
    from kg.web.view import Page

PATH = "validation"
ROWS_A_PAGE = 200
WORDS: dict[str, dict[str, str]] = {
    "title": {"en": "Validation report", "it": "Rapporto di validazione"},
    "violation": {"en": "violations", "it": "violazioni"},
    "warning": {"en": "warnings", "it": "avvisi"},
    "info": {"en": "ideas", "it": "idee"},
    "all": {"en": "all findings", "it": "tutti i rilievi"},
    "none": {"en": "Nothing to mend.", "it": "Nulla da correggere."},
    "intro": {
        "en": "What shapes and rules find in release {}. A violation bars a release, a warning does not.",
        "it": "Ciò che forme e regole trovano nel rilascio {}. Una violazione impedisce il rilascio, un avviso no.",
    },
    "severity": {"en": "Severity", "it": "Gravità"},
    "rule": {"en": "Rule", "it": "Regola"},
    "thing": {"en": "About", "it": "Su"},
    "problem": {"en": "What is wrong, and what to do", "it": "Che cosa non va e che cosa fare"},
    "place": {"en": "Where", "it": "Dove"},
    "found": {"en": "found", "it": "trovato"},
}


class Inspections:
    """What was found in the release that is served; one at a time is in the making, and a failed one is tried again."""

    def __init__(self) -> None:
        self._release = ""
        self._task: asyncio.Task[Inspection] | None = None
        self._failed = 0.0

    async def on(self, release: Release) -> Inspection:
        """What was found in a release; raises Busy where there is none for now."""
        failed = self._task is not None and self._task.done() and self._task.exception() is not None
        if self._task is None or self._release != release.id or (failed and time.monotonic() - self._failed > RETRY):
            self._release = release.id
            self._task = asyncio.create_task(inspect_aside(release.folders, release.id))
            self._task.add_done_callback(self._note)
        return await asyncio.shield(self._task)

    def _note(self, task: asyncio.Task[Inspection]) -> None:
        if task.cancelled() or task.exception() is not None:
            self._failed = time.monotonic()


def routes() -> list[BaseRoute]:
    """The routes; those of pages come before the general ones of a language."""
    pages = [Route(f"/{language}/{PATH}", partial(page, language=language)) for language in LANGUAGES]
    return [*pages, Route(f"/{PATH}", report)]


async def report(request: Request) -> Response:
    """The report as RDF; for people the way to the page."""
    offered: tuple[Format, ...] = (*GRAPHS, HTML)
    form = choose(request.query_params.get("format"), accept_of(request), offered, TURTLE)
    if not isinstance(form, GraphFormat):
        return RedirectResponse(f"/{language_of(request)}/{PATH}", 303)
    inspection, release = await _inspection(request), _release(request)
    body = await asyncio.to_thread(write_graph, inspection.report, form, release.graph.city.prefixes)
    return Response(body, headers={"Content-Type": form.content_type})


async def page(request: Request, language: str) -> Response:
    """The report as a page: how many findings there are, and those of the severity or rule that was chosen."""
    inspection, number = await _inspection(request), visit.number(request)
    chosen = {name: request.query_params.get(name, "") for name in ("severity", "rule")}
    view, _ = visit.begin(request, language, PATH, WORDS["title"][language])
    text = await asyncio.to_thread(_page, view, inspection, _release(request).id, chosen, number)
    return visit.html(request, text, language)


def _page(view: Page, inspection: Inspection, release: str, chosen: dict[str, str], number: int) -> str:
    language = view.language
    said = {name: text[language] for name, text in WORDS.items()}
    found = [row for row in inspection.rows[language] if _fits(row, chosen)]
    if chosen["rule"] and not found:
        raise NotFound(f"no finding is by the rule {chosen['rule']}", remedy=f"see /{language}/{PATH} for all")
    window = pages_of(found, number, ROWS_A_PAGE)
    return view.render(
        "validation.html",
        said=said,
        release=release,
        counts=inspection.counts(),
        window=window,
        findings=[(row, view.href(row.subject)) for row in window.items],
        kept="&".join(f"{name}={quote(value)}" for name, value in chosen.items() if value),
        chosen=chosen,
        formats=GRAPHS,
    )


def _fits(row: Row, chosen: dict[str, str]) -> bool:
    return all(not value or getattr(row, name) == value for name, value in chosen.items())


async def _inspection(request: Request) -> Inspection:
    inspections: Inspections = request.app.state.inspections
    return await inspections.on(_release(request))


def _release(request: Request) -> Release:
    release: Release = request.app.state.release
    return release
