"""What a text mentions: phrases, numbers and dates in English and Italian, each with its line."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.mentions import Text, fold, readings, roman


def text(raw: str, first: int = 1) -> Text:
    """A text whose first line has that number."""
    return Text(raw, list(range(first, first + raw.count("\n") + 1)))


# --- phrases -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "raw"),
    [
        ("Bacău", "an agreement with BACAU"),
        ("Esch-sur-Alzette", "Esch sur Alzette, 1958"),
        ("Québec", "QUÉBEC"),
        ("d’Austria", "Consolato d'Austria"),
        ("Ada Quill", "ADA  QUILL"),
        ("Straße", "STRASSE"),
    ],
)
def test_case_accents_and_punctuation_do_not_count(phrase, raw):
    assert text(raw).find(phrase) == {1}


@pytest.mark.parametrize(
    ("phrase", "raw"), [("Lyon", "Lyonnais"), ("Lyon", "SaintLyon"), ("New York", "New Delhi, York"), ("Lyon", "")]
)
def test_a_phrase_is_found_by_whole_words_in_order(phrase, raw):
    assert text(raw).find(phrase) == set()


def test_a_phrase_is_found_on_each_of_its_lines():
    assert text("Lyon and\nMetz\nand Lyon", first=40).find("lyon") == {40, 42}


def test_a_phrase_may_run_over_the_end_of_a_line():
    assert text("the Harbour\nForum opened", first=10).find("Harbour Forum") == {10, 11}


def test_a_word_broken_by_a_hyphen_at_a_lines_end_stands_on_both_lines():
    assert text("the twelfth Har-\nbour Forum", first=10).find("Harbour") == {10, 11}
    assert text("the twelfth Har-\nbour Forum", first=10).find("Harbour Forum") == {10, 11}


def test_lines_after_a_broken_word_keep_their_numbers():
    assert text("a Har-\nbour and\nan is-\nland near\nLyon", first=10).find("Lyon") == {14}


def test_a_sign_is_found_as_it_is():
    assert text("budget:\n€ 12", first=7).find("€") == {8}
    assert text("budget: EUR 12").find("€") == set()


def test_nothing_is_found_by_a_phrase_without_words():
    assert text("a b").find(" ") == set()


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(raw):
    assert fold(fold(raw)) == fold(raw)


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("38 cities", "38"),
        ("210,275 spectators", "210275"),
        ("210.275 spettatori", "210275"),
        ("210 275 spectators", "210275"),
        ("1.864 lines", "1864"),
        ("€ 220,500.00", "220500"),
        ("€ 220.500,00", "220500"),
        ("€ 1,250,000", "1250000"),
        ("3.7 million", "3700000"),
        ("3,7 milioni", "3700000"),
        ("€ 1.2m", "1200000"),
        ("12k", "12000"),
        ("30 mila", "30000"),
        ("12,5 per cento", "12.5"),
        ("twelve partners", "12"),
        ("the twelfth edition", "12"),
        ("Twenty-one cities", "21"),
        ("twenty one cities", "21"),
        ("four hundred people", "400"),
        ("five million", "5000000"),
        ("dodici partner", "12"),
        ("due milioni", "2000000"),
        ("mille", "1000"),
        ("la quinta edizione", "5"),
        ("XXIV edition", "24"),
        ("the 25th edition", "25"),
        ("once", "1"),
        ("2023", "2023"),
    ],
)
def test_a_number_is_read_in_digits_words_and_roman_numerals(raw, number):
    assert Decimal(number).normalize() in text(raw).numbers


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("210,275 spectators", "275"),
        ("€ 1,250,000", "1"),
        ("38 cities", "3"),
        ("mild weather", "1000"),
        ("I think", "1"),
        ("somone", "1"),
    ],
)
def test_a_number_is_not_read_out_of_parts(raw, number):
    assert Decimal(number).normalize() not in text(raw).numbers


def test_a_number_keeps_its_line():
    assert text("four\npartners and\n12 cities", first=5).numbers == {Decimal(4): {5}, Decimal(12): {7}}


def test_digits_with_a_point_may_mean_thousands_or_a_decimal():
    assert readings("2.500") == {Decimal(2500), Decimal("2.5")}
    assert readings("2.500.000") == {Decimal(2500000)}
    assert readings("2,50") == {Decimal("2.5")}


@given(st.integers(0, 10**9), st.sampled_from([",", ".", " "]))
def test_thousands_are_read_whatever_parts_them(value, sign):
    assert Decimal(value).normalize() in text(f"about {value:,} people".replace(",", sign)).numbers


@pytest.mark.parametrize(
    ("numeral", "value"), [("II", 2), ("IV", 4), ("XIX", 19), ("XL", 40), ("MCMXCVIII", 1998), ("MMXXIV", 2024)]
)
def test_roman_numerals(numeral, value):
    assert roman(numeral) == value


# --- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "days"),
    [
        ("12 March", [(3, 12)]),
        ("March 12, 2024", [(3, 12)]),
        ("the 12th of March", [(3, 12)]),
        ("12-14 March", [(3, 12), (3, 14)]),
        ("12–14 March", [(3, 12), (3, 14)]),
        ("March 12-14", [(3, 12), (3, 14)]),
        ("12 to 14 March 2024", [(3, 12), (3, 14)]),
        ("from 30 May to 2 June", [(5, 30), (6, 2)]),
        ("12, 13 and 14 March", [(3, 12), (3, 13), (3, 14)]),
        ("12 marzo", [(3, 12)]),
        ("il 1° maggio", [(5, 1)]),
        ("dal 3 al 5 giugno", [(6, 3), (6, 5)]),
        ("31 ottobre e 1 novembre", [(10, 31), (11, 1)]),
        ("12/03/2024", [(3, 12)]),
        ("12.3.2024", [(3, 12)]),
        ("March 2024", []),
        ("12 people in March 2024", []),
        ("12/13/2024", []),
    ],
)
def test_days_are_read_in_both_languages_and_out_of_ranges(raw, days):
    assert sorted(text(raw).days) == days


def test_a_range_gives_its_ends_and_not_what_lies_between():
    assert (3, 13) not in text("12-14 March").days


@pytest.mark.parametrize(("raw", "month"), [("in March 2024", 3), ("a marzo", 3), ("DECEMBER", 12), ("12/03/2024", 3)])
def test_months_are_read_without_a_day(raw, month):
    assert text(raw, first=9).months == {month: {9}}


def test_a_month_within_a_word_is_none():
    assert text("Marching maybe").months == {}


def test_a_date_that_runs_over_a_lines_end_stands_on_the_line_of_its_month():
    assert text("on 14 and 15\nOctober", first=3).days == {(10, 14): {4}, (10, 15): {4}}


@pytest.mark.parametrize(
    ("raw", "lines"), [("since 2005", {1}), ("2022-2024\n2005", {2}), ("12005", set()), ("20055", set())]
)
def test_a_year_stands_in_digits_of_its_own(raw, lines):
    assert text(raw).year(2005) == lines
