"""The canonical layout of data files: what `kg fmt` writes, one predicate and object a line, blocks in their order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import DataError
from kg.turtle import read_page

if TYPE_CHECKING:
    from pathlib import Path

    from kg.turtle import Block, Node, Page

WIDTH = 120


def format_page(page: Page, prefixes: dict[str, str]) -> str:
    """The canonical text: a head with the prefixes in use, blocks in order, one predicate and object a line.

    Blocks are sorted by name, those of statements thereby by line of the document; comments move with their block.
    """
    for prefix, namespace in page.prefixes.items():
        if prefixes.get(prefix, namespace) != namespace:
            raise DataError(
                f"the prefix {prefix}: stands for {namespace}, elsewhere for {prefixes[prefix]}", file=page.file
            )
    used = _used_prefixes(page)
    known = {prefix: iri for prefix, iri in sorted((page.prefixes | prefixes).items()) if prefix in used}
    parts = ["\n".join(group) + "\n" for group in page.header]
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in known.items())
    parts += [head] if head else []
    for group in _groups(page):
        text = "".join(_block(block) for block in group)
        parts += ["\n".join(lines) + "\n" for lines in group[0].comments[:-1]]
        parts.append("".join(line + "\n" for line in (group[0].comments or [[]])[-1]) + text)
    parts += ["\n".join(group) + "\n" for group in page.footer]
    return "\n".join(parts)


def _used_prefixes(page: Page) -> set[str]:
    terms = [
        term for block in page.blocks for node in block.nodes for pair in node.pairs for term in (node.subject, *pair)
    ]
    terms += [block.graph for block in page.blocks if block.graph]
    names = (term.text.rpartition("^^")[2] if term.text.startswith('"') else term.text for term in terms)
    return {name.partition(":")[0] for name in names if ":" in name and not name.startswith(("<", '"'))}


def _groups(page: Page) -> list[list[Block]]:
    """Blocks in canonical order; a graph keeps the plain blocks about it at its feet."""
    groups: list[list[Block]] = []
    for block in sorted(page.blocks, key=lambda block: natural_order(block.name.text)):
        follows = groups and groups[-1][0].graph and not block.graph and not block.comments
        if follows and block.name.text == groups[-1][0].name.text:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def natural_order(text: str) -> list[tuple[int, str]]:
    """A sort key that puts L96 before L344, and words by their letters."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text) if part]


def _block(block: Block) -> str:
    if not block.graph:
        return _node(block.nodes[0], "", inline=len(block.nodes[0].pairs) == 1, head=True)
    inside = "".join(_node(node, "    ", inline=True, head=False) for node in block.nodes)
    return f"{block.graph.text} {{\n{inside}}}\n"


def _node(node: Node, indent: str, *, inline: bool, head: bool) -> str:
    pairs = list(dict.fromkeys(f"{predicate.text} {obj.text}" for predicate, obj in node.pairs))
    line = f"{indent}{node.subject.text} {' ; '.join(pairs)} .\n"
    if inline and len(line) <= WIDTH + 1:
        return line
    gap = " " if head else f"\n{indent}    "
    return f"{indent}{node.subject.text}{gap}{f' ;{chr(10)}{indent}    '.join(pairs)} .\n"


def format_text(text: str, file: Path, prefixes: dict[str, str]) -> str:
    """The canonical form of a file's text; a second pass changes nothing."""
    return format_page(read_page(text, file), prefixes)
