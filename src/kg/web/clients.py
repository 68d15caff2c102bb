"""Who asks, and under which address: the peer itself, or what a trusted proxy says of it.

What an untrusted peer writes into such headers is never looked at: it could be anybody's address.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Network, IPv6Network

    from starlette.types import Scope

    Networks = tuple[IPv4Network | IPv6Network, ...]

UNKNOWN = "unknown"
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)


def client_of(scope: Scope, headers: Mapping[str, str], proxies: Networks) -> str:
    """The address of the client; of the addresses that proxies have noted, the last that is no trusted proxy itself."""
    peer = scope.get("client")
    address = str(peer[0]) if peer else UNKNOWN
    if not proxies or not is_trusted(address, proxies):
        return address
    for noted in reversed(headers.get("x-forwarded-for", "").split(",")):
        plain = _plain(noted.strip())
        if plain is None:
            break
        address = plain
        if not is_trusted(address, proxies):
            break
    return address


@lru_cache(4096)
def is_trusted(address: str, proxies: Networks) -> bool:
    """Whether the address is that of a trusted proxy."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in proxies)


def _plain(noted: str) -> str | None:
    """An address without its port and brackets, if it is one."""
    bare = noted.partition("]")[0].removeprefix("[") if noted.startswith("[") else noted
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ip_address(bare))
    except ValueError:
        return None


@lru_cache(4096)
def household(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber gets."""
    try:
        found = ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return address


@lru_cache(4096)
def blurred(address: str) -> str:
    """The address as the log keeps it: a /24 or a /48, which is no longer one person's."""
    try:
        found = ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, 48 if isinstance(found, IPv6Address) else 24), strict=False))


def base_of(scope: Scope, headers: Mapping[str, str], base_url: str | None, proxies: Networks) -> str:
    """The public address of the server, without a slash at the end: the one set, else as the client wrote it."""
    if base_url:
        return base_url.rstrip("/")
    host, scheme = headers.get("host", ""), str(scope["scheme"])
    peer = scope.get("client")
    if proxies and peer and is_trusted(str(peer[0]), proxies):
        host = headers.get("x-forwarded-host", host).partition(",")[0].strip()
        said = headers.get("x-forwarded-proto", scheme).partition(",")[0].strip().lower()
        scheme = said if said in ("http", "https") else scheme
    if not _HOST.fullmatch(host):
        name, port = scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else str(name)
    return f"{scheme}://{host}"
