"""What changed in the data since a revision of git: the things spoken of, so that a check can look at these alone."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import SettingError
from kg.store import TYPE, files_by_graph, parse_file

if TYPE_CHECKING:
    from kg.index import Index
    from kg.settings import Folders
    from kg.store import Graph


@dataclass(frozen=True)
class Change:
    """The files that differ and the things (and passages) whose statements differ; `everything` where rules do."""

    files: frozenset[Path]
    subjects: frozenset[ox.NamedNode]
    declared: frozenset[ox.NamedNode]
    everything: bool = False


def changed_since(folders: Folders, revision: str) -> Change:
    """What differs between a revision and the files as they are; raises SettingError for what is no revision."""
    top = Path(_git(folders.data, "rev-parse", "--show-toplevel").decode().strip())
    _git(folders.data, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    watched = [str(folder) for folder in (folders.data, folders.ontology, folders.shapes)]
    names = _git(folders.data, "diff", "--name-only", "-z", revision, "--", *watched)
    names += _git(top, "ls-files", "--others", "--exclude-standard", "-z", "--", *watched)
    files = {top / name for name in names.decode().split("\0") if name}
    known = {file for _, file in files_by_graph(folders) if not file.is_relative_to(folders.ontology)}
    data = {file for file in files if file in known or file.is_relative_to(folders.data)}
    if any(file.suffix in (".ttl", ".rq") for file in files - data):
        return Change(frozenset(files), frozenset(), frozenset(), everything=True)
    differing: set[ox.Quad] = set()
    for file in data:
        if file.suffix in (".ttl", ".trig"):
            differing |= _quads_then(top, file, revision) ^ _quads_now(file)
    subjects = {q.subject for q in differing if isinstance(q.subject, ox.NamedNode)}
    subjects |= {q.graph_name for q in differing if isinstance(q.graph_name, ox.NamedNode)}
    declared = {q.subject for q in differing if q.predicate == TYPE and isinstance(q.subject, ox.NamedNode)}
    return Change(frozenset(data), frozenset(subjects), frozenset(declared))


def focus_of(change: Change, graph: Graph) -> set[ox.NamedNode] | None:
    """The things to look at: those that changed, and those that name one whose class changed; None for all."""
    if change.everything:
        return None
    focus = set(change.subjects)
    for node in change.declared:
        focus |= {
            quad.subject
            for quad in graph.engine.quads_for_pattern(None, None, node, None)
            if isinstance(quad.subject, ox.NamedNode)
        }
    return focus


def passages_of(index: Index, chosen: set[ox.NamedNode]) -> set[str]:
    """The passages that are among these things or speak of one."""
    found = {node.value for node in chosen}
    for triple, places in index.triples.items():
        if any(term in chosen for term in triple):
            found |= {place.graph for place in places if place.graph}
    return found


def _quads_now(file: Path) -> set[ox.Quad]:
    return set(parse_file(file)) if file.exists() else set()


def _quads_then(top: Path, file: Path, revision: str) -> set[ox.Quad]:
    """The quads of a file at the revision; none where it was not there or was no Turtle."""
    form = ox.RdfFormat.TRIG if file.suffix == ".trig" else ox.RdfFormat.TURTLE
    try:
        text = _git(top, "show", f"{revision}:{file.relative_to(top)}")
        return set(ox.parse(text, format=form))
    except (SettingError, SyntaxError):
        return set()


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise SettingError(f"git cannot be run: {error}", remedy="install git, or leave --since out") from None
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        reason = told[-1] if told else f"{arguments[-1]} is no revision"
        raise SettingError(f"git: {reason}", remedy="name a revision of this repository: main, HEAD~3, v0.1.0")
    return done.stdout
