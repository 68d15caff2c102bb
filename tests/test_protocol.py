"""The SPARQL 1.1 Protocol: what comes in by GET, form and direct POST, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryRefused, RequestError
from kg.protocol import SparqlRequest, parse_form, read

FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}


def test_get():
    got = read("GET", b"query=ASK+%7B%7D&default-graph-uri=http%3A%2F%2Fa&default-graph-uri=http://b&format=csv", {})
    assert got == SparqlRequest("ASK {}", ("http://a", "http://b"), (), None, "csv")


def test_head_is_read_as_get():
    assert read("HEAD", b"query=ASK{}", {"accept": "text/csv"}) == SparqlRequest("ASK{}", accept="text/csv")


def test_get_without_query_is_no_error():
    assert read("GET", b"", {}) == SparqlRequest(None)
    assert read("GET", b"format=json", {}).query is None


def test_form_post():
    body = b"query=SELECT+*+%7B%7D&named-graph-uri=http%3A%2F%2Fa"
    assert read("POST", b"", FORM, body) == SparqlRequest("SELECT * {}", (), ("http://a",))


def test_direct_post_with_the_dataset_in_the_address():
    got = read("POST", b"default-graph-uri=http%3A%2F%2Fa", DIRECT, "ASK { ?s ?p 'è' }".encode())
    assert got == SparqlRequest("ASK { ?s ?p 'è' }", ("http://a",))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded;charset=UTF-8",
        'Application/X-WWW-Form-Urlencoded; charset="utf-8"',
        "application/x-www-form-urlencoded ; boundary=x",
    ],
)
def test_parameters_of_the_content_type(content_type):
    assert read("POST", b"", {"content-type": content_type}, b"query=ASK%7B%7D").query == "ASK{}"


def test_a_form_is_decoded_once():
    assert read("POST", b"", FORM, b"query=%2541%252B+%2B").query == "%41%2B +"
    assert parse_form(b"a=1&a=2&&b&c=d=e", "it") == {"a": ["1", "2"], "b": [""], "c": ["d=e"]}


def test_unknown_parameters_are_passed_over():
    assert read("GET", b"query=ASK%7B%7D&should-sponge=soft", {}).query == "ASK{}"


@pytest.mark.parametrize(
    ("method", "address", "headers", "body", "message"),
    [
        pytest.param("GET", b"query=a&query=b", {}, b"", "`query` 2 times", id="two-queries"),
        pytest.param("POST", b"", FORM, b"query=a&query=b", "`query` 2 times", id="two-queries-in-a-form"),
        pytest.param("POST", b"query=a", FORM, b"query=b", "`query` 2 times", id="query-in-address-and-form"),
        pytest.param("POST", b"query=a", DIRECT, b"ASK{}", "`query` 2 times", id="query-in-address-and-body"),
        pytest.param("GET", b"query=ASK%7B%7D&format=a&format=b", {}, b"", "`format` 2 times", id="two-formats"),
        pytest.param("POST", b"", FORM, b"", "no query", id="empty-form"),
        pytest.param("POST", b"", FORM, b"Query=ASK%7B%7D", "no query", id="names-have-their-case"),
        pytest.param("POST", b"", {}, b"ASK{}", "body without content type", id="no-content-type"),
        pytest.param("POST", b"", {"content-type": "text/plain"}, b"ASK{}", "text/plain is not", id="wrong-type"),
        pytest.param("POST", b"", {"content-type": "multipart/form-data"}, b"", "multipart/form-data", id="multipart"),
        pytest.param(
            "POST",
            b"",
            DIRECT | {"content-type": "application/sparql-query; charset=utf-16"},
            b"A",
            "utf-16",
            id="utf-16",
        ),
        pytest.param("POST", b"", DIRECT, b"ASK { ?s ?p '\xe8' }", "not UTF-8 at byte 13", id="latin-1"),
        pytest.param("GET", b"query=%E8", {}, b"", "not UTF-8", id="latin-1-escaped"),
        pytest.param("GET", b"query=%ED%A0%80", {}, b"", "not UTF-8", id="surrogate"),
        pytest.param("GET", b"query=100%", {}, b"", "broken escape '%'", id="bare-percent"),
        pytest.param("GET", b"query=%zz", {}, b"", "broken escape '%zz'", id="no-hex"),
        pytest.param("GET", b"query=", {}, b"", "query is empty", id="empty-query"),
        pytest.param("POST", b"", DIRECT, b" \n", "query is empty", id="blank-query"),
    ],
)
def test_what_is_no_request(method, address, headers, body, message):
    with pytest.raises(RequestError, match=message) as caught:
        read(method, address, headers, body)
    assert not isinstance(caught.value, QueryRefused)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("method", "address", "headers", "body"),
    [
        ("GET", b"update=CLEAR+ALL", {}, b""),
        ("POST", b"", FORM, b"update=CLEAR+ALL"),
        ("POST", b"", FORM, b"query=ASK%7B%7D&update=CLEAR+ALL"),
        ("POST", b"", {"content-type": "application/sparql-update; charset=utf-8"}, b"CLEAR ALL"),
    ],
)
def test_updates_are_refused(method, address, headers, body):
    with pytest.raises(QueryRefused, match="updates are refused"):
        read(method, address, headers, body)


def test_the_longest_query_in_bytes():
    assert read("GET", b"query=ASK%7B%7D%23%C3%A8", {}, longest=8).query == "ASK{}#è"
    with pytest.raises(RequestError, match="has 8 bytes") as caught:
        read("GET", b"query=ASK%7B%7D%23%C3%A8", {}, longest=7)
    assert caught.value.remedy == "keep it within 7 bytes of UTF-8"


@given(
    st.sampled_from(["GET", "POST"]),
    st.binary(max_size=40),
    st.sampled_from([{}, FORM, DIRECT]),
    st.binary(max_size=40),
)
def test_whatever_comes_in_is_a_request_or_an_error_of_ours(method, address, headers, body):
    with suppress(RequestError):
        assert isinstance(read(method, address, headers, body), SparqlRequest)
