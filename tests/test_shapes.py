"""The shapes against their cases in `tests/shapes/<shapes file>/`.

`valid.ttl` gives no result; `invalid.<reason>.ttl` is the valid case with one line changed, dropped or added, and gives
the results of its `.txt`. A case is read together with the classes and properties of the ontology and with what the
concept schemes say of the concepts that it names; all shapes files are in force in each.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyshacl import validate
from rdflib import OWL, RDF, RDFS, SH, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

if TYPE_CHECKING:
    from rdflib.term import Node

ROOT = Path(__file__).parents[1]
SHAPES = ROOT / "shapes"
CASES = ROOT / "tests" / "shapes"
SHAPE_FILES = sorted(SHAPES.glob("*.ttl"))
INVALID = sorted(CASES.glob("*/invalid.*.ttl"))
VALID = sorted(CASES.glob("*/valid.ttl"))
CR = "https://w3id.org/city-relations/ontology#"
CONCEPT = "https://w3id.org/city-relations/concept/"
PREFIXES = {
    "shapes:": "https://w3id.org/city-relations/shapes#",
    "cr:": CR,
    "dct:": "http://purl.org/dc/terms/",
    "rdfs:": "http://www.w3.org/2000/01/rdf-schema#",
    "skos:": str(SKOS),
    "xsd:": "http://www.w3.org/2001/XMLSchema#",
}
CONSTRAINTS: dict[Node, Node] = {
    SH["and"]: SH.AndConstraintComponent,
    SH["class"]: SH.ClassConstraintComponent,
    SH.datatype: SH.DatatypeConstraintComponent,
    SH.disjoint: SH.DisjointConstraintComponent,
    SH.hasValue: SH.HasValueConstraintComponent,
    SH["in"]: SH.InConstraintComponent,
    SH.languageIn: SH.LanguageInConstraintComponent,
    SH.lessThanOrEquals: SH.LessThanOrEqualsConstraintComponent,
    SH.maxCount: SH.MaxCountConstraintComponent,
    SH.maxInclusive: SH.MaxInclusiveConstraintComponent,
    SH.minCount: SH.MinCountConstraintComponent,
    SH.minInclusive: SH.MinInclusiveConstraintComponent,
    SH.nodeKind: SH.NodeKindConstraintComponent,
    SH["not"]: SH.NotConstraintComponent,
    SH["or"]: SH.OrConstraintComponent,
    SH.pattern: SH.PatternConstraintComponent,
    SH.qualifiedMinCount: SH.QualifiedMinCountConstraintComponent,
    SH.uniqueLang: SH.UniqueLangConstraintComponent,
    SH.xone: SH.XoneConstraintComponent,
}


def case_id(file: Path) -> str:
    """`agreements/invalid.one-party` for a case's file."""
    return f"{file.parent.name}/{file.stem}"


@cache
def shapes() -> Graph:
    """All shapes files in one graph."""
    graph = Graph()
    for file in SHAPE_FILES:
        graph.parse(file)
    return graph


@cache
def ontology() -> Graph:
    """The classes and properties."""
    return Graph().parse(ROOT / "ontology" / "city-relations.ttl")


@cache
def classes() -> Graph:
    """What shapes read of the ontology: which terms there are, and which classes are below which."""
    graph = Graph()
    for predicate in (RDF.type, RDFS.subClassOf):
        for triple in ontology().triples((None, predicate, None)):
            graph.add(triple)
    return graph


@cache
def concepts() -> Graph:
    """All concept schemes in one graph."""
    graph = Graph()
    for file in sorted((ROOT / "ontology" / "concepts").glob("*.ttl")):
        graph.parse(file)
    return graph


def data_of(case: Graph) -> Graph:
    """The case with the classes and properties, and with the concepts that it names and what these refer to."""
    data = Graph()
    data += classes()
    data += case
    waiting = {term for term in case.all_nodes() if str(term).startswith(CONCEPT)}
    done = set()
    while waiting:
        term = waiting.pop()
        done.add(term)
        for triple in concepts().triples((term, None, None)):
            if triple[1] not in (SKOS.hasTopConcept, SKOS.topConceptOf):
                data.add(triple)
            if triple[1] in (SKOS.broader, SKOS.inScheme) and triple[2] not in done:
                waiting.add(triple[2])
    return data


