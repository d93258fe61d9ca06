from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billdesk.ui.format import Formats

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "minor", "currency", "text"),
    [
        ("de_DE", 428400, "EUR", "4.284,00\u00a0€"),
        ("fr_FR", 428400, "EUR", "4\u202f284,00\u00a0€"),
        ("de_CH", 428400, "CHF", "CHF\u00a04’284.00"),
        ("en_IN", 123456789012, "INR", "₹1,23,45,67,890.12"),
        ("en_GB", 428400, "EUR", "€4,284.00"),
        ("en_US", -98000, "JPY", "−¥98,000"),
        ("en_GB", 5840000, "NOK", "NOK\u00a058,400.00"),
        ("en_GB", 0, "EUR", "€0.00"),
    ],
)
def test_money(locale: str, minor: int, currency: str, text: str):
    assert Formats(locale).money(minor, currency) == text


def test_exponent_of_the_books_overrules_the_locale_data():
    assert Formats("en_GB").money(1234567, "KWD", 3) == "KWD\u00a01,234.567"
    assert Formats("en_GB").money(12345, "ISK", 2) == "ISK\u00a0123.45"


def test_negative_amounts_carry_a_true_minus():
    assert Formats("de_DE").amount(-120050, "EUR") == "−1.200,50"


def test_numbers_keep_their_places():
    formats = Formats("de_DE")
    assert formats.number(Decimal("1200.5")) == "1.200,5"
    assert formats.number(Decimal("3")) == "3"
    assert formats.number(Decimal("100")) == "100"
    assert formats.number(Decimal("0.000001")) == "0,000001"
    assert formats.percent(Decimal("8.1")) == "8,1\u00a0%"
    assert formats.percent(Decimal("20")) == "20\u00a0%"
    assert formats.percent(Decimal("0")) == "0\u00a0%"


def test_dates():
    formats = Formats("en_GB")
    assert formats.date(date(2026, 12, 14)) == "14 Dec 2026"
    assert formats.date_short(date(2026, 12, 14), date(2026, 1, 1)) == "14 Dec"
    assert formats.date_short(date(2027, 1, 3), date(2026, 1, 1)) == "3 Jan 2027"
    assert formats.date_entry(date(2026, 2, 4)) == "04/02/2026"
    assert Formats("de_DE").date_entry(date(2026, 2, 4)) == "04.02.2026"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=30), "25 Oct 2026"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_relative_time(ago: timedelta, text: str):
    assert Formats("en_GB", UTC).relative(NOW - ago, NOW) == text


def test_time_of_day_is_in_the_users_zone():
    from zoneinfo import ZoneInfo

    assert Formats("en_GB", ZoneInfo("Europe/Oslo")).time(NOW) == "16:00"
