"""Which passages stand behind a value of an answer: a thing, a stated triple, or one value in a row of several.

A row holds names and numbers more often than IRIs. So each value stands for itself and for what is called so; the
facts sought are those of the things that are tied to the most of the row. A derived fact is shown with its rule and
with the passages about its subject that the rule had to go by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import RequestError
from kg.namespaces import CR
from kg.web import facts
from kg.web.facts import MERGED, NAMES, SOURCE, Fact

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.store import Graph

Term = ox.NamedNode | ox.Literal
LONGEST = 4000  # characters of a term
MOST_VALUES = 20  # of a row, and as many that its query names
MOST_CANDIDATES = 2000  # triples that are looked at for the value; one that stands in more tells nothing apart
MOST_OF_OTHERS = 200  # the same for each other value of its row
MOST_SUBJECTS = 12  # things whose facts are shown


@dataclass
class Support:
    """What stands behind a value: the facts, those of them that rules derived, and how many subjects were left out.

    `computed` is whether the value itself stands nowhere, as a count does; the facts are then those of the row.
    """

    stated: list[Fact] = field(default_factory=list)
    derived: list[Fact] = field(default_factory=list)
    described: list[Fact] = field(default_factory=list)
    computed: bool = False
    more: int = 0


def read_term(text: str) -> Term:
    """A term as N-Triples write it; raises RequestError."""
    problem = RequestError(
        f"{text[:80]} is no IRI and no literal", remedy='write <IRI>, "text"@en or "2024"^^<datatype>, as in N-Triples'
    )
    if len(text) > LONGEST:
        raise problem
    try:
        quads = list(ox.parse(f"<a:a> <a:a> {text} .", format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError:
        raise problem from None
    if len(quads) != 1 or not isinstance(quads[0].object, ox.NamedNode | ox.Literal):
        raise problem
    return quads[0].object


def of_triple(graph: Graph, subject: Term, predicate: Term, value: Term) -> Support:
    """What stands behind one triple."""
    if not isinstance(subject, ox.NamedNode) or not isinstance(predicate, ox.NamedNode):
        raise RequestError("a subject and a property are IRIs", remedy="write both as <IRI>")
    found = facts.gather(graph.engine.quads_for_pattern(subject, predicate, value))
    return _sorted_out(graph, found, [subject] if found else [])


def of_value(graph: Graph, value: Term, others: list[Term], named: Collection[Term] = ()) -> Support:
    """What stands behind a value, told from the other values of its row, and from what its query names."""
    longest = max(len(others), len(named))
    if longest > MOST_VALUES:
        raise RequestError(f"a row of {longest} values is too long", remedy=f"send at most {MOST_VALUES}")
    row = [_meant(graph, other) for other in others if other != value]
    meant = _meant(graph, value)
    best, subjects = _tied(graph, meant, row or [{term} for term in named])
    subjects = _fitting(graph, subjects, set(named))
    if best == 0 and row and not _things(meant):
        return _of_row(graph, row)
    chosen = sorted(subjects, key=str)[:MOST_SUBJECTS] if best else sorted(_things(meant) or subjects, key=str)
    kept = chosen[:MOST_SUBJECTS]
    relevant = [fact for subject in kept for fact in _about(graph, subject, meant, row)]
    if not row and not named:  # asked for a thing as a whole: who mentions it counts too
        relevant += [fact for node in kept if node in meant for fact in _mentions(graph, node)]
    support = _sorted_out(graph, relevant, kept)
    support.more = max(len(subjects) if best else len(chosen), len(kept)) - len(kept)
    return support


def _of_row(graph: Graph, row: list[set[Term]]) -> Support:
    """The facts that tie the rest of the row together, for a value that has been computed."""
    found: dict[ox.NamedNode, None] = {}
    for place, meant in enumerate(row):
        best, subjects = _tied(graph, meant, row[:place] + row[place + 1 :], MOST_OF_OTHERS)
        found |= dict.fromkeys(sorted(subjects if best else _things(meant), key=str))
    kept = list(found)[:MOST_SUBJECTS]
    support = _sorted_out(graph, [fact for subject in kept for fact in facts.outgoing(graph, subject)], kept)
    support.computed, support.more = True, len(found) - len(kept)
    return support


def _meant(graph: Graph, term: Term) -> set[Term]:
    """A value, and what is called so."""
    found: set[Term] = {term}
    if isinstance(term, ox.Literal):
        for predicate in NAMES:
            quads = graph.engine.quads_for_pattern(None, predicate, term, MERGED)
            found |= {quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    return found


def _things(meant: set[Term]) -> set[ox.NamedNode]:
    return {node for node in meant if isinstance(node, ox.NamedNode)}


def _tied(
    graph: Graph, meant: set[Term], row: list[set[Term]], most: int = MOST_CANDIDATES
) -> tuple[int, set[ox.NamedNode]]:
    """The things that are, or have, this value and are tied to the most others; and to how many."""
    candidates = dict.fromkeys(_things(meant))
    for node in meant:
        for count, quad in enumerate(graph.engine.quads_for_pattern(None, None, node, MERGED)):
            if count >= most:
                break
            if isinstance(quad.subject, ox.NamedNode):
                candidates[quad.subject] = None
    ties = {candidate: _ties(graph, candidate, row) for candidate in candidates}
    best = max(ties.values(), default=0)
    return best, {candidate for candidate, number in ties.items() if number == best}


def _fitting(graph: Graph, subjects: set[ox.NamedNode], named: set[Term]) -> set[ox.NamedNode]:
    """Of things that are tied to as much, those that are or have most of what the query names."""
    fits = {subject: len(named & _objects(graph, subject)) for subject in subjects} if named else {}
    best = max(fits.values(), default=0)
    return {subject for subject, fit in fits.items() if fit == best} or subjects


def _objects(graph: Graph, subject: ox.NamedNode) -> set[Term]:
    return {quad.object for quad in graph.engine.quads_for_pattern(subject, None, None, MERGED)}  # type: ignore[misc]


def _ties(graph: Graph, subject: ox.NamedNode, row: list[set[Term]]) -> int:
    """How many values of a row a thing is or has, where a passage or a rule says so."""
    told = [fact for fact in facts.outgoing(graph, subject) if any(_has_ground(graph, name) for name in fact.graphs)]
    objects = {fact.object for fact in told}
    return sum(subject in meant or not meant.isdisjoint(objects) for meant in row)


def _about(graph: Graph, subject: ox.NamedNode, meant: set[Term], row: list[set[Term]]) -> list[Fact]:
    """What ties a thing to the value and, where the thing is the value itself, to the others; else all about it."""
    found = facts.outgoing(graph, subject)
    sought = [meant, *(row if subject in meant else [])]
    told = [fact for fact in found if any(fact.object in other for other in sought)]
    return told or found


def _sorted_out(graph: Graph, found: list[Fact], subjects: list[ox.NamedNode]) -> Support:
    """The facts by where they come from; where no passage states any, what passages state of the subjects."""
    support = Support()
    for fact in _our_own(found):
        if any(_is_passage(graph, name) for name in fact.graphs):
            support.stated.append(fact)
        elif any(_is_derived(graph, name) for name in fact.graphs):
            support.derived.append(fact)
        elif fact.graphs:
            support.described.append(fact)
    if not support.stated:
        support.stated = [fact for node in subjects for fact in _told(graph, facts.outgoing(graph, node))]
    if not support.stated:
        support.stated = [fact for node in subjects for fact in _mentions(graph, node)]
    return support


def _our_own(found: list[Fact]) -> list[Fact]:
    """What rules repeat in the vocabularies of others is left out, unless there is nothing else."""
    return [fact for fact in found if _is_ours(fact)] or found


def _is_ours(fact: Fact) -> bool:
    if fact.predicate == facts.TYPE:
        return isinstance(fact.object, ox.NamedNode) and fact.object.value.startswith(CR)
    return fact.predicate.value.startswith(CR) or fact.predicate in (*NAMES, facts.ALSO, *facts.DEFINITIONS)


def _told(graph: Graph, found: list[Fact]) -> list[Fact]:
    return [fact for fact in found if any(_is_passage(graph, name) for name in fact.graphs)]


def _mentions(graph: Graph, node: ox.NamedNode) -> list[Fact]:
    """What passages state of other things that has this one as its value."""
    return _told(graph, facts.gather(graph.engine.quads_for_pattern(None, None, node)))


def _is_passage(graph: Graph, name: str) -> bool:
    return name.startswith(graph.city.dataset + SOURCE)


def _has_ground(graph: Graph, name: str) -> bool:
    return _is_passage(graph, name) or _is_derived(graph, name)


def _is_derived(graph: Graph, name: str) -> bool:
    return name.startswith(f"{graph.city.dataset}/graph/derived/")
