"""The catalogue of a release: DCAT-AP 3.0.1, DCAT-AP_IT and VoID in one graph, all of it computed.

What a release is comes from its bundle (`release.json`), what the dataset says of itself from the default graph. IRIs
and identifiers never change; the addresses of files follow the server; dates move only with the content.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import authority
from kg.formats import DOWNLOADS, by_name
from kg.namespaces import FIXED_PREFIXES, ROOT
from kg.query import write_graph
from kg.store import triples
from kg.terms import LANGUAGES
from kg.void import describe_dataset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.formats import GraphFormat
    from kg.store import Graph, Value

PREFIXES = FIXED_PREFIXES | {
    "adms": "http://www.w3.org/ns/adms#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
COPIED = ("dct:title", "dct:description")  # said of the dataset and of its catalogue
OF_DATASET = (
    *("dct:identifier", "dct:publisher", "dct:rightsHolder", "dct:accrualPeriodicity", "dct:language", "dct:subject"),
    *("dcat:contactPoint", "dcat:keyword", "dcat:theme"),
)
ENDPOINT_TITLE = {"en": "SPARQL endpoint", "it": "Endpoint SPARQL"}
ENDPOINT_TEXT = {
    "en": "Read-only SPARQL 1.1 endpoint over the whole graph; each passage is a named graph.",
    "it": "Endpoint SPARQL 1.1 in sola lettura su tutto il grafo; ogni passo è un grafo con nome.",
}
CATALOGUE_TITLE = {"en": "{}: catalogue", "it": "{}: catalogo"}


def node(name: str) -> ox.NamedNode:
    """A term from `prefix:name`."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


