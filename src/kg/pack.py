"""Writes the bundle of a release: dumps, tables, map, ontology, catalogue, `release.json` and digests.

The same data give the same bytes on any machine: nothing here asks for the time, the locale or the order of a set.
What each file holds is the business of the modules that write it; this one puts them together.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as ox

from kg import figures, geo
from kg.bundle import RELEASE, SUMS, Bundle, as_json, read_bundle
from kg.catalogue import PREFIXES, Catalogue
from kg.errors import SettingError
from kg.formats import (
    CSV,
    GEOJSON,
    GRAPHS,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    PLAIN_JSON,
    RDF_XML,
    TRIG,
    TURTLE,
    Format,
    GraphFormat,
)
from kg.namespaces import CR, parent
from kg.query import write_graph
from kg.release import canonical
from kg.tables import FEATURED, Table, tables
from kg.terms import LANGUAGES, Terms
from kg.void import describe_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.records import Record
    from kg.release import Release
    from kg.settings import Folders

GZIP_LEVEL = 6
QUADS, TRIPLES = (TRIG, N_QUADS), (TURTLE, N_TRIPLES, RDF_XML, JSON_LD)
ABOUT_QUADS = {
    "en": "Every statement in the named graph of the passage that makes it, and the merged graph as default graph.",
    "it": "Ogni affermazione nel grafo con nome del passo che la sostiene; il grafo unito è quello predefinito.",
}
ABOUT_TRIPLES = {
    "en": "The merged graph: every fact once, without the passages.",
    "it": "Il grafo unito: ogni fatto una sola volta, senza i passi.",
}
ABOUT_MAP = {
    "en": "A point for each city with an agreement, with the names of the agreements.",
    "it": "Un punto per ogni città con cui esiste un accordo, con i nomi degli accordi.",
}
MAP_TITLE = {"en": "Partner cities (GeoJSON)", "it": "Città partner (GeoJSON)"}
ABOUT_TABLE = {
    "en": "One row each, with the passages; several values in a cell have | between them.",
    "it": "Una riga per ciascuno, con i passi; più valori in una cella sono separati da |.",
}
TABLE_TITLE = {"en": "{}: table in {} (CSV)", "it": "{}: tabella in {} (CSV)"}
LANGUAGE_NAMES = {"en": {"en": "English", "it": "inglese"}, "it": {"en": "Italian", "it": "italiano"}}


class File(NamedTuple):
    """A file: name within the folder, how to make it, format; what portals show also has a title and a description."""

    name: str
    make: Callable[[], bytes]
    form: Format
    languages: tuple[str, ...] = LANGUAGES
    distribution: str = ""
    title: dict[str, str] | None = None
    description: dict[str, str] | None = None

    @property
    def entry(self) -> dict[str, Any]:
        """What is known of the file before it is made."""
        values: dict[str, Any] = {"name": self.name, "format": self.form.name}
        if self.distribution:
            shown = {"distribution": self.distribution, "title": self.title, "description": self.description}
            values |= {**shown, "languages": list(self.languages)}
        return values


def slug_of(release: Release) -> str:
    """How the dumps are called: like the dataset."""
    return release.graph.city.dataset.rstrip("/").rpartition("/")[2]


def data_files(release: Release) -> Iterator[File]:
    """All files that hold data, those that portals show first."""
    terms, slug = Terms(release.graph), slug_of(release)
    for form in (*QUADS, *TRIPLES):
        about, title = ABOUT_QUADS if form in QUADS else ABOUT_TRIPLES, dict.fromkeys(LANGUAGES, form.label)
        make = partial(dump, release, form)
        yield File(f"{slug}.{form.extension}", make, form, LANGUAGES, form.name, title, about)
    yield File(
        "partner-cities.geojson", partial(geo.partner_cities, terms), GEOJSON, LANGUAGES, "map", MAP_TITLE, ABOUT_MAP
    )
    found = list(tables(terms))
    yield from (_table_file(terms, table) for table in found)
    yield File("csv/datapackage.json", partial(_package, release, found), PLAIN_JSON)
    yield from _definitions(release.folders)


def dump(release: Release, form: GraphFormat) -> bytes:
    """The whole release in a format: with its graphs where the format has them, else the merged graph."""
    engine, prefixes = release.graph.engine, release.graph.city.prefixes
    if form is N_QUADS:
        return canonical(engine)
    if form is TRIG:
        ordered = sorted(engine, key=lambda quad: (str(quad.graph_name), str(quad)))
        return ox.serialize(ordered, format=form.engine, prefixes=prefixes) or b""
    merged = engine.quads_for_pattern(None, None, None, ox.DefaultGraph())
    return write_graph((quad.triple for quad in merged), form, prefixes)


def _table_file(terms: Terms, table: Table) -> File:
    name = f"csv/{table.language}/{table.name}.csv"
    if table.of_class not in FEATURED or table.of_class is None:
        return File(name, partial(_body, table), CSV, (table.language,))
    title = {
        language: TABLE_TITLE[language].format(
            terms.name(CR + table.of_class, language).capitalize(), LANGUAGE_NAMES[table.language][language]
        )
        for language in LANGUAGES
    }
    distribution = f"csv-{table.name}-{table.language}"
    return File(name, partial(_body, table), CSV, (table.language,), distribution, title, ABOUT_TABLE)


def _body(table: Table) -> bytes:
    return table.body


def _package(release: Release, found: list[Table]) -> bytes:
    """The description of the tables as Frictionless has it."""
    resources = [
        {
            "name": f"{table.name}-{table.language}",
            "path": f"{table.language}/{table.name}.csv",
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "schema": table.schema,
        }
        for table in found
    ]
    values = {"name": slug_of(release), "profile": "tabular-data-package", "version": release.id}
    return as_json(values | {"resources": resources})


def _definitions(folders: Folders) -> Iterator[File]:
    """The ontology, the concept schemes and the shapes, as they are written."""
    for name, files in (
        ("ontology", [folders.ontology / "city-relations.ttl"]),
        ("concepts", sorted((folders.ontology / "concepts").glob("*.ttl"))),
        ("shapes", sorted(folders.shapes.glob("*.ttl"))),
    ):
        yield File(f"{name}.ttl", partial(_joined, files), TURTLE)


def _joined(files: list[Path]) -> bytes:
    return b"\n".join(file.read_bytes() for file in files)


def head(release: Release, records: list[Record]) -> dict[str, Any]:
    """Which release it is; raises SettingError where nobody has recorded it."""
    record = next((record for record in records if record.id == release.id), None)
    if record is None:
        remedy = "record it with `kg release`, which notes its day in data/releases.ttl"
        raise SettingError(f"the release {release.id} is not recorded", remedy=remedy)
    return {
        "release": record.id,
        "date": record.date,
        "previous": record.previous,
        "issued": records[0].date,
        "dataset": release.graph.city.dataset,
    }


def announce(release: Release, records: list[Record]) -> dict[str, Any]:
    """What can be said of a release before its files are made."""
    files = [file.entry for file in data_files(release)]
    return {**head(release, records), **figures.overview(Terms(release.graph)), "files": files}


def write_bundle(release: Release, records: list[Record], folder: Path, base: str | None = None) -> Bundle:
    """Write all files of a release into a folder, in place of those of another; `base` is the server's address."""
    first = head(release, records)  # fails before anything is written
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as aside:
        bundle = _write(release, first, Path(aside), base or parent(release.graph.city.dataset).rstrip("/"))
        _clear(folder)
        for file in sorted(Path(aside).rglob("*")):
            if file.is_file():
                target = folder / file.relative_to(aside)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(file, target)
    return Bundle(folder, bundle.release)


