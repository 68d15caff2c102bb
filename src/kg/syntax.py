"""The engine's messages about syntax as ours: the place, and what was expected in words that a reader knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_EXPECTED = 12

_ENGINE_ERROR = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_LAST_NAME = re.compile(r"([^\s<>(){}\[\],;|^/\"']*):\S*$")


def syntax_error(message: str, query: str, prefixes: Mapping[str, str]) -> QuerySyntaxError:
    """The engine's message as ours: the place, and what was expected in words a reader knows."""
    found = _ENGINE_ERROR.match(message)
    line, column, rest = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, "")
    if "Prefix not found" in rest:
        return _unknown_prefix(query, line, column, prefixes)
    if "IRI parsing failed" in rest:
        remedy = "write the IRI in full, or declare a BASE for relative ones"
        return QuerySyntaxError("an IRI is not valid or not absolute", line=line, column=column, remedy=remedy)
    expected = [_plain(item) for item in re.split(r",\s+", rest) if item[:1].isupper() or item[:1] == '"']
    shown = ", ".join(expected[:MOST_EXPECTED]) + (" …" if len(expected) > MOST_EXPECTED else "")
    text = "the query is not SPARQL 1.1 here" + (f"; expected: {shown}" if shown else "")
    return QuerySyntaxError(text, line=line, column=column, remedy="look at the line and column, and just before")


def _plain(item: str) -> str:
    return item[1:-1].replace('\\"', '"').replace("\\\\", "\\") if item.startswith('"') else item


def _unknown_prefix(query: str, line: int, column: int, prefixes: Mapping[str, str]) -> QuerySyntaxError:
    lines = query.split("\n")
    name = _LAST_NAME.search(lines[line - 1][: column - 1]) if line <= len(lines) else None
    text = f"the prefix {name[1] + ':'!r} is not declared" if name else "a prefix is not declared"
    remedy = f"declare it with PREFIX; these need no declaration: {', '.join(sorted(prefixes))}"
    return QuerySyntaxError(text, line=line, column=column, remedy=remedy)
