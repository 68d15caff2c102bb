"""What the operator has: readiness, counts, the log, the settings, and a reload that loses nothing."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kg import release as releases
from kg.errors import ReloadFailed
from kg.reload import load_aside
from kg.settings import Settings
from kg.web.log import AccessLog
from kg.web.metrics import Metrics
from served import COUNT, ENDLESS, alive, repeating, serving, until


@pytest.fixture(scope="module")
def served():
    with serving() as running:
        yield running


def test_health_is_public_and_the_rest_is_not(served):
    assert served.web.get("/health").text == "ok"
    for path in ("/ready", "/metrics", "/reload"):
        assert served.web.get(path).status_code == 404
        assert served.web.post(path).status_code in (404, 405)


def test_ready(served):
    served.rows(COUNT)
    values = served.operator.get("/ready").json()
    assert (values["ready"], values["release"], values["network"]) == (True, served.site.release.id, "shut")
    assert values["workers"] >= 1
    assert values["last_reload"] == {"outcome": "none", "reason": "", "when": ""}


def test_the_operator_listens_on_loopback_alone(served):
    assert served.operator.base_url.host == "127.0.0.1"
    assert served.operator.get("/nothing").status_code == 404


def test_a_page_of_another_site_cannot_make_it_reload(served):
    assert served.operator.post("/reload").status_code == 403
    assert "access-control-allow-origin" not in served.operator.options("/reload").headers


LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+(\n|$)')


def test_metrics(served):
    before = served.metric("kg_answers_total")
    served.ask(COUNT + "#metrics")
    served.ask("ASK {")
    text = served.operator.get("/metrics").text
    assert served.metric("kg_answers_total") == before + 2
    assert 'kg_answers_total{kind="sparql",status="400",outcome="QuerySyntaxError"}' in text
    assert served.metric("kg_network_shut") == 1
    assert served.metric("kg_query_seconds_count") >= 2
    for line in text.splitlines():
        assert line.startswith("#") or LINE.fullmatch(line), line
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert len(names) > 15


def test_a_histogram_adds_up():
    metrics = Metrics()
    for seconds in (0.0005, 0.02, 400):
        metrics.count("sparql", 200, "ok", seconds, 1)
    rows = [line for line in metrics.text({}, {}).splitlines() if line.startswith("kg_query_seconds_bucket")]
    assert [int(row.rsplit(" ", 1)[1]) for row in rows] == [1, 1, 2, 2, 2, 2, 2, 2, 3]


def test_the_access_log(tmp_path):
    file = tmp_path / "access.log"
    with serving(access_log=str(file), trusted_proxies="127.0.0.1") as served:
        headers = {"X-Forwarded-For": "198.51.100.77"}
        for _ in range(2):
            served.web.get("/sparql", params={"query": COUNT}, headers=headers)
        served.web.get("/sparql", params={"query": "ASK {"}, headers=headers)
        served.web.get("/nothing", headers=headers)
    text = file.read_text("utf-8")
    first, second, wrong, page = map(json.loads, text.splitlines())
    assert (first["outcome"], first["cache"], first["rows"], first["status"]) == ("ok", "miss", 1, 200)
    assert (second["cache"], second["query"]) == ("hit", first["query"])
    assert (wrong["outcome"], wrong["status"]) == ("QuerySyntaxError", 400)
    assert (page["kind"], page["path"], page["status"]) == ("page", "/nothing", 404)
    assert first["client"] == page["client"] == "198.51.100.0/24"
    assert first["ms"] > 0
    assert "198.51.100.77" not in text
    assert "partner" not in text


def test_a_log_that_nobody_reads_holds_nothing_up():
    reading, writing = os.pipe()
    log = AccessLog("")
    log._stream = io.TextIOWrapper(os.fdopen(writing, "wb", 0), write_through=True)
    log._thread.start()
    for _ in range(30_000):
        log.note({"x": "y" * 50})
    assert log.dropped > 0
    source = os.fdopen(reading, "rb")
    drained = threading.Thread(target=source.read)
    drained.start()
    log.close()
    drained.join()
    source.close()


def test_kg_settings_lists_each_one(monkeypatch):
    environment = {**os.environ, "KG_MAX_ROWS": "7"}
    done = subprocess.run([sys.executable, "-m", "kg", "settings"], capture_output=True, text=True, env=environment)
    for name, field in Settings.model_fields.items():
        assert re.search(rf"^KG_{name.upper()}=.*\n    {re.escape(field.description)}$", done.stdout, re.MULTILINE)
    assert "KG_MAX_ROWS=7 [default: 1000000]\n" in done.stdout


@contextmanager
def running(home, **settings):
    """`kg serve` on a free port, as an operator runs it."""
    environment = {**os.environ, "KG_HOME": str(home), "KG_OPERATIONS_PORT": "0", **settings}
    command = [sys.executable, "-m", "kg", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline()
        web, operator = re.findall(r"http://[\d.]+:\d+", line)
        try:
            with (
                httpx.Client(base_url=web, timeout=300) as client,
                httpx.Client(base_url=operator, timeout=60) as inside,
            ):
                yield process, client, inside
        finally:
            process.terminate()
            process.communicate()


def add_a_city(copy, name):
    file = next((copy.home / "data" / "entities").glob("cities.ttl"))
    text = file.read_text("utf-8")
    block = re.search(r"^city:\S+ a cr:City ;\n(?:    .*\n)+", text, re.MULTILINE)[0]
    labels = re.sub(r'"[^"]*"@', f'"{name}"@', block)
    first = re.match(r"city:\S+", block)[0]
    file.write_text(text + "\n" + labels.replace(first, f"city:{name.lower()}", 1), "utf-8", newline="\n")


CITIES = {"query": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a cr:City }", "format": "csv"}


def cities(client):
    return int(client.get("/sparql", params=CITIES).text.split()[1])


def children(pid):
    """The processes that a process has started and that still run."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text("utf-8").split()]


