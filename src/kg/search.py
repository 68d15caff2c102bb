"""Finds things by name as somebody types: both languages, other names, accents and slips forgiven, best first.

The index is made in memory from a release when it is first asked; how results look is for who shows them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.namespaces import FIXED_PREFIXES
from kg.terms import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.terms import Terms

SKOS = FIXED_PREFIXES["skos"]
WEIGHTS = {**dict.fromkeys(NAMES, 1.0), SKOS + "altLabel": 0.85, SKOS + "hiddenLabel": 0.5}
EXACT, PREFIX, SLIP = 1.0, 0.7, 0.45
SHORTEST_SLIP = 4
LONGEST_QUERY = 200
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "’": "'"})
FIRST = {"City": 0.35, "Country": 0.3, "Person": 0.2, "Agreement": 0.15, "Organisation": 0.1, "Network": 0.15}


@dataclass(frozen=True)
class Hit:
    """A thing that was found: how well it fits, and the name by which it was."""

    thing: str
    kind: str
    score: float
    name: str


@dataclass
class Searcher:
    """The names of a release, word by word."""

    names: list[tuple[str, str, float]] = field(default_factory=list)
    words: dict[str, set[int]] = field(default_factory=dict)
    slips: dict[str, set[str]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    weight: dict[str, float] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    def add(self, thing: str, text: str, weight: float) -> None:
        """Take in a name of a thing."""
        place, tokens = len(self.names), plain(text)
        self.names.append((thing, text, weight))
        self.sizes.append(len(tokens))
        for token in tokens:
            if token not in self.words:
                self.words[token] = set()
                for short in (token, *shortened(token)):
                    self.slips.setdefault(short, set()).add(token)
            self.words[token].add(place)

    def find(self, query: str, most: int = 60) -> list[Hit]:
        """What fits all words of a query, best first; each thing once, by its best name."""
        tokens = plain(query[:LONGEST_QUERY])
        if not tokens:
            return []
        scores = self._scores(tokens)
        whole = " ".join(tokens)
        best: dict[str, Hit] = {}
        for place, score in scores.items():
            thing, text, weight = self.names[place]
            bonus = 1.0 if " ".join(plain(text)) == whole else 0.0
            fits = score / len(tokens) + 0.4 * len(tokens) / max(len(tokens), self.sizes[place]) + bonus
            total = fits * weight + self.weight.get(thing, 0.0)
            if thing not in best or total > best[thing].score:
                best[thing] = Hit(thing, self.kinds.get(thing, ""), total, text)
        return sorted(best.values(), key=lambda hit: (-hit.score, hit.thing))[:most]

    def _scores(self, tokens: list[str]) -> dict[int, float]:
        """The names that hold something like every word, else like any, each with the sum of how alike."""
        alike = [self._named(token, last=place == len(tokens) - 1) for place, token in enumerate(tokens)]
        common = set.intersection(*(set(names) for names in alike)) or set().union(*alike)
        return {name: sum(names.get(name, 0.0) for names in alike) for name in common}

    def _named(self, token: str, *, last: bool) -> dict[int, float]:
        """The names that hold something like a word, with how alike it is."""
        found: dict[int, float] = {}
        for word, score in self._like(token, last=last).items():
            for name in self.words[word]:
                found[name] = max(found.get(name, 0.0), score)
        return found

    def _like(self, token: str, *, last: bool) -> dict[str, float]:
        """The words that are a word, begin with it or nearly are it, with how alike they are."""
        found = {token: EXACT} if token in self.words else {}
        if last or len(token) >= SHORTEST_SLIP:
            for word in self.words:
                if word.startswith(token) and word not in found:
                    found[word] = PREFIX + (EXACT - PREFIX) * len(token) / len(word) / 2
        if len(token) >= SHORTEST_SLIP and token not in self.words:
            for short in (token, *shortened(token)):
                for word in self.slips.get(short, ()):
                    if word not in found and len(word) >= SHORTEST_SLIP - 1:
                        found[word] = SLIP if word[0] == token[0] else SLIP / 2
        return found


def plain(text: str) -> list[str]:
    """The words of a text without case and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return re.findall(r"\w+", "".join(letter for letter in folded if not unicodedata.combining(letter)))


def shortened(word: str) -> Iterator[str]:
    """A word without each of its letters in turn: two words with a slip between them have one of these in common."""
    if len(word) >= SHORTEST_SLIP:
        for place in range(len(word)):
            yield word[:place] + word[place + 1 :]


def searcher(terms: Terms, kinds: Mapping[str, str], links: Mapping[str, int], hidden: Iterable[str] = ()) -> Searcher:
    """The index over the names of things; `kinds` is their classes, `links` how many others speak of each."""
    unwanted = set(hidden)
    found = Searcher(kinds=kinds)
    for (thing, predicate), values in terms.values.items():
        weight = WEIGHTS.get(predicate)
        if weight is None or thing not in kinds or kinds[thing] in unwanted:
            continue
        for text in {value.value for value in values if isinstance(value, ox.Literal)}:
            found.add(thing, text, weight)
        found.weight[thing] = FIRST.get(kinds[thing], 0.0) + math.log1p(links.get(thing, 0)) / 20
    return found
