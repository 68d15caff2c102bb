"""A page in one language: turns values of the graph into what a reader sees, with its links and footnotes.

Values reach HTML only through the templates, which escape them; nothing here knows which pages there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.namespaces import local_path, short
from kg.web import assets, facts, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store import Graph
    from kg.web.facts import Fact, Mentions, Node, Term

MOST_MENTIONS = 25
LINKED = ("http:", "https:", "mailto:")
FIRST = (facts.TYPE, *facts.NAMES, facts.ALSO, *facts.DEFINITIONS)


@dataclass(frozen=True)
class Shown:
    """A value as a page shows it; `note` is its IRI or its written form, `lang` is set where it is not the page's."""

    text: str
    href: str | None = None
    lang: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Cell:
    """A value, where it is stated, and whether another reading of it was preferred."""

    value: Shown
    sources: tuple[Shown, ...] = ()
    aside: bool = False


@dataclass(frozen=True)
class Row:
    """A relation and its values; `more` counts those not shown, `ask` is the query that lists them all."""

    predicate: Shown
    cells: tuple[Cell, ...]
    more: int = 0
    ask: str = ""


@dataclass
class Page:
    """One page in one language: makes values of the graph into values of the page."""

    graph: Graph
    language: str
    path: str
    title: str = ""

    def href(self, iri: str) -> str | None:
        """Where an IRI is shown: ours in this language, others where they are, if that is a web address at all."""
        path = local_path(iri, self.graph.city.dataset)
        if path is None:
            return iri if iri.startswith(LINKED) else None
        fragment = iri.partition("#")[2]
        return f"/{self.language}/{quote(path)}" + (f"#{quote(fragment)}" if fragment else "")

    def named(self, node: Node) -> Shown:
        """A thing by its name, linked."""
        name = facts.name(self.graph, node, self.language)
        if isinstance(node, ox.BlankNode):
            return Shown(name.value)
        return Shown(
            name.value, self.href(node.value), self._foreign(name), short(node.value, self.graph.city.prefixes)
        )

    def relation(self, predicate: ox.NamedNode) -> Shown:
        """A relation by its name; the most usual ones of others have names of ours."""
        shown = self.named(predicate)
        known = words.RELATIONS.get(shown.note or "")
        return replace(shown, text=known[self.language], lang=None) if known else shown

    def term(self, term: Term) -> Shown:
        """Anything that can stand in a triple."""
        if isinstance(term, ox.Literal):
            text = words.readable(term, self.language)
            return Shown(text, lang=self._foreign(term), note=None if text == term.value else term.value)
        return Shown(str(term)) if isinstance(term, ox.Triple) else self.named(term)

    def _foreign(self, literal: ox.Literal) -> str | None:
        return None if literal.language in (None, self.language) else literal.language

    def source(self, iri: str) -> Shown:
        """A graph as a footnote shows it: a passage by document and lines, the others by their names."""
        passage, other = self.graph.city.dataset + facts.SOURCE, self.graph.city.dataset + "/graph/"
        name = iri.removeprefix(passage).replace("/", ", ") if iri.startswith(passage) else iri.removeprefix(other)
        return Shown(name, self.href(iri), note=iri)

    def cell(self, fact: Fact, shown: Term) -> Cell:
        """A value of a fact with its sources."""
        return Cell(self.term(shown), tuple(self.source(iri) for iri in fact.graphs), not fact.merged)

    def rows(self, found: Iterable[Fact]) -> list[Row]:
        """Facts about one thing by relation: kind and names first, then in alphabetical order."""
        relations: dict[ox.NamedNode, list[Fact]] = {}
        for fact in sorted(found, key=lambda fact: (not fact.merged, str(fact.object))):
            relations.setdefault(fact.predicate, []).append(fact)
        rows = {
            predicate: Row(self.relation(predicate), tuple(self.cell(fact, fact.object) for fact in values))
            for predicate, values in relations.items()
        }
        first = {predicate: place for place, predicate in enumerate(FIRST)}
        order = sorted(rows, key=lambda node: (first.get(node, len(first)), rows[node].predicate.text.lower()))
        return [rows[predicate] for predicate in order]

    def mentions(self, node: ox.NamedNode) -> list[Row]:
        """The things that point to this one, by relation."""
        found = facts.incoming(self.graph, node, MOST_MENTIONS)
        rows = [self._mention(node, mentions) for mentions in found]
        return sorted(rows, key=lambda row: row.predicate.text.lower())

    def _mention(self, node: ox.NamedNode, mentions: Mentions) -> Row:
        cells = tuple(self.cell(fact, fact.subject) for fact in mentions.facts)
        prefixes = self.graph.city.prefixes
        pattern = f"?thing {short(mentions.predicate.value, prefixes)} {short(node.value, prefixes)} ."
        ask = quote(f"SELECT ?thing {{\n  {pattern}\n}}\nORDER BY ?thing")
        return Row(
            self.relation(mentions.predicate),
            cells,
            mentions.total - len(cells),
            f"/{self.language}/sparql?query={ask}",
        )

    def render(self, template: str, **values: Any) -> str:
        """The HTML of the page."""
        site = facts.name(self.graph, ox.NamedNode(self.graph.city.dataset), self.language).value
        return TEMPLATES.get_template(template).render(page=self, site=site, **values)

    def word(self, name: str, *values: object) -> str:
        """A word of the interface in the language of the page."""
        text = words.word(name, self.language)
        return text.format(*values) if values else text


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals.update(asset=assets.asset, has_asset=assets.has_asset, languages=words.LANGUAGES, quote=quote)
