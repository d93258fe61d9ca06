"""Numbers, money and dates as they are printed, by the rules of the document's language.

Babel knows the rules; plain numbers are grouped here because a long invoice prints thousands and
Babel needs some 30 µs for each. Amounts use U+2212 as their minus.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_percent

from billdesk.core.documents.labels import CATALOGUE, DEFAULT_LANGUAGE, Labels

_CODE_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")
MINUS = "\N{MINUS SIGN}"
# Plain "en" is American to CLDR; a seller elsewhere expects day before month.
_ENGLISH_WITHOUT_TERRITORY = "GB"
# English as it is written in these countries; others (en_DE) would bring foreign digit grouping.
_ENGLISH_TERRITORIES = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "SG", "US", "ZA"})


@dataclass(frozen=True, slots=True)
class Formatter:
    """How one document writes its figures."""

    locale: Locale
    labels: Labels
    decimal_mark: str
    group_mark: str
    primary_group: int
    secondary_group: int

    @property
    def tag(self) -> str:
        """The language as a BCP 47 tag, e.g. ``de-AT``."""
        return str(self.locale).replace("_", "-")

    def number(self, value: Decimal, least_decimals: int = 0) -> str:
        """A decimal with all its digits and at least ``least_decimals`` of them."""
        sign, digits, exponent = value.as_tuple()
        # Infinity and NaN cannot be in a snapshot; their exponents are letters.
        decimals = max(0, -int(exponent))
        whole_digits = "".join(map(str, digits)) + "0" * max(0, int(exponent))
        padded = whole_digits.rjust(decimals + 1, "0")
        whole, fraction = padded[: len(padded) - decimals], padded[len(padded) - decimals :]
        fraction = fraction.rstrip("0").ljust(least_decimals, "0")
        text = self._group(whole.lstrip("0") or "0")
        if fraction:
            text += self.decimal_mark + fraction
        return MINUS + text if sign and any(digits) else text

    def amount(self, minor: int, scale: int) -> str:
        """An amount without its currency; ``minor`` in minor units of a currency of ``scale``."""
        digits = str(abs(minor)).rjust(scale + 1, "0")
        text = self._group(digits[: len(digits) - scale])
        if scale:
            text += self.decimal_mark + digits[-scale:]
        return MINUS + text if minor < 0 else text

    def money(self, minor: int, scale: int, currency: str) -> str:
        """An amount with its currency as the language writes it, e.g. ``€1,234.50``."""
        pattern = _money_pattern(self.locale, scale)
        text: str = format_currency(
            Decimal(minor).scaleb(-scale),
            currency,
            format=pattern,
            locale=self.locale,
            currency_digits=False,
        )
        # CLDR's currency spacing, which Babel leaves out: "KWD 5" but "€5".
        return _CODE_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", text.replace("-", MINUS))

    def percent(self, value: Decimal) -> str:
        """A percentage; 19 means 19 %."""
        text: str = format_percent(value.scaleb(-2), locale=self.locale, decimal_quantization=False)
        return text

    def day(self, day: date) -> str:
        """A date in words, e.g. ``31 October 2026``."""
        text: str = format_date(day, "long", locale=self.locale)
        return text

    def period(self, first: date, last: date) -> str:
        """Two dates as short as the language allows, e.g. ``1–31 Oct 2026``."""
        if first == last:
            return self.day(first)
        text: str = format_interval(first, last, skeleton="yMMMd", locale=self.locale)
        return text

    def country(self, code: str) -> str:
        """A country's name for the last line of an address; the code itself when unknown."""
        name: str = self.locale.territories.get(code, code)
        return name

    def _group(self, digits: str) -> str:
        if len(digits) <= self.primary_group:
            return digits
        parts = [digits[-self.primary_group :]]
        rest = digits[: -self.primary_group]
        while rest:
            parts.append(rest[-self.secondary_group :])
            rest = rest[: -self.secondary_group]
        return self.group_mark.join(reversed(parts))


@lru_cache(maxsize=64)
def formatter(language: str, country: str) -> Formatter:
    """The formatter for a document in ``language`` from a seller in ``country``.

    ``language`` is a tag like ``de`` or ``de-AT``. A language without labels falls back to
    English as a whole, so that words and figures never disagree.
    """
    base, _, territory = language.replace("-", "_").partition("_")
    base = base.lower()
    if base not in CATALOGUE:
        base, territory = DEFAULT_LANGUAGE, ""
    territory = territory.upper() or country.upper()
    if base == "en" and territory not in _ENGLISH_TERRITORIES:
        territory = _ENGLISH_WITHOUT_TERRITORY
    locale = _locale(base, territory)
    symbols = locale.number_symbols["latn"]
    primary, secondary = locale.decimal_formats[None].grouping
    return Formatter(
        locale, CATALOGUE[base], symbols["decimal"], symbols["group"], primary, secondary
    )


def _locale(language: str, territory: str) -> Locale:
    try:
        return Locale.parse(f"{language}_{territory}" if territory else language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)


@lru_cache(maxsize=128)
def _money_pattern(locale: Locale, scale: int) -> str:
    pattern: str = locale.currency_formats["standard"].pattern
    return pattern.replace("0.00", "0." + "0" * scale if scale else "0")
