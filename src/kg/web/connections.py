"""One connection: how long a client may take for the head of a request and to take an answer, and how many it may have.

The HTTP server itself sets no such bounds: a client that never ends its head, or never reads, would be kept for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.web.clients import is_trusted

if TYPE_CHECKING:
    import asyncio
    from collections import Counter

    from kg.settings import Settings

LARGEST_HEADERS = 32768
TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
LONG_ADDRESS = b"HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Connection(HttpToolsProtocol):
    """A connection with bounds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        site: Any = self.config.app
        self.settings: Settings = site.settings
        self.operations_port: int | None = site.operations_port
        self.peers: Counter[str] = site.peers
        self.proxies = site.proxies
        self.in_head = True
        self.head_size = 0
        self.head_timer: asyncio.TimerHandle | None = None
        self.stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless there are too many already."""
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        self.peers[peer] += 1
        if self._is_operator():
            return
        many = sum(self.peers.values()) > self.settings.max_connections
        greedy = self.peers[peer] > max(1, self.settings.max_connections // 2)
        if many or (greedy and not is_trusted(peer, self.proxies)):
            transport.write(TOO_MANY)
            transport.close()
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        peer = self.client[0] if self.client else ""
        self.peers[peer] -= 1
        if not self.peers[peer]:
            del self.peers[peer]
        self._clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head must end in time and not be too large."""
        if self.transport.is_closing():
            return
        if self.in_head:
            self.head_size += len(data)
            if self.head_timer is None:
                self._await_head()
        super().data_received(data)
        if self.in_head and self.head_size > self.settings.max_url_bytes + LARGEST_HEADERS:
            long_address = len(getattr(self, "url", b"")) > self.settings.max_url_bytes
            self._refuse(LONG_ADDRESS if long_address else TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins."""
        self.in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head has ended."""
        self.in_head = False
        self.head_size = 0
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """The next request may begin."""
        self.in_head = True
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client does not take what is sent as fast as it is sent."""
        super().pause_writing()
        if self.stall_timer is None:
            self.stall_timer = self.loop.call_later(self.settings.request_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken it."""
        super().resume_writing()
        if self.stall_timer is not None:
            self.stall_timer.cancel()
            self.stall_timer = None

    def _await_head(self) -> None:
        self.head_timer = self.loop.call_later(self.settings.request_seconds, self._refuse, TOO_SLOW)

    def _refuse(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()

    def _clear(self) -> None:
        for timer in (self.head_timer, self.stall_timer):
            if timer is not None:
                timer.cancel()
        self.head_timer = self.stall_timer = None

    def _is_operator(self) -> bool:
        return self.operations_port is not None and self.server is not None and self.server[1] == self.operations_port
