"""Writes a new block for a thing into the file where its kind is kept, in the canonical layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import SettingError
from kg.index import read_text
from kg.layout import format_text
from kg.mentions import fold
from kg.namespaces import short
from kg.slugs import SLUG, UNNAMED, slug_from
from kg.sources import quoted
from kg.store import TYPE, cr, triples

if TYPE_CHECKING:
    from pathlib import Path

    from kg.index import Index
    from kg.settings import Folders
    from kg.store import Graph

LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


def kinds(graph: Graph) -> dict[str, str]:
    """What may be asked for and the class that it is: the segments of IRIs, and subclasses by their names in kebab."""
    found = {segment.value: of_class.value for of_class, _, segment in triples(graph.engine, None, cr("segment"))}
    below = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
    for kind, iri in list(found.items()):
        for narrower, _, _ in triples(graph.engine, None, below, ox.NamedNode(iri)):
            name = narrower.value.rpartition("#")[2]
            kebab = "".join(f"-{c.lower()}" if c.isupper() else c for c in name).strip("-")
            if kebab not in found and kind == "organisation":
                found[kebab] = narrower.value
    return {kind: iri for kind, iri in sorted(found.items()) if kind not in (*UNNAMED, "discrepancy", "source")}


def new_block(
    graph: Graph, folders: Folders, index: Index, kind: str, names: tuple[str, str], slug: str, facts: list[str]
) -> tuple[ox.NamedNode, Path]:
    """Write a block with names in English and Italian and further facts; the thing and the file."""
    known = kinds(graph)
    if kind not in known:
        raise SettingError(f"there is no kind {kind!r}", remedy=f"choose {', '.join(known)}")
    of_class = ox.NamedNode(known[kind])
    segment = kind if f"{graph.city.dataset}/{kind}/" in graph.city.prefixes.values() else "organisation"
    node = ox.NamedNode(f"{graph.city.dataset}/{segment}/{slug or slug_from(names[0])}")
    if not SLUG.fullmatch(node.value.rpartition("/")[2]):
        raise SettingError(f"{slug or names[0]!r} gives no slug", remedy="name one by --slug: lower case, hyphens")
    twin = node if node in index.blocks else _namesake(graph, index, node, names)
    if twin:
        place = index.blocks[twin][0]
        raise SettingError(f"{short(twin.value, graph.city.prefixes)} is there already: {place}", remedy="use it")
    file = _file(folders, graph, index, of_class, segment)
    lines = [f"{short(node.value, graph.city.prefixes)} a {short(of_class.value, graph.city.prefixes)}"]
    lines += [f'rdfs:label "{quoted(names[0])}"@en', f'rdfs:label "{quoted(names[1])}"@it', *facts]
    prefixes = graph.city.prefixes
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    old = read_text(file) if file.exists() else ""
    block = " ;\n    ".join(lines)
    text = format_text(f"{head}\n{old}\n{block} .\n", file, prefixes)
    file.write_text(text, encoding="utf-8", newline="\n")
    return node, file


def _namesake(graph: Graph, index: Index, node: ox.NamedNode, names: tuple[str, str]) -> ox.NamedNode | None:
    """A thing of the same kind that has one of the names."""
    root = node.value.rpartition("/")[0] + "/"
    wanted = {fold(name) for name in names}
    for other, _, label in triples(graph.engine, None, LABEL):
        if other.value.startswith(root) and other in index.blocks and fold(label.value) in wanted:
            return other
    return None


def _file(folders: Folders, graph: Graph, index: Index, of_class: ox.NamedNode, segment: str) -> Path:
    """The file that holds most things of the class, else most of the kind, else one named after the kind."""
    members = [node for node, _, _ in triples(graph.engine, None, TYPE, of_class)]
    root = f"{graph.city.dataset}/{segment}/"
    for nodes in (members, [node for node in index.blocks if node.value.startswith(root)]):
        files = [index.blocks[node][0].file for node in nodes if node in index.blocks]
        files = [file for file in files if "entities/" in file]
        if files and (nodes is not members or segment != "organisation" or of_class != cr("Organisation")):
            return folders.root / max(sorted(set(files)), key=files.count)
        if files:
            plain = [f for f in files if f.endswith("organisations.ttl")]
            return folders.root / (plain or files)[0]
    plural = {"country": "countries", "city": "cities", "person": "people"}.get(segment, segment + "s")
    return folders.data / "entities" / f"{plural}.ttl"
