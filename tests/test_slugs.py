"""Slugs: what the last part of an IRI must be, computed from the facts."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.slugs import SLUG, expected_starts, slug_of, unnamed_slugs
from kg.store import TYPE, cr

ALPHA = "https://example.org/relations/alpha/"
OWN = [ALPHA + "city/alpha"]
XSD = "http://www.w3.org/2001/XMLSchema#"


def node(path: str) -> ox.NamedNode:
    return ox.NamedNode(ALPHA + path)


def date(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)]))


def engine(subject: str, *facts: tuple[str, ox.NamedNode | ox.Literal]) -> ox.Store:
    """A store in which a passage states these facts of a subject, and in which every city is one."""
    store = ox.Store()
    for name, value in facts:
        store.add(ox.Quad(node(subject), cr(name), value, node("source/d/L1")))
        if isinstance(value, ox.NamedNode) and "/city/" in value.value:
            store.add(ox.Quad(value, TYPE, cr("City")))
    return store


@pytest.mark.parametrize(
    ("term", "slug"),
    [
        (node("city/lyon"), "lyon"),
        (cr("start"), "start"),
        (ox.Literal("292500.5"), "292500-5"),
        (date("2024-04"), "2024-04"),
        (ox.Literal("Più di"), "pi-di"),
    ],
)
def test_the_slug_of_a_term(term, slug):
    assert slug_of(term) == slug


@pytest.mark.parametrize("slug", ["lyon", "lyon-2024-04", "100-cities"])
def test_slugs_are_lower_case_words_with_hyphens(slug):
    assert SLUG.fullmatch(slug)


@pytest.mark.parametrize("slug", ["Lyon", "lyon_2024", "-lyon", "lyon--2024", "córdoba", ""])
def test_other_forms_are_no_slugs(slug):
    assert SLUG.fullmatch(slug) is None


def test_a_holding_is_named_after_person_and_post():
    store = engine("holding/x", ("holder", node("person/ada-quill")), ("post", node("post/mayor-of-alpha")))
    assert unnamed_slugs(store, node("holding/x"), "holding") == ["ada-quill-mayor-of-alpha"]


def test_a_membership_is_named_after_member_and_body():
    store = engine("membership/x", ("member", node("city/alpha")), ("organisation", node("organisation/lanterns")))
    assert unnamed_slugs(store, node("membership/x"), "membership") == ["alpha-lanterns"]


def test_a_participation_is_named_after_agent_situation_and_role():
    store = engine(
        "participation/x", ("agent", node("city/beta")), ("in", node("project/tide")), ("role", node("role/pilot"))
    )
    assert unnamed_slugs(store, node("participation/x"), "participation") == ["beta-tide-pilot"]


def test_a_figure_is_named_after_its_thing_and_measure_and_what_tells_it_apart():
    store = engine(
        "figure/x",
        ("of", node("event/fair")),
        ("measure", node("measure/visitors")),
        ("value", ox.Literal(400)),
        ("qualifier", node("qualifier/up-to")),
    )
    assert unnamed_slugs(store, node("figure/x"), "figure") == [
        "fair-visitors",
        "fair-visitors-up-to",
        "fair-visitors-400",
        "fair-visitors-up-to-400",
        "fair-visitors-400-up-to",
    ]


def test_a_node_that_lacks_a_part_has_no_slug():
    store = engine("holding/x", ("holder", node("person/ada-quill")))
    assert unnamed_slugs(store, node("holding/x"), "holding") == []


def test_a_node_that_joins_several_may_be_named_after_any():
    store = engine("holding/x", ("holder", node("person/a")), ("holder", node("person/b")), ("post", node("post/p")))
    assert unnamed_slugs(store, node("holding/x"), "holding") == ["a-p", "b-p"]


def test_an_agreement_is_named_after_the_other_city_and_the_year():
    store = engine(
        "agreement/x", ("party", node("city/alpha")), ("party", node("city/beta")), ("start", date("2024-04-15"))
    )
    assert expected_starts(store, node("agreement/x"), "agreement", OWN) == ["beta-2024"]


def test_an_agreement_without_a_city_or_a_date_is_free():
    store = engine(
        "agreement/x", ("party", node("city/alpha")), ("party", node("organisation/museum")), ("start", date("2024"))
    )
    assert expected_starts(store, node("agreement/x"), "agreement", OWN) == []
    store = engine("agreement/x", ("party", node("city/alpha")), ("party", node("city/beta")))
    assert expected_starts(store, node("agreement/x"), "agreement", OWN) == []


def test_a_mission_is_named_after_destination_and_month():
    store = engine(
        "mission/x",
        ("destination", node("city/beta")),
        ("destination", node("city/gamma")),
        ("start", date("2024-03-12")),
    )
    assert expected_starts(store, node("mission/x"), "mission", OWN) == ["beta-2024-03", "gamma-2024-03"]


def test_a_visit_is_named_after_where_it_came_from():
    store = engine("visit/x", ("sender", node("city/beta")), ("start", date("2024-10-14")))
    assert expected_starts(store, node("visit/x"), "visit", OWN) == ["beta-2024"]
    store = engine("visit/x", ("sender", node("city/beta")), ("sender", node("city/gamma")), ("start", date("2024")))
    assert expected_starts(store, node("visit/x"), "visit", OWN) == []


def test_an_edition_is_named_after_series_and_year():
    store = engine("event/x", ("inSeries", node("series/fair")), ("start", date("2023-06-03")))
    assert expected_starts(store, node("event/x"), "event", OWN) == ["fair-2023"]


def test_dates_that_are_none_expect_nothing():
    wrong = ox.Literal("19x7", datatype=ox.NamedNode(XSD + "gYear"))
    store = engine("event/x", ("inSeries", node("series/fair")), ("start", wrong))
    assert expected_starts(store, node("event/x"), "event", OWN) == []


def test_other_kinds_are_named_freely():
    assert expected_starts(engine("project/x", ("start", date("2024"))), node("project/x"), "project", OWN) == []
