"""What must hold of files and IRIs and is no matter of shapes: names, slugs, passages, single values, records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import slugs
from kg.findings import Finding
from kg.namespaces import CONCEPT, CR, short
from kg.passages import read_documents, read_passage
from kg.store import TYPE, conflicts, cr, most_precise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.index import Index, Place
    from kg.store import Graph, Triple

LABELS = {
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#altLabel",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2004/02/skos/core#hiddenLabel",
}
REPLACED_BY = ox.NamedNode("http://purl.org/dc/terms/isReplacedBy")


class Lint:
    """The checks over one loaded graph and its index; each method yields its findings."""

    def __init__(self, graph: Graph, index: Index) -> None:
        self.graph, self.index, self.engine = graph, index, graph.engine
        self.documents = read_documents(self.engine)
        self.declared = self._declared()
        self.stated = [(key, place) for key, places in index.triples.items() for place in places if place.graph]

    def _declared(self) -> set[str]:
        typed = self.engine.quads_for_pattern(None, TYPE, None, ox.DefaultGraph())
        found = {q.subject.value for q in typed if isinstance(q.subject, ox.NamedNode)}
        unnamed = tuple(f"{self.graph.city.dataset}/{segment}/" for segment in slugs.UNNAMED)
        return {iri for iri in found if not iri.startswith(unnamed)}

    def findings(self) -> Iterator[Finding]:
        """All findings of this module."""
        yield from self.undeclared()
        yield from self.unnamed_slugs()
        yield from self.named_slugs()
        yield from self.declared_twice()
        yield from self.passages()
        yield from self.inside_braces()
        yield from self.unrecorded_conflicts()
        yield from self.discrepancies()

    def name(self, iri: str) -> str:
        return short(iri, self.graph.city.prefixes)

    def finding(
        self, rule: str, place: Place | None, subject: ox.NamedNode, en: str, it: str, **more: object
    ) -> Finding:
        return Finding("violation", rule, place, subject, {"en": en, "it": it}, **more)  # type: ignore[arg-type]

    # --- names -------------------------------------------------------------------------------------------------

    def undeclared(self) -> Iterator[Finding]:
        """IRIs of ours that nothing declares: a misspelt name, or an entity without a block."""
        for key, places in self.index.triples.items():
            for term in key if key[1] != REPLACED_BY else key[2:]:
                if isinstance(term, ox.NamedNode) and not self._is_declared(term.value):
                    if self.index.values.get((term, REPLACED_BY)):
                        yield self._renamed(term, key, places[0])
                        continue
                    name = self.name(term.value)
                    en = f"{name} is not declared anywhere; correct the name, or add its block under data/entities/"
                    it = f"{name} non è dichiarato; correggere il nome o aggiungere la voce in data/entities/"
                    yield self.finding("declared", places[0], key[0], en, it, value=name, triple=key)

    def _renamed(self, term: ox.NamedNode, key: Triple, place: Place) -> Finding:
        old, new = self.name(term.value), self.name(self.index.values[term, REPLACED_BY][0].value)
        en, it = f"{old} was renamed; write {new}", f"{old} ha cambiato nome; scrivere {new}"
        return self.finding("renamed", place, key[0], en, it, value=old, triple=key)

    def _is_declared(self, iri: str) -> bool:
        dataset = self.graph.city.dataset
        if iri.startswith((CONCEPT, str(CR))):
            return iri in self.declared or iri == str(CR)
        if not iri.startswith(dataset + "/") or iri.startswith((dataset + "/graph/", dataset + "/publisher")):
            return True
        if iri in self.declared or read_passage(iri):
            return True
        return iri.removeprefix(dataset + "/").split("/")[0] in slugs.UNNAMED

    def unnamed_slugs(self) -> Iterator[Finding]:
        """Nodes without a block must carry the slug that is computed from what they join."""
        for segment in slugs.UNNAMED:
            for node in self._nodes(segment):
                fitting = slugs.unnamed_slugs(self.engine, node, segment)
                if slugs.slug_of(node) in fitting:
                    continue
                place = self.index.place(node)
                if fitting:
                    en = f"the slug of a {segment} is computed: write {segment}:{fitting[0]}"
                    it = f"lo slug di un nodo {segment} si calcola: scrivere {segment}:{fitting[0]}"
                else:
                    needed = ", ".join(f"cr:{name}" for name in slugs.UNNAMED[segment])
                    en, it = (
                        f"a {segment} needs {needed}; add what is missing",
                        f"un nodo {segment} richiede {needed}; aggiungere ciò che manca",
                    )
                yield self.finding("slug", place, node, en, it)

    def named_slugs(self) -> Iterator[Finding]:
        """Agreements, missions, visits and editions are named after whom and when."""
        own = {document.speaks_for for document in self.documents.values() if document.speaks_for}
        for segment in slugs.NAMED:
            for node in self._nodes(segment):
                starts = slugs.expected_starts(self.engine, node, segment, own)
                if starts and not slugs.slug_of(node).startswith(tuple(starts)):
                    en = f"the slug must begin with {' or '.join(starts)}, or one of these facts is wrong"
                    it = f"lo slug deve iniziare con {' o '.join(starts)}, oppure uno di questi dati è errato"
                    yield self.finding("slug", self.index.place(node), node, en, it)

    def _nodes(self, segment: str) -> list[ox.NamedNode]:
        root = f"{self.graph.city.dataset}/{segment}/"
        return [
            node
            for node in self.index.subjects
            if node.value.startswith(root) and (node, REPLACED_BY) not in self.index.values
        ]

    def declared_twice(self) -> Iterator[Finding]:
        """One thing, one block."""
        for node, places in self.index.blocks.items():
            if len(places) > 1:
                en = f"declared twice, also at {places[0]}; keep one block"
                it = f"dichiarato due volte, anche in {places[0]}; conservare una sola voce"
                yield self.finding("declared-twice", places[1], node, en, it)

    # --- passages ----------------------------------------------------------------------------------------------

    def passages(self) -> Iterator[Finding]:
        """Every graph with statements is a passage of a known document, inside its lines, and overlaps no other."""
        taken: dict[tuple[str, int], str] = {}
        for iri, place in self.index.graphs.items():
            passage, node = read_passage(iri), ox.NamedNode(iri)
            document = self.documents.get(passage.document) if passage else None
            if passage is None or document is None:
                en = f"{self.name(iri)} is no passage of a document in data/sources.ttl; write DOCUMENT:L12-L14"
                it = f"{self.name(iri)} non è un passo di un documento in data/sources.ttl; scrivere DOCUMENTO:L12-L14"
                yield self.finding("passage", place, node, en, it)
                continue
            if any(not 1 <= a <= b <= document.line_count for a, b in passage.ranges):
                en = f"the lines lie outside the document, which has {document.line_count}; correct them"
                it = f"le righe sono fuori dal documento, che ne ha {document.line_count}; correggerle"
                yield self.finding("passage", place, node, en, it)
            if not passage.inferred:
                yield from self._overlaps(node, place, [(passage.document, line) for line in passage.lines], taken)

    def _overlaps(
        self, node: ox.NamedNode, place: Place, lines: list[tuple[str, int]], taken: dict[tuple[str, int], str]
    ) -> Iterator[Finding]:
        others = {taken[line] for line in lines if line in taken}
        taken.update((line, node.value) for line in lines)
        if others:
            names = ", ".join(sorted(self.name(other) for other in others))
            en, it = (
                f"overlaps {names}; a line belongs to one passage",
                f"si sovrappone a {names}; una riga appartiene a un solo passo",
            )
            yield self.finding("passage", place, node, en, it)

    def inside_braces(self) -> Iterator[Finding]:
        """Passages state facts: no class, no label, and nothing that a rule derives."""
        marked = self.engine.quads_for_pattern(None, cr("derived"), ox.Literal(True), ox.DefaultGraph())
        derived = {q.subject.value for q in marked if isinstance(q.subject, ox.NamedNode)}
        for key, place in self.stated:
            predicate = key[1].value
            if predicate == TYPE.value or predicate in LABELS:
                en = (
                    f"{self.name(predicate)} stands inside a passage; move it to the thing's block under data/entities/"
                )
                it = f"{self.name(predicate)} sta dentro un passo; spostarlo nella voce in data/entities/"
                yield self.finding("identity", place, key[0], en, it, triple=key)
            elif predicate in derived:
                en = f"{self.name(predicate)} is derived by a rule and never stated; remove it"
                it = f"{self.name(predicate)} è derivato da una regola e non si afferma; rimuoverlo"
                yield self.finding("derived", place, key[0], en, it, triple=key)

    # --- values ------------------------------------------------------------------------------------------------

    def unrecorded_conflicts(self) -> Iterator[Finding]:
        """Two values for what can have one, and no record of the discrepancy."""
        recorded = {
            (q.object.value, p.object.value)
            for q in self.engine.quads_for_pattern(None, cr("about"), None, ox.DefaultGraph())
            for p in self.engine.quads_for_pattern(q.subject, cr("onProperty"), None, ox.DefaultGraph())
            if isinstance(q.object, ox.NamedNode) and isinstance(p.object, ox.NamedNode)
        }
        for (subject, predicate), values in conflicts(self.engine).items():
            kept = most_precise(values)
            if len(kept) < 2 or (subject.value, predicate.value) in recorded:
                continue
            # the odd one out disagrees with the slug, or fewer passages state it
            times = {v: len(self.index.triples.get((subject, predicate, v), [])) for v in kept}
            ranked = sorted(kept, key=lambda v: (v.value[:4] in slugs.slug_of(subject), times[v], v.value))
            odd, other = ranked[0], ranked[-1]
            where = self.index.place(subject, predicate, other)
            what, field = f"{odd.value} and {other.value} ({where})", self.name(predicate.value)
            en = f"{field} has two values, {what}; correct one, or record both in data/editorial/discrepancies.ttl"
            it = f"{field} ha due valori, {what}; correggerne uno o registrarli in data/editorial/discrepancies.ttl"
            place = self.index.place(subject, predicate, odd)
            yield self.finding(
                "single-value", place, subject, en, it, value=odd.value, triple=(subject, predicate, odd)
            )

    def discrepancies(self) -> Iterator[Finding]:
        """A record whose readings agree, merely refine each other, or are no longer stated, is out of date."""
        for q in self.engine.quads_for_pattern(None, TYPE, cr("Discrepancy"), ox.DefaultGraph()):
            if not isinstance(q.subject, ox.NamedNode):
                continue
            record, readings = q.subject, self._objects(q.subject, "reading")
            for value in sorted(readings - self._stated_readings(record), key=str):
                en, it = (
                    "this reading is no longer stated by any passage; mend the record",
                    "nessun passo afferma più questa lettura; correggere la voce",
                )
                yield self._record(record, "reading", value, en, it)
            for value in sorted(self._objects(record, "preferred") - readings, key=str):
                en, it = (
                    "the preferred value is none of the readings; mend the record",
                    "il valore preferito non è fra le letture; correggere la voce",
                )
                yield self._record(record, "preferred", value, en, it)
            literals = {value for value in readings if isinstance(value, ox.Literal)}
            if readings and literals == readings and len(most_precise(literals)) < 2:
                en, it = (
                    "the readings agree or merely refine each other; remove the record",
                    "le letture concordano o si precisano soltanto; rimuovere la voce",
                )
                yield self._record(record, "reading", min(readings, key=str), en, it)

    def _record(self, record: ox.NamedNode, name: str, value: ox.NamedNode | ox.Literal, en: str, it: str) -> Finding:
        return self.finding("discrepancy", self.index.place(record, cr(name), value), record, en, it, value=value.value)

    def _objects(self, node: ox.NamedNode, name: str) -> set[ox.NamedNode | ox.Literal]:
        return set(slugs.objects(self.engine, node, name))

    def _any_name(self, record: ox.NamedNode) -> set[ox.NamedNode | ox.Literal]:
        """Spellings are told apart by alternative labels, one of which may have become the label."""
        names = {ox.NamedNode(iri) for iri in LABELS}
        return set(names) if self._objects(record, "onProperty") & names else set()

    def _stated_readings(self, record: ox.NamedNode) -> set[ox.NamedNode | ox.Literal]:
        found: set[ox.NamedNode | ox.Literal] = set()
        measures = self._objects(record, "measure")
        for about in self._objects(record, "about"):
            subjects = [about]
            if measures:
                figures = self.engine.quads_for_pattern(None, cr("of"), about, ox.DefaultGraph())
                subjects = [
                    q.subject
                    for q in figures
                    if isinstance(q.subject, ox.NamedNode) and self._objects(q.subject, "measure") & measures
                ]
            for subject in subjects:
                for predicate in self._objects(record, "onProperty") | self._any_name(record):
                    quads = self.engine.quads_for_pattern(subject, predicate, None, None)  # type: ignore[arg-type]
                    found |= {q.object for q in quads if isinstance(q.object, ox.NamedNode | ox.Literal)}
                    found |= set(self.index.values.get((subject, predicate), []))  # type: ignore[arg-type]
        return found
