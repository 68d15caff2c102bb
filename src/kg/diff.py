"""What differs between two releases, entity by entity: added, removed, changed; for people and as JSON.

Compares what is stated: what a rule derives follows from it and would tell everything twice. A fact that only moved to
another passage is no change of the fact, but of its sources; what is said of the passages themselves is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.namespaces import CR, FIXED_PREFIXES, short
from kg.passages import read_passage
from kg.terms import LANGUAGES, local_name, natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LABELS = (FIXED_PREFIXES["rdfs"] + "label", FIXED_PREFIXES["skos"] + "prefLabel", FIXED_PREFIXES["dct"] + "title")
TYPE = FIXED_PREFIXES["rdf"] + "type"
DERIVED = "/graph/derived/"
WORDS = {
    "added": {"en": "Added", "it": "Aggiunti"},
    "removed": {"en": "Removed", "it": "Rimossi"},
    "changed": {"en": "Changed", "it": "Cambiati"},
    "sources": {"en": "other passages", "it": "altri passi"},
    "head": {"en": "From release {} to {}", "it": "Dal rilascio {} al rilascio {}"},
    "none": {"en": "Nothing differs.", "it": "Nessuna differenza."},
}

Fact = tuple[str, str]  # the property's IRI and the value as N-Triples has it
Facts = dict[Fact, frozenset[str]]


@dataclass
class State:
    """What a release states of each subject, by which graphs, and what things are called."""

    release: str
    dataset: str
    entities: dict[str, dict[Fact, set[str]]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def name(self, iri: str, language: str) -> str | None:
        """The name in a language, else in the other one."""
        other = next(code for code in LANGUAGES if code != language)
        return self.names.get((iri, language)) or self.names.get((iri, other))


@dataclass(frozen=True)
class Change:
    """An entity that differs: facts that went, facts that came, facts that other passages state now."""

    entity: str
    removed: tuple[Fact, ...] = ()
    added: tuple[Fact, ...] = ()
    moved: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Difference:
    """All that differs between two releases."""

    old: State
    new: State
    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def name(self, iri: str, language: str) -> str:
        """The newest name of a thing, else its IRI in short."""
        known = self.new.name(iri, language) or self.old.name(iri, language)
        return known or short(iri, FIXED_PREFIXES).strip("<>")

    def value(self, written: str, language: str) -> str:
        """A value as people read it: a thing by its name, a literal by its text."""
        term = _term(written)
        return self.name(term.value, language) if isinstance(term, ox.NamedNode) else term.value


def read_state(release: str, quads: Iterable[ox.Quad]) -> State:
    """What a release states, from its quads."""
    state = State(release, "")
    for quad in quads:
        graph, subject, predicate = quad.graph_name, quad.subject, quad.predicate.value
        if not isinstance(graph, ox.NamedNode) or not isinstance(subject, ox.NamedNode):
            continue
        if not state.dataset and "/graph/" in graph.value:
            state.dataset = graph.value.partition("/graph/")[0]
        value = quad.object
        if predicate in LABELS and isinstance(value, ox.Literal) and value.language in LANGUAGES:
            key = (subject.value, value.language)
            state.names[key] = min(value.value, state.names.get(key, value.value))
        if DERIVED not in graph.value and not read_passage(subject.value):
            facts = state.entities.setdefault(subject.value, {})
            facts.setdefault((predicate, str(value)), set()).add(graph.value)
    return state


def compare(old: State, new: State) -> Difference:
    """What differs, each list in the order of the IRIs."""
    before, after = old.entities, new.entities
    changed = (_change(iri, before[iri], after[iri]) for iri in sorted(before.keys() & after.keys(), key=natural))
    return Difference(
        old,
        new,
        tuple(Change(iri, (), _sorted(after[iri])) for iri in sorted(after.keys() - before.keys(), key=natural)),
        tuple(Change(iri, _sorted(before[iri])) for iri in sorted(before.keys() - after.keys(), key=natural)),
        tuple(change for change in changed if change.removed or change.added or change.moved),
    )


def _change(iri: str, before: dict[Fact, set[str]], after: dict[Fact, set[str]]) -> Change:
    moved = [fact for fact in before.keys() & after.keys() if before[fact] != after[fact]]
    return Change(iri, _sorted(before.keys() - after.keys()), _sorted(after.keys() - before.keys()), _sorted(moved))


def _sorted(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda fact: (fact[0] != TYPE, fact)))


def _term(written: str) -> ox.NamedNode | ox.Literal:
    """A value from its N-Triples form."""
    text = f"<urn:s> <urn:p> {written} ."
    quad = next(iter(ox.parse(text, format=ox.RdfFormat.N_TRIPLES)))
    assert isinstance(quad.object, ox.NamedNode | ox.Literal)
    return quad.object


def as_values(difference: Difference) -> dict[str, Any]:
    """The difference for programs."""

    def facts(found: Iterable[Fact]) -> list[dict[str, str]]:
        return [{"property": predicate, "value": value} for predicate, value in found]

    def entity(change: Change) -> dict[str, Any]:
        names = {language: difference.name(change.entity, language) for language in LANGUAGES}
        values: dict[str, Any] = {"iri": change.entity, "name": names}
        for kind in ("removed", "added", "moved"):
            if getattr(change, kind):
                values[kind] = facts(getattr(change, kind))
        return values

    return {
        "old": difference.old.release,
        "new": difference.new.release,
        **{kind: [entity(change) for change in getattr(difference, kind)] for kind in ("added", "removed", "changed")},
    }


def as_lines(difference: Difference, language: str) -> Iterator[str]:
    """The difference for people: an entity with what went (-), what came (+) and what other passages state (~)."""
    yield WORDS["head"][language].format(difference.old.release, difference.new.release)
    if not difference:
        yield WORDS["none"][language]
    for kind in ("added", "removed", "changed"):
        changes: tuple[Change, ...] = getattr(difference, kind)
        if changes:
            yield ""
            yield f"{WORDS[kind][language]}: {len(changes)}"
        for change in changes:
            yield f"  {difference.name(change.entity, language)} <{change.entity}>{_kind(difference, change, language)}"
            for sign, facts in (("-", change.removed), ("+", change.added), ("~", change.moved)):
                for line in facts if kind == "changed" else ():
                    yield f"    {sign} {_line(difference, line, language)}{_note(sign, language)}"


def _kind(difference: Difference, change: Change, language: str) -> str:
    """The most telling class of an added or removed entity."""
    facts = (*change.added, *change.removed)
    kinds = [str(_term(value).value) for predicate, value in facts if predicate == TYPE]
    ours = [iri for iri in kinds if iri.startswith(str(CR))]
    return f" ({difference.name(ours[0], language)})" if ours else ""


def _line(difference: Difference, fact: Fact, language: str) -> str:
    predicate, written = fact
    known = difference.new.name(predicate, language) or difference.old.name(predicate, language)
    return f"{known or local_name(predicate)}: {difference.value(written, language)}"


def _note(sign: str, language: str) -> str:
    return f" [{WORDS['sources'][language]}]" if sign == "~" else ""
