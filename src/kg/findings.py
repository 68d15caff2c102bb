"""A finding: one thing to mend, where it stands, how bad it is, which rule says so, and what to do about it.

Checks make findings (`kg.lint`, `kg.checks`, `kg.validate`, `kg.evidence`); how a list of them is written for a
program to read is for `kg.reports`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.namespaces import FIXED_PREFIXES, short

if TYPE_CHECKING:
    from kg.index import Place
    from kg.store import Graph, Triple

SEVERITIES = ("violation", "warning", "info")
LABEL = ox.NamedNode(FIXED_PREFIXES["rdfs"] + "label")
FOUND = {"en": "found", "it": "trovato"}


@dataclass(frozen=True)
class Finding:
    """Where, how bad, which rule, what about, and the message: what is wrong and, after a semicolon, the remedy.

    `component` is the kind of constraint in SHACL's words, where a shape found it.
    """

    severity: str
    rule: str
    place: Place | None
    subject: ox.NamedNode
    message: dict[str, str]
    value: str = ""
    triple: Triple | None = None
    component: str = ""

    def problem(self, language: str) -> str:
        """What is wrong."""
        return self.message[language].partition("; ")[0]

    def remedy(self, language: str) -> str:
        """What to do about it; empty where the message does not say."""
        return self.message[language].partition("; ")[2]


def in_order(findings: list[Finding]) -> list[Finding]:
    """Worst first, then by file and line."""
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.place or ("", 0), f.rule))


def line_of(finding: Finding, graph: Graph, language: str) -> str:
    """`file:line:column severity rule label: what is wrong; remedy (found: value)`."""
    value = f" ({FOUND[language]}: {finding.value})" if finding.value else ""
    place = finding.place.exact if finding.place else "-"
    name = name_of(graph, finding.subject, language)
    return f"{place} {finding.severity} {finding.rule} {name}: {finding.message[language]}{value}"


def name_of(graph: Graph, node: ox.NamedNode, language: str) -> str:
    """What a message calls a thing: its label, or its name in the files."""
    return label_of(graph.engine, node, language) or short(node.value, graph.city.prefixes)


def label_of(engine: ox.Store, node: ox.NamedNode, language: str) -> str | None:
    """A thing's label in a language, else in any."""
    labels = {
        q.object.language: q.object.value
        for q in engine.quads_for_pattern(node, LABEL, None, ox.DefaultGraph())
        if isinstance(q.object, ox.Literal)
    }
    return labels.get(language) or next(iter(labels.values()), None)
