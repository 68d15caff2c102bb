"""The whole check of a city's data: shapes (SHACL) and lint, as findings with file and line, worst first."""

from __future__ import annotations

import logging
import multiprocessing
import warnings
from functools import partial
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import Graph as RdflibGraph
from rdflib import URIRef
from rdflib.namespace import SH

from kg.errors import DataError, KgError
from kg.lint import SEVERITIES, Finding, Lint
from kg.namespaces import short
from kg.store import parse_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib.term import Identifier, Node

    from kg.index import Index
    from kg.settings import Folders
    from kg.store import Graph

TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
PARTS = 2
SEVERITY = {SH.Violation: "violation", SH.Warning: "warning", SH.Info: "info"}


def validate(graph: Graph, folders: Folders, index: Index) -> list[Finding]:
    """Everything that is wrong, one finding for one triple; an empty list means that the data conform."""
    found = [*Lint(graph, index).findings(), *shacl(graph, folders, index)]
    return sorted(one_each(found, index), key=lambda f: (SEVERITIES.index(f.severity), f.place or ("", 0), f.rule))


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


def shacl(graph: Graph, folders: Folders, index: Index) -> Iterator[Finding]:
    """The results of the shapes over the default graph."""
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    data = RdflibGraph()
    for triple in graph.dataset.default_graph:
        data.add(triple)
    shapes = read_shapes(folders)
    targets = sorted({shape for kind in TARGETS for shape in shapes.subjects(kind)}, key=str)
    halves = [_without_targets(shapes, targets[part::PARTS]) for part in range(PARTS)]
    for results in _at_once([partial(_validate, data, half) for half in halves]):
        report = RdflibGraph().parse(data=results, format="nt")
        for result in report.subjects(SH.focusNode, unique=True):
            yield _finding(report, result, index, graph.city.prefixes)


def _without_targets(shapes: RdflibGraph, left_out: list[Node]) -> RdflibGraph:
    """All shapes, some of which look for no nodes of their own; they can still be referred to."""
    copy = RdflibGraph()
    for subject, predicate, value in shapes:
        if not (predicate in TARGETS and subject in left_out):
            copy.add((subject, predicate, value))
    return copy


def _validate(data: RdflibGraph, shapes: RdflibGraph) -> str:
    # pyshacl costs a quarter of a second to import; serving does not need it
    import pyshacl

    _, results, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", meta_shacl=False, advanced=False)
    assert isinstance(results, RdflibGraph)
    return results.serialize(format="nt")


def _at_once(tasks: list[Callable[[], str]]) -> list[str]:
    """What the tasks return, each but the first run in a forked process: a validator is bound to one core."""
    forking = multiprocessing.get_context("fork")
    ends = []
    for task in tasks[1:]:
        receiver, sender = forking.Pipe(duplex=False)
        process = forking.Process(target=lambda task=task, sender=sender: sender.send(task()), daemon=True)
        with warnings.catch_warnings():
            # the children touch nothing but Python objects of their own, whatever threads the parent has
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        sender.close()
        ends.append((process, receiver))
    results = [tasks[0]()]
    for process, receiver in ends:
        try:
            results.append(receiver.recv())
        except EOFError:
            raise KgError("the validation was interrupted", remedy="run it again, with more memory") from None
        process.join()
    return results


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
    )


def _engine_term(term: Identifier | Node | None) -> ox.NamedNode | ox.Literal | None:
    from oxrdflib._converter import to_ox

    converted = to_ox(term) if term is not None else None
    return converted if isinstance(converted, ox.NamedNode | ox.Literal) else None


def _shown(value: ox.NamedNode | ox.Literal | None, prefixes: dict[str, str]) -> str:
    if isinstance(value, ox.NamedNode):
        return short(value.value, prefixes)
    return "" if value is None else value.value


def line_of(finding: Finding, graph: Graph, language: str) -> str:
    """`file:line severity subject: message`, with the value found where there is one."""
    label = label_of(graph.engine, finding.subject, language) or short(finding.subject.value, graph.city.prefixes)
    found = {"en": "found", "it": "trovato"}[language]
    value = f" ({found}: {finding.value})" if finding.value else ""
    place = finding.place or "-"
    return f"{place} {finding.severity} {label}: {finding.message[language]}{value} [{finding.rule}]"


def label_of(engine: ox.Store, node: ox.NamedNode, language: str) -> str | None:
    """A thing's label in a language, else in any."""
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    labels = {
        q.object.language: q.object.value
        for q in engine.quads_for_pattern(node, label, None, ox.DefaultGraph())
        if isinstance(q.object, ox.Literal)
    }
    return labels.get(language) or next(iter(labels.values()), None)
