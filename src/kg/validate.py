"""The whole check of a city's data: shapes (SHACL) and lint, as findings with file and line, worst first."""

from __future__ import annotations

import logging
import multiprocessing
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from oxrdflib._converter import from_ox, to_ox
from rdflib import RDF, RDFS, URIRef
from rdflib import Graph as RdflibGraph
from rdflib.namespace import SH

from kg.checks import run_checks
from kg.errors import DataError, KgError
from kg.findings import Finding, in_order
from kg.index import read_index
from kg.lint import Lint
from kg.namespaces import short
from kg.store import parse_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from rdflib.term import Identifier, Node

    from kg.index import Index
    from kg.settings import Folders
    from kg.store import Graph

    Waiting = list[tuple[BaseProcess, Connection[str, str]]]

TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
PARTS = 2
SEVERITY = {SH.Violation: "violation", SH.Warning: "warning", SH.Info: "info"}


def validate(
    graph: Graph, folders: Folders, index: Index | None = None, focus: set[ox.NamedNode] | None = None
) -> list[Finding]:
    """Everything that is wrong, one finding for one triple; an empty list means that the data conform.

    An index that is not given is read while the shapes run. With a `focus` only what is about these things is told.
    """
    waiting = start_shacl(graph, folders, focus)
    index = index or read_index(folders)
    found = [*Lint(graph, index).findings(), *run_checks(graph, folders, index)]
    if focus is not None:
        found = [finding for finding in found if about(finding, focus)]
    found += shacl_findings(waiting, index, graph.city.prefixes)
    return in_order(list(one_each(found, index)))


def about(finding: Finding, focus: set[ox.NamedNode]) -> bool:
    """Whether a finding concerns one of these things; of two passages that overlap either may have changed."""
    terms = {finding.subject, *(finding.triple or ())}
    passage = finding.place and finding.place.graph
    return finding.rule == "passage" or bool(terms & focus) or (passage and ox.NamedNode(passage)) in focus


def one_each(findings: list[Finding], index: Index) -> Iterator[Finding]:
    """Drop what only repeats an earlier finding about the same triple, or shows again on a triple derived from it."""
    seen: set[object] = set()
    stated = {(f.triple[0], f.triple[2]) for f in findings if f.triple and f.triple in index.triples}
    for finding in findings:
        key = finding.triple or (finding.rule, finding.subject, finding.message["en"])
        derived = finding.triple and finding.triple not in index.triples and (key[0], key[2]) in stated
        if key not in seen and not derived:
            seen.add(key)
            yield finding


def read_shapes(folders: Folders) -> RdflibGraph:
    """All shapes in one graph; raises DataError for a file that does not parse."""
    shapes = RdflibGraph()
    for file in sorted(folders.shapes.glob("*.ttl")):
        for _ in parse_file(file):
            pass
        shapes.parse(file, format="turtle")
    if not len(shapes):
        raise DataError("holds no shapes", file=folders.shapes, remedy="restore the files of shapes/")
    return shapes


def start_shacl(graph: Graph, folders: Folders, focus: set[ox.NamedNode] | None) -> Waiting:
    """Set the shapes to work over the default graph, each part in a forked process."""
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    shapes = read_shapes(folders)
    if focus is not None and not focus:
        return []
    data = readable(graph, shapes, focus)
    if focus is not None:
        return _start([partial(_validate, data, _aimed_at(shapes, data, focus))])
    targets = sorted({shape for kind in TARGETS for shape in shapes.subjects(kind)}, key=str)
    parts = [_without_targets(shapes, [t for n, t in enumerate(targets) if n % PARTS != part]) for part in range(PARTS)]
    return _start([partial(_validate, data, part) for part in parts])


def shacl_findings(waiting: Waiting, index: Index, prefixes: dict[str, str]) -> Iterator[Finding]:
    """What the shapes found."""
    for results in _results(waiting):
        report = RdflibGraph().parse(data=results, format="nt")
        for result in report.subjects(SH.focusNode, unique=True):
            yield _finding(report, result, index, prefixes)


def readable(graph: Graph, shapes: RdflibGraph, focus: set[ox.NamedNode] | None) -> RdflibGraph:
    """The triples that the shapes can read: those of the properties they name, around the focus where there is one."""
    named = {str(term) for term in shapes.all_nodes() if isinstance(term, URIRef)}
    named |= {str(RDF.type), str(RDFS.subClassOf)}
    found = _of_properties(graph.engine, named) if focus is None else _around(graph.engine, focus)
    terms: dict[object, Any] = {}
    data = RdflibGraph()
    for quad in found:
        if quad.predicate.value in named:
            for term in (quad.subject, quad.predicate, quad.object):
                if term not in terms:
                    terms[term] = from_ox(term)
            data.add((terms[quad.subject], terms[quad.predicate], terms[quad.object]))
    return data


def _of_properties(engine: ox.Store, properties: set[str]) -> Iterator[ox.Quad]:
    for iri in properties:
        yield from engine.quads_for_pattern(None, ox.NamedNode(iri), None, ox.DefaultGraph())


