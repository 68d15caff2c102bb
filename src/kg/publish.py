"""From data to a release: note its day, write its bundle. Refuses what does not validate, warns of stand-ins."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from kg import release as releases
from kg.bundle import Bundle, as_json, read_bundle
from kg.diff import Difference, as_lines, as_values, compare, read_state
from kg.errors import DataError, SettingError
from kg.namespaces import FIXED_PREFIXES, ROOT
from kg.pack import write_bundle
from kg.records import Record, add_record, read_records
from kg.reload import violations
from kg.store import triples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.release import Release
    from kg.settings import Folders
    from kg.store import Graph, Value

DCT, DCAT, FOAF = FIXED_PREFIXES["dct"], FIXED_PREFIXES["dcat"], FIXED_PREFIXES["foaf"]
EMAIL = "http://www.w3.org/2006/vcard/ns#hasEmail"
NOBODY = ("example.org", "example.com", "example.net")  # no mail can reach these (RFC 2606)


class Built(NamedTuple):
    """A bundle, and what an operator should still set."""

    bundle: Bundle
    warnings: list[str]


def record(folders: Folders, day: date, *, replace: bool = False) -> Record:
    """Note the release that the data give now; the same data twice change nothing."""
    release = _valid(folders)
    return add_record(folders, release.graph.city, release.id, day, replace=replace)


def build(folders: Folders, out: Path, base: str | None) -> Built:
    """Write the bundle of a recorded release; raises DataError for data that do not validate."""
    release = _valid(folders)
    records = read_records(folders, release.graph.city)
    return Built(write_bundle(release, records, out, base), list(provisional(release.graph)))


def _valid(folders: Folders) -> Release:
    release = releases.load(folders)
    found = violations(release.graph, folders)
    if found:
        remedy = "run `kg validate` and correct what it finds"
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise DataError(f"the data do not validate: {found[0]}{more}", file=folders.shown(folders.data), remedy=remedy)
    return release


def day(written: str | None) -> date:
    """The day that an option names, else today in UTC; only `kg release` ever asks for the time."""
    try:
        return date.fromisoformat(written) if written else datetime.now(UTC).date()
    except ValueError:
        raise SettingError(f"--date is {written!r}", remedy="write the day as YYYY-MM-DD") from None


def difference(old: Path, new: Path) -> Difference:
    """What differs between the releases in two folders."""
    return compare(*(read_state(bundle.id, bundle.quads()) for bundle in (_bundle(old), _bundle(new))))


def _bundle(folder: Path) -> Bundle:
    found = read_bundle(folder)
    if found is None:
        raise SettingError(f"there is no release in {folder}", remedy="name a folder that `kg build --out` has written")
    return found


def as_text(found: Difference, language: str | None) -> str:
    """A difference in a language, or as JSON."""
    return "\n".join(as_lines(found, language)) + "\n" if language else as_json(as_values(found)).decode()


def provisional(graph: Graph) -> Iterator[str]:
    """Who still stands in for an operator: the project itself as publisher or holder, a contact that nobody reads."""
    dataset = ox.NamedNode(graph.city.dataset)
    project = {name.value for name in _said(graph, ox.NamedNode(ROOT.rstrip("/")), FOAF + "name")}
    for predicate, role in ((DCT + "publisher", "publisher"), (DCT + "rightsHolder", "rights holder")):
        for agent in _said(graph, dataset, predicate):
            names = {name.value for name in _said(graph, agent, FOAF + "name")}
            if names & project:
                yield f"the {role} is the project itself; an operator sets another in data/dataset.ttl"
    for contact in _said(graph, dataset, DCAT + "contactPoint"):
        for mail in _said(graph, contact, EMAIL):
            if mail.value.endswith(NOBODY):
                yield f"nobody reads {mail.value}; an operator sets the contact in data/dataset.ttl"


def _said(graph: Graph, subject: Value, predicate: str) -> list[Value]:
    if not isinstance(subject, ox.NamedNode):
        return []
    found = triples(graph.engine, subject, ox.NamedNode(predicate), graph=ox.DefaultGraph())
    return sorted((value for _, _, value in found), key=str)
