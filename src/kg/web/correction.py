"""The page that helps to correct: each statement about a thing with the file and line where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.web import facts
from kg.web.pages import unknown

if TYPE_CHECKING:
    from kg.index import Index
    from kg.web.reading import Reading
    from kg.web.view import Page, Shown


@dataclass(frozen=True)
class Placed:
    """A statement and the places where it is written."""

    subject: Shown
    relation: Shown
    value: Shown
    places: tuple[str, ...]


def page_of(page: Page, reading: Reading, path: str) -> str:
    """The page for the IRI of a path; raises NotFound where nothing is known of it."""
    node = facts.find(page.graph, path)
    if node is None:
        raise unknown(page.graph, path)
    name = page.source_text(node.value) if facts.is_passage(page.graph, node) else page.named(node).text
    page.title = f"{page.word('correct')}: {name}"
    index = reading.index
    block = [str(place) for place in index.blocks.get(node, [])]
    block += [str(index.graphs[node.value])] if node.value in index.graphs else []
    return page.render(
        "correct.html", thing=page.named(node), name=name, block=block, placed=_placed(page, index, node)
    )


def _placed(page: Page, index: Index, node: ox.NamedNode) -> list[Placed]:
    """What is said of the thing, then what others say with it, as far as it stands in a file."""
    own = facts.outgoing(page.graph, node)
    others = facts.gather(page.graph.engine.quads_for_pattern(None, None, node))
    if facts.is_graph(page.graph, node):
        own += [fact for found in facts.stated(page.graph, node).values() for fact in found]
    found = []
    for fact in [*own, *others]:
        key = (fact.subject, fact.predicate, fact.object)
        places = tuple(str(place) for place in index.triples.get(key, []))  # type: ignore[arg-type]
        if places and isinstance(fact.subject, ox.NamedNode):
            relation = page.relation(fact.predicate)
            found.append(Placed(page.named(fact.subject), relation, page.term(fact.object), places))
    return found
