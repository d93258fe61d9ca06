from datetime import date

import pytest

from billdesk.ui.date_entry import DateEntryError, month_comes_first, parse_date

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "locale", "day"),
    [
        ("14.12.2026", "de_DE", date(2026, 12, 14)),
        ("14.12.2026", "en_US", date(2026, 12, 14)),
        ("14.12.26", "de_DE", date(2026, 12, 14)),
        ("14/12/2026", "en_GB", date(2026, 12, 14)),
        ("12/14/2026", "en_US", date(2026, 12, 14)),
        ("2026-12-14", "de_DE", date(2026, 12, 14)),
        ("2026/12/14", "ja_JP", date(2026, 12, 14)),
        ("14.12.", "de_DE", date(2026, 12, 14)),
        ("14 12", "de_DE", date(2026, 12, 14)),
        ("5.1.", "de_DE", date(2027, 1, 5)),
        ("29.2.", "de_DE", date(2028, 2, 29)),
        ("today", "en_GB", TODAY),
        (" +14 ", "en_GB", date(2026, 12, 8)),
        ("-1", "en_GB", date(2026, 11, 23)),
        ("+0", "en_GB", TODAY),
    ],
)
def test_reads_what_people_type(text: str, locale: str, day: date):
    today = date(2027, 6, 1) if text == "29.2." else TODAY
    assert parse_date(text, today=today, locale=locale) == day


def test_offset_counts_from_the_base():
    assert parse_date("+14", today=TODAY, base=date(2026, 12, 1)) == date(2026, 12, 15)


@pytest.mark.parametrize(
    "text", ["", "soon", "32.1.2026", "30.2.2026", "1", "2026-13-01", "+99999"]
)
def test_refuses_what_is_no_day(text: str):
    with pytest.raises(DateEntryError):
        parse_date(text, today=TODAY)


def test_knows_which_locales_write_the_month_first():
    assert month_comes_first("en_US")
    assert not month_comes_first("en_GB")
    assert not month_comes_first("de_DE")
