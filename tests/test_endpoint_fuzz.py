"""Whatever is sent, the answer is one that HTTP knows, has its form, and is never the server's own fault."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import status_code_conformance

from served import serving

PIECES = [
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "*", "?s", "?p", "{", "}", "(", ")", ".", ";", ",", "FROM", "NAMED"),
    *("GRAPH", "SERVICE", "<a:b>", "<a", "y23:L1", "city:alpha", "x:y", "'a'", '"""b', "1", "1e9", "FILTER", "BIND"),
    *(
        "AS",
        "NOW()",
        "RAND()",
        "REGEX('a','(')",
        "GROUP BY",
        "ORDER BY",
        "LIMIT",
        "-1",
        "99999999999999999999",
        "VALUES",
    ),
    *(
        "UNDEF",
        "<<(",
        ")>>",
        "\\u0041",
        "\\uD800",
        "\x00",
        "é",
        "𝒳",
        "#",
        "\n",
        "LOAD",
        "INSERT DATA",
        "BASE",
        "PREFIX",
    ),
]
QUERIES = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map(lambda inner: f"SELECT * {{ {' '.join(inner)} }}"),
    st.text(max_size=60),
)
ACCEPT = st.sampled_from(
    ["*/*", "text/html", "text/csv", "text/turtle", "application/ld+json", "a/b", ";q=1", "", "é/*"]
)
EXPECTED = {200, 303, 304, 400, 403, 404, 405, 406, 408, 411, 413, 414, 415, 429, 431, 503, 504}
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def served():
    with serving(query_seconds=1, client_slow_seconds=10_000) as running:
        yield running


def check(answer):
    assert answer.status_code in EXPECTED, (answer.status_code, answer.request.url, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"].partition(";")[0] in (
            "application/problem+json",
            "text/html",
            "text/plain",
        )
    assert answer.headers["x-content-type-options"] == "nosniff"


@FEW
@given(QUERIES, ACCEPT, st.sampled_from(["", "json", "csv", "turtle", "xml", "x", "é"]))
def test_any_query(served, query, accept, form):
    headers = {"Accept": accept.encode()}
    fields = {"query": query.encode("utf-8", "surrogatepass"), **({"format": form} if form else {})}
    check(served.web.get("/sparql?" + urlencode(fields), headers=headers))
    check(served.web.post("/sparql", data=fields, headers=headers))
    direct = {**headers, "Content-Type": "application/sparql-query"}
    check(served.web.post("/sparql", content=fields["query"], headers=direct))


@FEW
@given(
    st.binary(max_size=60), st.sampled_from(["application/x-www-form-urlencoded", "application/sparql-query", "a", ""])
)
def test_any_bytes(served, body, content_type):
    check(served.web.post("/sparql", content=body, headers={"Content-Type": content_type}))
    check(served.web.get("/sparql?" + body.decode("latin-1").encode("ascii", "ignore").hex(), headers={}))


NAMES = st.sampled_from(
    ["accept", "accept-encoding", "accept-language", "if-none-match", "content-type", "host", "x-forwarded-for"]
)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip)


@FEW
@given(
    st.dictionaries(NAMES, VALUES, max_size=5),
    st.sampled_from(["/sparql?query=ASK%7B%7D", "/sparql", "/", "/en/", "/x"]),
)
def test_any_headers(served, headers, path):
    try:
        answer = served.web.get(path, headers=headers)
    except httpx.DecodingError:  # the client's own
        return
    check(answer)


@FEW
@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=40))
def test_any_path(served, path):
    check(served.web.get("/" + quote(path)))


TEXT = {"schema": {"type": "string"}}
ANSWERS = {str(status): {"description": "an answer"} for status in sorted(EXPECTED)}
PARAMETERS = [
    {"name": "query", "in": "query", **TEXT},
    {"name": "default-graph-uri", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    {"name": "named-graph-uri", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    {
        "name": "format",
        "in": "query",
        "schema": {"enum": ["json", "xml", "csv", "tsv", "turtle", "jsonld", "ntriples"]},
    },
    {"name": "timeout", "in": "query", "schema": {"type": "number", "minimum": 0.001, "maximum": 1}},
]
FORM = {
    "type": "object",
    "properties": {"query": {"type": "string"}, "format": {"type": "string"}},
    "required": ["query"],
}
BODY = {"application/x-www-form-urlencoded": {"schema": FORM}, "application/sparql-query": TEXT}
INTERFACE = {
    "openapi": "3.0.3",
    "info": {"title": "endpoint", "version": "1"},
    "paths": {
        "/sparql": {
            "get": {"parameters": PARAMETERS, "responses": ANSWERS},
            "post": {"parameters": PARAMETERS[1:], "requestBody": {"content": BODY}, "responses": ANSWERS},
            "options": {"responses": {"204": {"description": "what it understands"}}},
        },
        "/health": {"get": {"responses": {"200": {"description": "up"}}}},
    },
}

schema = schemathesis.openapi.from_dict(INTERFACE)


@schemathesis.serializer("application/sparql-query")
def direct(_context, value):
    """A query as it is, in the body."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_interface_as_it_is_described(case, served):
    answer = case.call(base_url=str(served.web.base_url))
    assert answer.status_code in {*EXPECTED, 204}, answer.text
    case.validate_response(answer, checks=(status_code_conformance,))
