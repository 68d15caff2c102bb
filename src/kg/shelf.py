"""The bundles that a server has: those in the folder that the operator keeps, and that of the release it serves.

Where the folder lacks the served release, its bundle is made when it is first asked for, in a folder that goes with the
process. Which release came before which is told by the bundles themselves.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.bundle import RELEASE, Bundle, read_bundle
from kg.catalogue import Catalogue
from kg.errors import NotFound, SettingError
from kg.pack import announce, head, write_bundle
from kg.records import read_records

if TYPE_CHECKING:
    from kg.formats import GraphFormat
    from kg.records import Record
    from kg.release import Release
    from kg.settings import Settings

LATEST = "latest"
MOST_CATALOGUES = 16  # one for each format and each name that visitors give the server


class Shelf:
    """All bundles, by the id of their release."""

    def __init__(self, settings: Settings) -> None:
        self.kept = settings.releases
        self.base = settings.base_url
        self._lock = threading.Lock()
        self._made: dict[str, Bundle] = {}
        self._read: dict[Path, tuple[int, Bundle]] = {}
        self._announced: dict[str, dict[str, Any]] = {}
        self._catalogues: dict[tuple[str, str, str], bytes] = {}
        self._aside: Path | None = None

    def current(self, release: Release) -> Bundle:
        """The bundle of the release that is served; raises NotFound where that is none that anybody has recorded."""
        found = self._on_shelf().get(release.id) or self._made.get(release.id)
        if found is not None:
            return found
        with self._lock:
            if release.id not in self._made:
                self._made[release.id] = self._make(release)
            return self._made[release.id]

    def knows(self, name: str) -> bool:
        """Whether there is a bundle of that id now."""
        return name in self._made or name in self._on_shelf()

    def announced(self, release: Release) -> dict[str, Any]:
        """What can be said of the served release at once; raises NotFound as `current` does."""
        records = self._records(release)
        if release.id not in self._announced:
            self._announced = {release.id: announce(release, records)}
        return self._announced[release.id]

    def catalogue(self, release: Release, base: str, form: GraphFormat) -> bytes:
        """The catalogue of the served release for a server at an address; the last few are kept."""
        key = (release.id, base, form.name)
        if key not in self._catalogues:
            if len(self._catalogues) >= MOST_CATALOGUES:
                self._catalogues.clear()
            self._catalogues[key] = Catalogue(release.graph, self.current(release).release, base).write(form)
        return self._catalogues[key]

    def all(self, release: Release) -> list[Bundle]:
        """The bundles there are, the newest first; the one that is served is always among them, if it is recorded."""
        current = self.current(release)
        found = {**self._made, **self._on_shelf(), current.id: current}
        following = {bundle.release["previous"]: bundle for bundle in found.values()}
        last = [bundle for bundle in found.values() if bundle.id not in following]
        order = sorted(last, key=lambda bundle: (bundle.release["date"], bundle is current))
        chained: list[Bundle] = []
        while order:
            bundle = order.pop()
            chained.append(bundle)
            before = found.get(bundle.release["previous"] or "")
            if before is not None and before not in chained:
                order.append(before)
        return chained

    def get(self, release: Release, name: str) -> Bundle:
        """The bundle of that id, or the latest; raises NotFound."""
        if name in (LATEST, release.id):
            return self.current(release)
        found = self._on_shelf().get(name) or self._made.get(name)
        if found is None:
            raise NotFound(f"there is no release {name} here", remedy="see /releases/ for those there are")
        return found

    def before(self, release: Release, bundle: Bundle) -> Bundle | None:
        """The nearest earlier release of which there is a bundle."""
        order = [other.id for other in self.all(release)]
        place = order.index(bundle.id) + 1 if bundle.id in order else len(order)
        return self.get(release, order[place]) if place < len(order) else None

    def _on_shelf(self) -> dict[str, Bundle]:
        if self.kept is None or not self.kept.is_dir():
            return {}
        found = {}
        for folder in (self.kept, *sorted(self.kept.iterdir())):
            bundle = self._bundle(folder)
            if bundle is not None:
                found[bundle.id] = bundle
        return found

    def _bundle(self, folder: Path) -> Bundle | None:
        """The bundle in a folder, read again only when it has changed."""
        try:
            changed = (folder / RELEASE).stat().st_mtime_ns
        except OSError:
            return None
        known = self._read.get(folder)
        if known is None or known[0] != changed:
            bundle = read_bundle(folder)
            if bundle is None:
                return None
            self._read[folder] = known = (changed, bundle)
        return known[1]

    def _make(self, release: Release) -> Bundle:
        records = self._records(release)
        if self._aside is None:
            self._aside = Path(tempfile.mkdtemp(prefix="kg-release-"))
            weakref.finalize(self, shutil.rmtree, self._aside, ignore_errors=True)
        for old in list(self._made)[:-1]:  # of those made here, only the latest and the one before are kept
            shutil.rmtree(self._made.pop(old).folder, ignore_errors=True)
        return write_bundle(release, records, self._aside / release.id, self.base)

    def _records(self, release: Release) -> list[Record]:
        records = read_records(release.folders, release.graph.city)
        try:
            head(release, records)
        except SettingError as error:
            raise NotFound(error.message, remedy=error.remedy) from None
        return records
