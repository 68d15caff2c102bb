"""Where a release is held while it is served, as `KG_STORE` says: in memory, on disk, or by an engine of others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import disk
from kg.engines import MEMORY, Source, remote_of
from kg.errors import KgError, ReloadFailed
from kg.release import Release
from kg.store import Graph

if TYPE_CHECKING:
    from kg.settings import Settings


def hold(release: Release, settings: Settings) -> Release:
    """The release as it is to be served: one on disk is read from there, and what was in memory can go."""
    folder = settings.store_folder
    if not folder:
        return release
    lease = disk.put(Path(folder).absolute(), release)
    graph = Graph(ox.Store.read_only(str(lease.folder)), release.graph.city)
    return Release(graph, release.folders, named=release.id, lease=lease)


def source_of(release: Release, settings: Settings) -> Source:
    """Where the workers find the release."""
    if release.lease is not None:
        return Source(folder=str(release.lease.folder))
    if not settings.store_address:
        return MEMORY
    user, password = settings.store_user, settings.store_password.get_secret_value()
    merged = release.graph.city.graph("merged").value
    return Source("", settings.store_address, release.id, merged, counts(release.graph), user, password)


def make_sure(release: Release, settings: Settings) -> None:
    """Raise ReloadFailed where an engine of others does not hold the release: it would answer nothing."""
    source = source_of(release, settings)
    if not source.address:
        return
    holder = remote_of(source)
    try:
        holder.open()
        holder.hold()
    except KgError as error:
        raise ReloadFailed(error.message, remedy=f"{error.remedy}, then reload") from None
    finally:
        holder.close()


def counts(graph: Graph) -> dict[str, int]:
    """How many triples each named graph has, and the default graph under the name that it has elsewhere."""
    found: Counter[str] = Counter()
    for quad in graph.engine:
        named = isinstance(quad.graph_name, ox.NamedNode)
        found[quad.graph_name.value if named else graph.city.graph("merged").value] += 1
    return dict(found)
