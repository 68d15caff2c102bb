"""Three front ends of one release behind nginx: which is asked makes no difference, nor that one of them is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from deployed import ROOT, proxying
from served import repeating, until

CLIENTS = [f"127.0.{n}.1" for n in range(1, 13)]
QUERY = "SELECT ?s ?l {{ ?s rdfs:label ?l }} ORDER BY ?s ?l LIMIT {}"
LARGEST = 40


@contextmanager
def front_end():
    """A server of the other city; its process, and clients for its public and its operator's port."""
    data = ROOT / "tests" / "other-city" / "data"
    settings = {
        "KG_HOME": str(ROOT),
        "KG_DATA": str(data),
        "KG_TRUSTED_PROXIES": "127.0.0.1",
        "KG_OPERATIONS_PORT": "0",
    }
    command = [sys.executable, "-m", "kg", "serve", "--port", "0"]
    process = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        web, operator = re.findall(r"http://[\d.]+:\d+", process.stderr.readline())
        with httpx.Client(base_url=web, timeout=60) as client, httpx.Client(base_url=operator, timeout=60) as inside:
            yield process, client, inside
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def three():
    with ExitStack() as stack:
        yield [stack.enter_context(front_end()) for _ in range(3)]


def answered(inside):
    """How many queries a front end has answered."""
    return sum(map(int, re.findall(r'^kg_answers_total\{kind="sparql".*\} (\d+)$', inside.get("/metrics").text, re.M)))


def test_the_front_ends_serve_one_release_with_the_same_validators(three):
    assert len({inside.get("/ready").json()["release"] for _, _, inside in three}) == 1
    answers = [web.get("/sparql", params={"query": QUERY.format(5), "format": "csv"}) for _, web, _ in three]
    assert len({(answer.headers["etag"], answer.content) for answer in answers}) == 1


def test_a_killed_front_end_loses_no_answer_but_its_own(three):
    ports = [web.base_url.port for _, web, _ in three]
    with proxying("nginx", ports) as proxy, ExitStack() as stack:
        clients = [stack.enter_context(proxy.client(source)) for source in CLIENTS]
        wanted = [clients[0].get("/sparql", params=asked(n)).content for n in range(LARGEST)]
        before = [answered(inside) for _, _, inside in three]

        def ask(number):
            client = clients[number % len(clients)]
            try:
                answer = client.get("/sparql", params={**asked(number % LARGEST)})
            except httpx.HTTPError as error:
                return number % LARGEST, type(error).__name__, b""
            return number % LARGEST, answer.status_code, answer.content

        with repeating(ask, 4) as found:
            until(lambda: sum(answered(i) for _, _, i in three) > 300, within=60)
            shares = [answered(inside) - old for (_, _, inside), old in zip(three, before, strict=True)]
            victim = shares.index(max(shares))
            three[victim][0].send_signal(signal.SIGKILL)
            three[victim][0].wait()
            rest = [inside for n, (_, _, inside) in enumerate(three) if n != victim]
            reached = sum(map(answered, rest))
            until(lambda: sum(map(answered, rest)) > reached + 300, within=60)
    assert min(shares) > 0, "each had clients of its own"
    outcomes = Counter(status for _, status, _ in found)
    print(f"{len(found)} answers, shares before the kill {shares}, outcomes {dict(outcomes)}")
    lost = len(found) - outcomes[200]
    assert lost <= 4, "at most what the killed one was just answering: one query a thread"
    assert {n for n, status, content in found if status == 200 and content != wanted[n]} == set()


def asked(n):
    return {"query": QUERY.format(n + 1), "format": "csv"}
