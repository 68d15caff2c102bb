"""The examples for nginx and Caddy: checked by each, and run in front of a server."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager

import httpx
import pytest

from deployed import DEPLOY, HOST, certificate, nginx_text, program, proxying
from served import COUNT, ENDLESS, serving, until

KINDS = ("nginx", "caddy")


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@contextmanager
def behind(kind, **settings):
    """A server with the settings that docs/operations.md tells to make, behind a proxy."""
    with (
        serving(trusted_proxies="127.0.0.1", base_url=f"https://{HOST}", **settings) as served,
        proxying(kind, [served.address[1]]) as proxy,
    ):
        yield served, proxy


def test_nginx_takes_its_example(tmp_path):
    nginx = program("nginx", "nginx-light")
    certificate(tmp_path)
    (tmp_path / "conf").write_text(nginx_text(tmp_path, 8080, 8443, [8000]), encoding="utf-8")
    told = subprocess.run([nginx, "-t", "-c", tmp_path / "conf"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "[warn]" not in told.stderr


def test_caddy_takes_its_example_as_it_stands(tmp_path):
    command = [program("caddy", "caddy"), "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    homes = {"HOME": str(tmp_path), "PATH": "/usr/bin"}
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=homes)
    assert told.returncode == 0, told.stderr
    assert '"level":"warn"' not in told.stderr, "caddy fmt would lay it out differently"


def test_visitors_are_told_apart_and_none_can_pose_as_another(kind, tmp_path):
    log = tmp_path / "log"
    with behind(kind, access_log=str(log)) as (_, proxy):
        for source, forged in (("127.0.1.1", "192.0.2.1"), ("127.0.2.1", "192.0.2.1")):
            with proxy.client(source) as client:
                answer = client.get("/sparql", params={"query": COUNT}, headers={"X-Forwarded-For": forged})
                assert answer.status_code == 200
        until(lambda: log.read_text("utf-8").count("\n") == 2)
    clients = [json.loads(line)["client"] for line in log.read_text("utf-8").splitlines()]
    assert clients == ["127.0.1.0/24", "127.0.2.0/24"]


def test_what_is_negotiated_and_kept_goes_through(kind):
    with behind(kind) as (_, proxy), proxy.client() as client:
        asked = {"query": COUNT}
        csv = client.get("/sparql", params=asked, headers={"Accept": "text/csv", "Accept-Encoding": "identity"})
        assert csv.headers["content-type"].startswith("text/csv")
        assert "Accept" in csv.headers["vary"]
        query = {"query": "SELECT * { ?s ?p ?o }"}
        packed = {
            coding: client.get("/sparql", params=query, headers={"Accept-Encoding": coding}) for coding in CODINGS
        }
        assert {coding: answer.headers.get("content-encoding") for coding, answer in packed.items()} == CODINGS
        assert len({answer.headers["etag"] for answer in packed.values()}) == len(CODINGS)
        for coding, answer in packed.items():
            again = {"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]}
            assert client.get("/sparql", params=query, headers=again).status_code == 304
        for language in ("it", "en"):
            home = client.get("/", headers={"Accept": "text/html", "Accept-Language": language})
            assert home.headers["location"].endswith(f"/{language}/")
        assert "strict-transport-security" in csv.headers


CODINGS = {"gzip": "gzip", "br": "br", "identity": None}


def test_a_visitor_who_leaves_takes_the_query_along(kind):
    with behind(kind, query_seconds=300) as (served, proxy):
        address = httpx.URL("/sparql", params={"query": ENDLESS})
        with proxy.connect() as client:
            client.sendall(f"GET {address} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            until(lambda: served.metric("kg_queries_slow_total") == 1)
        until(lambda: served.metric("kg_queries_left_total") == 1)
        until(lambda: served.metric("kg_queries_running") == 0)


def test_a_query_may_take_its_time_and_ends_at_the_servers_deadline(kind):
    with behind(kind, query_seconds=2) as (_, proxy), proxy.client() as client:
        answer = client.get("/sparql", params={"query": ENDLESS})
        assert answer.status_code == 504
        assert answer.json()["detail"] == "the query has not ended within 2 seconds"


@pytest.mark.parametrize(("size", "status"), [(60_000, 200), (70_000, 413), (300_000, 413)])
def test_too_long_a_query_is_refused_by_the_server_itself(kind, size, status):
    with behind(kind) as (_, proxy), proxy.client() as client:
        text = f"{COUNT} #".ljust(size, "x")
        answer = client.post("/sparql", content=text, headers={"Content-Type": "application/sparql-query"})
        assert answer.status_code == status
        remedies = {60_000: "", 70_000: "keep it within 65536 bytes of UTF-8", 300_000: "send a shorter query"}
        assert status == 200 or answer.json()["remedy"] == remedies[size]


def test_too_long_an_address_is_refused_by_the_server_itself(kind):
    with behind(kind) as (served, proxy), proxy.client() as client:
        answer = client.get("/sparql", params={"query": f"{COUNT} #".ljust(20_000, "x")})
        assert answer.status_code == 414
        assert answer.text == served.ask(f"{COUNT} #".ljust(20_000, "x")).text


@pytest.mark.parametrize("path", ["/ready", "/metrics", "/reload"])
def test_the_operators_port_is_not_reached_from_outside(kind, path):
    with behind(kind) as (_, proxy), proxy.client() as client:
        assert client.get(path).status_code == 404
