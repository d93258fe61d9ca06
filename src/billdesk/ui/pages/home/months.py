"""Months by name."""

from datetime import date

from babel.dates import format_date

from billdesk.ui.format import Formats


def month_name(formats: Formats, day: date) -> str:
    """``October``, as it stands in a sentence."""
    return format_date(day, "MMMM", locale=formats.locale)


def month_short(formats: Formats, day: date) -> str:
    """``Oct``, as it stands by itself."""
    return format_date(day, "LLL", locale=formats.locale)
