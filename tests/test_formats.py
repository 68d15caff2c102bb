"""Which format a client gets: by `Accept` as RFC 9110 weighs it, or by name."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import NotAcceptable
from kg.formats import (
    ALL,
    CSV,
    DATASETS,
    GRAPHS,
    HTML,
    JSON,
    JSON_LD,
    N_TRIPLES,
    RDF_XML,
    RESULTS,
    TSV,
    TURTLE,
    XML,
    Wish,
    by_name,
    choose,
    negotiate,
    wishes,
)

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param(None, JSON, id="absent"),
        pytest.param("", JSON, id="empty"),
        pytest.param("*/*", JSON, id="star"),
        pytest.param("*", JSON, id="star-of-old-clients"),
        pytest.param(JAVA, JSON, id="java"),
        pytest.param("application/*", JSON, id="sub-star"),
        pytest.param("text/*", XML, id="sub-star-of-an-alias"),
        pytest.param("text/csv", CSV, id="exact"),
        pytest.param("TEXT/CSV", CSV, id="upper-case"),
        pytest.param("application/json", JSON, id="alias"),
        pytest.param("text/csv;q=0.4, text/tab-separated-values;q=0.7", TSV, id="q-values"),
        pytest.param("text/csv; q=0.2, */*; q=0.1", CSV, id="q-with-spaces"),
        pytest.param("*/*;q=0.9, text/csv", CSV, id="q-of-one-by-default"),
        pytest.param("application/sparql-results+json;q=0, */*", XML, id="exclusion"),
        pytest.param("*/*, application/sparql-results+json;q=0.0, application/json", XML, id="no-alias-revives-it"),
        pytest.param("application/json;q=0, */*", JSON, id="exclusion-of-an-alias-only"),
        pytest.param("text/csv;charset=utf-8", CSV, id="charset"),
        pytest.param('text/csv;charset="utf-8";q=0.5, application/xml;q=0.1', CSV, id="quoted-charset"),
        pytest.param('text/csv;note="a,b;q=0";q=0.5', CSV, id="comma-in-quotes"),
        pytest.param("text/csv, */*", CSV, id="the-exact-before-the-star"),
        pytest.param("application/*;q=0.1, application/sparql-results+xml;q=0.8, */*;q=0.5", XML, id="specificity"),
        pytest.param("text/csv;q=high, text/tab-separated-values", TSV, id="malformed-q"),
        pytest.param("nonsense, ;;, text/csv", CSV, id="malformed-elements"),
        pytest.param("nonsense", JSON, id="nothing-well-formed"),
        pytest.param("text/csv;q=7, text/tab-separated-values", CSV, id="q-above-one"),
        pytest.param(BROWSER, XML, id="browser"),
    ],
)
def test_accept_chooses_among_results(accept, expected):
    assert negotiate(accept, RESULTS) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TURTLE),
        ("*/*", TURTLE),
        (BROWSER, HTML),
        ("text/html, */*", HTML),
        ("application/json", JSON_LD),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', JSON_LD),
        ("application/rdf+xml, text/turtle;q=0.9", RDF_XML),
        ("application/n-triples", N_TRIPLES),
    ],
)
def test_accept_chooses_between_page_and_graph(accept, expected):
    assert negotiate(accept, (*GRAPHS, HTML)) is expected


def test_the_default_wins_among_equals_only():
    assert negotiate("*/*", RESULTS, CSV) is CSV
    assert negotiate("application/json", RESULTS, CSV) is JSON


@pytest.mark.parametrize("accept", ["application/foo", "image/png, application/foo;q=0.1", "*/*;q=0", "text/html"])
def test_nothing_that_fits_is_said_with_what_is_offered(accept):
    with pytest.raises(NotAcceptable) as caught:
        negotiate(accept, RESULTS)
    assert caught.value.offered == (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    )
    assert accept in caught.value.message
    assert "csv (text/csv)" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "offered", "expected"),
    [
        ("json", RESULTS, JSON),
        ("json", GRAPHS, JSON_LD),
        ("srx", RESULTS, XML),
        ("xml", GRAPHS, RDF_XML),
        ("CSV", RESULTS, CSV),
        ("ttl", GRAPHS, TURTLE),
        ("n-triples", GRAPHS, N_TRIPLES),
        ("text/turtle", GRAPHS, TURTLE),
        ("text/csv; charset=utf-8", RESULTS, CSV),
    ],
)
def test_a_format_by_name_extension_or_media_type(name, offered, expected):
    assert by_name(name, offered) is expected


def test_a_name_that_is_not_offered():
    with pytest.raises(NotAcceptable, match="'turtle' is not offered"):
        by_name("turtle", RESULTS)


def test_a_name_alone_is_looked_for_among_all():
    assert by_name("nquads") is DATASETS[-1]


def test_the_name_goes_before_accept():
    assert choose("csv", "application/json", RESULTS) is CSV
    assert choose(None, "application/json", RESULTS) is JSON
    assert choose("", "application/json", RESULTS) is JSON


def test_the_list_agrees_with_the_engine():
    for form in ALL:
        assert form.media_types[0] == form.engine.media_type.partition(";")[0]
        assert form.extension == form.engine.file_extension
        assert form.iri.startswith("http://www.w3.org/ns/formats/")


def test_text_says_its_charset():
    assert CSV.content_type == "text/csv; charset=utf-8"
    assert JSON.content_type == "application/sparql-results+json"


def test_names_are_unambiguous():
    for offered in (RESULTS, DATASETS):
        names = [name for form in offered for name in {form.name, form.extension, *form.aliases, *form.media_types}]
        assert len(names) == len(set(names))


def test_weights_of_a_language_header():
    assert list(wishes("it-IT, it;q=0.9,en;q=0.8")) == [Wish("it-it", 1.0), Wish("it", 0.9), Wish("en", 0.8)]


@given(st.text(alphabet='*/;q=0.19, "\\abctexhml+json', max_size=80))
def test_no_header_breaks_negotiation(accept):
    with suppress(NotAcceptable):
        assert negotiate(accept, RESULTS) in RESULTS
