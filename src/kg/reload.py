"""A new release made aside, in a process of its own: read, checked, and handed over as quads, or the reason why not.

The server that asks for it goes on serving meanwhile; nothing of what goes wrong here can reach it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import KgError, ReloadFailed
from kg.release import Release, as_loaded, load
from kg.settings import Folders
from kg.store import City, Graph

if TYPE_CHECKING:
    from kg.findings import Finding

LONGEST = 600.0  # seconds
MOST_TOLD = 5


def load_aside(folders: Folders, served: str = "") -> Release | None:
    """The release that the folders give now, None if that is the one served; raises ReloadFailed with the reason.

    Waits for the process, so call it from a thread.
    """
    told = json.dumps({name: str(path) for name, path in asdict(folders).items()})
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module
            [sys.executable, "-m", "kg.reload", told, served], capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        raise ReloadFailed(f"the new release was not ready within {LONGEST:.0f} seconds") from None
    head, _, quads = done.stdout.partition(b"\n")
    if done.returncode or not head:
        reason = done.stderr.decode(errors="replace").strip()
        remedy = "run `kg validate`, correct what it finds, and reload again"
        raise ReloadFailed(reason or f"reading it ended with status {done.returncode}", remedy=remedy)
    values = json.loads(head)
    if values["id"] == served:
        return None
    engine = ox.Store()
    engine.load(quads, format=ox.RdfFormat.N_QUADS)
    graph = Graph(engine, City(values["dataset"], values["prefixes"]))
    return Release(graph, folders, named=values["id"])


def main() -> None:
    """Read the folders, check what they give, write it to standard output; on failure the reason to standard error."""
    folders = Folders(**{name: Path(path) for name, path in json.loads(sys.argv[1]).items()})
    try:
        release = load(folders)
        reasons = violations(release.graph, folders)
    except KgError as error:
        reasons = [f"{error.where} {error.message}".strip()]
    if reasons:
        more = [f"and {len(reasons) - MOST_TOLD} more"] if len(reasons) > MOST_TOLD else []
        sys.exit("\n".join([*reasons[:MOST_TOLD], *more]))
    city = release.graph.city
    head = {"id": release.id, "dataset": city.dataset, "prefixes": city.prefixes}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    if release.id == sys.argv[2]:
        return
    sys.stdout.buffer.write(as_loaded(release.graph.engine))


def violations(graph: Graph, folders: Folders) -> list[str]:
    """What keeps a graph from being served, a line each."""
    from kg import validate  # brings rdflib and pyshacl, for which a server that starts need not wait
    from kg.findings import line_of
    from kg.index import read_index

    found: list[Finding] = validate.validate(graph, folders, read_index(folders))
    return [line_of(finding, graph, "en") for finding in found if finding.severity == "violation"]


if __name__ == "__main__":
    main()
