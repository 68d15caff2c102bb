"""The documentation of shapes and concepts, made from their files: what each shape demands, what each scheme holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyoxigraph as ox
from starlette.routing import BaseRoute, Route

from kg.checks import read_checks
from kg.errors import NotFound
from kg.formats import GRAPHS
from kg.namespaces import CONCEPT, FIXED_PREFIXES, SHAPES, short
from kg.web import visit
from kg.web.documents import read_shapes
from kg.web.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from kg.release import Release
    from kg.store import Graph
    from kg.web.view import Page, Shown

SH, SKOS = FIXED_PREFIXES["sh"], FIXED_PREFIXES["skos"]
TYPE = FIXED_PREFIXES["rdf"] + "type"
TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")
SEVERITIES = {SH + "Warning": "warning", SH + "Info": "info"}
WORDS: dict[str, dict[str, str]] = {
    "shapes": {"en": "Shapes", "it": "Forme"},
    "shapes-intro": {
        "en": "What the data must keep to. Each rule says what is wrong and what to do where it is broken.",
        "it": "Ciò che i dati devono rispettare. Ogni regola dice che cosa non va e che cosa fare se non è rispettata.",
    },
    "report": {"en": "What they find in the data", "it": "Che cosa trovano nei dati"},
    "applies": {"en": "Applies to", "it": "Vale per"},
    "rule": {"en": "Rule", "it": "Regola"},
    "field": {"en": "Property", "it": "Proprietà"},
    "severity": {"en": "Severity", "it": "Gravità"},
    "demand": {"en": "What is wrong where it is broken, and what to do", "it": "Che cosa non va e che cosa fare"},
    "checks": {"en": "Rules as queries", "it": "Regole in forma di query"},
    "violation": {"en": "violation", "it": "violazione"},
    "warning": {"en": "warning", "it": "avviso"},
    "info": {"en": "idea", "it": "idea"},
    "concepts": {"en": "Concepts", "it": "Concetti"},
    "concepts-intro": {
        "en": "Kinds, topics, measures and other words that the data use, one scheme each.",
        "it": "Tipi, temi, misure e altre parole che i dati usano, uno schema per ciascuno.",
    },
    "scheme": {"en": "Scheme", "it": "Schema"},
    "number": {"en": "Concepts", "it": "Concetti"},
    "notation": {"en": "Notation", "it": "Notazione"},
    "other": {"en": "Other names", "it": "Altri nomi"},
    "definition": {"en": "Definition", "it": "Definizione"},
    "uses": {"en": "Uses", "it": "Usi"},
    "name": {"en": "Name", "it": "Nome"},
}


@dataclass(frozen=True)
class Rule:
    """One demand of a shape, as the page tells it."""

    name: str
    field: str
    severity: str
    message: str


@dataclass(frozen=True)
class Concept:
    """A concept at its depth below the top of its scheme."""

    shown: Shown
    notation: str
    depth: int
    labels: dict[str, str]
    other: dict[str, list[str]]
    definitions: dict[str, str]
    uses: int


class Shapes:
    """The shapes of a release, read from their files."""

    def __init__(self, quads: Iterable[ox.Quad], graph: Graph) -> None:
        self.prefixes = graph.city.prefixes | {"shapes": SHAPES}
        self.said: dict[object, list[tuple[str, object]]] = {}
        for quad in quads:
            self.said.setdefault(quad.subject, []).append((quad.predicate.value, quad.object))

    def of(self, node: object, name: str) -> list[object]:
        """The values of a property of SHACL's."""
        return [value for predicate, value in self.said.get(node, []) if predicate == SH + name]

    def whole(self) -> list[ox.NamedNode]:
        """The shapes that look for things by themselves or are no part of another, in the order of their names."""
        parts = {value for said in self.said.values() for _, value in said}
        found = {
            node
            for node, said in self.said.items()
            if isinstance(node, ox.NamedNode)
            and (self.targets(node) or ((TYPE, ox.NamedNode(SH + "NodeShape")) in said and node not in parts))
        }
        return sorted(found, key=lambda node: node.value)

    def targets(self, node: object) -> list[ox.NamedNode]:
        """What a shape applies to: a class, or whatever has a property."""
        return [value for name in TARGETS for value in self.of(node, name) if isinstance(value, ox.NamedNode)]

    def rules(self, node: object, language: str) -> list[Rule]:
        """What a shape demands: what it says itself, and what its properties say."""
        parts = [node, *sorted(self.of(node, "property"), key=str)]
        return [rule for part in parts for rule in self._rule(part, language)]

    def _rule(self, part: object, language: str) -> list[Rule]:
        texts = [m for m in self.of(part, "message") if isinstance(m, ox.Literal) and m.language == language]
        if not isinstance(part, ox.NamedNode) or not texts:
            return []
        severity = next((SEVERITIES.get(str(s.value), "violation") for s in self._named(part, "severity")), "violation")
        fields = ", ".join(short(path.value, self.prefixes) for path in self._named(part, "path"))
        return [Rule(part.value.removeprefix(SHAPES), fields, severity, texts[0].value)]

    def _named(self, node: object, name: str) -> list[ox.NamedNode]:
        return [value for value in self.of(node, name) if isinstance(value, ox.NamedNode)]


