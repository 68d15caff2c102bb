"""What a city and ours share, in the order of time: whatever names both, by whatever role, place, office or seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.namespaces import CR
from kg.web import facts
from kg.web.entity import UNSHOWN, Mention, when
from kg.web.plurals import plural

if TYPE_CHECKING:
    from kg.web.reading import Link, Reading
    from kg.web.view import Page

MOST_SOURCES = 4
INVOLVES = CR + "involves"


def shared(page: Page, reading: Reading, city: str) -> list[tuple[str, list[Mention]]]:
    """By year, and what has none at the end; nothing for one of our own cities or what is no city."""
    if city in reading.own or reading.classes.get(city) != "City":
        return []
    links: dict[str, list[Link]] = {}
    for link in reading.links_to(city):
        if reading.classes.get(link.thing, "") not in {*UNSHOWN, "City"}:
            links.setdefault(link.thing, []).append(link)
    common = {thing for thing in links if {link.thing for link in reading.links_from(thing)} & reading.own}
    years: dict[str, list[Mention]] = {}
    for thing in reading.in_time(common):
        years.setdefault(reading.start(thing)[:4], []).append(_mention(page, reading, city, thing, links[thing]))
    return list(years.items())


def _mention(page: Page, reading: Reading, city: str, thing: str, links: list[Link]) -> Mention:
    stated = [link for link in links if not reading.derived(link.predicate)]
    roles = tuple(dict.fromkeys(page.relation(ox.NamedNode(link.predicate)).text for link in stated))
    graphs = {name for link in stated for name in facts.graphs_of(page.graph, thing, link.predicate, city)}
    if not stated:  # by an office or a seat: the passages of the thing itself
        roles = (page.relation(ox.NamedNode(INVOLVES)).text,)
        graphs = set(reading.terms.passages.get(thing, [])[:MOST_SOURCES])
    kind = plural(reading.classes.get(thing, ""), page.language, one=True) or ""
    return Mention(when(page, reading, thing), page.named(ox.NamedNode(thing)), roles, page.sources(graphs), kind)
