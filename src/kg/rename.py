"""Renames a thing everywhere: in every data file and query, with the computed slugs that its own is part of.

The old IRI stays known: `data/editorial/redirects.ttl` says by what it is replaced.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import SettingError
from kg.index import data_files, read_text
from kg.layout import format_text
from kg.namespaces import short
from kg.slugs import SLUG, UNNAMED, objects, slug_of
from kg.turtle import Page, Term, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.index import Index
    from kg.settings import Folders
    from kg.store import Graph


def named(graph: Graph, name: str) -> ox.NamedNode:
    """The IRI that a user writes as `city:lyon`, or in full; raises SettingError for what is neither."""
    prefix, _, slug = name.partition(":")
    iri = name if name.startswith(graph.city.dataset + "/") else graph.city.prefixes.get(prefix, "") + slug
    if not iri.startswith(graph.city.dataset + "/") or not SLUG.fullmatch(iri.rpartition("/")[2]):
        remedy = "write kind:slug as in the files, e.g. city:lyon; slugs are lower case with hyphens"
        raise SettingError(f"{name!r} names nothing of this city", remedy=remedy)
    return ox.NamedNode(iri)


def rename(graph: Graph, folders: Folders, index: Index, old: ox.NamedNode, new: ox.NamedNode) -> list[Path]:
    """Change the IRI everywhere and leave a redirect; the files that changed."""
    prefixes = graph.city.prefixes
    if old not in index.blocks:
        raise SettingError(f"{short(old.value, prefixes)} has no block", remedy="see `kg where` for what there is")
    if new in index.blocks:
        raise SettingError(
            f"{short(new.value, prefixes)} is there already", remedy="choose another name, or merge by hand"
        )
    if old.value.rpartition("/")[0] != new.value.rpartition("/")[0]:
        raise SettingError("a new name is of the same kind as the old one", remedy="keep what stands before the colon")
    changes = {old: new, **dict(_joined(graph, index, old, new))}
    redirects = folders.data / "editorial" / "redirects.ttl"
    texts: dict[Path, str] = {}
    for file, _ in data_files(folders):
        if file == redirects:
            continue
        text = read_text(file)
        if any(slug_of(node) in text for node in changes):
            changed = substituted(read_page(text, file), text, changes, prefixes)
            if changed != text:
                texts[file] = format_text(changed, file, prefixes)
    texts[redirects] = format_text(_redirected(redirects, changes, prefixes), redirects, prefixes)
    texts |= dict(_queries(folders, changes, prefixes))
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def _joined(
    graph: Graph, index: Index, old: ox.NamedNode, new: ox.NamedNode
) -> Iterator[tuple[ox.NamedNode, ox.NamedNode]]:
    """Nodes without a block whose slug is made of the old one."""
    for segment, names in UNNAMED.items():
        root = f"{graph.city.dataset}/{segment}/"
        for node in index.subjects:
            if node.value.startswith(root) and any(old in objects(graph.engine, node, name) for name in names):
                slug = re.sub(
                    rf"(?<![a-z0-9]){re.escape(slug_of(old))}(?![a-z0-9])", slug_of(new), slug_of(node), count=1
                )
                if slug != slug_of(node):
                    yield node, ox.NamedNode(root + slug)


def substituted(page: Page, text: str, changes: dict[ox.NamedNode, ox.NamedNode], prefixes: dict[str, str]) -> str:
    """The text with every term of the page that stands for a changed node written anew; all else stays as it is."""
    places: dict[int, list[tuple[int, str, str]]] = {}
    for term in _terms(page):
        node = page.resolve(term) if not term.text.startswith(("_", '"')) else None
        if isinstance(node, ox.NamedNode) and node in changes:
            places.setdefault(term.line, []).append((term.column, term.text, short(changes[node].value, prefixes)))
    lines = text.split("\n")
    for number, found in places.items():
        line = lines[number - 1]
        for column, was, becomes in sorted(set(found), reverse=True):
            line = line[: column - 1] + becomes + line[column - 1 + len(was) :]
        lines[number - 1] = line
    return "\n".join(lines)


def _terms(page: Page) -> Iterator[Term]:
    for block in page.blocks:
        if block.graph:
            yield block.graph
        for node in block.nodes:
            yield node.subject
            for predicate, value in node.pairs:
                yield predicate
                yield value


def _redirected(file: Path, changes: dict[ox.NamedNode, ox.NamedNode], prefixes: dict[str, str]) -> str:
    """The redirects with these added; those to a name that is old now lead to the new one at once."""
    old = read_text(file) if file.exists() else "# Names that were changed: each leads to the one that replaced it.\n\n"
    known: dict[ox.NamedNode, ox.NamedNode] = {}
    if file.exists():
        for quad, _ in read_page(old, file).quads():
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                known[quad.subject] = quad.object
    kept = {was: changes.get(now, now) for was, now in known.items() if was not in changes.values()} | changes
    comments = "".join(line + "\n" for line in old.split("\n") if line.startswith("#"))
    names = {"dct"} | {short(node.value, prefixes).partition(":")[0] for pair in kept.items() for node in pair}
    head = "".join(f"@prefix {name}: <{prefixes[name]}> .\n" for name in sorted(names) if name in prefixes)
    lines = [f"{short(a.value, prefixes)} dct:isReplacedBy {short(b.value, prefixes)} .\n" for a, b in kept.items()]
    return comments + "\n" + head + "\n" + "\n".join(lines)


def _queries(
    folders: Folders, changes: dict[ox.NamedNode, ox.NamedNode], prefixes: dict[str, str]
) -> Iterator[tuple[Path, str]]:
    """The queries and their expected answers that use an old name, with the new one."""
    for file in sorted([*folders.queries.glob("*.rq"), *folders.queries.glob("*.csv")]):
        text = changed = read_text(file)
        for old, new in changes.items():
            for was, now in ((old.value, new.value), (short(old.value, prefixes), short(new.value, prefixes))):
                changed = re.sub(rf"(?<![\w:/-]){re.escape(was)}(?![\w-])", now, changed)
        if changed != text:
            yield file, changed
