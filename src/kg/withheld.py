"""What must not be shown: the things that `data/editorial/withheld.ttl` lists, and all that is said of them.

A thing that is listed is in no graph that is served, checked or built, as if no file spoke of it. Its statements may
stay in the files until an editor takes them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.slugs import UNNAMED
from kg.store import cr

if TYPE_CHECKING:
    from kg.index import Index
    from kg.store import Graph


def hide(graph: Graph) -> None:
    """Take every withheld thing out of a loaded graph, with what is said of it."""
    engine = graph.engine
    hidden = {quad.subject for quad in engine.quads_for_pattern(None, cr("withheld"), None, None)}
    for names in UNNAMED.values():
        for name in names:
            for node in list(hidden):
                hidden |= {quad.subject for quad in engine.quads_for_pattern(None, cr(name), node, None)}
    for node in hidden:
        for quad in [
            *engine.quads_for_pattern(node, None, None, None),
            *engine.quads_for_pattern(None, None, node, None),
        ]:
            engine.remove(quad)


def hide_in(index: Index) -> None:
    """The same for the index of the files."""
    hidden = {subject for subject, predicate in index.values if predicate == cr("withheld")}
    if not hidden:
        return
    parts = {cr(name) for names in UNNAMED.values() for name in names}
    hidden |= {s for s, p, o in index.triples if p in parts and isinstance(o, ox.NamedNode) and o in hidden}
    index.triples = {key: places for key, places in index.triples.items() if not hidden & set(key)}
    index.values = {
        key: [value for value in values if value not in hidden]
        for key, values in index.values.items()
        if key[0] not in hidden
    }
    index.subjects = {node: places for node, places in index.subjects.items() if node not in hidden}
    index.blocks = {node: places for node, places in index.blocks.items() if node not in hidden}
