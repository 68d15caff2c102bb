"""The pages that there are: what `kg.web.facts` reads, arranged as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import NotFound
from kg.formats import DATASETS, GRAPHS, RESULTS
from kg.namespaces import CR, FIXED_PREFIXES
from kg.web import facts, words
from kg.web.documents import ONTOLOGY
from kg.web.view import Page

if TYPE_CHECKING:
    from kg.store import Graph
    from kg.web.facts import Fact
    from kg.web.view import Row, Shown

SUBJECTS_A_PAGE = 50
THINGS_A_PAGE = 100
EXAMPLE = "SELECT ?class (COUNT(?thing) AS ?things) {\n  ?thing a ?class .\n}\nGROUP BY ?class\nORDER BY DESC(?things)"


def home(graph: Graph, language: str, structured: str = "") -> str:
    """The first page: what there is, and three doors; `structured` is the same for search engines."""
    page = Page(graph, language, "")
    dataset = ox.NamedNode(graph.city.dataset)
    page.title = page.named(dataset).text
    description = [page.term(text) for text in facts.texts(graph, dataset, facts.DEFINITIONS[2:])]
    shown = [text for text in description if text.lang is None] or description
    kinds = [(page.named(node), node.value.removeprefix(str(CR)), n) for node, n in facts.classes(graph).items()]
    kinds.sort(key=lambda kind: kind[0].text.lower())
    counted = [(words.readable(ox.Literal(n), language), page.word(name)) for name, n in facts.counts(graph).items()]
    about = page.href(dataset.value)
    return page.render("home.html", description=shown, kinds=kinds, counted=counted, about=about, structured=structured)


def browse(graph: Graph, language: str, class_name: str, number: int) -> str:
    """The things of a class in the order of their names, so many a page."""
    page = Page(graph, language, f"browse/{class_name}")
    node = ox.NamedNode(CR + quote(class_name))
    things = [page.named(member) for member in facts.members(graph, node)]
    if not things:
        raise NotFound(f"there is no class {class_name} with members", remedy=f"see /{language}/ for those there are")
    things.sort(key=lambda thing: (thing.text.lower(), thing.note or ""))
    page.title = page.named(node).text
    window = pages_of(things, number, THINGS_A_PAGE)
    return page.render("browse.html", things=window.items, window=window, total=len(things), kind=page.named(node))


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


def thing(graph: Graph, language: str, path: str, number: int = 1) -> str:
    """The page of whatever a path stands for; raises NotFound."""
    node = facts.find(graph, path)
    if node is None:
        raise unknown(graph, path)
    page = Page(graph, language, path, title=facts.name(graph, node, language).value)
    derived = f"{graph.city.dataset}/graph/derived/"
    found = facts.outgoing(graph, node)
    by_rule = [fact for fact in found if fact.graphs and all(iri.startswith(derived) for iri in fact.graphs)]
    other = [fact for fact in found if fact not in by_rule]
    also = [page.term(text) for text in facts.texts(graph, node, (facts.ALSO,))]
    kinds = [page.term(fact.object) for fact in found if fact.predicate == facts.TYPE and fact not in by_rule]
    sections = [("facts", page.rows(other)), ("derived", page.rows(by_rule))]
    statements, window = _stated(page, node, number)
    return page.render(
        "thing.html",
        iri=node.value,
        also=also,
        kinds=kinds,
        sections=sections,
        mentions=page.mentions(node),
        statements=statements,
        window=window,
        formats=DATASETS if facts.is_graph(graph, node) else GRAPHS,
    )


def unknown(graph: Graph, path: str) -> NotFound:
    """The error for a path under which nothing is known."""
    iri = facts.candidates(path, graph.city.dataset)[0]
    return NotFound(f"nothing is known of <{iri}>", remedy="look for it from / or ask /sparql")


def _stated(page: Page, node: ox.NamedNode, number: int) -> tuple[list[tuple[Shown, list[Row]]], Window | None]:
    """What a graph says, by subject; nothing for what is no graph."""
    if not facts.is_graph(page.graph, node):
        return [], None
    window = pages_of(list(facts.stated(page.graph, node).items()), number, SUBJECTS_A_PAGE)
    return [(page.named(subject), page.rows(found)) for subject, found in window.items], window


def ontology(graph: Graph, language: str) -> str:
    """All terms with labels and definitions in both languages."""
    page = Page(graph, language, "ontology")
    header = ox.NamedNode(ONTOLOGY)
    page.title = page.named(header).text
    members = facts.classes(graph)
    terms = [_term(page, node, found, members.get(node, 0)) for node, found in facts.terms(graph).items()]
    groups = [
        ("classes", [term for term in terms if term["class"]]),
        ("properties", [term for term in terms if term["property"]]),
        ("terms", [term for term in terms if not term["class"] and not term["property"]]),
    ]
    header_rows = page.rows(facts.outgoing(graph, header))
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


def query_form(graph: Graph, language: str, query: str | None) -> str:
    """A form to ask in SPARQL."""
    page = Page(graph, language, "sparql", title=words.word("query", language))
    return page.render("query.html", query=query or EXAMPLE, results=RESULTS, graphs=GRAPHS)


def problem(graph: Graph, language: str, values: dict[str, Any]) -> str:
    """What went wrong, for people."""
    page = Page(graph, language, "", title=str(values["title"]))
    return page.render("problem.html", problem=values)
