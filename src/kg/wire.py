"""How the server and the processes that evaluate queries speak: frames of a JSON head and a body of bytes.

JSON and not pickle, so that a process that has been taken over can say nothing that the server would execute.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg import errors
from kg.errors import KgError
from kg.formats import ALL
from kg.protocol import SparqlRequest
from kg.query import Plan

if TYPE_CHECKING:
    import socket

_LENGTHS = struct.Struct("!II")
EXIT = struct.Struct("!ii")  # how a nursery tells that a child has ended: its pid, and the status of `waitpid`
LONGEST_HEAD = 1 << 22


@dataclass(frozen=True)
class Frame:
    """One message: a head for both sides to read, and bytes."""

    head: dict[str, Any]
    body: bytes = b""

    def encode(self) -> bytes:
        """The message as it is sent."""
        head = json.dumps(self.head, separators=(",", ":")).encode()
        return _LENGTHS.pack(len(head), len(self.body)) + head + self.body


class Inbox:
    """Puts the frames together that arrive in pieces."""

    def __init__(self) -> None:
        self.received = bytearray()

    def add(self, data: bytes) -> Frame | None:
        """The frame that is complete with this piece, if one is; there is never more than one under way."""
        self.received += data
        if len(self.received) < _LENGTHS.size:
            return None
        head, body = _LENGTHS.unpack_from(self.received)
        start = _LENGTHS.size + head
        if len(self.received) < start + body:
            return None
        with memoryview(self.received) as view:
            frame = Frame(json.loads(bytes(view[_LENGTHS.size : start])), bytes(view[start : start + body]))
        self.received = bytearray()
        return frame


def receive(connection: socket.socket) -> Frame | None:
    """The next frame, waiting for it; None when the other side has gone."""
    lengths = _exactly(connection, _LENGTHS.size)
    if lengths is None:
        return None
    head, body = _LENGTHS.unpack(lengths)
    written = _exactly(connection, head)
    rest = _exactly(connection, body)
    return None if written is None or rest is None else Frame(json.loads(written), rest)


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(min(size - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


def pack_plan(plan: Plan) -> dict[str, Any]:
    """A plan as the head of a frame."""
    return {**vars(plan), "format": plan.format.name}


def unpack_plan(values: dict[str, Any]) -> Plan:
    """The plan that `pack_plan` packed."""
    form = next(form for form in ALL if form.name == values["format"])
    graphs = (tuple(values["default_graphs"]), tuple(values["named_graphs"]), tuple(values["services"]))
    return Plan(values["query"], form, *graphs, values["base"])


def pack_request(request: SparqlRequest) -> dict[str, Any]:
    """A request as the head of a frame."""
    return dict(vars(request))


def unpack_request(values: dict[str, Any]) -> SparqlRequest:
    """The request that `pack_request` packed."""
    graphs = {name: tuple(values[name]) for name in ("default_graphs", "named_graphs")}
    return SparqlRequest(**{**values, **graphs})


def pack_error(error: KgError) -> dict[str, Any]:
    """An error as the head of a frame."""
    return {"error": type(error).__name__, "values": dict(vars(error))}


def unpack_error(values: dict[str, Any]) -> KgError:
    """The error that `pack_error` packed; one that is not of our tree becomes the plain one."""
    kind = getattr(errors, values["error"], KgError)
    given = dict(values["values"])
    message = given.pop("message", "")
    if "offered" in given:
        given["offered"] = tuple(given["offered"])
    error: KgError = kind(message, **given)
    return error
