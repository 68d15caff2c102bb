"""Writes `anchors.ttl` beside a document's statements: by what words a passage is found in a new conversion of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import store
from kg.layout import format_text, natural_order
from kg.namespaces import CR, short
from kg.passages import all_passages, anchors, read_documents, read_lines, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from kg.passages import Document, Passage
    from kg.settings import Folders

HEAD = (
    "# Written by `kg anchor`, not by hand: four words from start and end of each passage, a digest of its words.\n\n"
)


def write_anchors(folders: Folders, documents: Path, *, check: bool = False) -> list[Path]:
    """Bring every document's anchors up to date; the files that were (or, with `check`, are) out of date."""
    graph = store.load(folders)
    known = read_documents(graph.engine)
    found = [p for p in all_passages(graph.engine, known) if not p.inferred]
    changed = []
    for iri, document in known.items():
        file = folders.data / "statements" / document.slug / "anchors.ttl"
        passages = [passage for passage in found if passage.document == iri]
        stated = [p for p in passages if not _only_anchored(graph, p)]
        text = (
            format_text(_text(document, stated, documents, graph.city.prefixes), file, graph.city.prefixes)
            if stated
            else ""
        )
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        if text != old:
            changed.append(file)
            if not check:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
    return changed


def _only_anchored(graph: store.Graph, passage: Passage) -> bool:
    """Whether nothing but an old anchor speaks of a passage any more."""
    node = ox.NamedNode(passage.iri)
    if graph.engine.contains_named_graph(node):
        return False
    if any(graph.engine.quads_for_pattern(None, store.cr("context"), node, None)):
        return False
    return not any(graph.engine.quads_for_pattern(node, store.cr("withoutFact"), None, None))


def _text(document: Document, passages: list[Passage], folder: Path, prefixes: dict[str, str]) -> str:
    lines = read_lines(document, folder)
    names = {short(passage.iri, prefixes): passage for passage in passages}
    blocks = []
    for name in sorted(names, key=natural_order):
        first, last, digest = anchors(text_of(names[name], lines))
        blocks.append(f'{name} cr:startsWith "{first}" ;\n    cr:endsWith "{last}" ;\n    cr:digest "{digest}" .\n')
    return f"{HEAD}@prefix cr: <{CR}> .\n\n" + "\n".join(blocks)
