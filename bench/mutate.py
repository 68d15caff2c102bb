"""Prints how many mutants of the data `kg validate` and `kg evidence` catch, by operator and by class of thing.

Mutants that have nothing to do with each other are checked together in one graph; a finding counts for a mutant only
if it is about the thing or the passage that this mutant changed. Everything happens in memory.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import release, store, validate
from kg.evidence import read_evidence, unsupported
from kg.index import Index, read_index
from kg.settings import Folders, Settings, find_folders
from kg.store import TYPE, Graph
from mutants import EACH, OPERATORS, SEGMENTS, Facts, Mutant, mutants

if TYPE_CHECKING:
    from kg.findings import Finding

LARGEST = 120
WORKERS = 2


@dataclass
class Base:
    """The data without any mutant: the quads of the files, their index, and what is found of them as they are."""

    folders: Folders
    documents: Path
    quads: set[ox.Quad]
    graph: Graph
    index: Index
    facts: Facts
    known: set[tuple[str, ...]] = field(default_factory=set)
    mentions: dict[ox.NamedNode, set[str]] = field(default_factory=dict)


def read_base(folders: Folders, documents: Path) -> Base:
    """Everything read once."""
    graph = release.build(folders)
    index = read_index(folders)
    quads = {
        quad
        if isinstance(quad.graph_name, ox.NamedNode)
        else ox.Quad(quad.subject, quad.predicate, quad.object, graph.city.graph(name))
        for name, file in store.files_by_graph(folders)
        for quad in store.parse_file(file)
    }
    base = Base(folders, documents, quads, graph, index, Facts(index, graph.city.dataset))
    base.known = {key_of(finding) for finding in validate.validate(graph, folders, index)}
    for triple, places in index.triples.items():
        for term in triple:
            if isinstance(term, ox.NamedNode):
                found = base.mentions.setdefault(term, set())
                found |= {place.graph for place in places if place.graph} | {triple[0].value}
    return base


def key_of(finding: Finding) -> tuple[str, ...]:
    """What makes a finding the same before and after."""
    return finding.rule, finding.subject.value, finding.value


def reach(base: Base, mutant: Mutant) -> set[str]:
    """All that a finding about this mutant may be about."""
    found = set(mutant.terms)
    for fact in (*mutant.removed, *mutant.added):
        if isinstance(fact.object, ox.NamedNode) and base.facts.segment(fact.object):
            found.add(fact.object.value)
        if not fact.place.graph:
            found |= base.mentions.get(fact.subject, set())
    return found


def batches(base: Base, all_mutants: list[Mutant]) -> list[list[Mutant]]:
    """The mutants in few groups, in none of which one touches what another may be found at."""
    groups: list[tuple[list[Mutant], set[str], set[str]]] = []
    for mutant in all_mutants:
        far = reach(base, mutant)
        for group, terms, reached in groups:
            if len(group) < LARGEST and not (far & terms) and not (mutant.terms & reached):
                break
        else:
            groups.append(([], set(), set()))
            group, terms, reached = groups[-1]
        group.append(mutant)
        terms |= mutant.terms
        reached |= far
    return [group for group, _, _ in groups]


def quad_of(fact_triple: store.Triple, graph: str | None, city: store.City) -> ox.Quad:
    """The quad of a fact, in its passage or among the entities."""
    return ox.Quad(*fact_triple, ox.NamedNode(graph) if graph else city.graph("entities"))


def changed_graph(base: Base, group: list[Mutant]) -> Graph:
    """The graph as it would be loaded from files with these changes."""
    city = base.graph.city
    gone = {quad_of(f.triple, f.place.graph, city) for m in group for f in m.removed}
    new = {quad_of(f.triple, f.place.graph, city) for m in group for f in m.added}
    engine = ox.Store()
    engine.extend((base.quads - gone) | new)
    graph = Graph(engine, city)
    release.complete(graph, base.folders)
    return graph


def changed_index(base: Base, group: list[Mutant]) -> Index:
    """The index as it would be read from files with these changes."""
    old = base.index
    new = Index(
        {key: list(places) for key, places in old.triples.items()},
        {key: list(places) for key, places in old.subjects.items()},
        {key: list(places) for key, places in old.blocks.items()},
        dict(old.graphs),
        {key: list(values) for key, values in old.values.items()},
    )
    for mutant in group:
        for fact in mutant.removed:
            new.triples[fact.triple].remove(fact.place)
            new.values[fact.triple[:2]].remove(fact.object)
            if not new.triples[fact.triple]:
                del new.triples[fact.triple]
            if fact.predicate == TYPE:
                new.blocks.pop(fact.subject, None)
        for fact in mutant.added:
            new.triples.setdefault(fact.triple, []).append(fact.place)
            new.values.setdefault(fact.triple[:2], []).append(fact.object)
            new.subjects.setdefault(fact.subject, []).append(fact.place)
            if fact.predicate == TYPE:
                new.blocks.setdefault(fact.subject, []).append(fact.place)
            if fact.place.graph:
                new.graphs.setdefault(fact.place.graph, fact.place)
    stated = {place.graph for places in new.triples.values() for place in places}
    new.graphs = {graph: place for graph, place in new.graphs.items() if graph in stated}
    spoken = {key[0] for key in new.triples}
    new.subjects = {node: places for node, places in new.subjects.items() if node in spoken}
    return new


def check(base: Base, group: list[Mutant]) -> list[tuple[bool, bool, bool]]:
    """Of each mutant whether shapes and rules catch it, whether as a violation, and whether evidence does."""
    graph, index = changed_graph(base, group), changed_index(base, group)
    focus = {ox.NamedNode(term) for mutant in group for term in reach(base, mutant)}
    found = [f for f in validate.validate(graph, base.folders, index, focus) if key_of(f) not in base.known]
    passages = {term for mutant in group for term in reach(base, mutant)}
    doubts = list(unsupported(read_evidence(graph, index, base.documents, passages)))
    listed = terms_of([f for f in found if f.severity != "info"])
    barred = terms_of([f for f in found if f.severity == "violation"])
    doubted = terms_of(doubts)
    return [(bool(m.terms & listed), bool(m.terms & barred), bool(m.terms & doubted)) for m in group]


def terms_of(findings: list[Finding]) -> set[str]:
    """The things and passages that findings are about."""
    found: set[str] = set()
    for finding in findings:
        found |= {term.value for term in (finding.subject, *(finding.triple or ())) if isinstance(term, ox.NamedNode)}
        if finding.place and finding.place.graph:
            found.add(finding.place.graph)
    return found


BASE: Base


def check_batch(group: list[Mutant]) -> list[tuple[bool, bool, bool]]:
    """What a worker does; the base came to it by fork."""
    return check(BASE, group)


def run(base: Base, all_mutants: list[Mutant]) -> list[tuple[Mutant, tuple[bool, bool, bool]]]:
    """Every mutant with what catches it."""
    global BASE
    BASE = base
    groups = batches(base, all_mutants)
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        results = list(pool.map(check_batch, groups))
    return [pair for group, result in zip(groups, results, strict=True) for pair in zip(group, result, strict=True)]


def main() -> int:
    """Make, check and count; 1 where fewer are caught than asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--documents", type=Path, default=Path("../shared/sources"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=EACH)
    parser.add_argument("--operator", help="only this row of the table")
    parser.add_argument("--survivors", action="store_true", help="list those that nothing catches")
    parser.add_argument("--least", type=float, default=0.95)
    asked = parser.parse_args()
    base = read_base(find_folders(Settings()), asked.documents)
    chosen = [name for name in OPERATORS if asked.operator in (None, name)]
    cells = [mutants(base.facts, asked.seed, name, kind, asked.each) for name in chosen for kind in SEGMENTS]
    results = run(base, [mutant for cell in cells for mutant in cell])
    for title, keys in (("operator", chosen), ("class", SEGMENTS)):
        print_table(title, keys, results)
    if asked.survivors:
        for mutant, (shapes, _, lines) in sorted(results, key=lambda pair: (pair[0].operator, pair[0].kind)):
            if not shapes and not lines:
                print(f"{mutant.operator} | {mutant.kind} | {mutant}")
    caught = sum(shapes or lines for _, (shapes, _, lines) in results)
    return 0 if caught >= asked.least * len(results) else 1


def print_table(title: str, keys: list[str], results: list[tuple[Mutant, tuple[bool, bool, bool]]]) -> None:
    """One row an operator or class, as Markdown."""
    print(f"\n| {title} | mutants | validate | of these violations | evidence | together |\n|---|--:|--:|--:|--:|--:|")
    for key in [*keys, "all"]:
        rows = [r for m, r in results if key in ("all", m.operator if title == "operator" else m.kind)]
        if rows:
            n = Counter({"n": len(rows)})
            for shapes, barred, lines in rows:
                n.update(v=shapes, b=barred, e=lines, t=shapes or lines)
            parts = (f"{n[k] / n['n']:.1%}" for k in ("v", "b", "e", "t"))
            print(f"| {key} | {n['n']} | {' | '.join(parts)} |")


if __name__ == "__main__":
    sys.exit(main())
