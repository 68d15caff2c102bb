"""Findings as files that other programs read: JSON, SARIF, annotations of GitHub and GitLab, JUnit, RDF by SHACL.

One function a format, from the same rows; `FORMATS` is the one list of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg import __version__
from kg.findings import LABEL, SEVERITIES, Finding, line_of, name_of
from kg.index import Place
from kg.namespaces import FIXED_PREFIXES, SHAPES
from kg.store import City, Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.errors import DataError
    from kg.settings import Folders

LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
GITLAB = {"violation": "critical", "warning": "minor", "info": "info"}
GITHUB = {"violation": "error", "warning": "warning", "info": "notice"}
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULE = SHAPES + "RuleConstraintComponent"  # of what no shape says: rules in code and the queries of shapes/checks
SH, RDF = FIXED_PREFIXES["sh"], FIXED_PREFIXES["rdf"]


@dataclass(frozen=True)
class Row:
    """A finding in one language, with nothing left to look up."""

    file: str
    line: int
    column: int
    severity: str
    rule: str
    subject: str
    label: str
    problem: str
    remedy: str
    value: str

    @property
    def message(self) -> str:
        """Label, problem, value and remedy in a line."""
        value = f" ({self.value})" if self.value else ""
        return f"{self.label}: {self.problem}{value}" + (f"; {self.remedy}" if self.remedy else "")


def rows(findings: list[Finding], graph: Graph, language: str) -> list[Row]:
    """The findings in one language."""
    return [
        Row(
            file=f.place.file if f.place else "",
            line=f.place.line if f.place else 0,
            column=f.place.column if f.place else 0,
            severity=f.severity,
            rule=f.rule,
            subject=f.subject.value,
            label=name_of(graph, f.subject, language),
            problem=f.problem(language),
            remedy=f.remedy(language),
            value=f.value,
        )
        for f in findings
    ]


def unreadable(error: DataError, folders: Folders) -> tuple[list[Finding], Graph]:
    """The finding that a file cannot be read, and the graph that there is then: one that only names the file."""
    file = ox.NamedNode("urn:x-kg:file")
    shown = folders.shown(Path(error.file))
    text = f"{error.message}; {error.remedy}" if error.remedy else error.message
    place = Place(shown, error.line, None, error.column)
    engine = ox.Store()
    engine.add(ox.Quad(file, LABEL, ox.Literal(Path(shown).name)))
    message = {"en": text, "it": text}
    return [Finding("violation", "unreadable", place, file, message)], Graph(engine, City("", dict(FIXED_PREFIXES)))


def as_text(findings: list[Finding], graph: Graph, language: str) -> str:
    """One line a finding, for a person and for editors that jump to `file:line:column`."""
    return "".join(line_of(finding, graph, language) + "\n" for finding in findings)


def as_json(findings: list[Finding], graph: Graph, language: str) -> str:
    """An object with the counts by severity and an array of findings."""
    counts = {severity: sum(f.severity == severity for f in findings) for severity in SEVERITIES}
    found = [asdict(row) for row in rows(findings, graph, language)]
    return json.dumps({"counts": counts, "findings": found}, ensure_ascii=False, indent=2) + "\n"


def as_sarif(findings: list[Finding], graph: Graph, language: str) -> str:
    """SARIF 2.1.0, as code-scanning pages read it."""
    found = rows(findings, graph, language)
    rules = sorted({row.rule for row in found})
    results = [
        {
            "ruleId": row.rule,
            "ruleIndex": rules.index(row.rule),
            "level": LEVELS[row.severity],
            "message": {"text": row.message},
            "locations": [_sarif_location(row)] if row.file else [],
        }
        for row in found
    ]
    driver = {"name": "kg", "version": __version__, "rules": [{"id": rule} for rule in rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _sarif_location(row: Row) -> dict[str, object]:
    region = {"startLine": row.line, "startColumn": row.column}
    return {"physicalLocation": {"artifactLocation": {"uri": row.file}, "region": region}}


def as_github(findings: list[Finding], graph: Graph, language: str) -> str:
    """Workflow commands of GitHub Actions: each becomes an annotation at its line of the diff."""
    lines = []
    for row in rows(findings, graph, language):
        place = f" file={_property(row.file)},line={row.line},col={row.column}," if row.file else " "
        lines.append(f"::{GITHUB[row.severity]}{place}title={_property(row.rule)}::{_command(row.message)}\n")
    return "".join(lines)


def _command(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _command(text).replace(":", "%3A").replace(",", "%2C")


def as_gitlab(findings: list[Finding], graph: Graph, language: str) -> str:
    """A report of Code Quality, which GitLab shows at the lines of a merge request."""
    found = [
        {
            "description": row.message,
            "check_name": row.rule,
            "fingerprint": hashlib.sha256(f"{row.file} {row.rule} {row.subject} {row.value}".encode()).hexdigest(),
            "severity": GITLAB[row.severity],
            "location": {"path": row.file or "data", "lines": {"begin": max(row.line, 1)}},
        }
        for row in rows(findings, graph, language)
    ]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def as_junit(findings: list[Finding], graph: Graph, language: str) -> str:
    """JUnit XML, as GitLab and others show it: one test case a finding, of which violations fail."""
    found = rows(findings, graph, language)
    failures = sum(row.severity == "violation" for row in found)
    cases = "".join(_junit_case(row) for row in found)
    head = f'<testsuite name="kg validate" tests="{len(found)}" failures="{failures}" errors="0">\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{head}{cases}</testsuite>\n</testsuites>\n'


def _junit_case(row: Row) -> str:
    where = f"{row.file}:{row.line}:{row.column}" if row.file else "-"
    name = quoteattr(f"{row.rule} {where}")
    head = f"  <testcase classname={quoteattr(row.file or 'graph')} name={name}"
    head += f" file={quoteattr(row.file)}>" if row.file else ">"
    text = escape(f"{where} {row.severity} {row.message}")
    if row.severity == "violation":
        inside = f"<failure type={quoteattr(row.rule)} message={quoteattr(row.message)}>{text}</failure>"
    else:
        inside = f"<system-out>{text}</system-out>"
    return f"{head}{inside}</testcase>\n"


def as_turtle(findings: list[Finding], graph: Graph, _: str) -> str:
    """A SHACL validation report in Turtle, with the messages in both languages; file and line by dct:source."""
    prefixes = {name: FIXED_PREFIXES[name] for name in ("dct", "rdf", "sh", "xsd")} | {"shapes": SHAPES}
    body = ox.serialize(_report(findings, graph), format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    assert body is not None
    return body.decode()


def _report(findings: list[Finding], graph: Graph) -> Iterator[ox.Triple]:
    report, kind = ox.BlankNode("report"), ox.NamedNode(RDF + "type")
    conforms = ox.Literal(not any(f.severity == "violation" for f in findings))
    yield ox.Triple(report, kind, ox.NamedNode(SH + "ValidationReport"))
    yield ox.Triple(report, ox.NamedNode(SH + "conforms"), conforms)
    for number, finding in enumerate(findings, 1):
        result = ox.BlankNode(f"result{number}")
        yield ox.Triple(report, ox.NamedNode(SH + "result"), result)
        yield ox.Triple(result, kind, ox.NamedNode(SH + "ValidationResult"))
        yield ox.Triple(result, ox.NamedNode(SH + "focusNode"), finding.subject)
        severity = {"violation": "Violation", "warning": "Warning", "info": "Info"}[finding.severity]
        yield ox.Triple(result, ox.NamedNode(SH + "resultSeverity"), ox.NamedNode(SH + severity))
        yield ox.Triple(result, ox.NamedNode(SH + "sourceShape"), ox.NamedNode(SHAPES + finding.rule))
        component = ox.NamedNode(finding.component or RULE)
        yield ox.Triple(result, ox.NamedNode(SH + "sourceConstraintComponent"), component)
        if finding.triple:
            yield ox.Triple(result, ox.NamedNode(SH + "resultPath"), finding.triple[1])
            yield ox.Triple(result, ox.NamedNode(SH + "value"), finding.triple[2])
        for language, text in finding.message.items():
            message = ox.Literal(text, language=language)
            yield ox.Triple(result, ox.NamedNode(SH + "resultMessage"), message)
        if finding.place:
            place = ox.NamedNode(FIXED_PREFIXES["dct"] + "source")
            yield ox.Triple(result, place, ox.Literal(finding.place.exact))


FORMATS: dict[str, Callable[[list[Finding], Graph, str], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
    "gitlab": as_gitlab,
    "junit": as_junit,
    "turtle": as_turtle,
}
