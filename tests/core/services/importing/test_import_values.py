"""Numbers, dates and countries by declared rules."""

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.dates import FIRST_DAY, LAST_DAY
from billdesk.core.domain.errors import UserError
from billdesk.core.services.importing.values import ValueProblem, ValueReader

LOCALES = ("de", "fr", "de_CH", "fr_CH", "en", "en_IN", "es", "pt_BR", "sv")
NUMBERS = st.decimals(
    min_value=Decimal("-999999999999"), max_value=Decimal("999999999999"), places=6
)


@given(NUMBERS, st.sampled_from(LOCALES), st.booleans())
def test_a_number_written_by_a_locale_is_read_back(
    number: Decimal, locale: str, grouped: bool
) -> None:
    text = format_decimal(
        number,
        "#,##0.######" if not locale.endswith("IN") else "#,##,##0.######",
        locale=locale,
        group_separator=grouped,
    )
    assert ValueReader(locale).number(text) == number


@given(NUMBERS)
def test_without_a_locale_numbers_are_plain(number: Decimal) -> None:
    assert ValueReader().number(format(number, "f")) == number


@given(
    st.dates(FIRST_DAY, LAST_DAY),
    st.sampled_from(["DD.MM.YYYY", "MM/DD/YYYY", "YYYYMMDD", "DD-MM-YYYY"]),
)
def test_a_date_is_read_back(day: date, date_format: str) -> None:
    text = date_format
    for token, value in (("YYYY", f"{day.year:04}"), ("MM", f"{day:%m}"), ("DD", f"{day:%d}")):
        text = text.replace(token, value)
    assert ValueReader(date_format=date_format).day(text) == day
    assert ValueReader().day(day.isoformat()) == day


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("", "1,5"),
        ("", "1,234.00"),
        ("en", "123,00"),
        ("de", "123.00"),
        ("de", "1.23,4"),
        ("en", "1,,234"),
        ("en", "0x1F"),
        ("en", "NaN"),
        ("en", "1e5"),
        ("en", "12 345"),
        ("en", "- 5"),
        ("en", "1.2.3"),
        ("en", "٣"),
        ("en", "9" * 40),
    ],
)
def test_what_another_locale_wrote_is_refused_rather_than_guessed(locale: str, text: str) -> None:
    with pytest.raises(ValueProblem):
        ValueReader(locale).number(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1\u00a0234,5", "1234.5"), ("1 234,5", "1234.5"), ("\u22125", "-5"), ("+7,25", "7.25")],
)
def test_kinds_of_blanks_and_minus_signs_are_one(text: str, number: str) -> None:
    assert ValueReader("fr").number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["2025-02-29", "03.02.2025", "2025-1-1", "2025-01-01T00:00:00Z", "", "20250101"]
)
def test_a_date_that_is_not_iso_is_refused(text: str) -> None:
    with pytest.raises(ValueProblem):
        ValueReader().day(text)


def test_a_local_time_of_day_is_left_aside() -> None:
    assert ValueReader().day("2021-01-31 23:59:59") == date(2021, 1, 31)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("ÖSTERREICH", "AT"),
        ("USA", "US"),
        ("UK", "GB"),
        ("deu", "DE"),
        ("Côte d’Ivoire", "CI"),
    ],
)
def test_a_country_is_known_by_code_and_name(text: str, code: str) -> None:
    assert ValueReader("de").country(text) == code


@pytest.mark.parametrize("text", ["Germania", "ZZ", "EU", "276", ""])
def test_an_unknown_country_is_refused(text: str) -> None:
    with pytest.raises(ValueProblem):
        ValueReader("de").country(text)


@pytest.mark.parametrize(("locale", "date_format"), [("xx_YY", ""), ("de", "%d.%m"), ("", "DD.MM")])
def test_rules_that_do_not_exist_are_refused(locale: str, date_format: str) -> None:
    with pytest.raises(UserError):
        ValueReader(locale, date_format)