def routes() -> list[BaseRoute]:
    """The routes; they come before the general ones of a language."""
    return [
        route
        for language in LANGUAGES
        for route in (
            Route(f"/{language}/shapes", partial(shapes, language=language)),
            Route(f"/{language}/concepts", partial(schemes, language=language)),
            Route(f"/{language}/concepts/{{scheme}}", partial(concepts, language=language)),
        )
    ]


def _said(language: str) -> dict[str, str]:
    return {name: text[language] for name, text in WORDS.items()}


def shapes(request: Request, language: str) -> Response:
    """Every shape with what it applies to and what it demands."""
    release: Release = request.app.state.release
    said = _said(language)
    view, _ = visit.begin(request, language, "shapes", said["shapes"])
    found = Shapes(read_shapes(release.folders), release.graph)
    told = [
        (node.value.removeprefix(SHAPES), [view.named(t) for t in found.targets(node)], found.rules(node, language))
        for node in found.whole()
    ]
    checks = [Rule(c.rule, "", c.severity, c.message[language]) for c in read_checks(release.folders)]
    text = view.render("reference-shapes.html", said=said, shapes=told, checks=checks, formats=GRAPHS)
    return visit.html(request, text, language)


def schemes(request: Request, language: str) -> Response:
    """The schemes of concepts."""
    release: Release = request.app.state.release
    said = _said(language)
    view, _ = visit.begin(request, language, "concepts", said["concepts"])
    rows = []
    for node in _subjects(release.graph, "type", ox.NamedNode(SKOS + "ConceptScheme")):
        number = len(_subjects(release.graph, "inScheme", node))
        rows.append((view.named(node), node.value.removeprefix(CONCEPT), number))
    rows.sort(key=lambda row: row[0].text.lower())
    return visit.html(request, view.render("reference-schemes.html", said=said, rows=rows), language)


def concepts(request: Request, language: str) -> Response:
    """The concepts of a scheme, the narrower ones beneath the broader; raises NotFound for what is no scheme."""
    release: Release = request.app.state.release
    graph, name = release.graph, request.path_params["scheme"]
    said = _said(language)
    scheme = ox.NamedNode(CONCEPT + name) if name.isascii() and name.isalnum() else None
    members = _subjects(graph, "inScheme", scheme) if scheme else []
    if scheme is None or not members:
        raise NotFound(f"there is no scheme {name}", remedy=f"see /{language}/concepts for those there are")
    view, _ = visit.begin(request, language, f"concepts/{name}")
    view.title = view.named(scheme).text
    rows = [_concept(view, node, depth) for node, depth in _by_depth(graph, members)]
    text = view.render("reference-concepts.html", said=said, rows=rows, scheme=view.named(scheme))
    return visit.html(request, text, language)


def _subjects(graph: Graph, name: str, value: ox.NamedNode) -> list[ox.NamedNode]:
    predicate = ox.NamedNode(FIXED_PREFIXES["rdf"] + name if name == "type" else SKOS + name)
    found = {quad.subject for quad in graph.engine.quads_for_pattern(None, predicate, value, ox.DefaultGraph())}
    return sorted((node for node in found if isinstance(node, ox.NamedNode)), key=lambda node: node.value)


def _texts(graph: Graph, node: ox.NamedNode, name: str) -> list[ox.Literal]:
    quads = graph.engine.quads_for_pattern(node, ox.NamedNode(SKOS + name), None, ox.DefaultGraph())
    return sorted((q.object for q in quads if isinstance(q.object, ox.Literal)), key=lambda text: text.value)


def _by_depth(graph: Graph, members: list[ox.NamedNode]) -> list[tuple[ox.NamedNode, int]]:
    """The members as a tree is read: each followed by what lies beneath it; a second broader one is passed over."""
    broader = ox.NamedNode(SKOS + "broader")
    beneath: dict[ox.NamedNode | None, list[ox.NamedNode]] = {}
    for node in members:
        above = [q.object for q in graph.engine.quads_for_pattern(node, broader, None, ox.DefaultGraph())]
        first = min((term for term in above if isinstance(term, ox.NamedNode)), key=str, default=None)
        beneath.setdefault(first, []).append(node)
    rows: list[tuple[ox.NamedNode, int]] = []
    waiting = [(node, 0) for node in reversed(beneath.get(None, []))]
    while waiting:
        node, depth = waiting.pop()
        rows.append((node, depth))
        waiting += [(below, depth + 1) for below in reversed(beneath.get(node, []))]
    return rows


def _concept(view: Page, node: ox.NamedNode, depth: int) -> Concept:
    other: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for text in _texts(view.graph, node, "altLabel"):
        other.setdefault(text.language or "", []).append(text.value)
    uses = {quad.subject for quad in view.graph.engine.quads_for_pattern(None, None, node, ox.DefaultGraph())}
    return Concept(
        shown=view.named(node),
        notation=next((text.value for text in _texts(view.graph, node, "notation")), ""),
        depth=depth,
        labels={text.language or "": text.value for text in _texts(view.graph, node, "prefLabel")},
        other=other,
        definitions={text.language or "": text.value for text in _texts(view.graph, node, "definition")},
        uses=len(uses),
    )
