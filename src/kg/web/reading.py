"""A release as the pages read it: which thing is of which class, when it was, which roles link it to which others.

Computed once a release, when the first page asks; what a single page shows is for the page's own module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pyoxigraph as ox

from kg.geo import partners
from kg.index import Index, read_index
from kg.namespaces import CR, FIXED_PREFIXES
from kg.passages import read_passage
from kg.terms import Terms, local_name, natural
from kg.web import facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.passages import Passage
    from kg.release import Release
    from kg.store import Graph, Value

SUBCLASS = FIXED_PREFIXES["rdfs"] + "subClassOf"
SUBPROPERTY = FIXED_PREFIXES["rdfs"] + "subPropertyOf"
PARTICIPANT = CR + "participant"
T = TypeVar("T")
MOST_KEPT = 64
HIDDEN = {"Agent", "Chapter", "Passage", "Place", "Situation"}


class Link(NamedTuple):
    """A relation of ours and the thing at its other end."""

    predicate: str
    thing: str


@dataclass
class Reading:
    """What pages need to know of a release beyond single triples."""

    release: Release

    @property
    def graph(self) -> Graph:
        """The graph that is served."""
        return self.release.graph

    @cached_property
    def terms(self) -> Terms:
        """Names and values of the default graph."""
        return Terms(self.graph)

    @cached_property
    def index(self) -> Index:
        """Where each statement stands in the files; takes a second, so only a page about corrections asks."""
        return read_index(self.release.folders)

    @cached_property
    def own(self) -> frozenset[str]:
        """Those that the documents speak for: the city itself."""
        documents = self.terms.members.get("Document", [])
        return frozenset(value.value for document in documents for value in self.terms.of(document, CR + "speaksFor"))

    @cached_property
    def partners(self) -> dict[str, list[str]]:
        """The cities that one of ours has an agreement with, and these agreements."""
        return partners(self.terms)

    @cached_property
    def own_cities(self) -> tuple[str, ...]:
        """The cities among those that the documents speak for."""
        return tuple(sorted(self.own & set(self.terms.members.get("City", []))))

    @cached_property
    def roles(self) -> frozenset[str]:
        """The properties by which somebody takes part in something, the most general one left out."""
        above = {
            subject: {value.value for value in values}
            for (subject, predicate), values in self.terms.values.items()
            if predicate == SUBPROPERTY
        }
        found: set[str] = set()
        while more := {term for term, over in above.items() if over & (found | {PARTICIPANT})} - found:
            found |= more
        return frozenset(found)

    def derived(self, predicate: str) -> bool:
        """Whether a property is only ever made by a rule."""
        return predicate == PARTICIPANT or bool(self.terms.of(predicate, CR + "derived"))

    @cached_property
    def classes(self) -> dict[str, str]:
        """The narrowest class of each thing, by its local name."""
        above = self._superclasses()
        found: dict[str, str] = {}
        for name, members in sorted(self.terms.members.items()):
            for thing in members:
                known = found.get(thing)
                if known is None or known in above.get(name, ()):
                    found[thing] = name
        return found

    def _superclasses(self) -> dict[str, set[str]]:
        """All classes of ours above each class, by local names."""
        above = {
            local_name(subject): {local_name(value.value) for value in values if value.value.startswith(CR)}
            for (subject, predicate), values in self.terms.values.items()
            if predicate == SUBCLASS and subject.startswith(CR)
        }
        while more := {
            name: further
            for name, over in above.items()
            if (further := set().union(*(above.get(other, set()) for other in over)) - over - {name})
        }:
            above = {name: over | more.get(name, set()) for name, over in above.items()}
        return above

    @cached_property
    def _links(self) -> tuple[dict[str, list[Link]], dict[str, list[Link]]]:
        out: dict[str, list[Link]] = {}
        back: dict[str, list[Link]] = {}
        for (subject, predicate), values in self.terms.values.items():
            if predicate.startswith(CR):
                for value in values:
                    if isinstance(value, ox.NamedNode):
                        out.setdefault(subject, []).append(Link(predicate, value.value))
                        back.setdefault(value.value, []).append(Link(predicate, subject))
        return out, back

    def links_from(self, thing: str) -> list[Link]:
        """What a thing points to."""
        return self._links[0].get(thing, [])

    def links_to(self, thing: str) -> list[Link]:
        """What points to a thing."""
        return self._links[1].get(thing, [])

    def values(self, thing: str, name: str) -> list[Value]:
        """The values of a property of ours."""
        return self.terms.of(thing, CR + name)

    def start(self, thing: str) -> str:
        """When something was, as precise as stated; empty where nothing is."""
        found = self.values(thing, "start") or self.values(thing, "attestedOn") or self.values(thing, "forYear")
        return min((value.value for value in found), default="")

    def end(self, thing: str) -> str:
        """Its last day, where that is another."""
        return max((value.value for value in self.values(thing, "end")), default="")

    def in_time(self, things: set[str]) -> list[str]:
        """Things in the order of their dates, those without any last."""
        return sorted(things, key=lambda thing: (self.start(thing) or "9999", natural(thing)))

    @cached_property
    def kinds(self) -> dict[str, list[str]]:
        """The classes to browse, with their members: those of which something is a member by its narrowest class."""
        found: dict[str, list[str]] = {}
        for thing, name in self.classes.items():
            if name not in HIDDEN:
                found.setdefault(name, []).append(thing)
        return found

    @cached_property
    def passages(self) -> dict[str, list[Passage]]:
        """The passages that state something by document, in the order of its lines."""
        names = (node.value for node in self.graph.engine.named_graphs() if isinstance(node, ox.NamedNode))
        found: dict[str, list[Passage]] = {}
        for passage in filter(None, map(read_passage, names)):
            found.setdefault(passage.document, []).append(passage)
        for passages in found.values():
            passages.sort(key=lambda passage: (passage.ranges, passage.inferred))
        return found

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many things, passages and statements there are."""
        return facts.counts(self.graph)

    def once(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """What is the same for everybody as long as the release is: made when first asked, the last few are kept."""
        kept: dict[tuple[str, ...], T] = self.release.kept.setdefault("made", {})
        if key not in kept:
            made = make()
            while len(kept) >= MOST_KEPT:
                kept.pop(next(iter(kept)), None)
            kept[key] = made
        return kept[key]

    @cached_property
    def discrepancies(self) -> dict[str, list[str]]:
        """The records of disagreeing sources by what they are about."""
        found: dict[str, list[str]] = {}
        for record in self.terms.members.get("Discrepancy", []):
            for about in self.values(record, "about"):
                found.setdefault(about.value, []).append(record)
        return found


def reading_of(release: Release) -> Reading:
    """The reading of a release, kept with it and let go with it."""
    found: Reading | None = release.kept.get("reading")
    if found is None:
        found = release.kept["reading"] = Reading(release)
    return found
