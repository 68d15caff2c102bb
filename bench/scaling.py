"""Prints how the cost of start, memory, rules, shapes, dumps and queries grows with the number of quads.

Each size is measured in a process of its own over a graph of the real shape with many made-up cities
(`bench/many_cities.py`); what does not end in its time is missing. The exponents are fitted by least squares.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import derive, pack, passages, store, withheld
from kg.formats import N_QUADS, TURTLE
from kg.index import Index
from kg.release import Release, as_loaded, release_id
from kg.settings import Settings, find_folders
from kg.store import City, Graph
from kg.validate import shacl_findings, start_shacl
from many_cities import WORLD, many_cities, prefixes

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.settings import Folders

ROOT = Path(__file__).resolve().parents[1]
QUERIES = (
    "agreements-by-kind",
    "consular-posts-by-kind",
    "finding-cities-met-in-most-ways",
    "finding-countries-with-most-ties",
)
# What asks for everything grows with everything; the questions above are about one city.
WHOLE = {
    "count of all triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "things by class": "SELECT ?class (COUNT(*) AS ?n) { ?s a ?class } GROUP BY ?class",
    "partners of most cities": "SELECT ?c (COUNT(DISTINCT ?a) AS ?n) { ?a a cr:Agreement ; cr:party ?c } "
    "GROUP BY ?c ORDER BY DESC(?n) ?c LIMIT 10",
    "a text in all labels": 'SELECT ?s { ?s rdfs:label ?l FILTER(CONTAINS(LCASE(STR(?l)), "badofe")) }',
}
RUNS = 5


def say(name: str, value: float) -> None:
    """Tell a figure at once: what comes later may not end."""
    print(json.dumps([name, value]), flush=True)


def timed(name: str, act: Callable[[], object]) -> None:
    """Tell the seconds that something takes."""
    began = time.perf_counter()
    act()
    say(name, time.perf_counter() - began)


def resident() -> float:
    """What this process has in memory, in bytes."""
    return float(int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096)


def measure(cities: int, *, shapes: bool) -> None:
    """All figures of one size."""
    folders = find_folders(Settings())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.nq"
        # in a process of its own: what it needed of memory must not count here
        making = multiprocessing.get_context("spawn").Process(target=make, args=(cities, file))
        making.start()
        making.join()
        city = City(WORLD, prefixes(store.read_city(folders)))
        before = resident()
        graph = Graph(ox.Store(), city)
        timed("read", lambda: graph.engine.extend(ox.parse(path=file, format=ox.RdfFormat.N_QUADS)))
    say("stated quads", len(graph.engine))
    complete(graph, folders)
    say("quads", len(graph.engine))
    say("memory", resident() - before)
    release = Release(graph, folders)
    timed("release id", lambda: release_id(graph.engine))
    ask(graph, folders)
    timed("dump N-Quads", lambda: pack.dump(release, N_QUADS))
    timed("dump Turtle", lambda: pack.dump(release, TURTLE))
    if shapes:
        timed("shapes", lambda: shacl_findings(start_shacl(graph, folders, None), Index(), graph.city.prefixes))


def make(cities: int, file: Path) -> None:
    """Write the statements of so many cities in the order in which they were made."""
    file.write_bytes(as_loaded(many_cities(find_folders(Settings()), cities).engine))


def complete(graph: Graph, folders: Folders) -> None:
    """What `kg.release.complete` does, step by step."""
    timed("withheld", lambda: withheld.hide(graph))
    timed("passages", lambda: passages.describe(graph))
    timed("default graph", lambda: store.merge(graph.engine))
    timed("rules", lambda: derive.derive(graph, derive.read_rules(folders)))


def ask(graph: Graph, folders: Folders) -> None:
    """The median time of each query."""
    queries = {name: (folders.queries / f"{name}.rq").read_text(encoding="utf-8") for name in QUERIES} | WHOLE
    for name, query in queries.items():
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            answer = graph.engine.query(query, prefixes=graph.city.prefixes)
            assert isinstance(answer, ox.QuerySolutions)
            answer.serialize(format=ox.QueryResultsFormat.JSON)
            times.append(time.perf_counter() - began)
        say(f"query: {name}", statistics.median(times))


def run(cities: int, seconds: float, *, shapes: bool) -> dict[str, float]:
    """The figures of one size, as far as they come in time."""
    command = [sys.executable, __file__, "--one", str(cities), *(["--shapes"] if shapes else [])]
    try:
        said = subprocess.run(command, stdout=subprocess.PIPE, timeout=seconds, check=False).stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    return dict(json.loads(line) for line in said.splitlines())


def exponent(points: list[tuple[float, float]]) -> float:
    """The slope in the log-log plane: 1 is in proportion, 0 is no growth."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(max(y, 1e-9)) for _, y in points]
    return statistics.linear_regression(xs, ys).slope


def table(found: dict[int, dict[str, float]]) -> str:
    """The figures as Markdown, a row a measure, with the exponent over the quads and what a thousand cities would take.

    Of more than three sizes the fit leaves the first out: the ontology, which all share, is much of it.
    """
    names = list(dict.fromkeys(name for figures in found.values() for name in figures))
    heads = [f"{n} {'city' if n == 1 else 'cities'}" for n in found]
    rows = [["measure", *heads, "exponent", "a thousand cities"], ["---"] * (len(heads) + 3)]
    for name in names:
        points = [(figures["quads"], figures[name]) for figures in found.values() if name in figures]
        points = points[1:] if len(points) > 3 else points
        shown = [written(name, figures.get(name)) for figures in found.values()]
        rows.append([name, *shown, *(expected(name, points, found) if len(points) > 1 else ["", ""])])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def expected(name: str, points: list[tuple[float, float]], found: dict[int, dict[str, float]]) -> list[str]:
    """The exponent of a measure, and by it and the largest size measured its value for a thousand cities."""
    largest = max(found)
    thousand = found[largest]["quads"] * 1000 / largest
    slope = exponent(points)
    size, value = points[-1]
    return [f"{slope:.2f}", written(name, value * (thousand / size) ** slope)]


def written(name: str, value: float | None) -> str:
    """A figure with its unit."""
    if value is None:
        return "–"
    if name.endswith("quads"):
        return f"{value / 1e6:.3g} million"
    if name == "memory":
        return f"{value / 2**30:.2f} GiB"
    if value >= 600:
        return f"{value / 60:.0f} min"
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.1f} s"


def main() -> None:
    """Run the sizes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, nargs="+", default=[1, 3, 10, 30, 100])
    parser.add_argument("--seconds", type=float, default=1500)
    parser.add_argument("--shapes-up-to", type=int, default=10, help="cities with which the shapes are still run")
    parser.add_argument("--json", type=Path, help="keep the figures here, and take those that are there")
    parser.add_argument("--one", type=int)
    parser.add_argument("--shapes", action="store_true")
    chosen: Any = parser.parse_args()
    if chosen.one:
        measure(chosen.one, shapes=chosen.shapes)
        return
    kept = json.loads(chosen.json.read_text(encoding="utf-8")) if chosen.json and chosen.json.exists() else {}
    found = {
        n: kept.get(str(n)) or run(n, chosen.seconds, shapes=n <= chosen.shapes_up_to) for n in sorted(chosen.cities)
    }
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
