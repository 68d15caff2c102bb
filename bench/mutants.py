"""Mutants: a graph with one thing wrong, made by an operator from a class of things; the table of both is fixed here.

An operator takes the facts of one thing (an entity's block, or what one passage states of it) and changes one of them
the way a hand slips. A mutant is quads taken out and quads put in, with the file and line they stand on.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from kg.namespaces import FIXED_PREFIXES
from kg.passages import read_passage
from kg.store import Triple, cr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.index import Index, Place

LABEL = ox.NamedNode(FIXED_PREFIXES["rdfs"] + "label")
DESCRIPTION = ox.NamedNode(FIXED_PREFIXES["dct"] + "description")
DATES = (cr("start"), cr("end"), cr("forYear"))
WRONG_FORMS = ("{0}-13", "12 March {0}", "{0}/03/12", "{0}-02-30", "19x7", "circa {0}", "{0}-3-7", "")
Item = TypeVar("Item")
SEGMENTS = [
    "agreement",
    "award",
    "city",
    "conferral",
    "country",
    "event",
    "figure",
    "holding",
    "membership",
    "mission",
    "organisation",
    "participation",
    "person",
    "post",
    "programme",
    "project",
    "region",
    "series",
    "venue",
    "visit",
    "work",
]
# what docs/modelling.md says that each kind of thing cannot do without
REQUIRED: dict[str, tuple[str, ...]] = {
    "agreement": ("party", "kind"),
    "city": ("country",),
    "conferral": ("award", "recipient"),
    "figure": ("of", "measure", "value"),
    "holding": ("holder", "post"),
    "membership": ("member", "organisation"),
    "mission": ("sender", "destination"),
    "organisation": ("sendingState", "kind"),
    "participation": ("agent", "in", "role"),
    "post": ("body", "office"),
    "visit": ("sender", "delegate"),
}


@dataclass(frozen=True)
class Fact:
    """A triple where it stands."""

    triple: Triple
    place: Place

    @property
    def subject(self) -> ox.NamedNode:
        return self.triple[0]

    @property
    def predicate(self) -> ox.NamedNode:
        return self.triple[1]

    @property
    def object(self) -> ox.NamedNode | ox.Literal:
        return self.triple[2]


@dataclass
class Mutant:
    """What is taken out and put in; `terms` are the things and passages that a finding must be about to count."""

    operator: str
    kind: str
    removed: list[Fact]
    added: list[Fact]
    terms: set[str] = field(default_factory=set)
    note: str = ""

    def __post_init__(self) -> None:
        for fact in (*self.removed, *self.added):
            self.terms.add(fact.subject.value)
            if fact.place.graph:
                self.terms.add(fact.place.graph)

    def __str__(self) -> str:
        def shown(fact: Fact) -> str:
            names = [str(t.value).rpartition("/")[2] for t in fact.triple]
            return f"{fact.place} {' '.join(names)}"

        return (
            " + ".join(f"- {shown(f)}" for f in self.removed[:1])
            + " | "
            + "; ".join(f"+ {shown(f)}" for f in self.added[:2])
        )


class Facts:
    """The facts to choose from: by kind of thing, those of entity blocks and those that passages state."""

    def __init__(self, index: Index, dataset: str) -> None:
        self.root = dataset + "/"
        self.stated: dict[str, list[Fact]] = {segment: [] for segment in SEGMENTS}
        self.declared: dict[str, list[Fact]] = {segment: [] for segment in SEGMENTS}
        self.of: dict[tuple[ox.NamedNode, str | None], list[Fact]] = {}
        self.blocks: dict[str, list[ox.NamedNode]] = {segment: [] for segment in SEGMENTS}
        for triple, places in index.triples.items():
            for place in places:
                segment = self.segment(triple[0])
                if segment not in self.stated or (place.graph or "").endswith("-inferred"):
                    continue
                fact = Fact(triple, place)
                if place.graph:
                    self.stated[segment].append(fact)
                elif "/entities/" in place.file:
                    self.declared[segment].append(fact)
                self.of.setdefault((triple[0], place.graph), []).append(fact)
        for node, blocks in sorted(index.blocks.items(), key=lambda item: str(item[0])):
            if self.segment(node) in self.blocks and "/entities/" in blocks[0].file:
                self.blocks[self.segment(node)].append(node)
        self.graphs = sorted(graph for graph in index.graphs if not graph.endswith("-inferred"))
        self.index = index

    def segment(self, node: ox.NamedNode | ox.Literal) -> str:
        """The kind of thing an IRI names; empty for others."""
        if not isinstance(node, ox.NamedNode) or not node.value.startswith(self.root):
            return ""
        return node.value.removeprefix(self.root).split("/")[0]

    def alike(self, node: ox.NamedNode) -> list[ox.NamedNode]:
        """Other things of the same kind."""
        return [other for other in self.blocks.get(self.segment(node), []) if other != node]

    def another(self, node: ox.NamedNode, dice: random.Random) -> ox.NamedNode | None:
        """Another thing of the same kind, at random."""
        others = self.alike(node)
        return dice.choice(others) if others else None


def replaced(name: str, kind: str, fact: Fact, value: ox.NamedNode | ox.Literal) -> Mutant:
    """The mutant that states another object."""
    return Mutant(name, kind, [fact], [Fact((fact.subject, fact.predicate, value), fact.place)])


def drop_required(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """A value that the thing cannot do without is missing, in all passages that state it."""
    fields = [cr(name) for name in REQUIRED.get(kind, ())]
    if kind == "organisation":
        nodes = {f.subject for f in facts.stated[kind] if f.predicate == cr("sendingState")}
    else:
        nodes = {f.subject for f in facts.stated[kind] + facts.declared[kind] if f.predicate in fields}
    for node in shuffled(nodes, dice):
        found = [f for (s, _), fs in facts.of.items() if s == node for f in fs if f.predicate in fields]
        if found:
            chosen = dice.choice(found)
            yield Mutant("drops a required value", kind, [f for f in found if f.predicate == chosen.predicate], [])


def drop_tag(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """A label or description without its language tag, or with a description in one language only."""
    texts = [f for f in facts.declared[kind] if f.predicate == LABEL]
    texts += [f for f in facts.stated[kind] if f.predicate == DESCRIPTION]
    for fact in shuffled(texts, dice):
        assert isinstance(fact.object, ox.Literal)
        if dice.random() < 0.5:
            yield replaced("missing language", kind, fact, ox.Literal(fact.object.value))
        else:
            yield Mutant("missing language", kind, [fact], [])


def date_form(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """A date as people write it, or one that no calendar has."""
    for fact in shuffled([f for f in facts.stated[kind] if f.predicate in DATES], dice):
        assert isinstance(fact.object, ox.Literal)
        wrong = dice.choice(WRONG_FORMS).format(fact.object.value[:4])
        yield replaced("wrong date form", kind, fact, ox.Literal(wrong, datatype=fact.object.datatype))


def other_class(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """The object is a thing of another kind."""
    linking = [f for f in facts.stated[kind] + facts.declared[kind] if facts.segment(f.object) in facts.blocks]
    for fact in shuffled(linking, dice):
        own = facts.segment(fact.object)
        others = [segment for segment, nodes in facts.blocks.items() if nodes and segment != own]
        other = dice.choice(facts.blocks[dice.choice(others)])
        yield replaced("wrong class of object", kind, fact, other)


def misspelt(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """A letter of the subject's or object's name is wrong, missing, doubled or swapped with its neighbour."""
    for fact in shuffled(facts.stated[kind], dice):
        objects = [t for t in (fact.subject, fact.object) if isinstance(t, ox.NamedNode) and "/" in t.value]
        term = dice.choice(objects)
        head, _, slug = term.value.rpartition("/")
        wrong = ox.NamedNode(f"{head}/{slip(slug, dice)}")
        if wrong != term:
            changed = (wrong, *fact.triple[1:]) if term == fact.subject else (*fact.triple[:2], wrong)
            yield Mutant("misspelt IRI", kind, [fact], [Fact(changed, fact.place)])


def slip(slug: str, dice: random.Random) -> str:
    """A word with a slip of the finger in it."""
    at = dice.randrange(len(slug))
    letter = dice.choice("abcdefghijklmnopqrstuvwxyz")
    kinds = [
        slug[:at] + letter + slug[at + 1 :],
        slug[:at] + slug[at + 1 :],
        slug[:at] + slug[at] + slug[at:],
        slug[:at] + slug[at : at + 2][::-1] + slug[at + 2 :],
    ]
    return dice.choice([k for k in kinds if k and k.strip("-") == k] or [slug + "x"])


def swapped_dates(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """Start and end have changed places."""
    for fact in shuffled([f for f in facts.stated[kind] if f.predicate == cr("end")], dice):
        siblings = facts.of[fact.subject, fact.place.graph]
        for start in [f for f in siblings if f.predicate == cr("start")][:1]:
            added = [
                Fact((fact.subject, cr("start"), fact.object), start.place),
                Fact((fact.subject, cr("end"), start.object), fact.place),
            ]
            yield Mutant("swapped dates", kind, [start, fact], added)


def duplicate(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """A thing has a second block under another slug, with the same facts in the same passages."""
    for node in shuffled(facts.blocks[kind], dice):
        twin = ox.NamedNode(f"{node.value}-{dice.choice(['2', 'bis', 'new', 'old', 'city'])}")
        own = [f for (s, _), fs in facts.of.items() if s == node for f in fs]
        added = [Fact((twin, *f.triple[1:]), f.place) for f in own if f.place.graph or "/entities/" in f.place.file]
        yield Mutant("duplicate", kind, [], added, note="twin")


def dangling(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """The block of a thing that others name is gone."""
    for node in shuffled(facts.blocks[kind], dice):
        removed = [f for f in facts.of.get((node, None), []) if "/entities/" in f.place.file]
        mutant = Mutant("dangling link", kind, removed, [])
        if removed:
            yield mutant


def wrong_country(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """Another country."""
    fields = (cr("country"), cr("sendingState"))
    for fact in shuffled([f for f in facts.stated[kind] + facts.declared[kind] if f.predicate in fields], dice):
        assert isinstance(fact.object, ox.NamedNode)
        other = facts.another(fact.object, dice)
        if other and facts.segment(other) == "country":
            yield replaced("wrong country", kind, fact, other)


def negative(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """A number below nought."""
    for fact in shuffled([f for f in facts.stated[kind] if f.predicate in (cr("value"), cr("edition"))], dice):
        assert isinstance(fact.object, ox.Literal)
        wrong = ox.Literal("-" + fact.object.value, datatype=fact.object.datatype)
        yield replaced("negative figure", kind, fact, wrong)


def outside(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """The passage of a statement has lines that its document does not have."""
    graphs = {f.place.graph for f in facts.stated[kind] if f.place.graph}
    for graph in shuffled(graphs, dice):
        passage = read_passage(graph)
        assert passage
        head = graph.rpartition("/")[0]
        far = dice.choice([9000, 20000, 100000]) + passage.first
        yield moved("lines outside the document", kind, facts, graph, f"{head}/L{far}-L{far + 3}")


def wrong_passage(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """What a passage states of a thing stands in the block of another passage."""
    for fact in shuffled(facts.stated[kind], dice):
        other = dice.choice(facts.graphs)
        if other == fact.place.graph:
            continue
        place = facts.index.graphs[other]
        own = facts.of[fact.subject, fact.place.graph]
        added = [Fact(f.triple, place) for f in own]
        yield Mutant("wrong passage", kind, own, added)


def moved(name: str, kind: str, facts: Facts, graph: str, other: str) -> Mutant:
    """All statements of a passage under the name of another."""
    own = [f for (_, g), fs in facts.of.items() if g == graph for f in fs]
    added = [Fact(f.triple, f.place._replace(graph=other)) for f in own]
    mutant = Mutant(name, kind, own, added)
    mutant.terms |= {graph, other}
    return mutant


def wrong_number(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """A digit of a number or of a date is another."""
    fields = (cr("value"), cr("edition"), *DATES)
    for fact in shuffled([f for f in facts.stated[kind] if f.predicate in fields], dice):
        assert isinstance(fact.object, ox.Literal)
        digits = [at for at, sign in enumerate(fact.object.value) if sign.isdigit()]
        if digits:
            at = dice.choice(digits)
            text = fact.object.value
            wrong = text[:at] + dice.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]
            yield replaced("wrong number", kind, fact, ox.Literal(wrong, datatype=fact.object.datatype))


def wrong_name(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """Another thing of the same kind stands for the one that is meant."""
    linking = [f for f in facts.stated[kind] if facts.segment(f.object) in facts.blocks]
    for fact in shuffled(linking, dice):
        assert isinstance(fact.object, ox.NamedNode)
        other = facts.another(fact.object, dice)
        if other:
            yield replaced("wrong name", kind, fact, other)


def wrong_subject(facts: Facts, kind: str, dice: random.Random) -> Iterator[Mutant]:
    """What a passage states of one thing is said of another of its kind."""
    for fact in shuffled(facts.stated[kind], dice):
        other = facts.another(fact.subject, dice)
        if other:
            own = facts.of[fact.subject, fact.place.graph]
            yield Mutant("wrong name", kind, own, [Fact((other, *f.triple[1:]), f.place) for f in own])


def shuffled(items: Iterable[Item], dice: random.Random) -> list[Item]:
    """All items in an order that only the seed decides."""
    found = sorted(items, key=str)
    dice.shuffle(found)
    return found


OPERATORS = {
    "drops a required value": [drop_required],
    "wrong date form": [date_form],
    "wrong class of object": [other_class],
    "misspelt IRI": [misspelt],
    "swapped dates": [swapped_dates],
    "missing language": [drop_tag],
    "duplicate": [duplicate],
    "dangling link": [dangling],
    "wrong country": [wrong_country],
    "negative figure": [negative],
    "lines outside the document": [outside],
    "wrong passage": [wrong_passage],
    "wrong number": [wrong_number],
    "wrong name": [wrong_name, wrong_subject],
}
EACH = 20


def mutants(facts: Facts, seed: int, operator: str, kind: str, each: int = EACH) -> list[Mutant]:
    """The mutants of one cell of the table: always the same for a seed; fewer where there is less to change."""
    dice = random.Random(f"{seed} {operator} {kind}")
    makers = [maker(facts, kind, dice) for maker in OPERATORS[operator]]
    found: list[Mutant] = []
    while makers and len(found) < each:
        for maker in list(makers):
            mutant = next(maker, None)
            if mutant is None:
                makers.remove(maker)
            elif len(found) < each:
                found.append(mutant)
    return found
