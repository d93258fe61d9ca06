from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.ui.format import Formats
from billdesk.ui.number_entry import NumberEntryError, parse_number

LOCALES = ["de_DE", "fr_FR", "de_CH", "en_IN", "en_GB", "en_US"]


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("1.200,50", "de_DE", "1200.50"),
        ("1,200.50", "de_DE", "1200.50"),
        ("1.200,50", "en_GB", "1200.50"),
        ("1,200.50", "en_GB", "1200.50"),
        ("1 200,50", "fr_FR", "1200.50"),
        ("1\u202f200,50", "fr_FR", "1200.50"),
        ("1'200.50", "de_CH", "1200.50"),
        ("1’200.50", "de_CH", "1200.50"),
        ("1,23,45,678.90", "en_IN", "12345678.90"),
        ("1.234.567", "de_DE", "1234567"),
        ("1,234,567", "de_DE", "1234567"),
        ("1.200", "de_DE", "1200"),
        ("1.200", "en_GB", "1.200"),
        ("1,200", "en_GB", "1200"),
        ("1,200", "de_DE", "1.200"),
        ("12.5", "de_DE", "12.5"),
        ("0.500", "de_DE", "0.500"),
        ("1234.567", "de_DE", "1234.567"),
        (".5", "en_GB", "0.5"),
        (",5", "de_DE", "0.5"),
        ("5,", "de_DE", "5"),
        ("12*90", "en_GB", "1080"),
        ("12 x 90".replace("x", "×"), "en_GB", "1080"),
        ("1.200,50 + 3*2", "de_DE", "1206.50"),
        ("(1+2)*3", "en_GB", "9"),
        ("10/4", "en_GB", "2.5"),
        ("19", "de_DE", "19"),
        ("-5", "en_GB", "-5"),
        ("−5", "en_GB", "-5"),
        ("--5", "en_GB", "5"),
        ("€ 1.200,50", "de_DE", "1200.50"),
        ("1,200.50 $", "en_US", "1200.50"),
        ("١٢٣", "en_GB", "123"),
    ],
)
def test_reads_what_people_type(text: str, locale: str, value: str):
    assert parse_number(text, locale) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["1e3", "abc", "12a", "1..2", "1,2,3", "1.2.3", "12,34,56", "(1", "1)", "*5", "5*", "1 2",
     "0x10", "NaN", "inf", "1_000", "+", "()", "1'2", "((((((((((1))))))))))", "12..", "1.200,5,0"],
)  # fmt: skip
def test_refuses_what_is_not_a_number_and_names_it(text: str):
    with pytest.raises(NumberEntryError, match="is not a number"):
        parse_number(text, "de_DE")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Type a number"),
        ("   ", "Type a number"),
        ("5/0", "divided by zero"),
        ("0/0", "divided by zero"),
        ("9" * 16, "too large"),
        ("9" * 65, "too long"),
    ],
)
def test_says_what_is_wrong(text: str, message: str):
    with pytest.raises(NumberEntryError, match=message):
        parse_number(text, "en_GB")


def test_refuses_what_can_mean_two_things():
    # Swiss numbers group with an apostrophe: a comma before three digits says neither.
    with pytest.raises(NumberEntryError, match=r"Type 1200 or 1\.2"):
        parse_number("1,200", "de_CH")
    with pytest.raises(NumberEntryError, match="Type 1200 or 1,2"):
        parse_number("1.200", "fr_FR")


@given(
    minor=st.integers(min_value=-(10**12), max_value=10**12),
    locale=st.sampled_from(LOCALES),
    exponent=st.sampled_from([0, 2]),
)
def test_reads_back_what_the_window_writes(minor: int, locale: str, exponent: int):
    written = Formats(locale).amount(minor, "EUR", exponent)
    assert parse_number(written, locale) == Decimal(minor).scaleb(-exponent)


@given(
    value=st.decimals(min_value=0, max_value=10**6, places=4, allow_nan=False),
    locale=st.sampled_from(LOCALES),
)
def test_reads_back_quantities(value: Decimal, locale: str):
    assert parse_number(Formats(locale).number(value), locale) == value
