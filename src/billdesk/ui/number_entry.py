"""Read what people type into an amount or quantity field.

``1.200,50``, ``1,200.50``, ``1 200,50``, ``1'200.50``, ``1,20,000``, ``12*90``, ``-5``.
With both separators present the last one is the decimal one; with one, the user's locale
decides. What could honestly mean two things is refused, because the two differ by a factor of
a thousand.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from billdesk.ui.text import tr

MAX_LENGTH = 64
LIMIT = Decimal(10) ** 15
_MAX_DEPTH = 8
# Spaces and apostrophes only ever group; dot and comma may be either.
_GROUPING_ONLY = " '"
_NUMBER = re.compile(r"[0-9][0-9.,' ]*|[.,][0-9]+")
_WESTERN_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_INDIAN_GROUPS = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")
_REPLACED = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\t": " ",
        "\u2019": "'",
        "\u02bc": "'",
        "\u2212": "-",
        "\u2013": "-",
        "\u00d7": "*",
        "\u00f7": "/",
        ":": "/",
        "\u066b": ".",
        "\u066c": ",",
    }
)


class NumberEntryError(ValueError):
    """The text is not a number; the message says what to type instead."""


@dataclass(frozen=True, slots=True)
class Separators:
    """The decimal and grouping sign of a locale."""

    decimal: str
    group: str

    @classmethod
    def of(cls, locale: str) -> "Separators":
        """Separators of a locale such as ``de_DE``.

        Raises:
            babel.UnknownLocaleError: no such locale.
        """
        parsed = Locale.parse(locale)
        return cls(
            get_decimal_symbol(parsed).translate(_REPLACED),
            get_group_symbol(parsed).translate(_REPLACED),
        )


def parse_number(text: str, locale: str = "en_US") -> Decimal:
    """The value of a typed number or small sum (``+ - * /`` and brackets).

    Raises:
        NumberEntryError: empty, not a number, two possible meanings, or 10^15 and more.
    """
    cleaned = _clean(text)
    if not cleaned:
        raise NumberEntryError(tr("Type a number."))
    if len(cleaned) > MAX_LENGTH:
        raise NumberEntryError(tr("That is too long for a number."))
    with localcontext() as context:
        context.prec = 50
        try:
            value = _Expression(cleaned, Separators.of(locale)).value()
        except (DivisionByZero, InvalidOperation) as error:
            raise NumberEntryError(tr("A number cannot be divided by zero.")) from error
    if abs(value) >= LIMIT:
        raise NumberEntryError(tr("That number is too large."))
    return value


def _clean(text: str) -> str:
    """Plain ASCII signs and digits, without currency signs at either end."""
    signs = []
    for sign in text.translate(_REPLACED):
        if unicodedata.category(sign) == "Sc":
            continue
        digit = unicodedata.decimal(sign, None)
        signs.append(sign if digit is None else str(digit))
    return "".join(signs).strip()


class _Expression:
    """Recursive descent over one short line; no more than arithmetic needs."""

    def __init__(self, text: str, separators: Separators) -> None:
        self._text = text
        self._separators = separators
        self._at = 0
        self._depth = 0

    def value(self) -> Decimal:
        result = self._sum()
        if self._peek():
            raise _not_a_number(self._text)
        return result

    def _peek(self) -> str:
        while self._at < len(self._text) and self._text[self._at] == " ":
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _sum(self) -> Decimal:
        result = self._product()
        while (sign := self._peek()) and sign in "+-":
            self._at += 1
            term = self._product()
            result = result + term if sign == "+" else result - term
        return result

    def _product(self) -> Decimal:
        result = self._factor()
        while (sign := self._peek()) and sign in "*/":
            self._at += 1
            factor = self._factor()
            result = result * factor if sign == "*" else result / factor
        return result

    def _factor(self) -> Decimal:
        sign = self._peek()
        if sign and sign in "+-(":
            self._depth += 1
            if self._depth > _MAX_DEPTH:
                raise _not_a_number(self._text)
            self._at += 1
            if sign == "(":
                inner = self._sum()
                if self._peek() != ")":
                    raise _not_a_number(self._text)
                self._at += 1
            else:
                inner = -self._factor() if sign == "-" else self._factor()
            self._depth -= 1
            return inner
        match = _NUMBER.match(self._text, self._at)
        if match is None:
            raise _not_a_number(self._text)
        self._at = match.end()
        return _number(match.group().strip(), self._separators)


def _number(text: str, separators: Separators) -> Decimal:
    """One number without sign, its separators understood."""
    last_dot, last_comma = text.rfind("."), text.rfind(",")
    if last_dot >= 0 and last_comma >= 0:
        decimal = "." if last_dot > last_comma else ","
    else:
        single = "." if last_dot >= 0 else "," if last_comma >= 0 else ""
        decimal = single if single and _is_decimal(text, single, separators) else ""
    if decimal and text.count(decimal) > 1:
        raise _not_a_number(text)
    whole, _, fraction = text.partition(decimal) if decimal else (text, "", "")
    if fraction and not fraction.isdigit():
        raise _not_a_number(text)
    return Decimal(f"{_ungrouped(whole, text)}.{fraction or '0'}")


def _is_decimal(text: str, single: str, separators: Separators) -> bool:
    """Whether the only dot or comma of the text is the decimal sign."""
    if single == separators.decimal:
        return text.count(single) == 1
    if text.count(single) > 1:
        return False
    whole, _, rest = text.partition(single)
    plain = whole.isdigit()
    looks_grouped = plain and len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    if not looks_grouped:
        return True
    if single == separators.group:
        return False
    raise NumberEntryError(
        tr("{text} can mean two things. Type {large} or {small}.").format(
            text=text,
            large=whole + rest,
            small=f"{whole}{separators.decimal}{rest.rstrip('0') or '0'}",
        )
    )


def _ungrouped(whole: str, text: str) -> str:
    """Digits of the whole part; groups must be groups of three, or Indian ones."""
    if not whole:
        return "0"
    if whole.isdigit():
        return whole
    marks = {sign for sign in whole if not sign.isdigit()}
    if len(marks) != 1:
        raise _not_a_number(text)
    mark = marks.pop()
    if mark not in _GROUPING_ONLY + ".,":
        raise _not_a_number(text)
    uniform = whole.replace(mark, ",")
    if not (_WESTERN_GROUPS.fullmatch(uniform) or _INDIAN_GROUPS.fullmatch(uniform)):
        raise _not_a_number(text)
    return uniform.replace(",", "")


def _not_a_number(text: str) -> NumberEntryError:
    return NumberEntryError(tr("“{text}” is not a number.").format(text=text))
