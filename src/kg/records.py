"""When each release was made (`data/releases.ttl`): read, and written by `kg release`.

The file is in no graph, so that the id of a release, which names the content, does not depend on its own record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import DataError, SettingError
from kg.layout import format_text
from kg.namespaces import FIXED_PREFIXES
from kg.store import parse_file, records_file

if TYPE_CHECKING:
    from datetime import date

    from kg.settings import Folders
    from kg.store import City

DCT, DCAT, XSD = FIXED_PREFIXES["dct"], FIXED_PREFIXES["dcat"], FIXED_PREFIXES["xsd"]
HEAD = "# When each release was made. Written by `kg release`; the id names the content, see docs/harvesting.md.\n\n"


@dataclass(frozen=True)
class Record:
    """A release, the day it was made, and the release before it."""

    id: str
    date: str
    previous: str | None = None


def read_records(folders: Folders, city: City) -> list[Record]:
    """All releases in their order, the oldest first; raises DataError where the order is not clear."""
    file = records_file(folders)
    if not file.exists():
        return []
    root = release_root(city)
    facts: dict[str, dict[str, str]] = {}
    for quad in parse_file(file):
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(root):
            values = facts.setdefault(quad.subject.value.removeprefix(root), {})
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                values[quad.predicate.value] = quad.object.value.removeprefix(root)
    found = {
        name: Record(name, values.get(DCT + "issued", ""), values.get(DCAT + "previousVersion"))
        for name, values in facts.items()
    }
    return _in_order(found, folders.shown(file))


def _in_order(found: dict[str, Record], file: str) -> list[Record]:
    after = {record.previous: record for record in found.values()}
    order: list[Record] = []
    while (following := after.get(order[-1].id if order else None)) and following not in order:
        order.append(following)
    if len(order) != len(found) or any(not record.date for record in order):
        remedy = "restore the file as `kg release` wrote it"
        raise DataError("each release needs a date and, but for the first, the one before it", file=file, remedy=remedy)
    return order


def release_root(city: City) -> str:
    """What the IRIs of releases begin with."""
    return city.dataset + "/release/"


def add_record(folders: Folders, city: City, release: str, day: date, *, replace: bool = False) -> Record:
    """Note a release, in place of the last one if that was never published; what is noted already stays as it is."""
    records = read_records(folders, city)
    known = next((record for record in records if record.id == release), None)
    if known is not None:
        return known
    if replace:
        records = records[:-1]
    if records and records[-1].date > day.isoformat():
        message = f"the release {records[-1].id} is of {records[-1].date}, after {day.isoformat()}"
        raise SettingError(message, remedy="give a later day with --date")
    record = Record(release, day.isoformat(), records[-1].id if records else None)
    file = records_file(folders)
    text = HEAD + "".join(_prefix(name) for name in ("dcat", "dct", "prov", "xsd"))
    text += "".join(_block(city, each) for each in [*records, record])
    file.write_text(format_text(text, file, city.shared_prefixes), encoding="utf-8", newline="\n")
    return record


def _prefix(name: str) -> str:
    return f"@prefix {name}: <{FIXED_PREFIXES[name]}> .\n"


def _block(city: City, record: Record) -> str:
    root = release_root(city)
    pairs = [
        "a prov:Entity",
        f"dct:isVersionOf <{city.dataset}>",
        f'dct:identifier "{record.id}"',
        f'dct:issued "{record.date}"^^xsd:date',
        *([f"dcat:previousVersion <{root}{record.previous}>"] if record.previous else []),
    ]
    return f"\n<{root}{record.id}> {f' ;{chr(10)}    '.join(pairs)} .\n"
