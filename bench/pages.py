"""Prints what the pages cost: the server's time for each kind of page, and for pages drawn from the sitemap."""

from __future__ import annotations

import http.client
import random
import re
import statistics
import time
from urllib.parse import urlsplit

from shots import PAGES, server

ROUNDS = 15
DRAWN = 300
WANTED = 50.0  # milliseconds at the median
HEADERS = {"Accept": "text/html", "Accept-Encoding": "br"}


class Client:
    """One connection that is kept; tells how long an answer took, in milliseconds, and how long it is, in bytes."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port)

    def get(self, path: str, headers: dict[str, str] = HEADERS) -> tuple[float, bytes]:
        """Ask for a path."""
        began = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        body = self.connection.getresponse().read()
        return (time.perf_counter() - began) * 1000, body


def main() -> None:
    """Measure and print."""
    with server() as address:
        client = Client(address)
        sitemap = client.get("/sitemap.xml", {})[1].decode()
        print(f"{'kind':<14} {'first':>8} {'median':>8} {'worst':>8}  milliseconds; bytes as sent")
        for name, path in PAGES.items():
            first, body = client.get(f"/{path}")
            times = [client.get(f"/{path}")[0] for _ in range(ROUNDS)]
            print(f"{name:<14} {first:8.1f} {statistics.median(times):8.1f} {max(times):8.1f}  {len(body)}")
        paths = [urlsplit(link).path for link in re.findall(r"<loc>([^<]*)</loc>", sitemap)]
        drawn = random.Random(1).sample(paths, DRAWN)
        times = sorted(client.get(path)[0] for path in drawn)
        middle, tail = statistics.median(times), times[int(len(times) * 0.95)]
        print(
            f"{DRAWN} of {len(paths)} pages: median {middle:.1f}, 95 of 100 within {tail:.1f}, worst {times[-1]:.1f} ms"
        )
        print(f"wanted at most {WANTED:.0f} ms at the median: {'held' if middle <= WANTED else 'NOT held'}")


if __name__ == "__main__":
    main()
