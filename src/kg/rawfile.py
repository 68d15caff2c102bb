"""Reads a file's bytes, or says at once what no parser says well: too large, another encoding, an unfinished merge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 16 * 2**20
LONGEST_LINE = 2**16
BOM = b"\xef\xbb\xbf"
CONFLICT = re.compile(rb"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)


def read_bytes(file: Path) -> bytes:
    """The bytes of a text file of the repository; raises DataError with line and remedy for what cannot be one."""
    try:
        size = file.stat().st_size
        if size > LARGEST:
            message = f"is {size / 2**20:.0f} MiB large, more than a file of data is"
            raise DataError(message, file=file, remedy="restore the file, or split it by chapter")
        raw = file.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", file=file, remedy="restore the file") from None
    check(raw, file)
    return raw


def check(raw: bytes, file: Path) -> None:
    """Raise DataError for the first thing that is wrong with the bytes themselves."""
    if raw.startswith(BOM):
        raise DataError("begins with a byte-order mark", file=file, remedy="save the file as UTF-8 without BOM")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        raise DataError(
            "is not UTF-8 text", file=file, line=line, column=column, remedy="save the file as UTF-8"
        ) from None
    wrong = raw.find(b"\r")
    if wrong >= 0:
        line = raw.count(b"\n", 0, wrong) + 1
        remedy = "save the file with the line ends of Unix (LF)"
        raise DataError("has line ends of another system (CR)", file=file, line=line, remedy=remedy)
    wrong = raw.find(b"\0")
    if wrong >= 0:
        line = raw.count(b"\n", 0, wrong) + 1
        raise DataError("holds a zero byte", file=file, line=line, remedy="restore the file: it is damaged")
    marker = CONFLICT.search(raw)
    if marker:
        line = raw.count(b"\n", 0, marker.start()) + 1
        remedy = "choose between the two versions and delete the marks <<<<<<<, ======= and >>>>>>>"
        raise DataError("holds the marks of a merge that is not finished", file=file, line=line, remedy=remedy)
    if len(raw) > LONGEST_LINE:
        for number, text in enumerate(raw.split(b"\n"), 1):
            if len(text) > LONGEST_LINE:
                message = f"a line of {len(text)} bytes is none of a file of data"
                raise DataError(message, file=file, line=number, remedy="restore the file, or lay it out in lines")
