"""The dataset in the words of VoID: counts, dumps, endpoint; in full with the parts by class and property, and links.

The catalogue holds the short form, `/.well-known/void` the full one; both from the same counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.formats import DATASETS, DOWNLOADS, by_name
from kg.namespaces import CONCEPT, CR, FIXED_PREFIXES
from kg.terms import kebab, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.formats import Format

VOID, DCT, RDF = FIXED_PREFIXES["void"], FIXED_PREFIXES["dct"], FIXED_PREFIXES["rdf"]
TYPE = ox.NamedNode(RDF + "type")
DATASET = ox.NamedNode(VOID + "Dataset")
VOCABULARIES = ("cr", "dct", "rdfs", "skos")


def describe_dataset(dataset: str, release: dict[str, Any], base: str) -> Iterator[ox.Triple]:
    """What VoID has to say of the dataset as a whole."""
    subject = ox.NamedNode(dataset)
    yield ox.Triple(subject, TYPE, DATASET)
    yield _link(subject, "sparqlEndpoint", base + "/sparql")
    yield _link(subject, "uriLookupEndpoint", base + "/")
    for file in release["files"]:
        form: Format = by_name(file["format"], DOWNLOADS)
        if "distribution" in file and form in DATASETS:
            yield _link(subject, "dataDump", f"{base}/dumps/latest/{file['name']}")
    counts = {
        "triples": release["triples"],
        "entities": release["things"],
        "classes": len(release["used_classes"]),
        "properties": len(release["used_properties"]),
        "distinctSubjects": release["subjects"],
        "distinctObjects": release["objects"],
    }
    for name, number in counts.items():
        yield _count(subject, name, number)
    yield ox.Triple(subject, ox.NamedNode(VOID + "uriSpace"), ox.Literal(dataset + "/"))
    for iri in (*(FIXED_PREFIXES[prefix] for prefix in VOCABULARIES), CONCEPT):
        yield _link(subject, "vocabulary", iri)


def describe_all(dataset: str, release: dict[str, Any], base: str) -> Iterator[ox.Triple]:
    """The same, with the dataset's parts and its links to others."""
    subject, about = ox.NamedNode(dataset), ox.NamedNode(base + "/.well-known/void")
    yield ox.Triple(about, TYPE, ox.NamedNode(VOID + "DatasetDescription"))
    yield ox.Triple(about, ox.NamedNode(FIXED_PREFIXES["foaf"] + "primaryTopic"), subject)
    yield from describe_dataset(dataset, release, base)
    for kind, counted, number in (
        ("class", release["used_classes"], "entities"),
        ("property", release["used_properties"], "triples"),
    ):
        for iri, count in counted.items():
            if iri.startswith(str(CR)):
                part = ox.NamedNode(f"{dataset}/catalog#{kind}-{kebab(local_name(iri))}")
                yield _link(subject, f"{kind}Partition", part.value)
                yield ox.Triple(part, TYPE, DATASET)
                yield _link(part, kind, iri)
                yield _count(part, number, count)
    for site, count in release["links"].items():
        links = ox.NamedNode(f"{dataset}/catalog#links-{urlsplit(site).netloc}")
        yield _link(subject, "subset", links.value)
        yield ox.Triple(links, TYPE, ox.NamedNode(VOID + "Linkset"))
        yield _link(links, "subjectsTarget", dataset)
        yield _link(links, "objectsTarget", site)
        yield _link(links, "linkPredicate", FIXED_PREFIXES["skos"] + "exactMatch")
        yield _count(links, "triples", count)


def _link(subject: ox.NamedNode, name: str, iri: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(VOID + name), ox.NamedNode(iri))


def _count(subject: ox.NamedNode, name: str, number: int) -> ox.Triple:
    return ox.Triple(
        subject,
        ox.NamedNode(VOID + name),
        ox.Literal(str(number), datatype=ox.NamedNode(FIXED_PREFIXES["xsd"] + "integer")),
    )
