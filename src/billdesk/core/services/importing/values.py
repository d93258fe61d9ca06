"""Read numbers, dates and countries the way the file's locale writes them; never guess."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_decimal_symbol, get_group_symbol

from billdesk.core.domain.currencies import EXPONENTS
from billdesk.core.domain.dates import FIRST_DAY, LAST_DAY
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.search import search_key

LARGEST_DIGITS = 30
# CLDR groups with kinds of blanks and apostrophes that keyboards do not have.
_BLANKS = {" ", "\u00a0", "\u202f", "\u2009"}
_APOSTROPHES = {"'", "\u2019"}
_DATE_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<year>\d{2})",
    "MM": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{1,2})",
}
# Two digits of a year are of this century: no bank export or book is older.
_CENTURY = 2000
_ISO = re.compile(
    # A local time of day is left aside; one with a time zone could belong to another day.
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?"
)


class ValueProblem(Exception):
    """A text that is not what its column needs; the message says why."""


class ValueReader:
    """Reads texts by declared rules.

    Without ``locale`` numbers have a decimal point and no grouping. ``date_format`` is made of
    YYYY (or YY), MM and DD; without it dates are ISO 8601. Raises ``UserError`` for a locale or
    format that is not known.
    """

    def __init__(self, locale: str = "", date_format: str = "") -> None:
        self._locale = _parse_locale(locale)
        self._decimal = get_decimal_symbol(self._locale) if self._locale else "."
        self._number = _number_pattern(self._locale, self._decimal)
        self._date = _date_pattern(date_format) if date_format else _ISO
        self._date_format = date_format or "YYYY-MM-DD"
        self._countries: dict[str, str] | None = None

    def number(self, text: str) -> Decimal:
        """A decimal number. Raises ``ValueProblem``."""
        plain = text.strip().replace("\u2212", "-")
        if len(plain) > LARGEST_DIGITS or not self._number.fullmatch(plain):
            mark = "comma" if self._decimal == "," else "point"
            raise ValueProblem(f"“{_short(text)}” is not a number with a decimal {mark}.")
        digits = (c for c in plain if c in "+-" or c.isdigit() or c == self._decimal)
        return Decimal("".join(digits).replace(self._decimal, "."))

    def whole(self, text: str) -> int:
        """A whole number. Raises ``ValueProblem``."""
        value = self.number(text)
        if value != value.to_integral_value():
            raise ValueProblem(f"“{_short(text)}” is not a whole number.")
        return int(value)

    def day(self, text: str) -> date:
        """A plain date. Raises ``ValueProblem``."""
        found = self._date.fullmatch(text.strip())
        if found is None:
            raise ValueProblem(f"“{_short(text)}” is not a date written {self._date_format}.")
        try:
            year = int(found["year"]) + (_CENTURY if len(found["year"]) == 2 else 0)
            day = date(year, int(found["month"]), int(found["day"]))
        except ValueError:
            raise ValueProblem(f"“{_short(text)}” is a day that does not exist.") from None
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueProblem(f"“{_short(text)}” does not lie between {FIRST_DAY} and {LAST_DAY}.")
        return day

    def country(self, text: str) -> str:
        """The ISO 3166 code of a country given by code or name. Raises ``ValueProblem``."""
        if self._countries is None:
            self._countries = _country_names(self._locale)
        try:
            return self._countries[search_key(text)]
        except KeyError:
            raise ValueProblem(
                f"“{_short(text)}” is not a country BillDesk knows; use two letters such as DE, or "
                "translate it in the mapping file."
            ) from None

    @staticmethod
    def currency(text: str) -> str:
        """An ISO 4217 code. Raises ``ValueProblem``."""
        code = text.strip().upper()
        if code not in EXPONENTS:
            raise ValueProblem(f"“{_short(text)}” is not a currency code such as EUR.")
        return code

    @staticmethod
    def language(text: str) -> str:
        """A language code such as de or pt_BR. Raises ``ValueProblem``."""
        try:
            return str(Locale.parse(text.strip().replace("-", "_")))
        except (UnknownLocaleError, ValueError):
            raise ValueProblem(f"“{_short(text)}” is not a language code such as de.") from None

    @staticmethod
    def choice(text: str, choices: Iterable[str]) -> str:
        """One of a few words. Raises ``ValueProblem``."""
        word = text.strip().casefold()
        if word not in choices:
            raise ValueProblem(f"“{_short(text)}” is not one of {', '.join(choices)}.")
        return word


def _parse_locale(name: str) -> Locale | None:
    if not name:
        return None
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise UserError(
            f"“{name}” is not a locale BillDesk knows; use one like de, fr_CH or en.",
            field="locale",
        ) from None


def _number_pattern(locale: Locale | None, decimal: str) -> re.Pattern[str]:
    point = re.escape(decimal)
    plain = rf"[0-9]+({point}[0-9]*)?|{point}[0-9]+"
    if locale is None:
        return re.compile(rf"[+-]?({plain})")
    symbol = get_group_symbol(locale)
    alike = next((same for same in (_BLANKS, _APOSTROPHES) if symbol in same), {symbol})
    group = f"[{re.escape(''.join(sorted(alike)))}]"
    first, further = locale.decimal_formats[None].grouping
    grouped = (
        rf"[0-9]{{1,{further}}}({group}[0-9]{{{further}}})*{group}[0-9]{{{first}}}({point}[0-9]*)?"
    )
    return re.compile(rf"[+-]?({plain}|{grouped})")


def _date_pattern(date_format: str) -> re.Pattern[str]:
    parts = re.split("(YYYY|YY|MM|DD)", date_format)
    found = sorted(part for part in parts if part in _DATE_TOKENS)
    if found not in (["DD", "MM", "YYYY"], ["DD", "MM", "YY"]):
        raise UserError(
            f"The date format “{date_format}” needs YYYY (or YY), MM and DD once each, as in "
            "DD.MM.YYYY.",
            field="date_format",
        )
    pieces = [_DATE_TOKENS.get(part, re.escape(part)) for part in parts]
    if not any(part not in _DATE_TOKENS and part for part in parts):
        # Without separators only the full width tells month and day apart.
        pieces = [piece.replace("{1,2}", "{2}") for piece in pieces]
    return re.compile("".join(pieces))


def _country_names(locale: Locale | None) -> dict[str, str]:
    """Folded names and codes: two and three letters, English and the locale's names."""
    # Numeric and outdated codes are left out: a country is never guessed.
    territories = {
        str(code): str(name)
        for code, name in Locale("en").territories.items()
        if len(str(code)) == 2 and str(code).isalpha()
    }
    names = {
        search_key(alias): codes[0]
        for alias, codes in get_global("territory_aliases").items()
        if alias.isalpha() and len(codes) == 1 and codes[0] in territories
    }
    if locale is not None:
        for code, name in locale.territories.items():
            if code in territories:
                names[search_key(str(name))] = str(code)
    names.update({search_key(name): code for code, name in territories.items()})
    names.update({search_key(code): code for code in territories})
    names["uk"] = "GB"
    for pseudo in ("eu", "ez", "un", "xa", "xb", "zz"):
        names.pop(pseudo, None)
    return names


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
