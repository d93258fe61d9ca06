"""Money, numbers and dates as the user's locale writes them."""

import datetime as dt
import re
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import NumberPattern, format_compact_currency, get_currency_precision

from billdesk.ui.text import tr, trn

MINUS = "\u2212"
_CODE_THEN_DIGIT = re.compile(r"([A-Za-z])(\d)")


@dataclass(frozen=True)
class Formats:
    """Writes values for people. ``zone`` None is the computer's own time zone."""

    locale: str = "en_GB"
    zone: dt.tzinfo | None = None

    @cached_property
    def _babel(self) -> Locale:
        return Locale.parse(self.locale)

    def money(self, minor: int, currency: str, exponent: int | None = None) -> str:
        """``4284_00, "EUR"`` as ``€4,284.00``; ``exponent`` is the count of minor digits."""
        digits = get_currency_precision(currency) if exponent is None else exponent
        pattern = self._pattern(self._babel.currency_formats["standard"], digits)
        value = Decimal(minor).scaleb(-digits)
        text = pattern.apply(value, self._babel, currency=currency, currency_digits=False)
        # A code written out needs the space that a symbol does without (CLDR currencySpacing).
        return _true_minus(_CODE_THEN_DIGIT.sub("\\1\u00a0\\2", text))

    def money_short(self, minor: int, currency: str, exponent: int) -> str:
        """A round amount for a scale: ``20_000_00, "EUR"`` as ``€20K``."""
        value = Decimal(minor).scaleb(-exponent)
        text = format_compact_currency(value, currency, locale=self._babel, fraction_digits=1)
        return _true_minus(_CODE_THEN_DIGIT.sub("\\1\u00a0\\2", text))

    def amount(self, minor: int, currency: str, exponent: int | None = None) -> str:
        """The amount without its currency: ``4,284.00``."""
        digits = get_currency_precision(currency) if exponent is None else exponent
        pattern = self._pattern(self._babel.decimal_formats[None], digits)
        return _true_minus(pattern.apply(Decimal(minor).scaleb(-digits), self._babel))

    def number(self, value: Decimal | int) -> str:
        """A quantity or rate with as many places as it has, grouped."""
        plain = Decimal(value)
        places = max(0, -int(plain.normalize().as_tuple().exponent)) if plain else 0
        pattern = self._pattern(self._babel.decimal_formats[None], places)
        return _true_minus(pattern.apply(plain, self._babel))

    def file_size(self, size: int) -> str:
        """A size in bytes as file managers write it: in MB, in kB below one."""
        if size < 1_000_000:
            return f"{self.number(max(1, round(size / 1000)))} kB"
        return f"{self.number(round(size / 1_000_000))} MB"

    def percent(self, value: Decimal | int) -> str:
        """``19`` as ``19 %`` in the locale's manner (the value is already in percent)."""
        pattern = copy(self._babel.percent_formats[None])
        places = max(0, -int(Decimal(value).normalize().as_tuple().exponent)) if value else 0
        pattern.frac_prec = (places, places)
        pattern.scale = 0
        return _true_minus(pattern.apply(Decimal(value), self._babel))

    def date(self, day: dt.date) -> str:
        """``14 Dec 2026``."""
        return format_date(day, "medium", locale=self._babel)

    def date_short(self, day: dt.date, today: dt.date) -> str:
        """``14 Dec``; the year is added when it is not this year's."""
        if day.year != today.year:
            return self.date(day)
        return format_skeleton("MMMd", day, locale=self._babel)

    def date_entry(self, day: dt.date) -> str:
        """All digits, as it is typed into a field: ``14/12/2026``."""
        pattern = self._babel.date_formats["short"].pattern
        if "yyyy" not in pattern:
            pattern = pattern.replace("yy", "y").replace("y", "yyyy", 1)
        return format_date(day, pattern, locale=self._babel)

    def time(self, at: dt.datetime) -> str:
        """``10:42``, in the user's zone."""
        return format_time(at.astimezone(self.zone), "short", locale=self._babel)

    def moment(self, at: dt.datetime) -> str:
        """Date and time of an instant in the user's zone."""
        local = at.astimezone(self.zone)
        return format_datetime(local.replace(tzinfo=None), "medium", locale=self._babel)

    def relative(self, at: dt.datetime, now: dt.datetime) -> str:
        """``just now``, ``2 min ago``, ``3 h ago``, ``yesterday``, then the date."""
        seconds = (now - at).total_seconds()
        if seconds < 60:
            return tr("just now")
        if seconds < 3600:
            return trn("{count} min ago", "{count} min ago", int(seconds // 60))
        local_at, local_now = at.astimezone(self.zone), now.astimezone(self.zone)
        days = (local_now.date() - local_at.date()).days
        if days == 0 or seconds < 6 * 3600:
            return trn("{count} h ago", "{count} h ago", int(seconds // 3600))
        if days == 1:
            return tr("yesterday")
        if days < 7:
            return trn("{count} day ago", "{count} days ago", days)
        return self.date(local_at.date())

    def _pattern(self, base: NumberPattern, digits: int) -> NumberPattern:
        pattern = copy(base)
        pattern.frac_prec = (digits, digits)
        return pattern


def _true_minus(text: str) -> str:
    return text.replace("-", MINUS)
