"""The dataset as search engines read it: `schema:Dataset` in JSON-LD, for the first page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.formats import DOWNLOADS, by_name
from kg.namespaces import FIXED_PREFIXES
from kg.store import triples

if TYPE_CHECKING:
    from kg.store import Graph

DCT, DCAT, FOAF = FIXED_PREFIXES["dct"], FIXED_PREFIXES["dcat"], FIXED_PREFIXES["foaf"]


def structured(graph: Graph, release: dict[str, Any], base: str, language: str) -> dict[str, Any]:
    """What Google Dataset Search asks for, in the language of the page."""
    dataset = graph.city.dataset

    def said(predicate: str, subject: str = dataset) -> list[str]:
        found = triples(graph.engine, ox.NamedNode(subject), ox.NamedNode(predicate), graph=ox.DefaultGraph())
        values = [
            value for _, _, value in found if not isinstance(value, ox.Literal) or value.language in (None, language)
        ]
        return sorted(value.value for value in values)

    agents = said(DCT + "publisher")
    publisher = {
        "@type": "Organization",
        "@id": agents[0] if agents else None,
        "name": next(iter(said(FOAF + "name", agents[0])), None) if agents else None,
    }
    span = release["span"]
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": dataset,
        "name": next(iter(said(DCT + "title")), dataset),
        "description": next(iter(said(DCT + "description")), ""),
        "inLanguage": language,
        "url": f"{base}/",
        "identifier": [dataset, *said(DCT + "identifier")],
        "version": release["release"],
        "datePublished": release["issued"],
        "dateModified": release["date"],
        "keywords": said(DCAT + "keyword"),
        "license": next(iter(said(DCT + "license")), None),
        "isAccessibleForFree": True,
        "creator": publisher,
        "publisher": publisher,
        "temporalCoverage": f"{span['start']}/{span['end']}" if span else None,
        "spatialCoverage": said(DCT + "spatial"),
        "variableMeasured": [kind[language] for kind in release["classes"].values()],
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": f"{dataset}/catalog", "url": f"{base}/catalog"},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file["title"][language],
                "contentUrl": f"{base}/dumps/latest/{file['name']}",
                "encodingFormat": by_name(file["format"], DOWNLOADS).media_types[0],
            }
            for file in release["files"]
            if "distribution" in file
        ],
    }


def script(values: dict[str, Any]) -> str:
    """The text of a script element: JSON in which no `<` can end the element."""
    return json.dumps(values, ensure_ascii=False, indent=1).replace("<", "\\u003c")
