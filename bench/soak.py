"""Loads the endpoint for minutes with all kinds of clients, good and bad; prints how its memory and processes fare."""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

JOIN = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(10))
FAST = "SELECT ?a ?l {{ ?a a cr:Agreement ; rdfs:label ?l }} LIMIT {}"
MIDDLE = "SELECT ?p (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(STRLEN(STR(?o)) > {}) }} GROUP BY ?p"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{{{ {JOIN} FILTER(?a0 != {{}}) }}}}"
GREEDY = f"SELECT * {{{{ {JOIN} FILTER(?a0 != {{}}) }}}} ORDER BY ?c9"
BROKEN = "SELECT * {{ {} "
REPORTS = 10


class Load:
    """The clients, and what they were answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.stopped = threading.Event()
        self.statuses: Counter[str] = Counter()
        self.lock = threading.Lock()

    def count(self, what: object) -> None:
        """Note an outcome."""
        with self.lock:
            self.statuses[str(what)] += 1

    def ask(self, query: str, **parameters: str) -> None:
        """One query on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", f"/sparql?{urlencode({'query': query, **parameters})}")
            answer = connection.getresponse()
            answer.read()
            self.count(answer.status)
        except (OSError, http.client.HTTPException) as error:
            self.count(type(error).__name__)
        finally:
            connection.close()

    def leave(self) -> None:
        """Ask what never ends, and go away at once."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as client:
            address = f"/sparql?{urlencode({'query': ENDLESS.format(random.random())})}"
            client.sendall(f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            time.sleep(0.1)
        self.count("left")

    def run(self, seed: int) -> None:
        """One client after the other, of a kind drawn each time."""
        draw = random.Random(seed)
        while not self.stopped.is_set():
            kind = draw.random()
            number = draw.randrange(100_000)
            if kind < 0.5:
                self.ask(FAST.format(number))
            elif kind < 0.8:
                self.ask(MIDDLE.format(number))
            elif kind < 0.85:
                self.ask(ENDLESS.format(number), timeout="1")
            elif kind < 0.87:
                self.ask(GREEDY.format(number), timeout="5")
            elif kind < 0.93:
                self.ask(BROKEN.format(number))
            else:
                self.leave()


def children(pid: int) -> list[int]:
    """The processes below a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found += [int(folder.name), *children(int(folder.name))]
    return found


def memory(pid: int) -> float:
    """What a process has in memory, in MiB, its share of common pages alone."""
    with suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def open_files(pid: int) -> int:
    """How many files and sockets a process has open."""
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def main() -> None:
    """Start the server, load it, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=6)
    chosen = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment |= {"KG_QUERY_MEGABYTES": "256", "KG_CLIENT_SLOW_SECONDS": "100000", "KG_OPERATIONS_PORT": "0"}
    command = [sys.executable, "-m", "kg", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    operator = int(server.stderr.readline().rsplit(":", 1)[1])
    load = Load(port)
    threads = [threading.Thread(target=load.run, args=(n,)) for n in range(chosen.clients)]
    for thread in threads:
        thread.start()
    pause = chosen.minutes * 60 / REPORTS
    sizes = []
    for number in range(REPORTS):
        time.sleep(pause)
        if number % 3 == 1:
            server.send_signal(signal.SIGHUP)
        below = children(server.pid)
        sizes.append(memory(server.pid))
        everything = sizes[-1] + sum(map(memory, below))
        answers, files = sum(load.statuses.values()), open_files(server.pid)
        when = f"{(number + 1) * pause:4.0f} s"
        print(f"{when}: server {sizes[-1]:6.1f} MiB, {files:3} open files; with {len(below):2} processes", end=" ")
        print(f"{everything:6.1f} MiB; {answers} answers", flush=True)
    load.stopped.set()
    for thread in threads:
        thread.join()
    print("outcomes:", ", ".join(f"{what}: {n}" for what, n in sorted(load.statuses.items())))
    half = len(sizes) // 2
    print(f"server's memory: first half at most {max(sizes[:half]):.1f} MiB, second half {max(sizes[half:]):.1f} MiB")
    connection = http.client.HTTPConnection("127.0.0.1", operator)
    connection.request("GET", "/ready")
    print("ready:", " ".join(connection.getresponse().read().decode().split()))
    server.terminate()
    server.wait()


if __name__ == "__main__":
    main()
