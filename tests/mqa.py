"""The points of the Metadata Quality Assessment of data.europa.eu, as far as its method is published: 405 in all.

A metric of distributions counts the share of distributions that have it; addresses are asked by HEAD, then by GET.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

EU = "http://publications.europa.eu/resource/authority/"
OPEN = {"RDF_TRIG", "RDF_N_QUADS", "RDF_TURTLE", "RDF_N_TRIPLES", "RDF_XML", "JSON_LD", "CSV", "GEOJSON"}
LICENCES = ("http://creativecommons.org/licenses/by/4.0/", EU + "licence/CC_BY_4_0")


def score(catalogue: Graph, answers: Callable[[str], bool], *, compliant: bool) -> dict[str, float]:
    """The points of each metric for the only dataset of a catalogue."""
    dataset = catalogue.value(predicate=RDF.type, object=DCAT.Dataset, any=False)
    files = list(catalogue.objects(dataset, DCAT.distribution))

    def has(predicate: URIRef, points: int) -> float:
        return points if (dataset, predicate, None) in catalogue else 0

    def share(points: int, fits: Callable[[URIRef], bool]) -> float:
        return points * sum(map(fits, files)) / len(files)

    def present(predicate: URIRef, points: int) -> float:
        return share(points, lambda file: (file, predicate, None) in catalogue)

    def values(predicate: URIRef, points: int, fits: Callable[[str], bool]) -> float:
        return share(points, lambda file: _all(map(str, catalogue.objects(file, predicate)), fits))

    return {
        "keyword": has(DCAT.keyword, 30),
        "theme": has(DCAT.theme, 30),
        "spatial": has(DCTERMS.spatial, 20),
        "temporal": has(DCTERMS.temporal, 20),
        "access URL answers": values(DCAT.accessURL, 50, answers),
        "download URL": present(DCAT.downloadURL, 20),
        "download URL answers": values(DCAT.downloadURL, 30, answers),
        "format": present(DCTERMS.format, 20),
        "media type": present(DCAT.mediaType, 10),
        "format of the vocabulary": values(DCTERMS.format, 5, lambda iri: iri.startswith(EU + "file-type/")),
        "media type of the registry": values(
            DCAT.mediaType, 5, lambda iri: iri.startswith("https://www.iana.org/assignments/media-types/")
        ),
        "format not proprietary": values(DCTERMS.format, 20, lambda iri: iri.rpartition("/")[2] in OPEN),
        "format machine-readable": values(DCTERMS.format, 20, lambda iri: iri.rpartition("/")[2] in OPEN),
        "DCAT-AP": 30 if compliant else 0,
        "licence": present(DCTERMS.license, 20),
        "licence of the vocabulary": values(DCTERMS.license, 10, LICENCES.__contains__),
        "access rights": has(DCTERMS.accessRights, 10),
        "access rights of the vocabulary": 5
        if _all(map(str, catalogue.objects(dataset, DCTERMS.accessRights)), lambda iri: iri.startswith(EU))
        else 0,
        "contact point": has(DCAT.contactPoint, 20),
        "publisher": has(DCTERMS.publisher, 10),
        "rights": present(DCTERMS.rights, 5),
        "size": present(DCAT.byteSize, 5),
        "issued": present(DCTERMS.issued, 5),
        "modified": present(DCTERMS.modified, 5),
    }


def _all(found: Iterable[str], fits: Callable[[str], bool]) -> bool:
    """Whether there are any, and all of them fit."""
    listed = list(found)
    return bool(listed) and all(map(fits, listed))
