"""Prints the time from a cold start of the server to its first answer: median and worst of several starts."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

STARTS = 5
LONGEST = 30.0
QUERY = "SELECT (COUNT(*) AS ?n) { ?agreement a cr:Agreement }"


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def first_answer() -> tuple[float, str]:
    """Seconds from starting `kg serve` until the query is answered, and the answer."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/sparql?{urllib.parse.urlencode({'query': QUERY, 'format': 'csv'})}"
    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - began < LONGEST:
            try:
                with urllib.request.urlopen(url, timeout=LONGEST) as response:
                    return time.perf_counter() - began, response.read().decode().split()[-1]
            except urllib.error.URLError:
                time.sleep(0.005)
        raise SystemExit(f"no answer within {LONGEST:.0f} s")
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Run the starts and print the figures."""
    runs = [first_answer() for _ in range(STARTS)]
    times = [seconds for seconds, _ in runs]
    median, worst = statistics.median(times), max(times)
    print(f"cold start to first answer: median {median:.2f} s, worst {worst:.2f} s ({STARTS} starts)")
    print(f"the answer: {runs[0][1]} agreements")


if __name__ == "__main__":
    main()
