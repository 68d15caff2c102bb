"""Answers that are kept: validators, 304 without evaluating, what is never kept, and how much is kept at most."""

from __future__ import annotations

import pytest

from kg import tokens
from kg.web.cache import Cache, Kept, Key, Known, matches
from served import COUNT, make_graph, serving


@pytest.fixture(scope="module")
def served():
    with serving() as running:
        yield running


def outcome(served, query, **headers):
    """What the cache had for a query, by what the server counts."""
    before = dict(served.site.metrics.caches)
    answer = served.web.get("/sparql", params={"query": query}, headers=headers)
    after = served.site.metrics.caches
    return answer, [name for name in after if after[name] != before.get(name, 0)]


def test_the_second_time_it_is_kept(served):
    first, how = outcome(served, COUNT + "#kept")
    assert how == ["miss"]
    second, how = outcome(served, COUNT + "#kept")
    assert how == ["hit"]
    assert (first.content, dict(first.headers, date="")) == (second.content, dict(second.headers, date=""))
    assert served.web.post("/sparql", data={"query": COUNT + "#kept"}).content == first.content
    assert served.site.metrics.caches["hit"] == 2


def test_304_comes_without_evaluating(served):
    etag = served.ask(COUNT + "#304").headers["etag"]
    asked = served.site.metrics.caches.copy()
    for named in (etag, f'"x", W/{etag}', f'"x",{etag}'):
        answer = served.web.get("/sparql", params={"query": COUNT + "#304"}, headers={"If-None-Match": named})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert "Accept-Encoding" in answer.headers["vary"]
    served.site.serving.cache.__init__(served.site.serving.cache.release, 1 << 20)
    answer = served.web.get("/sparql", params={"query": COUNT + "#304"}, headers={"If-None-Match": etag})
    assert answer.status_code == 304
    assert served.site.metrics.caches["miss"] == asked["miss"]


def test_a_validator_tells_release_query_format_and_coding_apart(served):
    text = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    etags = {
        served.web.get("/sparql", params={"query": query, "format": form}, headers={"Accept-Encoding": coding}).headers[
            "etag"
        ]
        for query in (text, text + " ")
        for form in ("json", "csv")
        for coding in ("identity", "gzip", "br", "zstd")
    }
    assert len(etags) == 16
    graph = {"query": COUNT, "default-graph-uri": "https://example.org/relations/alpha/source/yearbook/L1"}
    assert served.web.get("/sparql", params=graph).headers["etag"] != served.ask(COUNT).headers["etag"]
    with serving(make_graph("<a:g> { <a:s> <a:p> 1 }")) as other:
        assert other.ask(text).headers["etag"] not in etags


@pytest.mark.parametrize(
    "expression",
    ["NOW()", "RAND ( )", "UUID()", "strUuid()", "BNODE()", "NOW#\n()", "bnode('a')", "NO\\u0057()", "1+rand()"],
)
def test_what_changes_each_time_is_never_kept(served, expression):
    text = f"SELECT ({expression} AS ?x) {{}}"
    if "\\u" not in expression:
        answer, how = outcome(served, text)
        assert how == ["never"]
        assert (answer.status_code, answer.headers["cache-control"], "etag" in answer.headers) == (
            200,
            "no-store",
            False,
        )
    assert tokens.is_volatile(text)


@pytest.mark.parametrize("text", [COUNT, "SELECT ?now ?rand { ?now <x:knows> ?rand }", "ASK { ?brand ?p 'now' }"])
def test_what_only_looks_so_is_kept(text):
    assert not tokens.is_volatile(text)


def test_new_blank_nodes_are_never_kept(served):
    answer = served.ask("CONSTRUCT { [] cr:value ?o } { ?s cr:value ?o }")
    assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-store", False)


def test_errors_are_never_kept(served):
    for query in ("ASK {", "CLEAR ALL"):
        assert served.ask(query).headers["cache-control"] == "no-store"


def key(n):
    return Key(f"ASK {{}} # {n}", (), (), "json")


def test_the_cache_is_bounded_and_forgets_the_longest_unused():
    cache = Cache("r", 20_000)
    for n in range(40):
        cache.put(key(n), Kept("text/csv", 1, {"identity": b"x" * 1000}))
        cache.get(key(0))
        assert cache.taken <= cache.size
    assert cache.get(key(0)) is not None
    assert cache.get(key(1)) is None
    assert cache.get(key(39)) is not None
    cache.put(key(99), Kept("text/csv", 1, {"identity": b"x" * 5000}))
    assert cache.get(key(99)) is None
    for n in range(40):
        cache._drop(key(n))
    assert (cache.taken, len(cache)) == (0, 0)


def test_another_coding_is_counted_too():
    cache = Cache("r", 100_000)
    cache.put(key(1), Kept("text/csv", 1, {"identity": b"x" * 1000}))
    taken = cache.taken
    cache.add(key(1), "gzip", b"x" * 10)
    assert cache.taken == taken + 10
    assert cache.get(key(1)).bodies.keys() == {"identity", "gzip"}


def test_addresses_that_are_known_are_bounded():
    cache = Cache("r", 1000)
    known = Known(key(1), "identity", "d")
    for n in range(5000):
        cache.remember(b"%d" % n, None, None, known)
    cache.remember(b"x" * 5000, None, None, known)
    assert cache.known(b"4999", None, None) == known
    assert cache.known(b"0", None, None) is None
    assert cache.known(b"x" * 5000, None, None) is None


@pytest.mark.parametrize(
    ("header", "found"), [(None, None), ('"a"', '"a"'), ('W/"b", "a"', '"a"'), ('"c"', None), ("*", None), ("a", None)]
)
def test_if_none_match(header, found):
    assert matches(header, ('"a"', '"z"')) == found
