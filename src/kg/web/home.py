"""The first page: what this is, what it holds, where the partner cities lie, and a year month by month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.namespaces import CR
from kg.web import facts, worldmap
from kg.web.entity import when
from kg.web.plurals import plural
from kg.web.words import MONTHS, read_number

if TYPE_CHECKING:
    from kg.web.reading import Reading
    from kg.web.view import Page, Shown

DATED = ("Event", "Mission", "Visit")
COUNTED = ("Agreement", "City", "Country", "Event", "Mission", "Visit", "Project", "Network", "ConsularPost", "Person")


@dataclass(frozen=True)
class Partner:
    """A partner city: its country, and its agreements with their kinds and since when."""

    city: Shown
    country: str
    agreements: tuple[tuple[Shown, str, str], ...]
    look: str
    point: worldmap.Point | None

    @property
    def label(self) -> str:
        """All of it in words."""
        kinds = "; ".join(f"{kind} {since}".strip() for _, kind, since in self.agreements)
        return f"{self.city.text}, {self.country}: {kinds}" if self.country else f"{self.city.text}: {kinds}"


@dataclass(frozen=True)
class Month:
    """A month of the year: how many events, and the missions and visits by name."""

    name: str
    number: str
    counts: dict[str, int]
    named: tuple[tuple[str, str, Shown], ...]


def description(page: Page) -> list[Shown]:
    """What the dataset says of itself, in the reader's language if it can."""
    dataset = ox.NamedNode(page.graph.city.dataset)
    found = [page.term(text) for text in facts.texts(page.graph, dataset, facts.DEFINITIONS[2:])]
    return [text for text in found if text.lang is None] or found


def counted(page: Page, reading: Reading) -> list[tuple[str, str, str]]:
    """Number, name and address of what there is most to say of, and the passages that say it."""
    found = [
        (number, plural(name, page.language, one=number == 1), f"/{page.language}/browse/{name}")
        for name in COUNTED
        if (number := len(reading.terms.members.get(name, [])))
    ]
    found += [
        (reading.counts[name], page.word(name), f"/{page.language}/quality") for name in ("statements", "passages")
    ]
    return [(read_number(str(number), page.language), name, href) for number, name, href in found]


def partners(page: Page, reading: Reading) -> list[Partner]:
    """The partner cities by name."""
    found = [_partner(page, reading, city, agreements) for city, agreements in reading.partners.items()]
    return sorted(found, key=lambda partner: partner.city.text.casefold())


def _partner(page: Page, reading: Reading, city: str, agreements: list[str]) -> Partner:
    rows, looks = [], set()
    for agreement in reading.in_time(set(agreements)):
        kinds = [value.value for value in reading.values(agreement, "kind")]
        looks |= {"twinning" if kind.endswith("/twinning") else "agreement" for kind in kinds}
        text = ", ".join(reading.terms.name(kind, page.language) for kind in kinds)
        rows.append((page.named(ox.NamedNode(agreement)), text, when(page, reading, agreement)))
    countries = reading.terms.texts(reading.values(city, "country"), page.language)
    look = "both" if len(looks) > 1 else next(iter(looks), "agreement")
    name = page.named(ox.NamedNode(city))
    return Partner(name, ", ".join(countries), tuple(rows), look, worldmap.place_of(reading.terms, city))


def year_of(reading: Reading) -> str:
    """The year that the documents tell most of."""
    found = Counter(reading.start(thing)[:4] for name in DATED for thing in reading.terms.members.get(name, []))
    del found[""]
    return max(found, key=lambda year: (found[year], year), default="")


def months(page: Page, reading: Reading, year: str) -> list[Month]:
    """The months of a year; what has no month comes last, without a name."""
    numbers = [*(f"{number:02}" for number in range(1, 13)), ""]
    things: dict[str, dict[str, list[str]]] = {number: {} for number in numbers}
    for name in DATED:
        for thing in reading.terms.members.get(name, []):
            start = reading.start(thing)
            if start[:4] == year:
                things[start[5:7]].setdefault(name, []).append(thing)
    return [_month(page, reading, number, found) for number, found in things.items() if number or found]


def _month(page: Page, reading: Reading, number: str, found: dict[str, list[str]]) -> Month:
    named = reading.in_time({thing for name in DATED[1:] for thing in found.get(name, [])})
    title = MONTHS[page.language][int(number) - 1] if number else page.word("no-month")
    rows = tuple(
        (
            when(page, reading, thing),
            plural(reading.classes[thing], page.language, one=True),
            page.named(ox.NamedNode(thing)),
        )
        for thing in named
    )
    return Month(title, number, {name: len(found.get(name, [])) for name in DATED}, rows)


def kinds(page: Page, reading: Reading) -> list[tuple[str, str, int]]:
    """The classes to browse: name, what they are called, how many there are."""
    found = [
        (
            name,
            plural(name, page.language) or page.named(ox.NamedNode(CR + name)).text,
            len(reading.terms.members[name]),
        )
        for name in reading.kinds
    ]
    return sorted(found, key=lambda kind: kind[1].casefold())


def values(page: Page, reading: Reading) -> dict[str, Any]:
    """All that the template shows."""
    year = year_of(reading)
    listed = partners(page, reading)
    told = months(page, reading, year) if year else []
    markers = [
        worldmap.Marker(partner.point, partner.city.text, partner.city.href or "", partner.label, partner.look)
        for partner in listed
        if partner.point
    ]
    near = worldmap.crowded([marker.point for marker in markers])
    return {
        "description": description(page),
        "counted": counted(page, reading),
        "partners": listed,
        "markers": markers,
        "near": near,
        "near_markers": [marker for marker in markers if near and worldmap.inside(marker.point, near)],
        "year": year,
        "months": told,
        "most": max((month.counts["Event"] for month in told), default=0) or 1,
        "kinds": kinds(page, reading),
        "map_size": worldmap.size(),
        "about": page.href(page.graph.city.dataset),
    }
