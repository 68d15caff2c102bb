"""The pages of what has an IRI: things, documents, passages, graphs, the ontology, the shapes; and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import NotFound
from kg.formats import DATASETS, GRAPHS
from kg.namespaces import CR, FIXED_PREFIXES
from kg.web import citations, entity, facts, words, worldmap
from kg.web.documents import ONTOLOGY
from kg.web.plurals import plural
from kg.web.shared import shared
from kg.web.view import Page

if TYPE_CHECKING:
    from kg.store import Graph
    from kg.web.facts import Fact
    from kg.web.reading import Reading
    from kg.web.view import Shown

SUBJECTS_A_PAGE = 50


@dataclass(frozen=True)
class Window:
    """One page of a long list."""

    items: list[Any]
    number: int
    last: int


def pages_of(items: list[Any], number: int, size: int) -> Window:
    """The page of that number; raises NotFound where there is none."""
    last = max(1, -(-len(items) // size))
    if not 1 <= number <= last:
        raise NotFound(f"there is no page {number}", remedy=f"the pages are 1 to {last}")
    return Window(items[(number - 1) * size : number * size], number, last)


def of_iri(page: Page, reading: Reading, number: int = 1) -> str:
    """The page of whatever a path stands for; raises NotFound."""
    node = facts.find(page.graph, page.path)
    if node is None:
        raise unknown(page.graph, page.path)
    if facts.is_passage(page.graph, node):
        return passage(page, reading, node)
    if facts.is_graph(page.graph, node):
        return named_graph(page, reading, node, number)
    if reading.classes.get(node.value) in ("Document", "Chapter"):
        return document(page, reading, node)
    return thing(page, reading, node)


def thing(page: Page, reading: Reading, node: ox.NamedNode) -> str:
    """The page of a thing."""
    page.title = facts.name(page.graph, node, page.language).value
    kind = reading.classes.get(node.value, "")
    common = shared(page, reading, node.value)
    done = [mention.thing.href for _, found in common for mention in found]
    return page.render(
        "entity.html",
        kind=kind,
        kind_name=plural(kind, page.language).capitalize(),
        shared=common,
        own=[page.named(ox.NamedNode(city)) for city in reading.own_cities],
        places=entity.places(page, reading, node.value),
        window=worldmap.window,
        map_size=worldmap.size(),
        **told(page, reading, node, done),
    )


def told(page: Page, reading: Reading, node: ox.NamedNode, done: list[str | None] | None = None) -> dict[str, Any]:
    """What every page of an IRI shows: facts, disagreements, figures, who else speaks of it, formats."""
    found = facts.outgoing(page.graph, node)
    by_rule = [fact for fact in found if entity.is_derived(page, fact)]
    other = [fact for fact in found if fact not in by_rule]
    return {
        "iri": node.value,
        "release": reading.release.id,
        "also": [page.term(text) for text in facts.texts(page.graph, node, (facts.ALSO,))],
        "kinds": [page.term(fact.object) for fact in other if fact.predicate == facts.TYPE],
        "lead": _lead(page, node),
        "when": entity.when(page, reading, node.value),
        "disagreements": entity.disagreements(page, reading, node.value),
        "groups": entity.grouped(page, reading, other),
        "figures": entity.figures(page, reading, node.value),
        "mentions": entity.mentions(page, reading, node.value, done or ()),
        "derived": page.rows(by_rule),
        "formats": DATASETS if facts.is_graph(page.graph, node) else GRAPHS,
    }


def _lead(page: Page, node: ox.NamedNode) -> Shown | None:
    """The description to begin with, if there is one in the reader's language."""
    found = [page.term(text) for text in facts.texts(page.graph, node, facts.DEFINITIONS)]
    return next((text for text in found if text.lang is None), None)


