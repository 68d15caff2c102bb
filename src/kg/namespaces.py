"""Every IRI root and fixed prefix, and the way from an IRI to the local path that serves it and back.

The prefixes of a city's kinds, schemes and documents are not listed here: `kg.store` reads them from ontology and data.
"""

from __future__ import annotations

ROOT = "https://w3id.org/city-relations/"
CR = ROOT + "ontology#"
SHAPES = ROOT + "shapes#"
CONCEPT = ROOT + "concept/"

FIXED_PREFIXES: dict[str, str] = {
    "cr": CR,
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def local_path(iri: str, dataset: str) -> str | None:
    """The path under which the server answers for an IRI of ours, without leading slash; None for IRIs of others.

    The fragment goes: a server never sees it.
    """
    for root in (ROOT, parent(dataset)):
        if iri.startswith(root):
            return iri.removeprefix(root).split("#", 1)[0]
    return None


def parent(dataset: str) -> str:
    """`https://example.org/relations/` for the dataset `https://example.org/relations/alpha`."""
    return dataset.rstrip("/").rsplit("/", 1)[0] + "/"


def short(iri: str, prefixes: dict[str, str]) -> str:
    """The IRI as `prefix:name` where a prefix fits and the name needs no escape, else in angle brackets."""
    best = max((p for p in prefixes if iri.startswith(prefixes[p])), key=lambda p: len(prefixes[p]), default=None)
    if best is not None:
        name = iri.removeprefix(prefixes[best])
        if name and all(c.isalnum() or c in "-_." for c in name) and name[-1] != "." and name[0] not in "-.":
            return f"{best}:{name}"
    return f"<{iri}>"
