"""A page in one language: turns values of the graph into what a reader sees, with its links and footnotes.

Values reach HTML only through the templates, which escape them; nothing here knows which pages there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.namespaces import local_path, short
from kg.terms import natural
from kg.web import assets, facts, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store import Graph
    from kg.web.facts import Fact, Node, Term

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
class Source:
    """A footnote: its number on the page, where it leads, what it says, and whether it is a passage of a document."""

    number: int
    href: str
    text: str
    iri: str
    passage: bool = True


@dataclass(frozen=True)
class Cell:
    """A value, where it is stated, and by which word it is set aside for another one."""

    value: Shown
    sources: tuple[Source, ...] = ()
    aside: str = ""
    iri: str = ""


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
    base: str = ""
    notes: dict[str, Source] = field(default_factory=dict)

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

    def source(self, iri: str) -> Source:
        """A graph as a footnote; the same graph has the same number all over the page."""
        if iri not in self.notes:
            number, href = len(self.notes) + 1, self.href(iri) or ""
            passage = iri.startswith(self.graph.city.dataset + facts.SOURCE)
            self.notes[iri] = Source(number, href, self.source_text(iri), iri, passage)
        return self.notes[iri]

    def sources(self, graphs: Iterable[str]) -> tuple[Source, ...]:
        """Several footnotes: passages in the order of their lines, then the other graphs."""
        root = self.graph.city.dataset + facts.SOURCE
        return tuple(
            self.source(iri) for iri in sorted(graphs, key=lambda iri: (not iri.startswith(root), natural(iri)))
        )

    def source_text(self, iri: str) -> str:
        """A passage by document, chapter and lines; another graph by what it is."""
        node = ox.NamedNode(iri)
        document, _, lines = iri.rpartition("/")
        if not iri.startswith(self.graph.city.dataset + facts.SOURCE) or not lines.startswith("L"):
            return self._graph_text(node)
        chapter = next((fact.object for fact in facts.values(self.graph, node, "chapter")), None)
        parts = [facts.name(self.graph, ox.NamedNode(document), self.language).value]
        parts += [facts.name(self.graph, chapter, self.language).value] if isinstance(chapter, ox.NamedNode) else []
        return ", ".join([*parts, words.read_lines(lines, self.language)])

    def _graph_text(self, node: ox.NamedNode) -> str:
        described = [self.term(text) for text in facts.texts(self.graph, node, facts.DEFINITIONS[2:])]
        name = node.value.removeprefix(self.graph.city.dataset + "/graph/")
        kind, _, rule = name.partition("/")
        if rule:
            return self.word("source-rule", rule)
        spoken = [text.text for text in described if text.lang is None]
        return spoken[0] if spoken else self.word("source-graph", kind)

    def cell(self, fact: Fact, others: Iterable[Fact]) -> Cell:
        """A value of a fact with its sources; `others` are those of the same relation."""
        value = fact.object
        refined = isinstance(value, ox.Literal) and any(
            isinstance(other.object, ox.Literal) and other.object.value.startswith(value.value + "-")
            for other in others
        )
        aside = "" if fact.merged else "less-precise" if refined else "not-preferred"
        iri = value.value if isinstance(value, ox.NamedNode) else ""
        return Cell(self.term(value), self.sources(fact.graphs), aside, iri)

    def rows(self, found: Iterable[Fact], leading: Iterable[str] = ()) -> list[Row]:
        """Facts about one thing by relation: the leading ones, kind and names first, then in alphabetical order.

        Of a description only the one in the reader's language is shown, where there is one.
        """
        relations: dict[ox.NamedNode, list[Fact]] = {}
        for fact in sorted(found, key=self._place):
            relations.setdefault(fact.predicate, []).append(fact)
        rows = {
            predicate: Row(self.relation(predicate), tuple(self.cell(fact, values) for fact in self._spoken(values)))
            for predicate, values in relations.items()
        }
        ranked = [*(ox.NamedNode(iri) for iri in leading), *FIRST]
        first = {predicate: place for place, predicate in enumerate(ranked)}
        order = sorted(rows, key=lambda node: (first.get(node, len(first)), rows[node].predicate.text.lower()))
        return [rows[predicate] for predicate in order]

    def _place(self, fact: Fact) -> tuple[bool, str, str]:
        """The order of the values of a relation: readings set aside come last, things go by their names."""
        text = self.named(fact.object).text.casefold() if isinstance(fact.object, ox.NamedNode) else ""
        return not fact.merged, text, str(fact.object)

    def _spoken(self, values: list[Fact]) -> list[Fact]:
        """Descriptions without those that only repeat them in another language."""
        if values[0].predicate not in facts.DEFINITIONS:
            return values
        own = [fact for fact in values if isinstance(fact.object, ox.Literal) and not self._foreign(fact.object)]
        return own or values

    def span(self, start: str, end: str = "") -> str:
        """From day to day as it is read; what both have in common is said once."""
        if not start or not end or end == start:
            return words.read_date(start or end, self.language)
        first, last = (words.read_date(day, self.language) for day in (start, end))
        if len(start) == len(end) == 10 and start[:7] == end[:7]:
            first = str(int(start[8:]))
        elif len(start) > 4 and len(end) > 4 and start[:4] == end[:4]:
            first = first.removesuffix(f" {start[:4]}")
        return f"{first} – {last}" if " " in first + last else f"{first}–{last}"

    def render(self, template: str, **values: Any) -> str:
        """The HTML of the page."""
        return TEMPLATES.get_template(template).render(page=self, site=self.site, **values)

    @property
    def site(self) -> str:
        """What the dataset is called."""
        return facts.name(self.graph, ox.NamedNode(self.graph.city.dataset), self.language).value

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
