"""Runs the rules of `ontology/rules/` (SPARQL CONSTRUCT, one a file).

What a rule derives goes into a graph of its own and into the default graph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Folders
    from kg.store import Graph

HEADER = re.compile(r"^#\s*(?P<field>[a-z-]+):\s*(?P<value>.*?)\s*$", re.MULTILINE)
DESCRIPTION = ox.NamedNode("http://purl.org/dc/terms/description")


@dataclass(frozen=True)
class Rule:
    """A rule as its file has it: `description` by language, and the names of the rules that must run before."""

    name: str
    file: Path
    query: str
    description: dict[str, str]
    after: tuple[str, ...]


def read_header(text: str) -> dict[str, str]:
    """The `# field: value` comments at the top of a query or rule."""
    head = re.match(r"(?:#[^\n]*\n)*", text)
    return {match["field"]: match["value"] for match in HEADER.finditer(head[0] if head else "")}


def read_rules(folders: Folders) -> list[Rule]:
    """All rules, each after those it names in `# after:`; raises DataError for unknown names and circles."""
    rules: dict[str, Rule] = {}
    for file in sorted((folders.ontology / "rules").glob("*.rq")):
        text = file.read_text(encoding="utf-8")
        header = read_header(text)
        description = {language: header.get(language, "") for language in ("en", "it")}
        if not all(description.values()):
            raise DataError(
                "a rule lacks its description", file=file, remedy="start the file with `# en: …` and `# it: …`"
            )
        rules[file.stem] = Rule(file.stem, file, text, description, tuple(header.get("after", "").split()))
    for rule in rules.values():
        for name in rule.after:
            if name not in rules:
                raise DataError(f"`# after:` names the rule {name}, which does not exist", file=rule.file)
    try:
        order = TopologicalSorter({name: rule.after for name, rule in sorted(rules.items())}).static_order()
        return [rules[name] for name in order]
    except CycleError as error:
        circle = ", ".join(error.args[1])
        raise DataError(f"these rules wait for each other: {circle}", file=folders.ontology / "rules") from None


def derive(graph: Graph, rules: list[Rule]) -> None:
    """Run every rule once, in order; a rule sees the default graph with what rules before it derived."""
    for rule in rules:
        name = graph.city.graph(f"derived/{rule.name}")
        stated = [ox.Quad(s, p, o) for s, p, o in _run(graph, rule)]
        new = [quad for quad in stated if quad not in graph.engine]
        graph.engine.extend(new)
        graph.engine.extend(ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in new)
        for language, text in rule.description.items():
            description = ox.Literal(text, language=language)
            graph.engine.add(ox.Quad(name, DESCRIPTION, description))
            graph.engine.add(ox.Quad(name, DESCRIPTION, description, graph.city.graph("dataset")))


def _run(graph: Graph, rule: Rule) -> list[ox.Triple]:
    try:
        result = graph.engine.query(rule.query, prefixes=graph.city.prefixes)
    except SyntaxError as error:
        raise rule_error(rule, error) from None
    if not isinstance(result, ox.QueryTriples):
        raise DataError("a rule must be a CONSTRUCT query", file=rule.file)
    return sorted(set(result), key=str)  # the engine's own order differs from run to run


def rule_error(rule: Rule, error: SyntaxError) -> DataError:
    """A rule that does not parse, with the line in its file."""
    match = re.search(r"(\d+):(\d+): (.*)", str(error), re.DOTALL)
    line, column, message = (int(match[1]), int(match[2]), match[3]) if match else (1, 1, str(error))
    return DataError(message, file=rule.file, line=line, column=column, remedy="correct the SPARQL there")
