"""Read a typed date: ``14.12.2026``, ``2026-12-14``, ``14/12``, ``14 12``, ``+14``, ``today``."""

import re
from datetime import date, timedelta

from babel import Locale

from billdesk.ui.text import tr

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_OFFSET = re.compile(r"([+-])\s*(\d{1,4})")
_PARTS = re.compile(r"(\d{1,4})[./\s-]+(\d{1,2})[./\s-]*(\d{2}|\d{4})?[.]?")


class DateEntryError(ValueError):
    """The text is not a date; the message says what to type instead."""


def month_comes_first(locale: str) -> bool:
    """Whether the locale writes the month before the day (``12/14/2026``)."""
    pattern = str(Locale.parse(locale).date_formats["short"].pattern)
    return pattern.index("M") < pattern.index("d")


def parse_date(text: str, *, today: date, base: date | None = None, locale: str = "en_GB") -> date:
    """The typed day.

    ``+14`` counts from ``base`` (the issue date for a due date), else from ``today``. A dot
    always means day first. Without a year the nearest such day to today is meant.

    Raises:
        DateEntryError: empty, not a date, or no such day.
    """
    cleaned = text.strip().lower().replace("\u2212", "-")
    if not cleaned:
        raise DateEntryError(tr("Type a date."))
    if cleaned in ("today", tr("today").lower()):
        return today
    try:
        if match := _OFFSET.fullmatch(cleaned):
            days = int(match.group(2))
            return (base or today) + timedelta(days=days if match.group(1) == "+" else -days)
        if match := _ISO.fullmatch(cleaned):
            return date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
        if match := _PARTS.fullmatch(cleaned):
            return _from_parts(match, cleaned, today, locale)
    except (ValueError, OverflowError) as error:
        raise DateEntryError(tr("There is no such day.")) from error
    raise DateEntryError(tr("Type a date such as {day} or +14.").format(day=today.isoformat()))


def _from_parts(match: re.Match[str], text: str, today: date, locale: str) -> date:
    first, second, year_text = int(match.group(1)), int(match.group(2)), match.group(3)
    if first > 31 and year_text is not None:
        return date(first, second, int(year_text))
    swapped = month_comes_first(locale) and "." not in text
    day, month = (second, first) if swapped else (first, second)
    if year_text is None:
        around = [
            made
            for year in (today.year - 1, today.year, today.year + 1)
            if (made := _day_or_none(year, month, day)) is not None
        ]
        if not around:
            raise ValueError("no such day")
        return min(around, key=lambda made: abs(made - today))
    year = int(year_text)
    return date(year + 2000 if year < 100 else year, month, day)


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