EVERYTHING = {"query": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", "format": "csv"}


def test_each_start_and_each_new_pool_gives_the_same_bytes_and_validators(city_copy):
    answers = []
    for seed in ("1", "2"):
        with running(city_copy.home, PYTHONHASHSEED=seed, KG_CACHE_BYTES="0") as (process, web, _):
            answers.append(web.get("/sparql", params=EVERYTHING))
            (nursery,) = children(process.pid)
            for pid in [nursery, *children(nursery)]:
                os.kill(pid, signal.SIGKILL)
            until(lambda old=nursery: [child for child in children(process.pid) if child != old])
            answers.append(web.get("/sparql", params=EVERYTHING))
    assert {answer.status_code for answer in answers} == {200}
    assert len({(answer.content, answer.headers["etag"]) for answer in answers}) == 1


def test_a_server_that_is_killed_takes_its_processes_with_it(city_copy):
    with running(city_copy.home) as (process, web, _):
        assert cities(web) > 0
        (nursery,) = children(process.pid)
        processes = [nursery, *children(nursery)]
        assert len(processes) > 1
        process.kill()
        until(lambda: not any(alive(pid) for pid in processes))


def test_reload_by_command_and_by_signal_under_load(city_copy):
    with running(city_copy.home, KG_QUERY_SECONDS="300") as (process, web, operator):
        before, release = cities(web), operator.get("/ready").json()["release"]

        def count(number):
            answer = web.get("/sparql", params={**CITIES, "query": f"{CITIES['query']} # {number}"})
            return answer.status_code, int(answer.text.split()[1])

        with repeating(count, 2) as found, ThreadPoolExecutor(1) as pool:
            slow = pool.submit(web.get, "/sparql", params={"query": LONG, "format": "csv"})
            add_a_city(city_copy, "Omega")
            port = str(operator.base_url.port)
            command = [sys.executable, "-m", "kg", "reload", "--port", port]
            told = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (told.returncode, told.stderr) == (0, "")
            assert told.stdout.startswith("swapped: release ")
            assert cities(web) == before + 1
            add_a_city(city_copy, "Sigma")
            process.send_signal(signal.SIGHUP)
            until(lambda: cities(web) == before + 2, within=120)
        assert {status for status, _ in found} == {200}
        assert {n for _, n in found} <= {before, before + 1, before + 2}
        assert slow.result().status_code == 200
        assert operator.get("/ready").json()["release"] != release


SOME = "{ SELECT * { ?a ?b ?c } LIMIT 1500 } { SELECT * { ?d ?e ?f } LIMIT 1500 }"
LONG = f"SELECT (COUNT(*) AS ?n) {{ {SOME} FILTER(STR(?a) != CONCAT(STR(?d), STR(?e))) }}"


def test_a_reload_that_fails_leaves_the_old_release_and_tells_why(city_copy):
    with running(city_copy.home) as (_, web, operator):
        before, release = cities(web), operator.get("/ready").json()["release"]
        file = city_copy.home / "data" / "entities" / "cities.ttl"
        whole = file.read_text("utf-8")
        file.write_text(whole + "\nbroken", "utf-8")
        answer = operator.post("/reload", headers={"KG-Reload": "1"})
        told = answer.json()
        assert (answer.status_code, told["outcome"], told["release"]) == (409, "failed", release)
        assert "cities.ttl:" in told["reason"]
        assert operator.get("/ready").json()["last_reload"]["outcome"] == "failed"
        assert cities(web) == before
        file.write_text(whole + "\ncity:nameless a cr:City .\n", "utf-8")
        told = operator.post("/reload", headers={"KG-Reload": "1"}).json()
        assert (told["outcome"], cities(web)) == ("failed", before)
        assert "cities.ttl:" in told["reason"]
        file.write_text(whole, "utf-8")
        assert operator.post("/reload", headers={"KG-Reload": "1"}).json()["outcome"] == "unchanged"


def test_a_query_under_way_stays_on_its_release(city_copy):
    first = releases.load(city_copy.folders)
    with serving(first.graph, city_copy.folders, query_seconds=300) as served:
        old = served.site.serving
        with socket.create_connection(served.address) as client:
            client.sendall(
                f"GET {httpx.URL('/sparql', params={'query': ENDLESS})} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
            )
            until(lambda: served.site.admission.outcomes.slow == 1)
            add_a_city(city_copy, "Omega")
            told = asyncio.run_coroutine_threadsafe(served.site.reload(), old.pool.loop).result()
            assert (told.outcome, told.reason) == ("swapped", "")
            assert served.site.serving is not old
            assert served.ask("ASK { <city/omega> a cr:City }").json()["boolean"] is True
            assert (old.requests, served.site.admission.running) == (1, 1)
            assert old.pool.all
        until(lambda: not old.pool.all)


def test_the_reason_of_a_failure_is_short(city_copy):
    for n in range(20):
        file = city_copy.home / "data" / "entities" / "cities.ttl"
        file.write_text(file.read_text("utf-8") + f"\ncity:nameless-{n} a cr:City .\n", "utf-8")
    with pytest.raises(ReloadFailed) as caught:
        load_aside(city_copy.folders)
    assert re.search(r"and \d+ more$", caught.value.message)
    assert "kg validate" in caught.value.remedy