def _write(release: Release, first: dict[str, Any], folder: Path, base: str) -> Bundle:
    entries = []
    for file in data_files(release):
        body = file.make()
        entries.append({**file.entry, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()})
        _put(folder / file.name, body)
        _put(folder / f"{file.name}.gz", gzip.compress(body, GZIP_LEVEL, mtime=0))
    bundle = Bundle(folder, {**first, **figures.count(release.graph), "files": entries})
    catalogue = Catalogue(release.graph, bundle.release, base)
    last = {RELEASE: as_json(bundle.release)}
    last |= {f"catalog.{form.extension}": catalogue.write(form) for form in GRAPHS}
    void = write_graph(set(describe_all(release.graph.city.dataset, bundle.release, base)), TURTLE, PREFIXES)
    last |= {"void.ttl": void}
    for name, body in last.items():
        _put(folder / name, body)
    digests = {entry["name"]: entry["sha256"] for entry in entries}
    digests |= {name: hashlib.sha256(body).hexdigest() for name, body in last.items()}
    _put(folder / SUMS, "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode())
    return bundle


def _put(file: Path, body: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def _clear(folder: Path) -> None:
    """Remove the files of the release that lies there; whatever else does, stays."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    old = read_bundle(folder)
    for name in [*old.sums(), SUMS] if old else []:
        for file in (folder / name, folder / f"{name}.gz"):
            file.unlink(missing_ok=True)