def report_of(data: Graph) -> Graph:
    """The validation report on a graph."""
    _, report, _ = validate(data, shacl_graph=shapes())
    assert isinstance(report, Graph), report
    return report


@cache
def case_report(file: Path) -> Graph:
    """The validation report on a case's file."""
    return report_of(data_of(Graph().parse(file)))


def shorten(node: object) -> str:
    """An IRI with a prefix, or from the kind on for things of a city, or as it is."""
    term = str(node)
    for prefix, namespace in PREFIXES.items():
        if term.startswith(namespace):
            return prefix + term.removeprefix(namespace)
    if term.startswith(CONCEPT):
        return term.removeprefix(CONCEPT).replace("/", ":", 1)
    return re.sub(r"^https://example\.org/relations/alpha/([^/]+)/", r"\1:", term)


def show(term: object) -> str:
    """A value as Turtle writes it."""
    if not isinstance(term, Literal):
        return shorten(term)
    datatype = f"^^{shorten(term.datatype)}" if term.datatype else ""
    language = f"@{term.language}" if term.language else ""
    return f'"{term}"{language}{datatype}'


def show_path(graph: Graph, path: object) -> str:
    """A property path as SPARQL writes it; `-` where there is none."""
    if path is None:
        return "-"
    if not isinstance(path, BNode):
        return shorten(path)
    alternatives = graph.value(path, SH.alternativePath)
    if alternatives is not None:
        return "|".join(show_path(graph, part) for part in Collection(graph, alternatives))
    inverse = graph.value(path, SH.inversePath)
    assert inverse is not None, "a kind of path that no shape had so far"
    return "^" + show_path(graph, inverse)


def results_of(report: Graph) -> str:
    """The results, one a line, sorted: severity, focus, path and value, then the English message."""
    lines = []
    for result in report.objects(None, SH.result):
        severity = str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)).lower()
        path = show_path(report, report.value(result, SH.resultPath))
        values = [show(value) for value in report.objects(result, SH.value)]
        messages = [str(m) for m in report.objects(result, SH.resultMessage) if getattr(m, "language", None) == "en"]
        focus = shorten(report.value(result, SH.focusNode))
        lines.append(f"{severity} {focus} {path} {' '.join(values) or '-'} | {' '.join(messages)}\n")
    return "".join(sorted(lines))


def own_shapes(file: Path) -> list[URIRef]:
    """The shapes that a file defines."""
    graph = Graph().parse(file)
    return sorted({s for s in graph.subjects(RDF.type) if isinstance(s, URIRef)})


def reports_alone(shape: Node) -> bool:
    """Whether a shape has results of its own: it has a target or is a property of a shape, and no mere part of one."""
    graph = shapes()
    targeted = any((shape, target, None) in graph for target in (SH.targetClass, SH.targetSubjectsOf))
    return bool(constraints_of(shape)) and (targeted or (None, SH.property, shape) in graph)


def constraints_of(shape: Node) -> set[Node]:
    """The kinds of constraint that a shape states itself."""
    return {CONSTRAINTS[predicate] for predicate in shapes().predicates(shape) if predicate in CONSTRAINTS}


