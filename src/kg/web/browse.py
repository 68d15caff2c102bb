"""The things of a kind, narrowed by country, theme, kind, year, month and role; the same as a table to take away.

An address says all of it, so what is shown can be shared; the counts beside a value are what choosing it would leave.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox

from kg.errors import NotFound, RequestError
from kg.namespaces import CR, FIXED_PREFIXES
from kg.terms import local_name, natural
from kg.web import facts
from kg.web.entity import when
from kg.web.words import MONTHS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.web.reading import Reading
    from kg.web.view import Page, Shown

FACETS = ("kind", "country", "theme", "role", "year", "month")
ORDERS = ("name", "date")
COUNTRY = {CR + name for name in ("country", "sendingState", "areaServed")}
SHORT = 10


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what it is called, how many things it would leave, where choosing or dropping it leads."""

    value: str
    text: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A way to narrow: its values, the most frequent first; those beyond `shown` are folded away."""

    name: str
    choices: list[Choice]
    chosen: str

    @property
    def shown(self) -> list[Choice]:
        """The first few."""
        return self.choices[:SHORT]

    @property
    def folded(self) -> list[Choice]:
        """The rest."""
        return self.choices[SHORT:]


@dataclass(frozen=True)
class Asked:
    """What an address asks of a kind: the values chosen, and the order."""

    chosen: dict[str, str]
    order: str = ""

    def query(self, **changed: str | None) -> str:
        """The part of the address after `?`, with some values changed or, by None, dropped."""
        values: dict[str, str | None] = {**self.chosen, "sort": self.order or None, **changed}
        written = urlencode({name: value for name, value in values.items() if value})
        return f"?{written}" if written else "?"


@dataclass
class Shelf:
    """The things of a kind with the values of their facets."""

    reading: Reading
    name: str
    things: list[str]
    values: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def matching(self, chosen: Mapping[str, str], leave: str = "") -> list[str]:
        """The things that have all chosen values, those of one facet left out."""
        wanted = [(name, value) for name, value in chosen.items() if name != leave]
        return [thing for thing in self.things if all(value in self.values[thing][name] for name, value in wanted)]


def asked(parameters: Mapping[str, str]) -> Asked:
    """What the parameters of an address ask; raises RequestError for an order that there is not."""
    order = parameters.get("sort", "")
    if order and order not in ORDERS:
        raise RequestError(f"sort={order} is no order", remedy=f"use {' or '.join(ORDERS)}")
    return Asked({name: parameters[name] for name in FACETS if parameters.get(name)}, order)


def shelf(reading: Reading, name: str) -> Shelf:
    """The things of a class; raises NotFound where it has none."""
    things = reading.terms.members.get(name, [])
    if not things:
        raise NotFound(f"there is no class {name} with members", remedy="see /en/browse for those there are")
    return Shelf(reading, name, things, {thing: facets_of(reading, thing) for thing in things})


def facets_of(reading: Reading, thing: str) -> dict[str, set[str]]:
    """The values of a thing by facet."""
    start, end = reading.start(thing), reading.end(thing)
    return {
        "kind": {local_name(value.value) for value in reading.values(thing, "kind")},
        "theme": {local_name(value.value) for value in reading.values(thing, "topic")},
        "country": {local_name(country) for country in countries(reading, thing)},
        "role": {local_name(link.predicate) for link in reading.links_from(thing) if link.predicate in reading.roles}
        | {local_name(link.predicate) for link in reading.links_to(thing) if link.predicate in reading.roles},
        "year": {day[:4] for day in (start, end) if day},
        "month": {start[5:7]} if len(start) > 4 else set(),
    }


def countries(reading: Reading, thing: str) -> set[str]:
    """The countries that a thing names, or that its places and bodies are in; ours as a participant is left out."""
    known = set(reading.terms.members.get("Country", []))
    found = {link.thing for link in reading.links_from(thing) if link.predicate in COUNTRY} & known
    for link in reading.links_from(thing):
        if link.thing in reading.own and link.predicate in reading.roles:
            continue
        found |= {value.value for value in reading.values(link.thing, "country")} & known
    return found


def facets(page: Page, reading: Reading, kept: Shelf, what: Asked) -> list[Facet]:
    """The facets that divide what there is, each with its values."""
    found = []
    for name in FACETS:
        chosen = what.chosen.get(name, "")
        counted = Counter(
            value for thing in kept.matching(what.chosen, leave=name) for value in kept.values[thing][name]
        )
        if chosen and chosen not in counted:
            counted[chosen] = 0
        choices = [_choice(page, reading, name, value, count, what) for value, count in counted.items()]
        timely = name in ("year", "month")
        choices.sort(
            key=lambda choice: (not choice.chosen, *([choice.value] if timely else [-choice.count, choice.text]))
        )
        if name == "year":
            choices = choices[:1] * choices[0].chosen + choices[choices[0].chosen :][::-1] if choices else []
        if len(choices) > 1 or chosen:
            found.append(Facet(name, choices, chosen))
    return found


def _choice(page: Page, reading: Reading, name: str, value: str, count: int, what: Asked) -> Choice:
    chosen = what.chosen.get(name) == value
    href = what.query(**{name: None if chosen else value})
    return Choice(value, value_name(page, reading, name, value), count, href, chosen)


def value_name(page: Page, reading: Reading, name: str, value: str) -> str:
    """What a value of a facet is called."""
    if name == "year":
        return value
    if name == "month":
        known = value.isascii() and value.isdigit() and 1 <= int(value) <= len(MONTHS[page.language])
        return MONTHS[page.language][int(value) - 1] if known else value
    prefix = {"role": CR, "country": f"{reading.graph.city.dataset}/country/"}.get(name)
    if prefix is None:
        prefix = reading.graph.city.prefixes.get({"kind": "kind", "theme": "topic"}[name], CR)
    iri = prefix + value
    return reading.terms.name(iri, page.language) if (iri, NAMED[name]) in reading.terms.values else value


RDFS_LABEL, PREF_LABEL = FIXED_PREFIXES["rdfs"] + "label", FIXED_PREFIXES["skos"] + "prefLabel"
NAMED = {"role": RDFS_LABEL, "country": RDFS_LABEL, "kind": PREF_LABEL, "theme": PREF_LABEL}


def ordered(reading: Reading, things: list[str], order: str, language: str) -> list[str]:
    """Things by name, or by date with the latest first and the undated last."""
    by_name = sorted(things, key=lambda thing: (reading.terms.name(thing, language).casefold(), natural(thing)))
    if order != "date":
        return by_name
    return sorted(by_name, key=lambda thing: reading.start(thing) or "0000", reverse=True)


def usual_order(kept: Shelf) -> str:
    """By date where most things of the kind have one, else by name."""
    dated = sum(1 for thing in kept.things if kept.values[thing]["year"])
    return "date" if dated * 2 > len(kept.things) else "name"


def table(page: Page, reading: Reading, kept: Shelf, things: list[str]) -> bytes:
    """What is shown, as CSV: a row a thing, several values of a cell with ` | ` between them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["iri", "name", "start", "end", "kind", "country", "theme", "role", "passages"])
    for thing in things:
        values = kept.values[thing]
        cells = [
            " | ".join(sorted(value_name(page, reading, name, value) for value in values[name]))
            for name in ("kind", "country", "theme", "role")
        ]
        passages = " | ".join(reading.terms.cited(thing))
        name = reading.terms.name(thing, page.language)
        writer.writerow([thing, name, reading.start(thing), reading.end(thing), *cells, passages])
    return out.getvalue().encode()


def class_name(page: Page, name: str) -> str:
    """What a class is called."""
    return page.named(ox.NamedNode(CR + name)).text


@dataclass(frozen=True)
class Listed:
    """A thing in a list: when it was, its kinds and countries."""

    thing: Shown
    when: str
    kinds: list[str]
    countries: list[str]


def listed(page: Page, reading: Reading, kept: Shelf, thing: str) -> Listed:
    """A thing as a line of the list."""
    values = kept.values[thing]
    named = {
        name: sorted(value_name(page, reading, name, value) for value in values[name]) for name in ("kind", "country")
    }
    return Listed(page.named(ox.NamedNode(thing)), when(page, reading, thing), named["kind"], named["country"])


def definition(page: Page, name: str) -> Shown | None:
    """What a class is, in the reader's language if it can be."""
    found = [page.term(text) for text in facts.texts(page.graph, ox.NamedNode(CR + name), facts.DEFINITIONS)]
    return next((text for text in found if text.lang is None), found[0] if found else None)
