"""Where each triple stands: file and line of every statement and entity, read from the files themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from kg.errors import DataError
from kg.rawfile import read_bytes
from kg.store import files_by_graph, records_file
from kg.turtle import Page, read_page
from kg.withheld import hide_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.settings import Folders
    from kg.store import Triple, Value


class Place(NamedTuple):
    """A place in a file, line and column counted from 1, and the graph that it speaks in (None outside of any)."""

    file: str
    line: int
    graph: str | None = None
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def exact(self) -> str:
        """`file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass
class Index:
    """Places by triple and by subject, each in the order of the files; `blocks` holds where entities are declared."""

    triples: dict[Triple, list[Place]] = field(default_factory=dict)
    subjects: dict[ox.NamedNode, list[Place]] = field(default_factory=dict)
    blocks: dict[ox.NamedNode, list[Place]] = field(default_factory=dict)
    graphs: dict[str, Place] = field(default_factory=dict)
    values: dict[tuple[ox.NamedNode, ox.NamedNode], list[Value]] = field(default_factory=dict)

    def add(self, page: Page, shown: str, *, entities: bool) -> None:
        """Take in a parsed file under the name that messages show."""
        for block in page.blocks:
            graph = page.resolve(block.graph).value if block.graph else None
            if graph and block.graph:
                self.graphs.setdefault(graph, Place(shown, block.graph.line, graph, block.graph.column))
            for node in block.nodes:
                subject = page.resolve(node.subject)
                assert isinstance(subject, ox.NamedNode)
                place = Place(shown, node.subject.line, graph, node.subject.column)
                self.subjects.setdefault(subject, []).append(place)
                if entities:
                    self.blocks.setdefault(subject, []).append(place)
        for quad, term in page.quads():
            graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else None
            key = (quad.subject, quad.predicate, quad.object)
            place = Place(shown, term.line, graph, term.column)
            self.triples.setdefault(key, []).append(place)  # type: ignore[arg-type]
            self.values.setdefault(key[:2], []).append(quad.object)  # type: ignore[arg-type]

    def place(
        self, subject: ox.NamedNode, predicate: ox.NamedNode | None = None, obj: Value | None = None
    ) -> Place | None:
        """The best place for a message about a triple: where it stands, else where its subject or graph does."""
        if predicate is not None and obj is not None:
            written_values = self.values.get((subject, predicate), [])
            written = next((o for o in written_values if o == obj or same_value(o, obj)), None)
            if written is not None:
                return self.triples[subject, predicate, written][0]
        found = self.blocks.get(subject) or self.subjects.get(subject) or []
        return next(iter(found), self.graphs.get(subject.value))


def same_value(written: Value, loaded: Value) -> bool:
    """Whether the engine may have made the one of the other: it rewrites literals on load (`12.50` to `12.5`)."""
    if not isinstance(written, ox.Literal) or not isinstance(loaded, ox.Literal) or written.datatype != loaded.datatype:
        return False
    try:
        return float(written.value) == float(loaded.value)
    except ValueError:
        return False


def data_files(folders: Folders) -> Iterator[tuple[Path, bool]]:
    """The files in the strict form, and whether they declare entities: all of data/ and the concept schemes."""
    for file in sorted((folders.ontology / "concepts").glob("*.ttl")):
        yield file, True
    for file in sorted(folders.data.rglob("*")):
        if file.suffix in (".ttl", ".trig") and file.is_file():
            yield file, file.parent.name == "entities" or file.parent == folders.data


def read_text(file: Path) -> str:
    """The text of a file; raises DataError where it is none."""
    return read_bytes(file).decode("utf-8")


def read_index(folders: Folders) -> Index:
    """The index over all data files; raises DataError for the first file that leaves the strict form."""
    index = Index()
    loaded = {file for _, file in files_by_graph(folders)}
    for file, entities in data_files(folders):
        if file == records_file(folders):
            continue
        if file not in loaded:
            remedy = "move it to entities/, external/, editorial/ or statements/DOCUMENT/"
            raise DataError("lies where no data file is read from", file=file, remedy=remedy)
        index.add(read_page(read_text(file), file), folders.shown(file), entities=entities)
    hide_in(index)
    return index
