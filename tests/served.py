"""A server on a free port over a small made-up city, for the tests of the endpoint."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pyoxigraph as ox

from kg.holding import hold
from kg.namespaces import FIXED_PREFIXES
from kg.release import Release
from kg.settings import Folders, Settings
from kg.store import City, Graph, merge
from kg.web.app import create_app
from kg.web.serve import address, listen, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.web.site import Site

ALPHA = "https://example.org/relations/alpha"
PREFIXES = FIXED_PREFIXES | {"city": f"{ALPHA}/city/", "y23": f"{ALPHA}/source/yearbook/"}
DATA = """
y23:L1 { city:alpha cr:partner city:beta ; cr:value 2 . }
y23:L2 { city:alpha cr:partner city:beta ; cr:value 2 . city:beta cr:partner city:gamma . }
y23:L3 { city:alpha cr:partner city:beta . }
""" + "".join(f"y23:M{n} {{ city:c{n} cr:partner city:c{n + 1} ; cr:value {n} . }}\n" for n in range(40))

JOIN = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(9))
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {JOIN} }}"
GREEDY = f"SELECT * {{ {JOIN} }} ORDER BY ?a0 ?c8 ?b3"
COUNT = "SELECT (COUNT(*) AS ?n) { city:alpha cr:partner ?x }"


def make_graph(data: str = DATA) -> Graph:
    """A graph from TriG without prefix declarations."""
    engine = ox.Store()
    heads = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    engine.load(heads + data, format=ox.RdfFormat.TRIG)
    merge(engine)
    return Graph(engine, City(ALPHA, PREFIXES))


@dataclass(frozen=True, repr=False)
class Served:
    """A server that is running: a client for its public port, one for the operator's, and its inside."""

    web: httpx.Client
    operator: httpx.Client
    site: Site

    def ask(self, query: str, **parameters: str) -> httpx.Response:
        """Send a query by GET."""
        return self.web.get("/sparql", params={"query": query, **parameters})

    def rows(self, query: str) -> list[str]:
        """The rows of a SELECT, as CSV."""
        answer = self.ask(query, format="csv")
        assert answer.status_code == 200, answer.text
        return answer.text.splitlines()[1:]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        assert self.web.base_url.port is not None
        return self.web.base_url.host, self.web.base_url.port

    def metric(self, name: str) -> float:
        """A value that the server counts, summed over its labels."""
        lines = self.operator.get("/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.partition("{")[0].split(" ")[0] == name)


@contextmanager
def serving(graph: Graph | None = None, folders: Folders | None = None, **settings: object) -> Iterator[Served]:
    """Serve a graph until the block ends; the environment has no say."""
    graph = graph or make_graph()
    nowhere = Path(os.devnull).parent
    release = Release(graph, folders or Folders(nowhere, nowhere, nowhere, nowhere, nowhere))
    chosen = Settings(**settings)
    site = create_app(hold(release, chosen), chosen)
    with listen("127.0.0.1", 0) as listener, listen("127.0.0.1", 0) as operator:
        site.operations_port = operator.getsockname()[1]
        server = make_server(site)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener, operator]})
        thread.start()
        limits = httpx.Limits(max_connections=None)
        try:
            with (
                httpx.Client(base_url=address(listener), timeout=60, limits=limits) as web,
                httpx.Client(base_url=address(operator), timeout=60) as inside,
            ):
                yield Served(web, inside, site)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def repeating(act: Callable[[int], object], threads: int) -> Iterator[list[object]]:
    """Do something over and over in some threads until the block ends; the list has all the results then."""
    stop = threading.Event()
    found: list[object] = []

    def run() -> None:
        number = 0
        while not stop.is_set():
            found.append(act(number))
            number += 1

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(run) for _ in range(threads)]
        try:
            yield found
        finally:
            stop.set()
    for future in running:
        future.result()


def until(condition: Callable[[], object], within: float = 10.0) -> None:
    """Wait until a condition holds, looking again and again."""
    end = time.monotonic() + within
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        pause.wait(0.01)


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
