"""Prints what the endpoint costs and withstands, and how two others fare with the same data on the same machine.

`rdflib-endpoint` and `oxigraph` are installed from PyPI into a virtual environment of their own (`.venv-bench`), which
is no part of the project. Every server has the same triples; only ours is asked with its limits at their defaults.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox

from kg.release import load
from kg.settings import Settings, find_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
OTHERS = ROOT / ".venv-bench"
QUERY = "SELECT ?a ?l { ?a a <https://w3id.org/city-relations/ontology#Agreement> ; rdfs:label ?l } LIMIT 20"
QUERY = f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {QUERY}"
# takes little memory, but time without end
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(4)) + " }"
ACCEPT = {"Accept": "application/sparql-results+json"}
CLIENTS, ATTACKERS, PATIENCE = 8, 8, 15.0

RDFLIB_SERVER = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
graph = rdflib.Dataset(default_union=True)
graph.parse(sys.argv[2], format="nt")
uvicorn.run(SparqlEndpoint(graph=graph, path="/sparql"), port=int(sys.argv[1]), log_level="error")
"""


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def ask(connection: http.client.HTTPConnection, path: str, query: str) -> tuple[int, bytes]:
    """Status and body of one query on an open connection."""
    connection.request("GET", f"{path}?{urlencode({'query': query})}", headers=ACCEPT)
    answer = connection.getresponse()
    return answer.status, answer.read()


@contextmanager
def running(command: list[str], port: int, path: str) -> Iterator[None]:
    """A server, from its first answer until the block ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
    try:
        end = time.monotonic() + 90
        while True:
            try:
                ask(http.client.HTTPConnection("127.0.0.1", port, timeout=30), path, "ASK {}")
                break
            except (OSError, http.client.HTTPException):
                if time.monotonic() > end or server.poll() is not None:
                    raise SystemExit(f"{command[0]} does not answer") from None
                time.sleep(0.05)
        yield
    finally:
        server.kill()
        server.wait()


def times(act: Callable[[int], object], n: int) -> list[float]:
    """Milliseconds of so many runs."""
    found = []
    for number in range(n):
        began = time.perf_counter()
        act(number)
        found.append((time.perf_counter() - began) * 1000)
    return found


def cost(engine: ox.Store, port: int) -> None:
    """Our endpoint over the engine alone, the cache out of play."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def alone(number: int) -> object:
        result = engine.query(f"{QUERY} # {number}")
        assert isinstance(result, ox.QuerySolutions)
        return result.serialize(format=ox.QueryResultsFormat.JSON)

    def through(number: int) -> object:
        return ask(connection, "/sparql", f"{QUERY} # {number}")

    times(alone, 50), times(through, 50)
    within, over = times(alone, 1000), times(lambda n: through(n + 10_000), 1000)
    difference = statistics.median(over) - statistics.median(within)
    print(f"engine in process: median {statistics.median(within):.2f} ms; over HTTP: {statistics.median(over):.2f} ms")
    print(f"cost of HTTP, negotiation and isolation: {difference:.2f} ms at the median (at most 1)")


def rate(port: int, path: str, seconds: float, *, warm: bool) -> float:
    """Answers a second with eight clients, each in a process of its own."""
    command = [sys.executable, __file__, "--client", str(port), path, str(seconds), "warm" if warm else "cold"]
    clients = [subprocess.Popen([*command, str(n)], stdout=subprocess.PIPE, text=True) for n in range(CLIENTS)]
    return sum(int(client.communicate()[0]) for client in clients) / seconds