def lines_of(file: Path) -> list[str]:
    """The lines of a case but for blank ones and the marks that join them."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.rstrip(" ;.") for line in lines if line.strip()]


@pytest.mark.parametrize("file", VALID, ids=case_id)
def test_valid_case_has_no_result(file: Path) -> None:
    assert results_of(case_report(file)) == ""


@pytest.mark.parametrize("file", INVALID, ids=case_id)
def test_invalid_case_has_the_expected_results(file: Path) -> None:
    assert results_of(case_report(file)) == file.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", INVALID, ids=case_id)
def test_invalid_case_is_the_valid_one_with_one_line_broken(file: Path) -> None:
    before, after = lines_of(file.with_name("valid.ttl")), lines_of(file)
    changes = Counter(line[0] for line in difflib.ndiff(before, after) if line[0] in "+-")
    assert changes in (Counter("+"), Counter("-"), Counter("+-"))


def test_every_shapes_file_has_its_cases_and_every_case_its_shapes_file() -> None:
    stems = {file.stem for file in SHAPE_FILES}
    assert {file.parent.name for file in VALID} == stems
    assert {file.parent.name for file in INVALID} == stems
    assert {file.name for file in CASES.iterdir()} == stems
    assert sorted(CASES.glob("*/*.txt")) == [file.with_suffix(".txt") for file in INVALID]


@pytest.mark.parametrize("file", SHAPE_FILES, ids=lambda file: file.stem)
def test_every_constraint_is_broken_by_a_case_of_its_file(file: Path) -> None:
    broken = set()
    for case in INVALID:
        if case.parent.name == file.stem:
            report = case_report(case)
            broken |= {
                (report.value(result, SH.sourceShape), report.value(result, SH.sourceConstraintComponent))
                for result in report.objects(None, SH.result)
            }
    stated = {(shape, kind) for shape in own_shapes(file) if reports_alone(shape) for kind in constraints_of(shape)}
    assert sorted(f"{shorten(shape)} {shorten(kind)}" for shape, kind in stated - broken) == []


def test_messages_stand_in_both_languages_once_and_name_the_field() -> None:
    wrong = []
    nodes = {shape for shape in shapes().subjects(RDF.type, SH.NodeShape) if reports_alone(shape)}
    for shape in sorted({*shapes().subjects(SH.path), *nodes}, key=str):
        if isinstance(shape, BNode):
            wrong.append(f"property shape without an IRI: {show_path(shapes(), shapes().value(shape, SH.path))}")
            continue
        messages = [m for m in shapes().objects(shape, SH.message) if isinstance(m, Literal)]
        fields = {str(m).split(": ")[0] for m in messages if ": " in m and "; " in m}
        if sorted(str(m.language) for m in messages) != ["en", "it"] or len(fields) != 1:
            wrong.append(shorten(shape))
    assert wrong == []


def test_no_shape_is_defined_in_two_files() -> None:
    files = Counter(shape for file in SHAPE_FILES for shape in own_shapes(file))
    assert [shorten(shape) for shape, number in files.items() if number > 1] == []


def test_every_shape_that_is_named_exists() -> None:
    graph = shapes()
    named = {term for term in graph.objects() if str(term).startswith(PREFIXES["shapes:"])}
    assert sorted(shorten(term) for term in named if (term, RDF.type, None) not in graph) == []


def test_shapes_files_begin_with_what_must_hold_in_plain_words() -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in SHAPE_FILES}
    assert [name for name, text in texts.items() if not re.match(r"# \w[^\n]{20,}\n", text)] == []


def test_shapes_use_core_only_and_three_severities() -> None:
    graph = shapes()
    assert {*graph.predicates()} & {SH.sparql, SH.target, SH.rule, SH.js, SH.expression} == set()
    assert {*graph.objects(None, SH.severity)} <= {SH.Warning, SH.Info}
    assert (None, RDF.type, OWL.Ontology) not in graph


def test_single_valued_properties_have_no_maximum() -> None:
    """Several values of these are judged by their discrepancy records, not by shapes."""
    single = {*ontology().subjects(URIRef(CR + "singleValued"), Literal(True))}
    assert len(single) >= 5
    limited = {shapes().value(shape, SH.path) for shape in shapes().subjects(SH.maxCount)}
    assert sorted(shorten(term) for term in single & limited) == []


def test_every_class_with_identifiers_demands_its_segment() -> None:
    expected = {(term, f"/{segment}/[^/]+$") for term, segment in ontology().subject_objects(URIRef(CR + "segment"))}
    patterns = list(shapes().subject_objects(SH.pattern))
    held = {(term, str(pattern)) for shape, pattern in patterns for term in shapes().objects(shape, SH.targetClass)}
    assert sorted((shorten(term), pattern) for term, pattern in expected - held) == []


def test_the_concept_schemes_conform() -> None:
    data = Graph()
    data += ontology()
    data += concepts()
    assert results_of(report_of(data)) == ""
