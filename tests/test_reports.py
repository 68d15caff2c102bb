"""Findings as files for other programs: each format is well formed and tells place, severity, rule, value, remedy."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from rdflib import RDF, SH, Graph, Literal

from kg import release, validate
from kg.findings import Finding
from kg.index import Place
from kg.reports import FORMATS
from kg.store import cr

NETWORKS = "data/statements/yearbook-2023/04-networks-projects-honours.trig"


@pytest.fixture
def findings(city_copy):
    """Two violations and a warning, in the data of the other city."""
    city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear')
    city_copy.edit(NETWORKS, "cr:partner city:eastport ;", "cr:partner city:westport ;")
    graph = release.build(city_copy.folders)
    found = validate.validate(graph, city_copy.folders, city_copy.index)
    message = {"en": "100%: a, b\nc; do this", "it": "100%: a, b\nc; fare questo"}
    found.append(Finding("warning", "odd-rule", Place("data/a,b.ttl", 3, None, 5), cr("x"), message))
    found.append(Finding("info", "nowhere", None, cr("y"), {"en": "lost", "it": "perso"}))
    return found, graph


def write(form, findings, language="en"):
    found, graph = findings
    return FORMATS[form](found, graph, language)


def test_text_tells_file_line_column_severity_rule_label_value_and_remedy(findings):
    lines = write("text", findings).splitlines()
    assert lines[0].startswith(f"{NETWORKS}:24:18 violation start-date Northhaven in Lantern Cities: start: ")
    assert lines[0].endswith("(found: 19x7)")
    assert lines[1].startswith(
        f"{NETWORKS}:31:20 violation declared TIDEWORK: city:westport is not declared anywhere; "
    )
    assert write("text", findings, "it").splitlines()[1].endswith("(trovato: city:westport)")


def test_json_has_counts_and_findings(findings):
    told = json.loads(write("json", findings))
    assert told["counts"] == {"violation": 2, "warning": 1, "info": 1}
    first = told["findings"][0]
    assert (first["file"], first["line"], first["column"]) == (NETWORKS, 24, 18)
    assert (first["severity"], first["rule"], first["value"]) == ("violation", "start-date", "19x7")
    assert first["problem"]
    assert first["remedy"]


def test_sarif_points_to_the_line_and_lists_its_rules(findings):
    told = json.loads(write("sarif", findings))
    run = told["runs"][0]
    assert told["version"] == "2.1.0"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning", "note"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": NETWORKS}, "region": {"startLine": 24, "startColumn": 18}}
    assert run["results"][3]["locations"] == []


def test_github_annotates_each_line_and_escapes_what_commands_end_at(findings):
    lines = write("github", findings).splitlines()
    assert lines[0].startswith(f"::error file={NETWORKS},line=24,col=18,title=start-date::Northhaven in Lantern")
    assert lines[2] == "::warning file=data/a%2Cb.ttl,line=3,col=5,title=odd-rule::cr:x: 100%25: a, b%0Ac; do this"
    assert lines[3] == "::notice title=nowhere::cr:y: lost"


def test_gitlab_gets_a_report_of_code_quality(findings):
    told = json.loads(write("gitlab", findings))
    assert [entry["severity"] for entry in told] == ["critical", "critical", "minor", "info"]
    assert told[0]["check_name"] == "start-date"
    assert told[0]["location"] == {"path": NETWORKS, "lines": {"begin": 24}}
    assert told[0]["description"].startswith("Northhaven in Lantern Cities: start: ")
    assert len({entry["fingerprint"] for entry in told}) == len(told)


def test_junit_fails_for_violations_alone(findings):
    suite = ElementTree.fromstring(write("junit", findings)).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("4", "2")
    assert [case.find("failure") is not None for case in suite] == [True, True, False, False]
    assert suite[2].get("name") == "odd-rule data/a,b.ttl:3:5"


def test_turtle_is_a_report_of_shacl_in_both_languages(findings):
    graph = Graph().parse(data=write("turtle", findings), format="turtle")
    report = graph.value(None, RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == Literal(False)
    results = list(graph.objects(report, SH.result))
    assert len(results) == 4
    for result in results:
        assert {m.language for m in graph.objects(result, SH.resultMessage)} == {"en", "it"}
    severities = sorted(str(s).rpartition("#")[2] for s in graph.objects(None, SH.resultSeverity))
    assert severities == ["Info", "Violation", "Violation", "Warning"]


@pytest.mark.parametrize("form", FORMATS)
def test_no_finding_is_a_whole_file_too(form, release):
    told = FORMATS[form]([], release.graph, "en")
    if form in ("json", "sarif", "gitlab"):
        json.loads(told)
    elif form == "junit":
        ElementTree.fromstring(told)
    elif form == "turtle":
        assert (None, SH.conforms, Literal(True)) in Graph().parse(data=told, format="turtle")
    else:
        assert told == ""
