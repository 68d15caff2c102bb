"""`ontology/checks/*.rq`: what reports on ontologies ask for, one named query each; each catches its broken case.

`robot-*` ask what the report of ROBOT asks, `hygiene-*` what FIBO's hygiene tests ask, `oops-*` the pitfalls of OOPS!
that a query can see, `foops-*` the tests of FOOPS! that need only the file, `skos-*` what SKOS demands of schemes. The
head of a file says what is wrong with the terms that it finds, and gives Turtle that is wrong in that way.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from conftest import ROOT
from kg.namespaces import CR, FIXED_PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ROOT / "ontology"
CHECKS = sorted((FOLDER / "checks").glob("*.rq"))
PREFIXES = FIXED_PREFIXES | {
    "cr": str(CR),
    "bibo": "http://purl.org/ontology/bibo/",
    "vann": "http://purl.org/vocab/vann/",
}
# terms that no statement uses yet, listed in docs/modelling.md; whoever uses one takes it off the lists
RESERVED = {"attestedOn", "withheld"}


def store(extra: str = "") -> ox.Store:
    """The ontology and its concepts, with some Turtle beside."""
    engine = ox.Store()
    for file in [FOLDER / "city-relations.ttl", *sorted((FOLDER / "concepts").glob("*.ttl"))]:
        engine.load(path=str(file), format=ox.RdfFormat.TURTLE)
    heads = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    engine.load(heads + extra, format=ox.RdfFormat.TURTLE)
    return engine


@cache
def sound() -> ox.Store:
    """The ontology as it is."""
    return store()


def found(check: Path, engine: ox.Store) -> list[str]:
    rows = engine.query(check.read_text(encoding="utf-8"), prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)
    return sorted(row["term"].value for row in rows)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.stem)
def test_the_ontology_passes(check):
    assert found(check, sound()) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.stem)
def test_a_broken_ontology_does_not(check):
    head = check.read_text(encoding="utf-8")
    assert re.match(r"# [A-Z][^\n]+\.\n(# broken: [^\n]+\n)+SELECT DISTINCT \?term \{", head)
    broken = "\n".join(re.findall(r"^# broken: (.*)", head, re.MULTILINE))
    assert found(check, store(broken)) != []


def test_no_check_asks_the_same_as_another():
    queries = ["".join(check.read_text(encoding="utf-8").partition("SELECT")[1:]) for check in CHECKS]
    assert len(set(queries)) == len(queries) > 50


def test_every_term_is_used_or_listed_as_reserved(release):
    """In a statement, in what rules derive, or as a mark on terms of the ontology itself."""
    own = release.graph.city.graph("ontology")
    terms = {quad.subject for quad in release.graph.engine.quads_for_pattern(None, None, None, own)}
    terms = {term.value for term in terms if term.value.startswith(str(CR))}
    used = {quad.predicate.value for quad in release.graph.engine.quads_for_pattern(None, None, None, own)}
    for quad in release.graph.engine:
        if quad.graph_name not in (own, ox.DefaultGraph()):
            used |= {term.value for term in (quad.predicate, quad.object) if isinstance(term, ox.NamedNode)}
    assert {term.removeprefix(str(CR)) for term in terms - used} == set(RESERVED)
    page = (ROOT / "docs" / "modelling.md").read_text(encoding="utf-8")
    assert [name for name in RESERVED if f"`cr:{name}` (reserved)" not in page] == []
