"""Turns, shares and limits: many ask at once, one asks too much, something is too long, somebody is too slow."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import BudgetSpent, Busy
from kg.settings import Settings
from kg.web.admission import Shares, Turns
from kg.web.clients import base_of, blurred, client_of, household
from served import COUNT, ENDLESS, JOIN, serving, until


@pytest.fixture(scope="module")
def served():
    with serving(max_query_bytes=4096, max_url_bytes=2048, max_rows=30, max_result_bytes=3000) as running:
        yield running


def test_clients_take_turns_one_query_each():
    async def scene():
        turns = Turns(1, 10)
        await turns.wait("greedy")
        order = []

        async def ask(client):
            await turns.wait(client)
            order.append(client)
            turns.done()

        asked = [asyncio.ensure_future(ask("greedy")) for _ in range(4)]
        asked += [asyncio.ensure_future(ask("modest"))]
        await asyncio.sleep(0)
        turns.done()
        await asyncio.gather(*asked)
        return order, turns

    order, turns = asyncio.run(scene())
    assert order.index("modest") <= 1
    assert (turns.free, turns.waiting) == (1, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["wait-a", "wait-b", "done", "cancel"]), max_size=40), st.integers(1, 3))
def test_no_turn_is_lost_or_made_up(steps, places):
    async def scene():
        turns, held, waiting = Turns(places, 5), 0, []
        for step in steps:
            if step.startswith("wait"):
                waiting.append(asyncio.ensure_future(turns.wait(step)))
            elif step == "cancel" and waiting:
                waiting[0].cancel()
            elif step == "done" and held:
                held -= 1
                turns.done()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            ended = [task for task in waiting if task.done()]
            held += sum(not task.cancelled() and task.exception() is None for task in ended)
            waiting = [task for task in waiting if not task.done()]
            assert held <= places
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return turns.free + held

    assert asyncio.run(scene()) == places


def test_too_many_who_wait():
    async def scene():
        turns = Turns(1, 0)
        await turns.wait("a")
        with pytest.raises(Busy) as caught:
            await turns.wait("b")
        return caught.value.retry_after

    assert asyncio.run(scene()) == 1


def test_a_share_is_used_up_and_given_back():
    shares = Shares(10)
    shares.check("a")
    shares.charge("a", 12)
    with pytest.raises(BudgetSpent) as caught:
        shares.check("a")
    assert 60 <= caught.value.retry_after <= 63
    shares.check("b")
    shares.charge("a", -12)
    assert 9.9 < shares.left("a") <= 10
    shares.charge("a", 1000)
    assert shares.left("a") >= -10


DIFFERENT = "FILTER(STR(?a0) != CONCAT(STR(?a1), STR(?a2)))"  # so that every row is looked at


def test_slow_queries_pause_and_then_go_on():
    with serving(slow_queries=1, slow_queue=4, query_seconds=20) as served, ThreadPoolExecutor(2) as pool:
        first = pool.submit(served.ask, ENDLESS, timeout="1.5")
        until(lambda: served.site.admission.outcomes.slow == 1)
        cross = (
            f"SELECT (COUNT(*) AS ?n) {{ VALUES ?v {{ 1 2 3 4 5 }} {' . '.join(JOIN.split(' . ')[:3])} {DIFFERENT} }}"
        )
        second = pool.submit(served.ask, cross)
        until(lambda: served.site.admission.outcomes.paused == 1)
        assert served.rows(COUNT) == ["1"]
        assert first.result().status_code == 504
        assert second.result().status_code == 200


def test_one_slow_query_too_many():
    with serving(slow_queries=1, slow_queue=0) as served, ThreadPoolExecutor(1) as pool:
        first = pool.submit(served.ask, ENDLESS, timeout="1")
        until(lambda: served.site.admission.outcomes.slow == 1)
        answer = served.ask(ENDLESS + "#")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["detail"] == "too many slow queries are running"
        assert served.rows(COUNT) == ["1"]
        first.result()


def test_a_paused_query_is_told_that_the_server_was_busy():
    with serving(slow_queries=1) as served, ThreadPoolExecutor(1) as pool:
        first = pool.submit(served.ask, ENDLESS, timeout="1.5")
        until(lambda: served.site.admission.outcomes.slow == 1)
        assert served.ask(ENDLESS + "#", timeout="0.5").status_code == 503
        first.result()


def test_who_has_used_up_the_share_gets_429_and_fast_queries_still():
    with serving(client_slow_seconds=0.5, trusted_proxies="127.0.0.1") as served:
        assert served.rows(COUNT) == ["1"]  # a worker is ready, so that the next query is slow for most of its time
        headers = {"X-Forwarded-For": "198.51.100.7"}
        spent = {"query": ENDLESS, "timeout": "1.3"}
        assert served.web.get("/sparql", params=spent, headers=headers).status_code == 504
        answer = served.web.get("/sparql", params=spent, headers=headers)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 310
        assert served.web.get("/sparql", params={"query": COUNT}, headers=headers).status_code == 200
        other = served.web.get("/sparql", params=spent, headers={"X-Forwarded-For": "198.51.100.8"})
        assert other.status_code == 504


LIMITS = [
    ("query", {"query": "ASK {}" + " " * 4091}, 413, "the query has 4097 bytes"),
    ("body", {"query": "ASK {}", "x": "x" * 20000}, 413, "the body has more than 16384 bytes"),
    (
        "rows",
        {"query": "SELECT * { GRAPH ?g { ?s cr:value ?o } } LIMIT 31", "format": "csv"},
        413,
        "more than 3000 bytes",
    ),
    ("few-columns", {"query": "SELECT ?o { ?s cr:value ?o } LIMIT 31", "format": "csv"}, 413, "more than 30 rows"),
    ("triples", {"query": "CONSTRUCT WHERE { ?s cr:value ?o }"}, 413, "the answer has more than 30 triples"),
    (
        "bytes",
        {"query": "SELECT (CONCAT(STRAFTER('', ''), '" + "x" * 3200 + "') AS ?x) {}"},
        413,
        "more than 3000 bytes",
    ),
]


@pytest.mark.parametrize(("form", "status", "detail"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS])
def test_what_is_too_large_is_refused_with_the_remedy(served, form, status, detail):
    answer = served.web.post("/sparql", data=form)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]
    assert answer.json()["remedy"]


def test_thirty_rows_are_whole(served):
    assert len(served.rows("SELECT ?o { ?s cr:value ?o } LIMIT 30")) == 30


def test_an_address_that_is_too_long(served):
    answer = served.web.get("/sparql", params={"query": "ASK {}" + " " * 2048})
    assert (answer.status_code, answer.json()["remedy"]) == (414, "send it by POST, which takes more")
    long = raw(served, b"GET /" + b"x" * 100_000)
    assert long.startswith(b"HTTP/1.1 414 ")
    headers = raw(served, b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 20_000)
    assert headers.startswith(b"HTTP/1.1 431 ")


POST = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"


def raw(served, *pieces):
    """What the server says to bytes, until it closes the connection."""
    with socket.create_connection(served.address, timeout=20) as client:
        answer = b""
        try:
            for piece in pieces:
                client.sendall(piece)
            while data := client.recv(65536):
                answer += data
        except ConnectionError:
            pass
        return answer


def test_a_declared_body_is_refused_before_it_is_read(served):
    answer = raw(served, POST + b"Content-Length: 99999999\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_who_sends_a_little_too_much_is_heard_out_and_told(served):
    for _ in range(5):
        pieces = [b"x" * 1000] * 300
        answer = raw(served, POST + b"Content-Length: 300000\r\nConnection: close\r\n\r\n", *pieces)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"send a shorter query" in answer


def test_slow_and_half_open_clients_are_shown_out():
    with serving(request_seconds=0.4) as served:
        assert raw(served).startswith(b"HTTP/1.1 408 ")
        assert raw(served, b"GET /sparql HT").startswith(b"HTTP/1.1 408 ")
        assert raw(served, b"\r\n").startswith(b"HTTP/1.1 408 ")
        kept = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        assert raw(served, kept, b"GET /hea").startswith(b"HTTP/1.1 200 ")
        answer = raw(served, POST + b"Content-Length: 50\r\n\r\nASK")
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"did not arrive" in answer
        assert served.rows(COUNT) == ["1"]
        until(lambda: sum(served.site.peers.values()) <= 3)


def test_a_client_that_does_not_read_is_shown_out():
    text = "SELECT (CONCAT(" + ",".join(["STR(?a)", "STR(?d)"] * 20) + ") AS ?x) { ?a ?b ?c . ?d ?e ?f }"
    with serving(request_seconds=0.4) as served:
        assert len(served.ask(text).content) > 8_000_000
        known = sum(served.site.peers.values())
        with socket.create_connection(served.address) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            until(lambda: sum(served.site.peers.values()) == known + 1)
            body = text.encode()
            client.sendall(POST + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            until(lambda: sum(served.site.peers.values()) == known)
            assert served.rows(COUNT) == ["1"]


def test_one_client_gets_half_of_the_connections():
    with serving(max_connections=6) as served:
        held = [socket.create_connection(served.address) for _ in range(3)]
        until(lambda: sum(served.site.peers.values()) >= 3)
        assert raw(served, b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 503 ")
        assert served.operator.get("/ready").status_code == 200
        for client in held:
            client.close()
        until(lambda: served.site.peers["127.0.0.1"] <= 1)
        assert served.rows(COUNT) == ["1"]


PROXIES = Settings(trusted_proxies="10.0.0.0/8, 2001:db8::1").proxies


@pytest.mark.parametrize(
    ("peer", "noted", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.1.2.3", "evil, 198.51.100.1:4711", "198.51.100.1"),
        ("10.1.2.3", "198.51.100.1, evil", "10.1.2.3"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("2001:db8::1", "[2001:db8:5::7]:80", "2001:db8:5::7"),
    ],
)
def test_who_the_client_is(peer, noted, client):
    assert client_of({"client": (peer, 1)}, {"x-forwarded-for": noted}, PROXIES) == client


def test_what_counts_as_one_client_and_what_the_log_keeps():
    assert (household("198.51.100.7"), blurred("198.51.100.7")) == ("198.51.100.7", "198.51.100.0/24")
    assert household("2001:db8:1:2:3::4") == household("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64"
    assert (blurred("2001:db8:1:2:3::4"), blurred("::ffff:198.51.100.7")) == ("2001:db8:1::/48", "198.51.100.0/24")
    assert (household("x"), blurred("")) == ("unknown", "unknown")


def test_only_a_trusted_proxy_says_what_the_address_is():
    scope = {"scheme": "http", "client": ("203.0.113.9", 1), "server": ("127.0.0.1", 80)}
    said = {"host": "a.example", "x-forwarded-host": "b.example", "x-forwarded-proto": "https"}
    assert base_of(scope, said, None, PROXIES) == "http://a.example"
    assert base_of({**scope, "client": ("10.0.0.1", 1)}, said, None, PROXIES) == "https://b.example"
    assert base_of(scope, said, "https://kg.example/x/", PROXIES) == "https://kg.example/x"


@pytest.mark.parametrize("name", ["trusted_proxies", "services"])
def test_settings_that_cannot_be_used(name):
    with pytest.raises(ValueError, match=name):
        Settings(**{name: "nonsense"})
