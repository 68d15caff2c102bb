"""Content codings: which one a client takes (RFC 9110 §12.5.3), and the bytes in it."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import TYPE_CHECKING

import brotli
import zstandard

from kg.formats import wishes

if TYPE_CHECKING:
    from collections.abc import Callable

IDENTITY = "identity"
SMALLEST = 600  # bytes; below, a coding saves no packet
BROTLI_QUALITY, GZIP_LEVEL, ZSTD_LEVEL = 5, 6, 6


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(ZSTD_LEVEL).compress(body)


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=BROTLI_QUALITY))


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)  # no time, so that the same bytes give the same bytes


CODINGS: dict[str, Callable[[bytes], bytes]] = {"zstd": _zstd, "br": _brotli, "gzip": _gzip}


@lru_cache(1024)
def negotiate(header: str | None) -> str:
    """The coding that the client wants most, of equals the fastest; identity where it wants none of ours."""
    if not header:
        return IDENTITY
    wanted = {wish.value.removeprefix("x-"): wish.quality for wish in wishes(header)}
    other = wanted.get("*", 0.0)
    best = max(CODINGS, key=lambda name: wanted.get(name, other))
    quality = wanted.get(best, other)
    return best if quality > 0 and quality >= wanted.get(IDENTITY, 0.0) else IDENTITY


def encode(body: bytes, coding: str) -> bytes:
    """The body in a coding."""
    return CODINGS[coding](body) if coding in CODINGS else body
