"""The repository's data: statements name their passage, names are declared, the counts of the documents hold."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.anchors import write_anchors
from kg.coverage import read_coverage
from kg.evidence import read_evidence
from kg.index import data_files, read_text
from kg.layout import format_text
from kg.lint import Lint
from kg.passages import LONGEST, read_documents, read_lines, read_passage
from kg.slugs import SLUG, UNNAMED, slug_of, unnamed_slugs
from kg.store import triples

LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
DESCRIPTION = ox.NamedNode("http://purl.org/dc/terms/description")
REPORT = "source/annual-report-2024"


def rows(release, query: str) -> list[list[str]]:
    graph = release.graph
    return [[term.value for term in row] for row in graph.engine.query(query, prefixes=graph.city.prefixes)]


def is_ours(release, term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(release.graph.city.dataset + "/")


def test_the_files_are_in_their_canonical_form(release, folders):
    city = release.graph.city
    wrong = []
    for file, _ in data_files(folders):
        prefixes = city.shared_prefixes if file.is_relative_to(folders.ontology) else city.prefixes
        text = read_text(file)
        wrong += [] if format_text(text, file, prefixes) == text else [folders.shown(file)]
    assert wrong == []


def test_every_statement_stands_in_a_passage_of_a_known_document(release, index):
    documents = read_documents(release.graph.engine)
    assert len(documents) == 5
    wrong = []
    for iri, place in index.graphs.items():
        passage = read_passage(iri)
        document = documents.get(passage.document) if passage else None
        inside = passage and document and all(1 <= a <= b <= document.line_count for a, b in passage.ranges)
        wrong += [] if inside else [f"{place} {iri}"]
    assert wrong == []
    stated = [
        place for places in index.triples.values() for place in places if "/statements/" in place.file and place.graph
    ]
    assert {place.graph for place in stated} == set(index.graphs)


def test_what_stands_outside_of_braces_in_statements_is_about_passages(index):
    outside = {
        t[0].value for t, places in index.triples.items() for p in places if "/statements/" in p.file and not p.graph
    }
    assert sorted(iri for iri in outside if read_passage(iri) is None) == []


def test_every_name_in_the_statements_is_declared_or_computed(release, index):
    wrong = []
    for triple, places in index.triples.items():
        for term in triple if any(place.graph for place in places) else ():
            if not is_ours(release, term) or term in index.blocks:
                continue
            segment = term.value.removeprefix(release.graph.city.dataset + "/").split("/")[0]
            computed = segment in UNNAMED and slug_of(term) in unnamed_slugs(release.graph.engine, term, segment)
            wrong += [] if computed else [f"{places[0]} {term.value}"]
    assert wrong == []


def entities(index) -> list[ox.NamedNode]:
    return [node for node, places in index.blocks.items() if "/entities/" in places[0].file]


def test_the_slug_of_every_entity_is_ascii_and_lower_case(index):
    assert [node.value for node in entities(index) if not SLUG.fullmatch(slug_of(node))] == []


def test_every_entity_has_one_name_in_each_language(release, index):
    wrong = []
    for node in entities(index):
        found = triples(release.graph.engine, node, LABEL, graph=release.graph.city.graph("entities"))
        languages = sorted(value.language or "" for _, _, value in found)
        wrong += [] if languages == ["en", "it"] else [f"{index.place(node)} {languages}"]
    assert wrong == []


def test_every_entity_is_spoken_of_by_a_passage_or_belongs_to_one_that_is(index):
    """A country may be there for its city, a body for its post; what nothing leads to has no place in the graph."""
    reached = {
        term for triple, places in index.triples.items() for term in triple if any(place.graph for place in places)
    }
    told = {"/entities/", "/sources.ttl", "/dataset.ttl"}
    links: dict[object, set[object]] = {}
    for (subject, _, value), places in index.triples.items():
        if any(part in place.file for part in told for place in places):
            links.setdefault(subject, set()).add(value)
            if "/entities/" not in places[0].file:
                reached.add(value)
    waiting = list(reached)
    while waiting:
        new = links.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    assert [f"{index.place(node)} {node.value}" for node in entities(index) if node not in reached] == []


def test_every_graph_that_is_no_passage_is_described_in_both_languages(release):
    wrong = {}
    for name in release.graph.engine.named_graphs():
        if read_passage(name.value) is None:
            found = triples(release.graph.engine, name, DESCRIPTION, graph=ox.DefaultGraph())
            languages = sorted(value.language or "" for _, _, value in found)
            wrong |= {} if languages == ["en", "it"] else {name.value: languages}
    assert wrong == {}


def test_lint_finds_nothing(release, index):
    assert [f"{finding.place} {finding.message['en']}" for finding in Lint(release.graph, index).findings()] == []


# --- counts, taken from the documents --------------------------------------------------------------------------------


def counted(release, pattern: str, first: int, last: int) -> list[list[str]]:
    """How many things of each kind the passages from a line to a line of the annual report state."""
    document = f"<{release.graph.city.dataset}/{REPORT}>"
    return rows(
        release,
        f"""SELECT ?kind (COUNT(DISTINCT ?thing) AS ?n) {{
            GRAPH ?passage {{ {pattern} }} ?passage cr:firstLine ?line ; cr:document {document}
            FILTER(?line >= {first} && ?line <= {last}) }} GROUP BY ?kind ORDER BY ?kind""",
    )


def test_the_table_of_agreements_has_38_rows(release):
    document = f"<{release.graph.city.dataset}/{REPORT}>"
    query = f"""SELECT (COUNT(DISTINCT ?a) AS ?n) {{
        GRAPH ?p {{ ?a cr:kind ?k }} ?p cr:firstLine ?l ; cr:document {document}
        FILTER(?l >= 279 && ?l <= 316) }}"""
    assert rows(release, query) == [["38"]]


def test_the_list_of_consulates_has_45_honorary_ones_and_3_consulates_general(release):
    kind = release.graph.city.prefixes["kind"]
    assert counted(release, "?thing cr:sendingState ?state ; cr:kind ?kind", 650, 712) == [
        [kind + "consulate-general", "3"],
        [kind + "honorary-consulate", "45"],
    ]


def test_the_list_of_honorary_citizens_has_37(release):
    assert [n for _, n in counted(release, "?thing cr:award ?kind ; cr:recipient ?who", 715, 757)] == ["37"]


def test_the_list_of_networks_has_28(release):
    assert [n for _, n in counted(release, "?thing cr:hasMember ?kind", 769, 815)] == ["28"]


# --- against the documents -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coverage(release, index, documents):
    readings = read_evidence(release.graph, index, documents)
    return {found.document.slug: found for found in read_coverage(release.graph, readings, documents)}


COMPLETE = [(210, 214), (277, 316), (320, 356), (410, 470), (570, 595), (650, 712), (715, 757), (761, 815), (910, 957),
            (1255, 1275), (1330, 1356), (1627, 1645)]  # fmt: skip


@pytest.mark.parametrize(("first", "last"), COMPLETE)
def test_the_finished_parts_of_the_annual_report_have_no_open_line(coverage, first, last):
    found = coverage["annual-report-2024"].within(first, last)
    assert (sorted(found.open), sorted(found.twice)) == ([], [])


def test_no_line_is_declared_without_fact_and_stated_too(coverage):
    assert {slug: sorted(found.twice) for slug, found in coverage.items() if found.twice} == {}


def test_the_anchors_are_up_to_date(folders, documents):
    assert [folders.shown(file) for file in write_anchors(folders, documents, check=True)] == []


def test_passages_begin_and_end_with_a_line_of_text_and_are_short(release, index, documents):
    known = read_documents(release.graph.engine)
    texts = {iri: read_lines(document, documents) for iri, document in known.items()}
    wrong = []
    for iri, place in index.graphs.items():
        passage = read_passage(iri)
        lines = texts[passage.document]
        ends = [lines[number - 1].strip() for pair in passage.ranges for number in pair]
        written = [number for number in passage.lines if lines[number - 1].strip()]
        wrong += [] if all(ends) and len(written) <= LONGEST else [f"{place} {iri.rpartition('/')[2]}"]
    assert wrong == []


def test_the_languages_of_the_documents_are_known(release):
    found = {
        value.value
        for document in read_documents(release.graph.engine)
        for _, _, value in triples(
            release.graph.engine, ox.NamedNode(document), ox.NamedNode("http://purl.org/dc/terms/language")
        )
    }
    assert found == {"en", "it"}
    assert all(document.sha256 for document in read_documents(release.graph.engine).values())
