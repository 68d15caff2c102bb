"""The answers of one release that are kept: bounded by their bytes, the longest unused forgotten first.

An answer is known by what was asked, letter for letter, and by its format; a release has its own cache, so that nothing
need ever be invalidated. What changes from one time to the next (`kg.tokens.is_volatile`) is never put here.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kg.web.coding import IDENTITY

if TYPE_CHECKING:
    from kg.query import Plan

LARGEST_SHARE = 8  # no answer takes more than this part of the cache
OVERHEAD = 600  # bytes that an entry takes beside its answer
MOST_KNOWN = 4096  # addresses of which it is remembered what they ask
LONGEST_KNOWN = 4096  # bytes of such an address


class Key(NamedTuple):
    """What was asked, and the name of the format of the answer."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str


def key_of(plan: Plan) -> Key:
    """The key of a plan."""
    return Key(plan.query, plan.default_graphs, plan.named_graphs, plan.format.name)


@dataclass
class Kept:
    """An answer as it was evaluated, and in the codings that somebody has asked for."""

    content_type: str
    rows: int
    bodies: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return sum(map(len, self.bodies.values()))


class Known(NamedTuple):
    """What an address asks, once that has been found out: the key, the coding, and the digest of the query."""

    key: Key
    coding: str
    digest: str


class Cache:
    """Answers by what was asked; and, for the shortest way to them, what an address asks."""

    def __init__(self, release: str, size: int) -> None:
        self.release = release
        self.size = size
        self.taken = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._known: OrderedDict[tuple[bytes, str | None, str | None], Known] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Kept | None:
        """The answer, if it is kept."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer, if it is not too large, and forget others for it."""
        if (kept.size + OVERHEAD) * LARGEST_SHARE > self.size:
            return
        self._drop(key)
        self._kept[key] = kept
        self.taken += kept.size + OVERHEAD + len(key.query)
        while self.taken > self.size:
            self._drop(next(iter(self._kept)))

    def add(self, key: Key, coding: str, body: bytes) -> None:
        """Keep an answer in one more coding."""
        kept = self._kept.get(key)
        if kept is not None:
            grown = Kept(kept.content_type, kept.rows, {**kept.bodies, coding: body})
            self.put(key, grown)

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.taken -= kept.size + OVERHEAD + len(key.query)

    def known(self, address: bytes, accept: str | None, encoding: str | None) -> Known | None:
        """What an address asks, for a client with these wishes."""
        return self._known.get((address, accept, encoding))

    def remember(self, address: bytes, accept: str | None, encoding: str | None, known: Known) -> None:
        """Note what an address asks."""
        if len(address) + len(accept or "") + len(encoding or "") <= LONGEST_KNOWN:
            self._known[address, accept, encoding] = known
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)

    def etag(self, key: Key, coding: str = IDENTITY) -> str:
        """The validator of an answer: the same for the same question to the same release, in format and coding."""
        parts = [self.release, coding, key.format, key.query, *key.default_graphs, "", *key.named_graphs]
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass"))
        return f'"{digest.hexdigest()[:32]}"'


def matches(header: str | None, etags: tuple[str, ...]) -> str | None:
    """The validator that If-None-Match names (RFC 9110 §13.1.2), if it names one of these."""
    if not header:
        return None
    named = {item.strip().removeprefix("W/") for item in header.split(",")}
    return next((etag for etag in etags if etag in named), None)
