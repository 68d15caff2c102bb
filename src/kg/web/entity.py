"""The page of a thing: its facts in the groups in which a person reads them, who else speaks of it, disagreements.

Every value carries the footnotes of the graphs that state it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.namespaces import CR, FIXED_PREFIXES, short
from kg.web import facts, worldmap
from kg.web.plurals import plural
from kg.web.view import Row, Shown, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.web.facts import Fact
    from kg.web.reading import Link, Reading
    from kg.web.view import Page

MOST = 25
FIGURE = {CR + name for name in ("of", "measure", "value", "unit", "currency", "qualifier")}
UNSHOWN = {"Chapter", "Discrepancy", "Document", "Figure", "Passage"}
GROUPS: dict[str, tuple[str, ...]] = {
    "what": ("kind", "title", "topic", "subject", "beneficiary", "office", "portfolio", "award", "role", "score"),
    "when": ("start", "end", "attestedOn", "forYear", "edition", "precedes", "continues", "renews"),
    "where": ("location", "destination", "seat", "country", "areaServed", "sendingState", "body"),
    "who": ("of", "post", "organisation", "in"),
    "context": (
        *("partOf", "inSeries", "programme", "project", "occasion", "attended", "visited", "implements", "plans"),
        *("produced", "measure", "value", "unit", "currency", "qualifier"),
    ),
}
GROUP_OF = {CR + name: group for group, names in GROUPS.items() for name in names}
LEADING = {group: [CR + name for name in names] for group, names in GROUPS.items()}
DESCRIPTION = FIXED_PREFIXES["dct"] + "description"


@dataclass(frozen=True)
class Mention:
    """A thing that speaks of the page's thing: since when, what it is called, in which roles, and who says so."""

    when: str
    thing: Shown
    roles: tuple[str, ...]
    sources: tuple[Source, ...]
    kind: str = ""


@dataclass(frozen=True)
class Mentions:
    """Those of one class; `more` are not shown, `ask` is the query that lists them all."""

    name: str
    found: tuple[Mention, ...]
    more: int = 0
    ask: str = ""


def grouped(page: Page, reading: Reading, found: list[Fact]) -> list[tuple[str, list[Row]]]:
    """The facts by group; what belongs to none is a name or an identifier."""
    order = ("what", "when", "where", "who", "context", "names")
    groups: dict[str, list[Fact]] = {name: [] for name in order}
    for fact in found:
        groups[group_of(reading, fact.predicate.value)].append(fact)
    return [(name, page.rows(groups[name], LEADING.get(name, ()))) for name in order if groups[name]]


def group_of(reading: Reading, predicate: str) -> str:
    """The group that a property belongs to: a role says who, the rest is listed."""
    if predicate in GROUP_OF:
        return GROUP_OF[predicate]
    if predicate in reading.roles:
        return "who"
    return "what" if predicate == DESCRIPTION else "names"


def is_derived(page: Page, fact: Fact) -> bool:
    """Whether only rules say so."""
    return bool(fact.graphs) and all(iri.startswith(f"{page.graph.city.dataset}/graph/derived/") for iri in fact.graphs)


def mentions(page: Page, reading: Reading, thing: str, told: Iterable[str | None] = ()) -> list[Mentions]:
    """Who else speaks of a thing, by class, each in the order of time; those already told of are left out."""
    done = set(told)
    by_class: dict[str, dict[str, list[Link]]] = {}
    for link in reading.links_to(thing):
        name = reading.classes.get(link.thing, "")
        if name not in UNSHOWN and not reading.derived(link.predicate) and page.href(link.thing) not in done:
            by_class.setdefault(name, {}).setdefault(link.thing, []).append(link)
    found = [_of_class(page, reading, thing, name, links) for name, links in by_class.items()]
    return sorted(found, key=lambda group: (not group.name, group.name))


def _of_class(page: Page, reading: Reading, thing: str, name: str, links: dict[str, list[Link]]) -> Mentions:
    ordered = reading.in_time(set(links))
    shown = tuple(mention(page, reading, thing, other, links[other]) for other in ordered[:MOST])
    prefixes = page.graph.city.prefixes
    subject = short(thing, prefixes)
    kind = f"  ?thing a cr:{name} .\n" if name else ""
    ask = quote(f"SELECT DISTINCT ?thing {{\n  ?thing ?relation {subject} .\n{kind}}}\nORDER BY ?thing")
    label = plural(name, page.language) or page.named(ox.NamedNode(CR + name)).text if name else page.word("others")
    return Mentions(label, shown, len(ordered) - len(shown), f"/{page.language}/sparql?query={ask}")


