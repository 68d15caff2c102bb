"""What of a query may be sent to an engine that is not ours, and how it is written for it.

An engine of others takes more than SPARQL: functions that run programs, predicates that are none. What the standard
does not name is held back here; everything else about a query has been judged before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kg import tokens
from kg.errors import QueryRefused, RequestError
from kg.namespaces import FIXED_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pyoxigraph as ox

    from kg.tokens import Token

XSD = FIXED_PREFIXES["xsd"]
_HARMLESS = re.compile(r"<(?:https?://|urn:|mailto:|tel:|[^:]*$|[^:]*[/?#])", re.IGNORECASE)
_ENGINES = ("http://www.openlinksw.com/", "http://jena.", "https://jena.", "http://jena.hpl.hp.com/")


def check(query: str, prefixes: Mapping[str, str]) -> None:
    """Raise QueryRefused for a function or a name that means something to an engine and nothing in SPARQL."""
    for text in {query, tokens.decoded(query)}:
        found = tokens.scan(text)
        for index, token in enumerate(found):
            if token.kind == "iri":
                _check_iri(token.text)
            if token.text == "xsd:" and index + 1 < len(found) and found[index + 1].text != f"<{XSD}>":
                raise QueryRefused("xsd: is refused as a prefix of your own", remedy="declare it as everybody does")
            if token.kind in ("iri", "name") and index + 1 < len(found) and found[index + 1].text == "(":
                _check_call(token, prefixes)


def _check_iri(text: str) -> None:
    if not _HARMLESS.match(text) or text[1:].lower().startswith(_ENGINES):
        raise QueryRefused(
            f"{text} is refused: it may mean more than a name to the engine", remedy="use what SPARQL 1.1 itself has"
        )


def _check_call(token: Token, prefixes: Mapping[str, str]) -> None:
    prefix = token.text.partition(":")[0]
    called = token.text[1:-1] if token.kind == "iri" else prefixes.get(prefix, "")
    if not called.startswith(XSD):
        remedy = "use what SPARQL 1.1 itself has; before a list in parentheses put a variable, and FILTER it"
        raise QueryRefused(f"{token.text}( is refused: no function but SPARQL's own is called", remedy=remedy)


def head(query: str, prefixes: Mapping[str, str], base: str) -> str:
    """The declarations that the query leaves out, as one line before it."""
    used = [f"PREFIX {name}: <{iri}> " for name, iri in prefixes.items() if f"{name}:" in query]
    return (f"BASE <{base}> " if base else "") + "".join(used)


def names_graphs(query: str) -> bool:
    """Whether the query may look into named graphs."""
    return any(token.kind == "word" and "GRAPH" in token.text.upper() for token in tokens.scan(tokens.decoded(query)))


class Construct(NamedTuple):
    """A CONSTRUCT in two parts: what it asks, as a SELECT, and what it makes of each row."""

    select: str
    prologue: str
    template: str

    def of(self, rows: ox.QuerySolutions) -> str:
        """The same CONSTRUCT with the rows in place of its pattern."""
        names = " ".join(str(variable) for variable in rows.variables)
        values = "".join("(" + " ".join(str(term or "UNDEF") for term in row) + ")\n" for row in rows)
        return f"{self.prologue} CONSTRUCT {self.template} WHERE {{ VALUES ({names}) {{ {values} }} }}"


def construct(query: str) -> Construct | None:
    """The parts of a CONSTRUCT, None for another query."""
    found = tokens.scan(query)
    first = next((index for index, token in enumerate(found) if token.text.upper() == "CONSTRUCT"), len(found))
    if any(token.text == "{" for token in found[:first]) or first + 1 >= len(found):
        return None
    short = found[first + 1].text != "{"  # CONSTRUCT WHERE { … }: the pattern is the template too
    start = next(index for index in range(first + 1, len(found)) if found[index].text == "{")
    end = _closing(found, start)
    template = query[found[start].start : found[end].start + 1]
    rest = found[first + 1].start if short else found[end].start + 1
    prologue = query[: found[first].start]
    return Construct(f"{prologue} SELECT * {query[rest:]}", prologue, template)


def _closing(found: list[Token], start: int) -> int:
    depth = 0
    for index in range(start, len(found)):
        depth += (found[index].text == "{") - (found[index].text == "}")
        if not depth:
            return index
    return len(found) - 1


def check_virtuoso(query: str, prefixes: Mapping[str, str], graphs: Collection[str], form: str | None) -> None:
    """Raise for what Virtuoso answers wrongly without a word: it is not asked that."""
    if form == "DESCRIBE":
        remedy = "write CONSTRUCT { ?x ?p ?o } WHERE { … ?x ?p ?o }"
        raise RequestError("the engine behind this endpoint describes things in a way of its own", remedy=remedy)
    found = tokens.scan(query)
    for index, token in enumerate(found[:-3]):
        if token.kind == "word" and token.text.upper().endswith("GRAPH"):
            _check_graph(found[index + 1 : index + 4], prefixes, graphs)


def _check_graph(after: list[Token], prefixes: Mapping[str, str], graphs: Collection[str]) -> None:
    """An empty pattern gives no graph there; COUNT(*) of a graph that is not there gives one."""
    name = after[0]
    if [token.text for token in after[1:]] == ["{", "}"]:
        remedy = "write { ?s ?p ?o } in the place of {}"
        raise RequestError("the engine behind this endpoint finds no graph by an empty pattern", remedy=remedy)
    prefix, _, local = name.text.partition(":")
    iri = name.text[1:-1] if name.kind == "iri" else prefixes[prefix] + local if prefix in prefixes else ""
    if name.kind in ("iri", "name") and iri not in graphs:
        raise QueryRefused(f"there is no graph {name.text}", remedy="name a graph in full, or by a known prefix")
