"""The shapes through a second validator (pyrudof): both find the same in every case of `tests/shapes` and in the data.

The one kind of difference known is listed in DATES: what a validator says of a date that is none, when asked for the
datatype alone. The shapes do not ask so: they hold dates by patterns, and therefore both validators agree on them.
"""

from __future__ import annotations

from collections import Counter

import pyrudof
import pyshacl
import pytest
from rdflib import SH, Graph
from rdflib import Literal as Text

from kg.validate import read_shapes, readable
from test_shapes import INVALID, VALID, case_id, case_report, data_of, shapes

XSD = "http://www.w3.org/2001/XMLSchema#"
Opinion = Counter[tuple[str, ...]]

# datatype and written form: does a bare sh:datatype let it pass, in pyshacl and in pyrudof?
DATES = {
    ("date", "2024-03-12"): (True, True),
    ("date", "2024-02-30"): (False, True),
    ("date", "12 March"): (False, True),
    ("date", "2024-3-1"): (False, True),
    ("gYear", "19x7"): (True, True),
    ("gYear", "2024-01"): (True, True),
    ("gYearMonth", "2024-13"): (True, True),
    ("integer", "x"): (False, False),
    ("decimal", "1,5"): (False, False),
}


def second(shapes_graph: Graph) -> pyrudof.Rudof:
    """The second validator with these shapes."""
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_shacl(shapes_graph.serialize(format="turtle"), pyrudof.ShaclFormat.Turtle)
    return rudof


@pytest.fixture(scope="module")
def rudof() -> pyrudof.Rudof:
    return second(shapes())


def opinion(rudof: pyrudof.Rudof, data: Graph) -> Opinion:
    """What the second validator finds: severity, focus, value, shape and constraint."""
    rudof.reset_data()
    rudof.read_data(data.serialize(format="nt"), pyrudof.RDFFormat.NTriples)
    found = rudof.validate_shacl()
    return Counter((e.severity.lower(), e.focus_node, str(e.source_shape), str(e.constraint_component)) for e in found)


def first(report: Graph) -> Opinion:
    """The same of the first validator's report."""
    parts = (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent)
    return Counter(
        (
            str(report.value(result, SH.resultSeverity)).rpartition("#")[2].lower(),
            *(as_written(report.value(result, part)) for part in parts),
        )
        for result in report.objects(None, SH.result)
    )


def as_written(term: object) -> str:
    return term.n3() if isinstance(term, Text) else str(term)


@pytest.mark.parametrize("file", VALID, ids=case_id)
def test_the_second_validator_finds_nothing_in_a_valid_case(rudof, file):
    assert opinion(rudof, data_of(Graph().parse(file))) == Counter()


@pytest.mark.parametrize("file", INVALID, ids=case_id)
def test_both_validators_find_the_same(rudof, file):
    found = opinion(rudof, data_of(Graph().parse(file)))
    assert found
    assert found == first(case_report(file))


def test_both_validators_find_the_same_in_the_data(release, folders):
    shapes_graph = read_shapes(folders)
    data = readable(release.graph, shapes_graph, None)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes_graph, inference="none")
    assert isinstance(report, Graph)
    found = opinion(second(shapes_graph), data)
    assert found
    assert found == first(report)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("datatype", "value"), DATES)
def test_where_the_validators_are_known_to_differ(datatype, value):
    text = f"""@prefix sh: <http://www.w3.org/ns/shacl#> .
        <urn:x:shape> a sh:NodeShape ; sh:targetSubjectsOf <urn:x:p> ; sh:property <urn:x:property> .
        <urn:x:property> sh:path <urn:x:p> ; sh:datatype <{XSD}{datatype}> ."""
    shape = Graph().parse(data=text, format="turtle")
    data = Graph().parse(data=f'<urn:x:a> <urn:x:p> "{value}"^^<{XSD}{datatype}> .', format="turtle")
    passes = pyshacl.validate(data, shacl_graph=shape)[0], not opinion(second(shape), data)
    assert passes == DATES[datatype, value]
