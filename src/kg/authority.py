"""The controlled values that a catalogue uses: IRIs of the European authority tables, and what is said of each.

Validators and portals look for the class, the scheme and the label of a value in the catalogue itself, so each is
described there in a few triples. Labels are `skos:prefLabel`: CKAN puts an `rdfs:label` in the place of the IRI.
What one city alone uses (themes, places) has its labels in the city's `data/dataset.ttl`.
"""

from __future__ import annotations

from kg.formats import CSV, DOWNLOADS, GEOJSON, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format, by_name

EU = "http://publications.europa.eu/resource/authority/"
ADMS_LICENCE = "http://purl.org/adms/licencetype/"
ADMS_PUBLISHER = "http://purl.org/adms/publishertype/"
ATTRIBUTION = ADMS_LICENCE + "Attribution"
IANA = "https://www.iana.org/assignments/media-types/"
SPARQL_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
PUBLIC = EU + "access-right/PUBLIC"
STABLE = EU + "planned-availability/STABLE"
THEMES = EU + "data-theme"
LANGUAGES = {"en": EU + "language/ENG", "it": EU + "language/ITA"}
FILE_TYPES: dict[str, str] = {
    TRIG.name: "RDF_TRIG",
    N_QUADS.name: "RDF_N_QUADS",
    TURTLE.name: "RDF_TURTLE",
    N_TRIPLES.name: "RDF_N_TRIPLES",
    RDF_XML.name: "RDF_XML",
    JSON_LD.name: "JSON_LD",
    CSV.name: "CSV",
    GEOJSON.name: "GEOJSON",
}
LABELS: dict[str, dict[str, str]] = {
    PUBLIC: {"en": "public", "it": "pubblico"},
    STABLE: {"en": "stable", "it": "stabile"},
    EU + "frequency/IRREG": {"en": "irregular", "it": "irregolare"},
    LANGUAGES["en"]: {"en": "English", "it": "inglese"},
    LANGUAGES["it"]: {"en": "Italian", "it": "italiano"},
    ATTRIBUTION: {"en": "Attribution", "it": "Attribuzione"},
    ADMS_PUBLISHER + "LocalAuthority": {"en": "Local authority", "it": "Ente locale"},
    ADMS_PUBLISHER + "NonProfitOrganisation": {
        "en": "Non-profit organisation",
        "it": "Organizzazione senza scopo di lucro",
    },
}
# A licence as portals recognise it: CKAN by the English title, the Italian extension by the Italian name.
LICENCES: dict[str, tuple[str, str, str]] = {
    "http://creativecommons.org/licenses/by/4.0/": (
        "Creative Commons Attribution",
        "Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)",
        "4.0",
    ),
}
_CLASSES = {
    "access-right": "dct:RightsStatement",
    "continent": "dct:Location",
    "country": "dct:Location",
    "file-type": "dct:MediaTypeOrExtent",
    "frequency": "dct:Frequency",
    "language": "dct:LinguisticSystem",
    "place": "dct:Location",
}


def file_type(form: Format) -> str:
    """The IRI of a format in the European table of file types."""
    return f"{EU}file-type/{FILE_TYPES[form.name]}"


def media_type(form: Format) -> str:
    """The IRI of a format's media type in the registry."""
    return IANA + form.media_types[0]


def scheme_of(value: str) -> str | None:
    """The table that a controlled value stands in, if it is one of those known here."""
    for root in (ADMS_LICENCE, ADMS_PUBLISHER):
        if value.startswith(root):
            return root + "1.0"
    return value.rpartition("/")[0] if value.startswith(EU) and "/" in value.removeprefix(EU) else None


def class_of(value: str) -> str | None:
    """What a value is, beside a concept."""
    return _CLASSES.get(value.removeprefix(EU).partition("/")[0]) if value.startswith(EU) else None


def labels_of(value: str) -> dict[str, str]:
    """The labels of a controlled value; of one that is not known here, its code."""
    code = value.rpartition("/")[2]
    named = [by_name(form, DOWNLOADS).label for form, file_type in FILE_TYPES.items() if file_type == code]
    return LABELS.get(value) or dict.fromkeys(("en", "it"), next(iter(named), code))