def mention(page: Page, reading: Reading, thing: str, other: str, links: list[Link]) -> Mention:
    """One thing that speaks of another, with the roles that link them."""
    roles = tuple(dict.fromkeys(page.relation(ox.NamedNode(link.predicate)).text for link in links))
    graphs = {name for link in links for name in facts.graphs_of(page.graph, other, link.predicate, thing)}
    return Mention(when(page, reading, other), page.named(ox.NamedNode(other)), roles, page.sources(graphs))


def when(page: Page, reading: Reading, thing: str) -> str:
    """The day or days of a thing as they are read."""
    return page.span(reading.start(thing), reading.end(thing))


def figures(page: Page, reading: Reading, thing: str) -> list[Mention]:
    """The numbers that are stated of a thing: the value with its words, and what it measures."""
    found = []
    for link in reading.links_to(thing):
        if link.predicate == CR + "of" and reading.classes.get(link.thing) == "Figure":
            measure = next((value for value in reading.values(link.thing, "measure")), None)
            name = page.term(measure).text if measure is not None else ""
            value = reading.values(link.thing, "value")
            graphs = {
                graph for part in facts.values(page.graph, ox.NamedNode(link.thing), "value") for graph in part.graphs
            }
            text = amount(page, reading, link.thing) if value else ""
            found.append(Mention("", Shown(text, page.href(link.thing)), (name,), page.sources(graphs)))
    return sorted(found, key=lambda figure: (figure.roles, figure.thing.text))


def amount(page: Page, reading: Reading, figure: str) -> str:
    """A number with its qualifier, unit and currency; what is usual (exact, one) goes without saying."""
    parts: dict[str, list[str]] = {}
    for name in ("qualifier", "value", "currency", "unit"):
        parts[name] = [
            page.term(value).text
            for value in reading.values(figure, name)
            if not value.value.endswith(("qualifier/exact", "unit/one", "unit/item"))
        ]
    return " ".join(text for name in parts for text in parts[name])


def disagreements(page: Page, reading: Reading, thing: str) -> list[dict[str, Any]]:
    """The records of where the sources disagree about a thing: the readings, who gives each, what the editors chose."""
    return [_disagreement(page, reading, record) for record in reading.discrepancies.get(thing, [])]


def _disagreement(page: Page, reading: Reading, record: str) -> dict[str, Any]:
    preferred = reading.values(record, "preferred")
    notes = facts.texts(page.graph, ox.NamedNode(record), facts.DEFINITIONS)
    spoken = [text for text in notes if text.language == page.language] or notes[:1]
    return {
        "title": page.named(ox.NamedNode(record)),
        "kinds": [page.term(kind).text for kind in reading.values(record, "conflict")],
        "readings": [
            (page.term(value), _who_reads(page, reading, record, value), value in preferred)
            for value in reading.values(record, "reading")
        ],
        "notes": [page.term(text).text for text in spoken],
        "settled": bool(preferred),
    }


def _who_reads(page: Page, reading: Reading, record: str, value: ox.NamedNode | ox.Literal) -> tuple[Source, ...]:
    """The passages that give a reading: of the thing itself, or of a figure of it."""
    found: set[str] = set()
    measures = {measure.value for measure in reading.values(record, "measure")}
    for about in reading.values(record, "about"):
        subjects = [about.value]
        if measures:
            subjects = [
                link.thing
                for link in reading.links_to(about.value)
                if link.predicate == CR + "of"
                and measures & {measure.value for measure in reading.values(link.thing, "measure")}
            ]
        for field in reading.values(record, "onProperty"):
            for subject in subjects:
                pattern = (ox.NamedNode(subject), ox.NamedNode(field.value), value)
                for fact in facts.gather(page.graph.engine.quads_for_pattern(*pattern)):
                    found |= set(fact.graphs)
    return page.sources(iri for iri in found if iri.startswith(page.graph.city.dataset + facts.SOURCE))


def places(page: Page, reading: Reading, thing: str) -> list[worldmap.Marker]:
    """The thing, or the places it names, as markers; at most a handful, for a small map."""
    linked = [thing, *(link.thing for link in reading.links_from(thing))]
    found = []
    for place in dict.fromkeys(linked):
        point = worldmap.place_of(reading.terms, place)
        if point is not None:
            name = page.named(ox.NamedNode(place))
            found.append(worldmap.Marker(point, name.text, name.href or "", name.text, "agreement"))
    return found
