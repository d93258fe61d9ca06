"""Figures and dates on documents, held against Babel, which knows the rules."""

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.documents.formatting import MINUS, formatter
from billdesk.core.documents.labels import CATALOGUE

PLACES = [("en", "US"), ("en", "DE"), ("en", "IN"), ("de", "DE"), ("de", "CH"), ("fr", "FR")]


@pytest.mark.parametrize(("language", "country"), PLACES)
@given(value=st.decimals(-(10**12), 10**12, allow_nan=False, places=6))
def test_numbers_read_as_babel_writes_them(language: str, country: str, value: Decimal) -> None:
    fmt = formatter(language, country)
    expected = format_decimal(value, locale=fmt.locale, decimal_quantization=False)
    if value == 0:
        expected = "0"
    assert fmt.number(value) == expected.replace("-", MINUS)


@given(minor=st.integers(-(10**15), 10**15), scale=st.sampled_from([0, 2, 3]))
def test_amounts_show_every_minor_unit(minor: int, scale: int) -> None:
    text = formatter("en", "US").amount(minor, scale)
    assert int(text.replace(",", "").replace(".", "").replace(MINUS, "-")) == minor
    assert len(text.rpartition(".")[2]) == scale or scale == 0


@pytest.mark.parametrize(
    ("language", "country", "minor", "scale", "currency", "expected"),
    [
        ("en", "DE", 2368211, 2, "EUR", "€23,682.11"),
        ("de", "DE", 2368211, 2, "EUR", "23.682,11 €"),
        ("fr", "FR", 2368211, 2, "EUR", "23 682,11 €"),
        ("de", "CH", 2368211, 2, "CHF", "CHF 23’682.11"),
        ("en", "US", -500, 0, "JPY", "−¥500"),
        ("en", "GB", 1234567, 3, "KWD", "KWD 1,234.567"),
    ],
)
def test_money_carries_its_currency(
    language: str, country: str, minor: int, scale: int, currency: str, expected: str
) -> None:
    text = formatter(language, country).money(minor, scale, currency)
    assert text.replace("\u00a0", " ").replace("\u202f", " ") == expected


def test_price_keeps_its_decimals_and_shows_at_least_the_currencys() -> None:
    fmt = formatter("de", "DE")
    assert fmt.number(Decimal("18.4"), 2) == "18,40"
    assert fmt.number(Decimal("0.012345"), 2) == "0,012345"
    assert fmt.number(Decimal("1E+3"), 2) == "1.000,00"


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("en", "US", "October 31, 2026"),
        ("en", "DE", "31 October 2026"),
        ("de", "AT", "31. Oktober 2026"),
        ("fr", "BE", "31 octobre 2026"),
    ],
)
def test_dates_follow_language_and_country(language: str, country: str, expected: str) -> None:
    assert formatter(language, country).day(date(2026, 10, 31)) == expected


def test_a_language_without_labels_is_english_as_a_whole() -> None:
    fmt = formatter("pl-PL", "PL")
    assert fmt.labels is CATALOGUE["en"]
    assert fmt.day(date(2026, 10, 31)) == "31 October 2026"


@pytest.mark.parametrize("language", list(CATALOGUE))
def test_a_territory_in_the_tag_wins_over_the_sellers(language: str) -> None:
    assert formatter(f"{language}-CH", "DE").labels is CATALOGUE[language]
    assert formatter("de-CH", "DE").amount(123456, 2) == "1’234.56"
