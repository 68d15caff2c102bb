"""Slugs: the last part of an IRI, computed from what the node joins, so that nobody invents one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.mentions import fold
from kg.store import TYPE, cr

if TYPE_CHECKING:
    from collections.abc import Iterable

UNNAMED: dict[str, tuple[str, ...]] = {
    "holding": ("holder", "post"),
    "membership": ("member", "organisation"),
    "participation": ("agent", "in", "role"),
    "figure": ("of", "measure"),
}
FIGURE_SUFFIXES = ("qualifier", "value", "unit", "currency", "topic", "location", "beneficiary", "kind", "start")
NAMED: dict[str, tuple[tuple[str, ...], int]] = {
    "agreement": (("party",), 4),
    "mission": (("destination",), 7),
    "visit": (("sender", "delegate"), 4),
    "event": (("inSeries",), 4),
}
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug_of(term: ox.NamedNode | ox.Literal) -> str:
    """The last part of an IRI, or a literal made into one."""
    if isinstance(term, ox.NamedNode):
        return re.split(r"[/#]", term.value)[-1]
    return re.sub(r"[^a-z0-9]+", "-", term.value.lower()).strip("-")


def slug_from(text: str) -> str:
    """The slug of a name: ASCII, lower case, words joined by hyphens."""
    return fold(text).replace(" ", "-").encode("ascii", "ignore").decode().strip("-")


def objects(engine: ox.Store, subject: ox.NamedNode, name: str) -> list[ox.NamedNode | ox.Literal]:
    """What passages state for a property, without repeats, sorted."""
    found = {q.object for q in engine.quads_for_pattern(subject, cr(name), None, None)}
    return sorted((o for o in found if isinstance(o, ox.NamedNode | ox.Literal)), key=str)


def unnamed_slugs(engine: ox.Store, node: ox.NamedNode, segment: str) -> list[str]:
    """The slugs that fit an unnamed node, best first; empty where it lacks what the slug is made of."""
    parts = [[slug_of(o) for o in objects(engine, node, name)] for name in UNNAMED[segment]]
    if not all(parts):
        return []
    bases = ["-".join(choice[0] for choice in parts)]
    if any(len(choice) > 1 for choice in parts):
        bases = _combinations(parts)
    if segment != "figure":
        return bases
    suffixes = [slug_of(o) for name in FIGURE_SUFFIXES for o in objects(engine, node, name)]
    return [
        *bases,
        *(f"{base}-{suffix}" for base in bases for suffix in suffixes),
        *(f"{base}-{one}-{two}" for base in bases for one in suffixes for two in suffixes if one != two),
    ]


def _combinations(parts: list[list[str]]) -> list[str]:
    found = [""]
    for choices in parts:
        found = [f"{left}-{right}" if left else right for left in found for right in choices]
    return found


def expected_starts(engine: ox.Store, node: ox.NamedNode, segment: str, own: Iterable[str]) -> list[str]:
    """How the slug of an agreement, mission, visit or edition must begin.

    Empty where it is free: where the date is not stated, where several come together, where the parties are no cities.
    """
    if segment not in NAMED:
        return []
    names, width = NAMED[segment]
    who = [
        slug_of(o)
        for name in names
        for o in objects(engine, node, name)
        if not isinstance(o, ox.NamedNode) or o.value not in set(own)
    ]
    if (segment == "visit" and len(who) > 1) or (
        segment == "agreement" and not _any_city(engine, objects(engine, node, "party"), own)
    ):
        return []
    dates = {o.value[:width] for o in objects(engine, node, "start") if re.match(r"\d{4}(-\d\d){0,2}$", o.value)}
    return [f"{name}-{date}" for name in who for date in sorted(dates)]


def _any_city(engine: ox.Store, parties: list[ox.NamedNode | ox.Literal], own: Iterable[str]) -> bool:
    others = [party for party in parties if isinstance(party, ox.NamedNode) and party.value not in set(own)]
    return any(ox.Quad(party, TYPE, cr("City"), ox.DefaultGraph()) in engine for party in others)