def passage(page: Page, reading: Reading, node: ox.NamedNode) -> str:
    """The page of a passage: where it stands, and what it states."""
    page.title = page.source_text(node.value)
    before, after = citations.neighbours(page, reading, node.value)
    document_iri = node.value.rpartition("/")[0]
    said = {name: facts.values(page.graph, node, name) for name in ("chapter", "context", "yearFrom", "note")}
    words_of = [next(iter(reading.values(node.value, name)), None) for name in ("startsWith", "endsWith")]
    return page.render(
        "passage.html",
        document=page.named(ox.NamedNode(document_iri)),
        said={name: page.rows(found) for name, found in said.items()},
        lines=words.read_lines(node.value.rpartition("/")[2], page.language),
        anchors=[value.value for value in words_of if value is not None],
        inferred=node.value.endswith("-inferred"),
        before=before,
        after=after,
        statements=citations.stated(page, reading, node.value),
        **told(page, reading, node),
    )


def named_graph(page: Page, reading: Reading, node: ox.NamedNode, number: int) -> str:
    """The page of a graph that is no passage: what it says, subject by subject."""
    page.title = facts.name(page.graph, node, page.language).value
    window = pages_of(list(facts.stated(page.graph, node).items()), number, SUBJECTS_A_PAGE)
    statements = [(page.named(subject), page.rows(found)) for subject, found in window.items]
    return page.render("graph.html", statements=statements, window=window, **told(page, reading, node))


def document(page: Page, reading: Reading, node: ox.NamedNode) -> str:
    """The page of a document or one of its chapters: its parts, and its passages with what each speaks of."""
    page.title = facts.name(page.graph, node, page.language).value
    whole = next((value.value for value in reading.values(node.value, "document")), node.value)
    parts = citations.parts(page, reading, whole)
    inside = parts
    if whole != node.value:
        inside = [part for part in parts if part.name.text == page.title]
    listed = citations.listed(page, reading, whole, inside[0].first, inside[-1].last) if len(inside) == 1 else []
    return page.render(
        "document.html",
        document=None if whole == node.value else page.named(ox.NamedNode(whole)),
        divisions=inside,
        listed=listed,
        **told(page, reading, node),
    )


def unknown(graph: Graph, path: str) -> NotFound:
    """The error for a path under which nothing is known."""
    iri = facts.candidates(path, graph.city.dataset)[0]
    return NotFound(f"nothing is known of <{iri}>", remedy="look for it from / or ask /sparql")


def ontology(page: Page) -> str:
    """All terms with labels and definitions in both languages."""
    header = ox.NamedNode(ONTOLOGY)
    page.title = page.named(header).text
    members = facts.classes(page.graph)
    terms = [_term(page, node, found, members.get(node, 0)) for node, found in facts.terms(page.graph).items()]
    groups = [
        ("classes", [term for term in terms if term["class"]]),
        ("properties", [term for term in terms if term["property"]]),
        ("terms", [term for term in terms if not term["class"] and not term["property"]]),
    ]
    header_rows = page.rows(facts.outgoing(page.graph, header))
    return page.render("ontology.html", iri=ONTOLOGY, header=header_rows, groups=groups, formats=GRAPHS)


def _term(page: Page, node: ox.NamedNode, found: list[Fact], members: int) -> dict[str, Any]:
    kinds = {
        fact.object.value for fact in found if fact.predicate == facts.TYPE and isinstance(fact.object, ox.NamedNode)
    }
    named = (facts.TYPE, *facts.NAMES, *facts.DEFINITIONS)
    return {
        "id": node.value.removeprefix(str(CR)),
        "class": FIXED_PREFIXES["owl"] + "Class" in kinds or FIXED_PREFIXES["rdfs"] + "Class" in kinds,
        "property": any(kind.endswith("Property") for kind in kinds),
        "labels": facts.texts(page.graph, node, facts.NAMES),
        "definitions": facts.texts(page.graph, node, facts.DEFINITIONS),
        "rows": page.rows(fact for fact in found if fact.predicate not in named),
        "members": members,
    }


def problem(graph: Graph, language: str, values: dict[str, Any]) -> str:
    """What went wrong, for people."""
    page = Page(graph, language, "", title=str(values["title"]))
    return page.render("problem.html", problem=values)