@dataclass
class Catalogue:
    """The catalogue as a set of triples; `base` is the address of the server, without a slash at the end."""

    graph: Graph
    release: dict[str, Any]
    base: str
    triples: set[ox.Triple] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dataset = ox.NamedNode(self.graph.city.dataset)
        self.iri = self.part("").value
        self._catalogue()
        self._dataset()
        for file in self.release["files"]:
            if "distribution" in file:
                self._distribution(file)
        self._service()
        self._agents()
        self._documents()
        self._places()
        self.triples |= set(describe_dataset(self.graph.city.dataset, self.release, self.base))
        self._values()

    def write(self, form: GraphFormat) -> bytes:
        """The catalogue in a format."""
        return write_graph(self.triples, form, PREFIXES)

    def part(self, name: str) -> ox.NamedNode:
        """The IRI of a part of the catalogue, or of itself; one address answers for all of them."""
        return ox.NamedNode(f"{self.dataset.value}/catalog" + (f"#{name}" if name else ""))

    def add(self, subject: ox.NamedNode, predicate: str, *values: Value | str | None) -> None:
        """Say something of a subject; a string stands for the IRI it is."""
        for value in values:
            if value is not None:
                found = ox.NamedNode(value) if isinstance(value, str) else value
                self.triples.add(ox.Triple(subject, node(predicate), found))

    def kinds(self, subject: ox.NamedNode, *kinds: str) -> None:
        """Say what a subject is."""
        self.add(subject, "rdf:type", *(node(kind) for kind in kinds))

    def texts(self, subject: ox.NamedNode, predicate: str, texts: dict[str, str]) -> None:
        """Say something in each language."""
        self.add(subject, predicate, *(ox.Literal(text, language=language) for language, text in texts.items()))

    def said(self, subject: ox.NamedNode, predicate: str) -> list[Value]:
        """What the default graph says."""
        found = triples(self.graph.engine, subject, node(predicate), graph=ox.DefaultGraph())
        return sorted((value for _, _, value in found), key=str)

    def copy(self, source: ox.NamedNode, predicates: Iterable[str], target: ox.NamedNode | None = None) -> None:
        """Say of a subject what the default graph says of it, or of another."""
        for predicate in predicates:
            self.add(target or source, predicate, *self.said(source, predicate))

    def dates(self, subject: ox.NamedNode) -> None:
        """The days of the first release and of this one."""
        for predicate, day in (("dct:issued", self.release["issued"]), ("dct:modified", self.release["date"])):
            self.add(subject, predicate, ox.Literal(day, datatype=node("xsd:date")))

    def _catalogue(self) -> None:
        catalogue = self.part("")
        self.kinds(catalogue, "dcat:Catalog", "dcatapit:Catalog")
        for title in self.said(self.dataset, "dct:title"):
            if isinstance(title, ox.Literal) and title.language in CATALOGUE_TITLE:
                text = CATALOGUE_TITLE[title.language].format(title.value)
                self.add(catalogue, "dct:title", ox.Literal(text, language=title.language))
        self.copy(self.dataset, ("dct:description", "dct:publisher", "dct:language", "dct:license"), catalogue)
        self.dates(catalogue)
        self.add(catalogue, "dct:spatial", *self._spatial())
        self.add(catalogue, "foaf:homepage", self.base + "/")
        self.add(catalogue, "dcat:themeTaxonomy", authority.THEMES)
        self.add(catalogue, "dcat:dataset", self.dataset)
        self.add(catalogue, "dcat:service", self.part("sparql"))
        self.kinds(ox.NamedNode(self.base + "/"), "foaf:Document")

    def _dataset(self) -> None:
        dataset, period, standard = self.dataset, self.part("period"), ox.NamedNode(ROOT + "ontology")
        self.kinds(dataset, "dcat:Dataset", "dcatapit:Dataset", "void:Dataset")
        self.copy(dataset, (*COPIED, *OF_DATASET))
        self.dates(dataset)
        self.add(dataset, "dct:creator", *self.said(dataset, "dct:publisher"))
        self.add(dataset, "dct:accessRights", authority.PUBLIC)
        self.add(dataset, "dct:spatial", *self._spatial())
        self.add(dataset, "dct:conformsTo", standard)
        self.add(dataset, "dcat:landingPage", self.base + "/")
        for predicate in ("dcat:version", "owl:versionInfo"):
            self.add(dataset, predicate, ox.Literal(self.release["release"]))
        self.kinds(standard, "dct:Standard", "dcatapit:Standard")
        self.add(standard, "dct:identifier", ox.Literal(standard.value))
        self.copy(standard, ("dct:title",))
        if self.release["span"]:
            self.add(dataset, "dct:temporal", period)
            self.kinds(period, "dct:PeriodOfTime", "dcatapit:PeriodOfTime")
            for name, day in self.release["span"].items():
                for prefix in ("dcat", "dcatapit"):
                    self.add(period, f"{prefix}:{name}Date", ox.Literal(day, datatype=node("xsd:date")))

    def _distribution(self, file: dict[str, Any]) -> None:
        form, latest = by_name(file["format"], DOWNLOADS), f"{self.base}/dumps/latest/"
        subject, rights = self.part(file["distribution"]), self.part("rights")
        self.add(self.dataset, "dcat:distribution", subject)
        self.kinds(subject, "dcat:Distribution", "dcatapit:Distribution")
        self.texts(subject, "dct:title", file["title"])
        self.texts(subject, "dct:description", file["description"])
        self.add(subject, "dct:format", authority.file_type(form))
        self.add(subject, "dcat:mediaType", authority.media_type(form))
        self.add(subject, "dcat:accessURL", latest)
        self.add(subject, "dcat:downloadURL", latest + file["name"])
        size = ox.Literal(str(file["size"]), datatype=node("xsd:nonNegativeInteger"))
        self.add(subject, "dcat:byteSize", size)
        self.copy(self.dataset, ("dct:license",), subject)
        self.add(subject, "dct:rights", rights)
        self.add(subject, "dcatap:availability", authority.STABLE)
        self.dates(subject)
        self.add(subject, "dct:language", *(authority.LANGUAGES[language] for language in file["languages"]))
        self.add(subject, "dct:conformsTo", ROOT + "ontology")
        self.add(subject, "dcat:accessService", self.part("sparql"))
        self.kinds(ox.NamedNode(authority.media_type(form)), "dct:MediaType")

    def _service(self) -> None:
        service, standard = self.part("sparql"), ox.NamedNode(authority.SPARQL_PROTOCOL)
        self.kinds(service, "dcat:DataService")
        self.texts(service, "dct:title", ENDPOINT_TITLE)
        self.texts(service, "dct:description", ENDPOINT_TEXT)
        self.add(service, "dcat:endpointURL", f"{self.base}/sparql")
        self.add(service, "dcat:endpointDescription", f"{self.base}/sparql")
        self.add(service, "dcat:servesDataset", self.dataset)
        self.add(service, "dct:conformsTo", standard)
        self.add(service, "dct:accessRights", authority.PUBLIC)
        copied = ("dct:publisher", "dct:license", "dcat:contactPoint", "dcat:keyword", "dcat:theme")
        self.copy(self.dataset, copied, service)
        self.kinds(standard, "dct:Standard", "dcatapit:Standard")
        self.add(standard, "dct:identifier", ox.Literal(standard.value))
        self.texts(standard, "dct:title", dict.fromkeys(LANGUAGES, "SPARQL 1.1 Protocol"))

    def _agents(self) -> None:
        for predicate in ("dct:publisher", "dct:rightsHolder"):
            for agent in self.said(self.dataset, predicate):
                if isinstance(agent, ox.NamedNode):
                    self.kinds(agent, "foaf:Agent", "dcatapit:Agent")
                    self.copy(agent, ("foaf:name", "dct:identifier", "dct:type", "foaf:homepage"))
        for contact in self.said(self.dataset, "dcat:contactPoint"):
            if isinstance(contact, ox.NamedNode):
                self.kinds(contact, "vcard:Kind", "vcard:Organization", "dcatapit:Organization")
                self.copy(contact, ("vcard:fn", "vcard:hasEmail", "vcard:hasURL", "vcard:hasTelephone"))
        rights, licences = self.part("rights"), [value.value for value in self.said(self.dataset, "dct:license")]
        known = [authority.LICENCES[iri] for iri in licences if iri in authority.LICENCES]
        self.kinds(rights, "dct:RightsStatement")
        text = ", ".join([*self._holders(), *(f"{title} {version}" for title, _, version in known)])
        self.add(rights, "rdfs:label", ox.Literal(text))  # without language: CKAN takes any of several

    def _holders(self) -> list[str]:
        holders = [value for value in self.said(self.dataset, "dct:rightsHolder") if isinstance(value, ox.NamedNode)]
        return [name.value for holder in holders for name in self.said(holder, "foaf:name")]

    def _documents(self) -> None:
        """The documents that the dataset was read from, and their authors, who have no other part in it."""
        of_document = ox.NamedNode(FIXED_PREFIXES["cr"] + "Document")
        found = triples(self.graph.engine, None, node("rdf:type"), of_document, ox.DefaultGraph())
        for document in sorted({subject for subject, _, _ in found}, key=str):
            self.add(self.dataset, "prov:wasDerivedFrom", document)
            self.kinds(document, "foaf:Document")
            self.add(document, "dct:title", *self.said(document, "rdfs:label"))
            self.copy(document, ("dct:creator", "dct:issued"))

    def _spatial(self) -> list[Value]:
        """The places that the dataset is about: as others name them, if it says so, else as it does itself."""
        places = self.said(self.dataset, "dct:spatial")
        return [place for place in places if authority.scheme_of(place.value)] or places

    def _places(self) -> None:
        own = [place for place in self.said(self.dataset, "dct:spatial") if isinstance(place, ox.NamedNode)]
        points = [
            f"POINT({east.value} {north.value})"
            for place in own
            for east, north in zip(self.said(place, "cr:longitude"), self.said(place, "cr:latitude"), strict=True)
        ]
        for place in self._spatial():
            if isinstance(place, ox.NamedNode):
                self.kinds(place, "dct:Location")
                for point in points[:1]:
                    self.add(place, "dcat:centroid", ox.Literal(point, datatype=node("geo:wktLiteral")))

    def _values(self) -> None:
        """A few triples on each controlled value in use; this comes last."""
        for licence in self.said(self.dataset, "dct:license"):
            if isinstance(licence, ox.NamedNode):
                self._licence(licence)
        iris = {triple.object for triple in self.triples if isinstance(triple.object, ox.NamedNode)}
        for value in sorted(iris, key=str):
            scheme = authority.scheme_of(value.value)
            if scheme and value.value != authority.THEMES:
                self._value(value, ox.NamedNode(scheme))
        themes = ox.NamedNode(authority.THEMES)
        self.kinds(themes, "skos:ConceptScheme")
        self.add(themes, "dct:title", ox.Literal("data-theme"))

    def _value(self, value: ox.NamedNode, scheme: ox.NamedNode) -> None:
        own_class = authority.class_of(value.value)
        self.kinds(value, "skos:Concept", *([own_class] if own_class else []))
        self.add(value, "skos:inScheme", scheme)
        self.kinds(scheme, "skos:ConceptScheme")
        self.add(scheme, "dct:title", ox.Literal(scheme.value.removesuffix("/1.0").rpartition("/")[2]))
        said = self.said(value, "skos:prefLabel")
        self.add(value, "skos:prefLabel", *said)
        if not said:
            self.texts(value, "skos:prefLabel", authority.labels_of(value.value))

    def _licence(self, licence: ox.NamedNode) -> None:
        self.kinds(licence, "dct:LicenseDocument", "dcatapit:LicenseDocument")
        self.add(licence, "dct:type", authority.ATTRIBUTION)
        for title, name, version in [authority.LICENCES[licence.value]] if licence.value in authority.LICENCES else []:
            self.add(licence, "dct:title", ox.Literal(title, language="en"))
            self.add(licence, "foaf:name", ox.Literal(name, language="it"))
            self.add(licence, "owl:versionInfo", ox.Literal(version))
