"""The access log: one JSON object a line, written by a thread of its own, so that no reader can hold up the server.

Keeps of a client only the network, and of a query only a digest.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from kg.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_WAITING = 10_000  # lines; further ones are dropped and counted


class AccessLog:
    """Lines on their way to a file, to standard output, or nowhere."""

    def __init__(self, target: str) -> None:
        self.dropped = 0
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue(MOST_WAITING)
        self._stream = _opened(target)
        self._thread = threading.Thread(target=self._write, name="access log", daemon=True)
        if self._stream is not None:
            self._thread.start()

    @property
    def wanted(self) -> bool:
        """Whether anybody will read it."""
        return self._stream is not None

    def note(self, values: Mapping[str, Any]) -> None:
        """Add a line."""
        if self._stream is not None:
            try:
                self._lines.put_nowait({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **values})
            except queue.Full:
                self.dropped += 1

    def close(self) -> None:
        """Write what is left, if that goes on."""
        if self._stream is not None:
            try:
                self._lines.put(None, timeout=1)
            except queue.Full:
                return
            self._thread.join(timeout=1)
            if self._stream is not sys.stdout and not self._thread.is_alive():
                self._stream.close()

    def _write(self) -> None:
        assert self._stream is not None
        while (values := self._lines.get()) is not None:
            try:
                self._stream.write(json.dumps(values, ensure_ascii=False) + "\n")
                if self._lines.empty():
                    self._stream.flush()
            except OSError:
                self.dropped += 1


def _opened(target: str) -> TextIO | None:
    if target in ("", "-"):
        return sys.stdout if target else None
    try:
        return Path(target).open("a", encoding="utf-8")
    except OSError as error:
        remedy = "name a file that can be written, or - for standard output"
        raise SettingError(f"KG_ACCESS_LOG is {target!r}: {error.strerror}", remedy=remedy) from None
