"""Reads the folders of a city into one store: which file goes into which graph, and the default graph as a set.

Owns no meaning beyond that: rules are run by `kg.derive`, questions by `kg.query`, checks by `kg.validate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import DataError
from kg.namespaces import CONCEPT, CR, FIXED_PREFIXES
from kg.rawfile import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rdflib import Dataset

    from kg.settings import Folders

Value = ox.NamedNode | ox.Literal
Triple = tuple[ox.NamedNode, ox.NamedNode, Value]
TYPE = ox.NamedNode(FIXED_PREFIXES["rdf"] + "type")
DCAT_DATASET = ox.NamedNode(FIXED_PREFIXES["dcat"] + "Dataset")


def cr(name: str) -> ox.NamedNode:
    """A term of the ontology as the engine's node."""
    return ox.NamedNode(CR + name)


@dataclass(frozen=True)
class City:
    """What is particular to one city's data: the IRI of its dataset and every prefix its files and queries may use."""

    dataset: str
    prefixes: dict[str, str]

    @property
    def shared_prefixes(self) -> dict[str, str]:
        """The prefixes that every city has: those of the ontology and of other vocabularies."""
        return {prefix: iri for prefix, iri in self.prefixes.items() if not iri.startswith(self.dataset)}

    def graph(self, name: str) -> ox.NamedNode:
        """The IRI of a graph that is no passage, e.g. `entities` or `derived/dates`."""
        return ox.NamedNode(f"{self.dataset}/graph/{name}")


@dataclass(frozen=True)
class Graph:
    """A loaded graph: the engine's store, the city; `dataset` is the same triples seen through rdflib."""

    engine: ox.Store
    city: City

    @cached_property
    def dataset(self) -> Dataset:
        """The store seen through rdflib: its API, this engine."""
        from oxrdflib import OxigraphStore  # rdflib takes a tenth of a second to import, and a server needs none of it
        from rdflib import Dataset

        return Dataset(store=OxigraphStore(store=self.engine), default_union=False)


def triples(
    engine: ox.Store,
    subject: ox.NamedNode | None,
    predicate: ox.NamedNode | None,
    value: Value | None = None,
    graph: ox.NamedNode | ox.DefaultGraph | None = None,
) -> Iterator[Triple]:
    """The triples of a pattern, by default of all graphs together and thus with repeats; ours have no blank nodes."""
    for quad in engine.quads_for_pattern(subject, predicate, value, graph):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            yield quad.subject, quad.predicate, quad.object


def read_city(folders: Folders) -> City:
    """The dataset's IRI and the prefixes: the fixed ones, a kind each, a concept scheme each, a document each."""
    file = folders.data / "dataset.ttl"
    datasets = [quad.subject for quad in parse_file(file) if quad.predicate == TYPE and quad.object == DCAT_DATASET]
    if len(datasets) != 1 or not isinstance(datasets[0], ox.NamedNode):
        remedy = "keep one block `<IRI> a dcat:Dataset`: its IRI names everything of this city"
        raise DataError(f"expected one dcat:Dataset, found {len(datasets)}", file=folders.shown(file), remedy=remedy)
    dataset = datasets[0].value
    prefixes = dict(FIXED_PREFIXES)
    prefixes |= {
        scheme.stem: f"{CONCEPT}{scheme.stem}/" for scheme in sorted((folders.ontology / "concepts").glob("*.ttl"))
    }
    for segment in _values(folders.ontology / "city-relations.ttl", "segment"):
        prefixes[segment] = f"{dataset}/{segment}/"
    for document, prefix in _subjects_and_values(folders.data / "sources.ttl", "prefix"):
        prefixes[prefix] = document + "/"
    return City(dataset, dict(sorted(prefixes.items())))


def _subjects_and_values(file: Path, name: str) -> list[tuple[str, str]]:
    return [
        (quad.subject.value, quad.object.value)
        for quad in parse_file(file)
        if quad.predicate == cr(name) and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    ]


def _values(file: Path, name: str) -> list[str]:
    return [value for _, value in _subjects_and_values(file, name)]


def parse_file(file: Path) -> Iterator[ox.Quad]:
    """The quads of a Turtle or TriG file as written; raises DataError with line and column."""
    form = ox.RdfFormat.TRIG if file.suffix == ".trig" else ox.RdfFormat.TURTLE
    try:
        yield from ox.parse(read_bytes(file), format=form)
    except SyntaxError as error:
        raise data_error(error, file) from None


