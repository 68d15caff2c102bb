"""The graph as tables: a CSV file (RFC 4180, UTF-8) per class and language, and one with all statements and passages.

The columns are fixed here, so that a table keeps them from one release to the next; their names are those of the
properties in the ontology. A cell with several values has ` | ` between them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.namespaces import CR, FIXED_PREFIXES
from kg.passages import read_passage
from kg.terms import LANGUAGES, kebab, natural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.terms import Terms

BETWEEN = " | "
WHEN = ("start", "end")
ABOUT = ("topic", "dct:description")
COLUMNS: dict[str, tuple[str, ...]] = {
    "Agreement": (
        *("kind", "party", "signatory", *WHEN, "title", "renews", "project", "programme", "occasion", "beneficiary"),
        *("partOf", *ABOUT),
    ),
    "Award": ("kind", "awarder", "promoter", "areaServed", *ABOUT),
    "City": ("country", "latitude", "longitude", "twinnedWith"),
    "Conferral": (
        *("award", "recipient", "awarder", "start", "forYear", "title", "location", "occasion", "rival", "partner"),
        *("supporter", "subject", *ABOUT),
    ),
    "ConsularPost": ("kind", "sendingState", "location"),
    "Country": ("isoCode",),
    "Discrepancy": ("about", "onProperty", "measure", "reading", "preferred", "conflict", "rdfs:comment"),
    "Document": ("dct:creator", "dct:issued", "dct:language", "documentYear", "speaksFor", "lineCount", "topic"),
    "Event": (
        *("kind", "inSeries", "edition", "title", *WHEN, "location", "organiser", "host", "promoter", "partner"),
        *("sponsor", "supporter", "funder", "speaker", "performer", "director", "guest", "attendee", "award", "winner"),
        *("rival", "score", "occasion", "project", "programme", "produced", "beneficiary", "partOf", "subject", *ABOUT),
    ),
    "Figure": (
        *("of", "measure", "qualifier", "value", "unit", "currency", *WHEN, "location", "beneficiary", "recipient"),
        *ABOUT,
    ),
    "Holding": ("holder", "post", "portfolio", *WHEN),
    "Membership": ("member", "organisation", *WHEN),
    "Mission": (
        *("kind", "sender", "head", "delegate", "destination", "visited", *WHEN, "attended", "met", "project"),
        *("programme", "beneficiary", "subject", *ABOUT),
    ),
    "Network": ("kind", "hasMember", "founder", "partner", "start", "seat", "areaServed", "partOf", *ABOUT),
    "Organisation": (
        *("kind", "location", "seat", "country", "areaServed", "partOf", "hasMember", "founder", "partner", "start"),
        *("project", "programme", *ABOUT),
    ),
    "Participation": ("agent", "in", "role", "kind", *WHEN, "location", "occasion", *ABOUT),
    "Passage": ("document", "firstLine", "lastLine", "chapter", "context", "yearFrom", "withoutFact"),
    "Person": ("country", *ABOUT),
    "Post": ("office", "body", "country"),
    "Programme": (
        *("kind", "title", "promoter", "organiser", "founder", "funder", "partner", "supporter", "attendee", *WHEN),
        *("location", "areaServed", "country", "project", "programme", "beneficiary", "partOf", *ABOUT),
    ),
    "Project": (
        *("kind", "title", "programme", "leader", "partner", "funder", "promoter", "supporter", *WHEN, "location"),
        *("country", "areaServed", "beneficiary", "produced", "continues", "partOf", "subject", *ABOUT),
    ),
    "Region": ("country",),
    "Series": ("kind", "partOf", "areaServed", "performer", "beneficiary", "subject", *ABOUT),
    "Venue": ("kind", "location", "country", "partOf", *ABOUT),
    "Visit": (
        *("kind", "sender", "head", "delegate", "host", "met", "partner", "location", *WHEN, "attended", "occasion"),
        *("project", "programme", "beneficiary", "partOf", "subject", *ABOUT),
    ),
    "Work": (
        *("kind", "title", "author", "director", "promoter", "partner", "signatory", "supporter", "start", "location"),
        *("programme", "beneficiary", "partOf", "subject", *ABOUT),
    ),
    "WorkingGroup": ("kind", "partOf", "hasMember", "areaServed", *ABOUT),
}
# What portals show one by one; the other tables lie beside them.
FEATURED = ("Agreement", "Mission", "Visit", "ConsularPost", "Conferral", "Network", "Project", "Event")
TYPES = {"firstLine": "integer", "lastLine": "integer", "lineCount": "integer", "latitude": "number",
         "longitude": "number", "value": "number"}  # fmt: skip
WORDS = {
    "iri": {"en": "iri", "it": "iri"},
    "name": {"en": "name", "it": "nome"},
    "passages": {"en": "passages", "it": "passi"},
    "passage": {"en": "passage", "it": "passo"},
    "subject": {"en": "subject", "it": "soggetto"},
    "property": {"en": "property", "it": "proprietà"},
    "value": {"en": "value", "it": "valore"},
    "description": {"en": "description", "it": "descrizione"},
    "comment": {"en": "comment", "it": "commento"},
    "creator": {"en": "author", "it": "autore"},
    "issued": {"en": "issued", "it": "pubblicato"},
    "language": {"en": "language", "it": "lingua"},
    "statements": {"en": "statements", "it": "affermazioni"},
}


@dataclass(frozen=True)
class Content:
    """What is in a table: the names of the columns, their types, the rows."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Table:
    """One table: the class it lists (None: all statements), in a language; what is in it is read when asked for."""

    terms: Terms
    of_class: str | None
    language: str

    @cached_property
    def content(self) -> Content:
        """What is in the table."""
        return _of_class(self.terms, self.of_class, self.language) if self.of_class else _of_statements(self)

    @property
    def name(self) -> str:
        """The name of the file without its extension."""
        return kebab(self.of_class) if self.of_class else "statements"

    @property
    def body(self) -> bytes:
        """The table as CSV."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows([self.content.columns, *self.content.rows])
        return text.getvalue().encode()

    @property
    def schema(self) -> dict[str, object]:
        """The columns as Table Schema has them."""
        columns = zip(self.content.columns, self.content.types, strict=True)
        fields = [{"name": name, "type": of_type} for name, of_type in columns]
        return {"fields": fields} | ({"primaryKey": self.content.columns[0]} if self.of_class else {})


def tables(terms: Terms) -> Iterator[Table]:
    """All tables, those of classes that have members; by language, then by name."""
    for language in LANGUAGES:
        yield from (Table(terms, of_class, language) for of_class in sorted(COLUMNS) if terms.members.get(of_class))
        yield Table(terms, None, language)


def property_of(column: str) -> str:
    """The IRI of the property that a column shows."""
    prefix, _, name = column.rpartition(":")
    return (FIXED_PREFIXES[prefix] if prefix else str(CR)) + name


def _of_class(terms: Terms, of_class: str, language: str) -> Content:
    columns = COLUMNS[of_class]
    rows = [
        (
            thing,
            terms.name(thing, language),
            *(BETWEEN.join(terms.texts(terms.of(thing, property_of(column)), language)) for column in columns),
            BETWEEN.join(terms.cited(thing)),
        )
        for thing in terms.members[of_class]
    ]
    names = ("iri", "name", *columns, "passages")
    types = tuple(_type(name, [row[place] for row in rows]) for place, name in enumerate(names))
    return Content(tuple(_heading(terms, name, language) for name in names), types, rows)


def _heading(terms: Terms, column: str, language: str) -> str:
    own = WORDS.get(column.rpartition(":")[2]) if column in ("iri", "name", "passages") or ":" in column else None
    return own[language] if own else terms.name(property_of(column), language)


def _type(column: str, cells: list[str]) -> str:
    """The type of a column, unless a cell has several values: where documents disagree and editors do not choose."""
    return TYPES.get(column, "string") if not any(BETWEEN in cell for cell in cells) else "string"


def _of_statements(table: Table) -> Content:
    terms, language = table.terms, table.language
    columns = ("passage", "subject", "name", "property", "value", "name")
    rows = []
    for quad in terms.graph.engine:
        name, value = quad.graph_name, quad.object
        if not isinstance(name, ox.NamedNode) or not read_passage(name.value):
            continue
        if isinstance(quad.subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            subject = quad.subject.value
            known = terms.name(value.value, language) if isinstance(value, ox.NamedNode) else ""
            rows.append((name.value, subject, terms.name(subject, language), quad.predicate.value, value.value, known))
    headings = [WORDS[column][language] for column in columns]
    headings[2] = f"{headings[2]} ({headings[1]})"
    headings[5] = f"{headings[5]} ({headings[4]})"
    rows.sort(key=lambda row: (natural(row[0]), row[1:]))
    return Content(tuple(headings), ("string",) * len(columns), rows)
