"""The words of the pages in English and Italian, and how dates and numbers are read in each language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.formats import wishes
from kg.namespaces import FIXED_PREFIXES
from kg.web import essays, texts

if TYPE_CHECKING:
    import pyoxigraph as ox

LANGUAGES = ("en", "it")

COMMON: dict[str, dict[str, str]] = {
    "also": {"en": "Also", "it": "Anche"},
    "back": {"en": "Previous", "it": "Precedenti"},
    "browse": {"en": "Browse by kind", "it": "Sfoglia per tipo"},
    "browse-these": {"en": "browse", "it": "sfoglia"},
    "classes": {"en": "Classes", "it": "Classi"},
    "counts": {"en": "What the graph holds", "it": "Che cosa contiene il grafo"},
    "definition": {"en": "Definition", "it": "Definizione"},
    "derived": {"en": "Derived by rules", "it": "Ricavato con regole"},
    "disclaimer": {
        "en": "Compiled independently from public documents; this is no official service of any body named here.",
        "it": "Compilato in modo indipendente da documenti pubblici; non è un servizio ufficiale degli enti citati.",
    },
    "difference": {"en": "What has changed", "it": "Che cosa è cambiato"},
    "error": {"en": "This did not work", "it": "Qualcosa non ha funzionato"},
    "facts": {"en": "Facts", "it": "Dati"},
    "file": {"en": "File", "it": "File"},
    "files": {"en": "Download the data", "it": "Scarica i dati"},
    "home": {"en": "Home", "it": "Pagina iniziale"},
    "language": {"en": "Language", "it": "Lingua"},
    "line": {"en": "line", "it": "riga"},
    "column": {"en": "column", "it": "colonna"},
    "more-files": {"en": "All other files", "it": "Tutti gli altri file"},
    "more": {"en": "and {} more", "it": "e altri {}"},
    "next": {"en": "Next", "it": "Successivi"},
    "no": {"en": "no", "it": "no"},
    "not-preferred": {
        "en": "stated, but another reading is used",
        "it": "affermato, ma si usa un'altra lettura",
    },
    "ontology": {"en": "Ontology", "it": "Ontologia"},
    "page-of": {"en": "Page {} of {}", "it": "Pagina {} di {}"},
    "passages": {"en": "passages", "it": "passi"},
    "properties": {"en": "Properties", "it": "Proprietà"},
    "query": {"en": "Query", "it": "Interrogazione"},
    "remedy": {"en": "What to do", "it": "Che cosa fare"},
    "released": {"en": "Release {} of {}.", "it": "Rilascio {} del {}."},
    "releases": {"en": "All releases", "it": "Tutti i rilasci"},
    "schemes": {"en": "Concepts", "it": "Concetti"},
    "shapes": {"en": "Shapes", "it": "Forme"},
    "size": {"en": "Bytes", "it": "Byte"},
    "skip": {"en": "Skip to content", "it": "Vai al contenuto"},
    "states": {"en": "What it states", "it": "Che cosa afferma"},
    "statements": {"en": "statements", "it": "affermazioni"},
    "terms": {"en": "Other terms", "it": "Altri termini"},
    "things": {"en": "things", "it": "cose"},
    "validation": {"en": "Validation", "it": "Validazione"},
    "yes": {"en": "yes", "it": "sì"},
}

WORDS = COMMON | texts.WORDS | essays.WORDS

# Relations of others that nearly every page has.
RELATIONS: dict[str, dict[str, str]] = {
    "dct:description": {"en": "description", "it": "descrizione"},
    "dct:creator": {"en": "author", "it": "autore"},
    "dct:issued": {"en": "published", "it": "pubblicato"},
    "dct:language": {"en": "language", "it": "lingua"},
    "dct:license": {"en": "licence", "it": "licenza"},
    "dct:publisher": {"en": "publisher", "it": "editore"},
    "dct:source": {"en": "source", "it": "fonte"},
    "dct:title": {"en": "title", "it": "titolo"},
    "rdf:type": {"en": "kind", "it": "tipo"},
    "rdfs:label": {"en": "name", "it": "nome"},
    "rdfs:comment": {"en": "note", "it": "nota"},
    "rdfs:seeAlso": {"en": "see also", "it": "vedi anche"},
    "skos:altLabel": {"en": "other name", "it": "altro nome"},
    "skos:broader": {"en": "broader", "it": "più ampio"},
    "skos:definition": {"en": "definition", "it": "definizione"},
    "skos:exactMatch": {"en": "the same elsewhere", "it": "lo stesso altrove"},
    "skos:hiddenLabel": {"en": "word used for it", "it": "parola usata per indicarlo"},
    "skos:inScheme": {"en": "in the scheme", "it": "nello schema"},
    "skos:notation": {"en": "notation", "it": "notazione"},
    "skos:prefLabel": {"en": "name", "it": "nome"},
}

MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "it": (
        *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
        *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
    ),
}

XSD = FIXED_PREFIXES["xsd"]
NUMBERS = {XSD + name for name in ("integer", "decimal", "nonNegativeInteger", "positiveInteger", "int", "long")}
DATES = {XSD + name for name in ("date", "gYearMonth", "gYear")}

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_NUMBER = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?")


def word(name: str, language: str) -> str:
    """A word of the pages in a language."""
    return WORDS[name][language]


def preferred_language(header: str | None) -> str:
    """The language of ours that `Accept-Language` wants most; the first where it wants none."""
    wanted = dict.fromkeys(LANGUAGES, 0.0)
    for wish in wishes(header):
        language = wish.value.partition("-")[0]
        if language in wanted:
            wanted[language] = max(wanted[language], wish.quality)
    return max(LANGUAGES, key=lambda language: wanted[language])


def readable(literal: ox.Literal, language: str) -> str:
    """A literal as people write it in that language: dates, numbers, yes and no; anything else as it is."""
    datatype = literal.datatype.value
    if datatype in DATES:
        return read_date(literal.value, language)
    if datatype in NUMBERS:
        return read_number(literal.value, language)
    if datatype == XSD + "boolean":
        return word("yes" if literal.value in ("true", "1") else "no", language)
    return literal.value


def read_date(value: str, language: str) -> str:
    """`2024-03-12` as 12 March 2024, `2024-03` as March 2024; what is no date stays as it is."""
    found = _DATE.fullmatch(value)
    if found is None or not 1 <= int(found[2] or 1) <= len(MONTHS[language]):
        return value
    parts = [str(int(found[3]))] if found[3] else []
    parts += [MONTHS[language][int(found[2]) - 1]] if found[2] else []
    return " ".join([*parts, found[1]])


def read_lines(name: str, language: str) -> str:
    """`L344-L352.L360` as lines 344–352 and 360."""
    ranges = name.removesuffix("-inferred").split(".")
    several = len(ranges) > 1 or "-" in ranges[0]
    written = [part.replace("L", "").replace("-", "–") for part in ranges]
    text = f" {word('and', language)} ".join(written)
    return word("lines" if several else "line", language) + " " + text


def read_number(value: str, language: str) -> str:
    """`292500.5` as 292,500.5 or, in Italian, 292.500,5; four digits stay together."""
    found = _NUMBER.fullmatch(value)
    if found is None:
        return value
    sign, whole, fraction = found[1], found[2], found[3]
    whole = f"{int(whole):,}" if len(whole) > 4 else whole
    text = sign + whole + (f".{fraction}" if fraction else "")
    return text if language == "en" else text.translate({ord(","): ".", ord("."): ","})