def _around(engine: ox.Store, focus: set[ox.NamedNode]) -> Iterator[ox.Quad]:
    """What is said of these things, what names them, and what is said of all that they are joined with."""
    everywhere = ox.DefaultGraph()
    yield from engine.quads_for_pattern(None, ox.NamedNode(str(RDFS.subClassOf)), None, everywhere)
    near = [quad for node in focus for quad in engine.quads_for_pattern(None, None, node, everywhere)]
    near += [quad for node in focus for quad in engine.quads_for_pattern(node, None, None, everywhere)]
    yield from near
    joined = {term for quad in near for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
    for node in joined - focus:
        yield from engine.quads_for_pattern(node, None, None, everywhere)


def _without_targets(shapes: RdflibGraph, left_out: list[Node]) -> RdflibGraph:
    """All shapes, some of which look for no nodes of their own; they can still be referred to."""
    copy = RdflibGraph()
    for subject, predicate, value in shapes:
        if not (predicate in TARGETS and subject in left_out):
            copy.add((subject, predicate, value))
    return copy


def _aimed_at(shapes: RdflibGraph, data: RdflibGraph, focus: set[ox.NamedNode]) -> RdflibGraph:
    """The shapes with only these things as targets (a validator's own choice of focus skips shapes within shapes)."""
    chosen = [URIRef(node.value) for node in focus]
    copy = _without_targets(shapes, list({shape for kind in TARGETS for shape in shapes.subjects(kind)}))
    for kind in TARGETS:
        for shape, target in shapes.subject_objects(kind):
            for node in chosen:
                if _is_target(data, node, kind, target):
                    copy.add((shape, SH.targetNode, node))
    return copy


def _is_target(data: RdflibGraph, node: URIRef, kind: URIRef, target: Node) -> bool:
    if kind == SH.targetNode:
        return node == target
    if kind == SH.targetClass:
        return any(target in data.transitive_objects(of, RDFS.subClassOf) for of in data.objects(node, RDF.type))
    pattern = (node, target, None) if kind == SH.targetSubjectsOf else (None, target, node)
    return pattern in data


def _validate(data: RdflibGraph, shapes: RdflibGraph) -> str:
    # pyshacl costs a quarter of a second to import; serving does not need it
    import pyshacl

    _, results, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", meta_shacl=False, advanced=False)
    assert isinstance(results, RdflibGraph)
    return results.serialize(format="nt")


def _start(tasks: list[Callable[[], str]]) -> Waiting:
    """Run each task in a forked process: a validator is bound to one core, and the parent has other checks to do."""
    forking = multiprocessing.get_context("fork")
    started: Waiting = []
    for task in tasks:
        receiver, sender = forking.Pipe(duplex=False)
        process = forking.Process(target=lambda task=task, sender=sender: sender.send(task()), daemon=True)
        with warnings.catch_warnings():
            # the children touch nothing but Python objects of their own, whatever threads the parent has
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        sender.close()
        started.append((process, receiver))
    return started


def _results(waiting: Waiting) -> Iterator[str]:
    for process, receiver in waiting:
        try:
            yield receiver.recv()
        except EOFError:
            raise KgError("the validation was interrupted", remedy="run it again, with more memory") from None
        process.join()


def _finding(results: RdflibGraph, result: Node, index: Index, prefixes: dict[str, str]) -> Finding:
    focus = _engine_term(results.value(result, SH.focusNode))
    path = _engine_term(results.value(result, SH.resultPath))
    value = _engine_term(results.value(result, SH.value))
    subject = focus if isinstance(focus, ox.NamedNode) else ox.NamedNode("urn:x-kg:literal")
    predicate = path if isinstance(path, ox.NamedNode) else None
    messages = {str(getattr(m, "language", None) or "en"): str(m) for m in results.objects(result, SH.resultMessage)}
    english = messages.get("en") or next(iter(messages.values()), "does not conform")
    shape = results.value(result, SH.sourceShape)
    rule = str(shape).rsplit("#", 1)[-1] if isinstance(shape, URIRef) else "shape"
    return Finding(
        severity=SEVERITY.get(results.value(result, SH.resultSeverity), "violation"),  # type: ignore[call-overload]
        rule=rule,
        place=index.place(subject, predicate, value),
        subject=subject,
        message={"en": english, "it": messages.get("it", english)},
        value=_shown(value, prefixes),
        triple=(subject, predicate, value) if predicate is not None and value is not None else None,
        component=str(results.value(result, SH.sourceConstraintComponent)),
    )


def _engine_term(term: Identifier | Node | None) -> ox.NamedNode | ox.Literal | None:
    converted = to_ox(term) if term is not None else None
    return converted if isinstance(converted, ox.NamedNode | ox.Literal) else None


def _shown(value: ox.NamedNode | ox.Literal | None, prefixes: dict[str, str]) -> str:
    if isinstance(value, ox.NamedNode):
        return short(value.value, prefixes)
    return "" if value is None else value.value
