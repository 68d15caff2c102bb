"""What SHACL says badly, as queries: each row of a `shapes/checks/NAME-violation.rq` is a finding of the rule NAME.

A check's header gives the message in both languages (`# en:`, `# it:`), in which `{name}` stands for a variable of the
row. `?subject` is what the finding is about; `?property` and `?value`, where given, tell the triple and so the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.derive import read_header
from kg.errors import DataError
from kg.findings import Finding
from kg.namespaces import short

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.index import Index
    from kg.settings import Folders
    from kg.store import Graph, Triple

NAME = re.compile(r"(?P<rule>[a-z][a-z-]*)-(?P<severity>violation|warning|info)")


@dataclass(frozen=True)
class Check:
    """A query and what its rows mean."""

    rule: str
    severity: str
    file: Path
    query: str
    message: dict[str, str]


def read_checks(folders: Folders) -> list[Check]:
    """All checks; raises DataError for a file whose name or header says too little."""
    return [_read(file) for file in sorted((folders.shapes / "checks").glob("*.rq"))]


def _read(file: Path) -> Check:
    name = NAME.fullmatch(file.stem)
    if not name:
        raise DataError("the name tells no severity", file=file, remedy="end it in -violation, -warning or -info")
    text = file.read_text(encoding="utf-8")
    header = read_header(text)
    message = {language: header.get(language, "") for language in ("en", "it")}
    if not all("; " in said for said in message.values()):
        remedy = "start the file with `# en: what is wrong; what to do` and the same as `# it: …`"
        raise DataError("a check lacks its message", file=file, remedy=remedy)
    return Check(name["rule"], name["severity"], file, text, message)


def run_checks(graph: Graph, folders: Folders, index: Index) -> Iterator[Finding]:
    """The findings of all checks over the default graph and the passages."""
    for check in read_checks(folders):
        yield from _findings(check, graph, index)


def _findings(check: Check, graph: Graph, index: Index) -> Iterator[Finding]:
    try:
        rows = graph.engine.query(check.query, prefixes=graph.city.prefixes)
    except SyntaxError as error:
        place = re.search(r"(\d+):(\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        raise DataError(f"is no query: {error}", file=check.file, line=line, column=column) from None
    if not isinstance(rows, ox.QuerySolutions) or "subject" not in {v.value for v in rows.variables}:
        raise DataError("a check selects ?subject", file=check.file, remedy="write SELECT ?subject …")
    names = [variable.value for variable in rows.variables]
    seen = set()
    for row in rows:
        terms = {name: row[name] for name in names if row[name] is not None}
        finding = _finding(check, terms, graph, index)
        key = (finding.subject, finding.message["en"])
        if key not in seen:
            seen.add(key)
            yield finding


def _finding(check: Check, terms: dict[str, ox.NamedNode | ox.Literal], graph: Graph, index: Index) -> Finding:
    shown = {
        name: short(term.value, graph.city.prefixes) if isinstance(term, ox.NamedNode) else term.value
        for name, term in terms.items()
    }
    subject, predicate, value = terms["subject"], terms.get("property"), terms.get("value")
    assert isinstance(subject, ox.NamedNode), f"{check.file}: ?subject must be an IRI"
    triple: Triple | None = None
    if isinstance(predicate, ox.NamedNode) and value is not None:
        triple = (subject, predicate, value)
    return Finding(
        severity=check.severity,
        rule=check.rule,
        place=index.place(*triple) if triple else index.place(subject),
        subject=subject,
        message={language: text.format_map(shown) for language, text in check.message.items()},
        value=shown.get("value", ""),
        triple=triple,
    )