def client(port: int, path: str, seconds: float, kind: str, number: str) -> None:
    """One client: asks until its time is up, reading the bytes and no more, and prints how often it was answered."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            query = QUERY if kind == "warm" else f"{QUERY} # {number} {count}"
            address = f"{path}?{urlencode({'query': query})}"
            connection.sendall(f"GET {address} HTTP/1.1\r\nHost: a\r\nAccept: {ACCEPT['Accept']}\r\n\r\n".encode())
            read_answer(connection)
            count += 1
    print(count)


def read_answer(connection: socket.socket) -> None:
    """One whole answer: by its length, or to the end of its chunks."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    assert head.startswith(b"HTTP/1.1 200"), head
    while len(body) < int(lengths[0]) if lengths else not body.endswith(b"0\r\n\r\n"):
        body += connection.recv(65536)


def ninth(port: int, path: str) -> str:
    """The waits of a client while eight others ask what never ends."""

    def attack(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE + 5)
        try:
            ask(connection, path, f"{ENDLESS} # {number}")
        except (OSError, http.client.HTTPException):
            return

    threads = [threading.Thread(target=attack, args=(n,), daemon=True) for n in range(ATTACKERS)]
    for thread in threads:
        thread.start()
    waits: list[float] = []
    end = time.perf_counter() + PATIENCE
    time.sleep(0.05)
    while time.perf_counter() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        began = time.perf_counter()
        try:
            status, _ = ask(connection, path, f"{QUERY} # ninth {len(waits)}")
            waits.append((time.perf_counter() - began) * 1000)
            if status != 200:
                return f"answered {status} after {waits[-1]:.0f} ms"
        except OSError:
            return f"no answer within {PATIENCE:.0f} s ({len(waits)} answers before)"
        finally:
            connection.close()
    running_still = sum(thread.is_alive() for thread in threads)
    worst, median = max(waits), statistics.median(waits)
    return f"worst {worst:.0f} ms, median {median:.1f} ms of {len(waits)} waits; {running_still} of 8 still running"


def install_others() -> None:
    """The two others, in an environment of their own."""
    if not (OTHERS / "bin" / "oxigraph").exists() or not (OTHERS / "bin" / "rdflib-endpoint").exists():
        venv.create(OTHERS, with_pip=True)
        python = str(OTHERS / "bin" / "python")
        packages = ["rdflib-endpoint", "oxigraph", "uvicorn"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)


def measure(name: str, command: list[str], port: int, path: str, seconds: float) -> None:
    """Rates and the ninth client's waits of one server."""
    with running(command, port, path):
        warm, cold = rate(port, path, seconds, warm=True), rate(port, path, seconds, warm=False)
        print(f"{name:16} warm {warm:7.0f}/s  cold {cold:7.0f}/s  ninth client: {ninth(port, path)}", flush=True)


def main() -> None:
    """Run all of it."""
    if sys.argv[1:2] == ["--client"]:
        client(int(sys.argv[2]), sys.argv[3], float(sys.argv[4]), sys.argv[5], sys.argv[6])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each rate is measured")
    parser.add_argument("--alone", action="store_true", help="only ours, nothing installed")
    chosen = parser.parse_args()
    engine = load(find_folders(Settings())).graph.engine
    port = free_port()
    ours = [sys.executable, "-m", "kg", "serve", "--port", str(port)]
    with running(ours, port, "/sparql"):
        cost(engine, port)
    measure("this endpoint", ours, port, "/sparql", chosen.seconds)
    if not chosen.alone:
        install_others()
        file = OTHERS / "triples.nt"
        file.write_bytes(engine.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b"")
        subprocess.run(
            [str(OTHERS / "bin" / "oxigraph"), "load", "--location", str(OTHERS / "store"), "--file", str(file)],
            check=True,
            capture_output=True,
        )
        binary = [str(OTHERS / "bin" / "oxigraph"), "serve-read-only", "--location", str(OTHERS / "store")]
        port = free_port()
        measure("oxigraph", [*binary, "--bind", f"127.0.0.1:{port}"], port, "/query", chosen.seconds)
        port = free_port()
        script = [str(OTHERS / "bin" / "python"), "-c", RDFLIB_SERVER, str(port), str(file)]
        measure("rdflib-endpoint", script, port, "/sparql", chosen.seconds)


if __name__ == "__main__":
    main()
