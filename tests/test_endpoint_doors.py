"""Doors: a listener on loopback proves that nothing calls it, and an allow-list opens SERVICE for whom it names."""

from __future__ import annotations

import http.server
import socket
import threading
from contextlib import contextmanager

import pytest

from served import serving
from test_web import SPELLINGS

JSON = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"from afar"}}]}}'
MORE = [
    "SELECT * {{ ?s ?p 1SERVICE{}{{}} }}",
    "SELECT * {{ GRAPH ?g {{ SERVICE {} {{}} }} }}",
    "SELECT * {{ {{}} MINUS {{ SERVICE {} {{}} }} }}",
    "SELECT * {{ OPTIONAL {{ SERVICE SILENT {} {{}} }} }}",
    "ASK {{ FILTER NOT EXISTS {{ SERVICE {} {{}} }} }}",
    "SELECT * {{ SERVICE {} {{ SERVICE {} {{}} }} }}".replace("{} {{}}", "<a:b> {{}}"),
    "BASE {} SELECT * {{ SERVICE <x> {{}} }}",
    "SELECT (1 AS ?x)FROM{}{{}}",
    "SELECT * FROM NAMED{}{{}}",
    "LOAD{}",
    "# SELECT\nLOAD {}",
    "INSERT DATA {{ <a:b> <a:c> 1 }} ; LOAD {}",
]


@contextmanager
def endpoint(body=JSON, status=200, location=None):
    """A SPARQL endpoint on loopback that notes who calls it."""
    calls = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            calls.append(self.path)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql", calls
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_no_spelling_opens_a_door_by_any_way_of_asking():
    with serving() as served, socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        target = f"<http://127.0.0.1:{trap.getsockname()[1]}/>"
        spellings = [*SPELLINGS, *MORE]
        assert len(spellings) >= 25
        for spelling in spellings:
            text = spelling.format(target, target)
            direct = {"Content-Type": "application/sparql-query"}
            statuses = [
                served.ask(text).status_code,
                served.web.post("/sparql", data={"query": text}).status_code,
                served.web.post("/sparql", content=text.encode(), headers=direct).status_code,
            ]
            assert statuses == [403] * 3, text
            assert served.web.get("/sparql", params={"query": "ASK {}", "default-graph-uri": target}).status_code == 403
        assert served.web.post("/sparql", data={"update": f"LOAD {target}"}).status_code == 403
        with pytest.raises(TimeoutError):
            trap.accept()


def test_an_endpoint_that_is_named_may_be_asked_and_no_other():
    with endpoint() as (named, calls), endpoint() as (other, others), serving(services=named) as served:
        assert served.rows(f"SELECT ?x {{ SERVICE <{named}> {{ ?s ?p ?x }} }}") == ["from afar"]
        assert len(calls) == 1
        for text in (
            f"SELECT * {{ SERVICE <{other}> {{}} }}",
            f"SELECT * {{ SERVICE <{named}> {{}} SERVICE <{other}> {{}} }}",
            f"SELECT * {{ BIND(<{other}> AS ?e) SERVICE ?e {{}} }}",
            f"SELECT * {{ SERVICE <{named}> {{}} BIND(<{other}> AS ?e) SERVICE ?e {{}} }}",
            f"LOAD <{named}>",
        ):
            assert served.ask(text).status_code == 403, text
        assert (len(calls), others) == (1, [])
        answer = served.ask(f"SELECT ?x {{ SERVICE <{named}> {{ ?s ?p ?x }} }}")
        assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-store", False)


def test_an_endpoint_that_does_not_answer_is_named():
    with endpoint(status=500) as (named, _), serving(services=named) as served:
        answer = served.ask(f"SELECT * {{ SERVICE <{named}> {{}} }}")
        assert answer.status_code == 502
        assert answer.json()["detail"] == f"an endpoint that SERVICE asks does not answer: {named}"
        assert served.rows(f"SELECT * {{ SERVICE SILENT <{named}> {{}} }}") == [""]


def test_an_endpoint_that_is_named_cannot_send_us_elsewhere():
    for status in (302, 307):
        with (
            endpoint() as (elsewhere, calls),
            endpoint(status=status, location=elsewhere) as (named, _),
            serving(services=named) as served,
        ):
            assert served.ask(f"SELECT * {{ SERVICE <{named}> {{}} }}").status_code == 502
            assert calls == []