def data_error(error: SyntaxError, file: Path) -> DataError:
    """The engine's syntax error as ours: where, and what was expected."""
    message = str(error.msg)
    if message.startswith("Parser error"):
        message = message.partition(": ")[2] or message
    remedy = "correct the file there; `kg fmt --check` tells more of data files"
    return DataError(message, file=file, line=error.lineno or 1, column=error.offset or 1, remedy=remedy)


def files_by_graph(folders: Folders) -> Iterator[tuple[str, Path]]:
    """Each file and the graph it is read into; a `.trig` file brings its own, the name is for the rest of it."""
    yield "ontology", folders.ontology / "city-relations.ttl"
    for file in sorted((folders.ontology / "concepts").glob("*.ttl")):
        yield "ontology", file
    yield "dataset", folders.data / "dataset.ttl"
    yield "sources", folders.data / "sources.ttl"
    for folder in ("entities", "external", "editorial"):
        for file in sorted((folders.data / folder).glob("*.ttl")):
            yield folder, file
    for file in sorted((folders.data / "statements").rglob("*")):
        if file.suffix in (".ttl", ".trig"):
            yield "sources", file


def records_file(folders: Folders) -> Path:
    """The file with the dates of the releases, which is in no graph: a release's id cannot depend on its own record."""
    return folders.data / "releases.ttl"


def load(folders: Folders) -> Graph:
    """Every file in its graph; the default graph is still empty (`merge` fills it)."""
    city = read_city(folders)
    engine = ox.Store()
    for name, file in files_by_graph(folders):
        engine.extend(_placed(file, city.graph(name)))
    return Graph(engine, city)


def _placed(file: Path, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    for quad in parse_file(file):
        own = isinstance(quad.graph_name, ox.NamedNode)
        yield quad if own else ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def merge(engine: ox.Store) -> None:
    """Fill the default graph: every distinct triple once, of single-valued properties only what design §2.2 lets in."""
    engine.clear_graph(ox.DefaultGraph())
    engine.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    for quad in list(superseded(engine)):
        engine.remove(quad)


def conflicts(engine: ox.Store) -> dict[tuple[ox.NamedNode, ox.NamedNode], set[ox.Literal]]:
    """Subject and single-valued property with the several values that passages state for it."""
    found: dict[tuple[ox.NamedNode, ox.NamedNode], set[ox.Literal]] = {}
    for marked, _, _ in triples(engine, None, cr("singleValued"), ox.Literal(True)):
        for subject, predicate, value in triples(engine, None, marked):
            if isinstance(value, ox.Literal):
                found.setdefault((subject, predicate), set()).add(value)
    return {key: values for key, values in found.items() if len(values) > 1}


def most_precise(values: set[ox.Literal]) -> set[ox.Literal]:
    """The values that no other value refines; 2024 is refined by 2024-04, and that by 2024-04-15."""
    return {v for v in values if not any(other.value.startswith(v.value + "-") for other in values)}


def superseded(engine: ox.Store) -> Iterator[ox.Quad]:
    """The triples that stay out of the default graph: refined by another value, or not the one that editors prefer."""
    preferred = preferences(engine)
    for (subject, predicate), values in conflicts(engine).items():
        kept = most_precise(values)
        chosen = kept & preferred.get((subject, predicate), set())
        for value in values - (chosen or kept):
            yield ox.Quad(subject, predicate, value, ox.DefaultGraph())


def preferences(engine: ox.Store) -> dict[tuple[ox.NamedNode, ox.NamedNode], set[Value]]:
    """What the discrepancy records prefer, by subject and property; records about figures choose none away."""
    found: dict[tuple[ox.NamedNode, ox.NamedNode], set[Value]] = {}
    for record, _, value in triples(engine, None, cr("preferred")):
        if any(triples(engine, record, cr("measure"))):
            continue
        for _, _, about in triples(engine, record, cr("about")):
            for _, _, field in triples(engine, record, cr("onProperty")):
                if isinstance(about, ox.NamedNode) and isinstance(field, ox.NamedNode):
                    found.setdefault((about, field), set()).add(value)
    return found
