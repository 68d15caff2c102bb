"""The documentation of ontology, shapes and concepts as pages: complete, in both languages, made from the files."""

from __future__ import annotations

import html
import re

import pyoxigraph as ox
import pytest

from kg.checks import read_checks
from kg.namespaces import CR, SHAPES
from kg.web.documents import read_shapes
from kg.web.reference import WORDS
from served import serving

SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"


@pytest.fixture(scope="module")
def served(release, folders):
    with serving(release.graph, folders) as server:
        yield server


def page(served, path: str) -> str:
    answer = served.web.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def texts(quads, predicate: str, language: str) -> list[str]:
    return [q.object.value for q in quads if q.predicate.value == predicate and q.object.language == language]


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_shape_and_every_demand_is_told(served, folders, language):
    told = page(served, f"/{language}/shapes")
    quads = read_shapes(folders)
    targets = {q.subject for q in quads if q.predicate.value.startswith(SH + "target")}
    parts = {q.object for q in quads if q.predicate.value == SH + "property" and q.subject in targets}
    messages = texts([q for q in quads if q.subject in targets | parts], SH + "message", language)
    assert len(messages) > 90
    assert [message for message in messages if message not in told] == []
    assert [c.rule for c in read_checks(folders) if c.message[language] not in told] == []
    anchors = re.findall(r' id="([^"]+)"', told)
    assert len(set(anchors)) == len(anchors)
    assert {part.value.removeprefix(SHAPES) for part in parts} <= set(anchors)


def test_a_shape_leads_to_what_it_applies_to(served):
    assert 'href="/en/validation"' in page(served, "/en/shapes")
    section = re.search(r"<h2>AgreementShape</h2>.*?</section>", page(served, "/en/shapes"), re.DOTALL)
    assert section
    assert 'href="/en/ontology#Agreement"' in section[0]
    assert "party: an agreement has at least two parties; add cr:party" in section[0]


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_scheme_and_every_concept_is_told(served, release, language):
    engine = release.graph.engine
    overview = page(served, f"/{language}/concepts")
    schemes = re.findall(rf'href="/{language}/concepts/(\w+)">', overview)
    assert len(schemes) == 12
    for scheme in schemes:
        told = page(served, f"/{language}/concepts/{scheme}")
        members = [
            q.subject
            for q in engine.quads_for_pattern(
                None,
                ox.NamedNode(SKOS + "inScheme"),
                ox.NamedNode(f"https://w3id.org/city-relations/concept/{scheme}"),
                ox.DefaultGraph(),
            )
        ]
        assert len(re.findall(r"<tr id=", told)) == len(members)
        assert f"<td>{len(members)}</td>" in overview
        for node in members:
            quads = list(engine.quads_for_pattern(node, None, None, ox.DefaultGraph()))
            for tag in ("en", "it"):
                assert [t for t in texts(quads, SKOS + "prefLabel", tag) if t not in told] == []
    assert served.web.get(f"/{language}/concepts/nonesuch").status_code == 404


def test_narrower_concepts_stand_beneath_the_broader(served, release):
    graph = release.graph
    scheme = ox.NamedNode("https://w3id.org/city-relations/concept/topic")
    broader = graph.engine.quads_for_pattern(None, ox.NamedNode(SKOS + "broader"), None, ox.DefaultGraph())
    inside = ox.NamedNode(SKOS + "inScheme")
    found = [q for q in broader if ox.Quad(q.subject, inside, scheme, ox.DefaultGraph()) in graph.engine]
    told = re.findall(r'<tr id="([^"]+)"><th scope="row" class="depth-(\d+)"', page(served, "/en/concepts/topic"))
    place = {name: number for number, (name, _) in enumerate(told)}
    broader_of: dict[str, list[str]] = {}
    for quad in found:
        name, above = (node.value.rsplit("/", 1)[1] for node in (quad.subject, quad.object))
        broader_of.setdefault(name, []).append(above)
    assert len(broader_of) > 50
    depth = {name: int(number) for name, number in told}
    for name, above in broader_of.items():
        before = [other for other in above if place[other] < place[name] and depth[other] == depth[name] - 1]
        assert before, name


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_term_is_told_with_definition_domain_range_and_example(served, release, language):
    graph = release.graph
    told = page(served, f"/{language}/ontology")
    own = graph.city.graph("ontology")
    terms = {q.subject for q in graph.engine.quads_for_pattern(None, None, None, own)}
    terms = {term for term in terms if term.value.startswith(str(CR))}
    assert len(terms) > 100
    for term in terms:
        section = re.search(rf'<section id="{term.value.removeprefix(str(CR))}">.*?</section>', told, re.DOTALL)
        assert section, term
        quads = list(graph.engine.quads_for_pattern(term, None, None, own))
        for predicate in (SKOS + "definition", RDFS + "label"):
            for tag in ("en", "it"):
                assert [t for t in texts(quads, predicate, tag) if t not in section[0]] == [], term
        assert [t for t in texts(quads, SKOS + "example", "en") if t not in section[0]] == []
        for quad in quads:
            if quad.predicate.value in (RDFS + "domain", RDFS + "range") and quad.object.value.startswith(str(CR)):
                assert f'href="/{language}/ontology#{quad.object.value.removeprefix(str(CR))}"' in section[0]


def test_the_words_are_there_in_both_languages():
    assert [name for name, text in WORDS.items() if not (text["en"] and text["it"])] == []
