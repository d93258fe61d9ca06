"""Number patterns such as ``INV-{seq:05}`` or ``{yyyy}-{seq:04}``."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billdesk.core.domain.errors import UserError

_TOKEN = re.compile(r"\{([^{}]*)\}")
_SEQ = re.compile(r"seq(?::0?(\d{1,2}))?")
_PLAIN = {"yyyy", "yy", "mm", "customer"}
LONGEST = 40


class Reset(StrEnum):
    """When the counter of a series starts again at 1."""

    NEVER = "never"
    YEARLY = "yearly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A checked pattern with its reset rule.

    Raises ``UserError`` when the pattern has no ``{seq}``, an unknown token, or resets without
    naming its period (the same number would come twice).
    """

    pattern: str
    reset: Reset = Reset.NEVER

    def __post_init__(self) -> None:
        tokens = _TOKEN.findall(self.pattern)
        rest = _TOKEN.sub("", self.pattern)
        if "{" in rest or "}" in rest:
            raise UserError("A brace in the number pattern is not closed.", field="pattern")
        if not rest.isprintable():
            raise UserError(
                "The number pattern has characters that cannot be printed.", field="pattern"
            )
        if self.pattern != self.pattern.strip():
            raise UserError("The number pattern begins or ends with a blank.", field="pattern")
        sequences = [token for token in tokens if _SEQ.fullmatch(token)]
        unknown = [token for token in tokens if token not in sequences and token not in _PLAIN]
        if unknown:
            raise UserError(
                f"{{{unknown[0]}}} is not known; use {{seq:05}}, {{yyyy}}, {{yy}}, {{mm}} or "
                "{customer}.",
                field="pattern",
            )
        if len(sequences) != 1:
            raise UserError("The number pattern needs {seq:05} exactly once.", field="pattern")
        has_year = "yyyy" in tokens or "yy" in tokens
        if self.reset is Reset.YEARLY and not has_year:
            raise UserError("A yearly restart needs {yyyy} in the pattern.", field="pattern")
        if self.reset is Reset.MONTHLY and not (has_year and "mm" in tokens):
            raise UserError("A monthly restart needs {yyyy} and {mm}.", field="pattern")

    @property
    def per_customer(self) -> bool:
        """Whether each customer counts on its own."""
        return "{customer}" in self.pattern

    def period(self, issued_on: date, customer_number: str = "") -> str:
        """The key of the counter that an issue date (and customer) draws from."""
        key = {
            Reset.NEVER: "",
            Reset.YEARLY: f"{issued_on:%Y}",
            Reset.MONTHLY: f"{issued_on:%Y-%m}",
        }[self.reset]
        return f"{key}/{customer_number}" if self.per_customer else key

    def format(self, seq: int, issued_on: date, customer_number: str = "") -> str:
        """The number for counter value ``seq``. Raises ``UserError`` when it grows too long."""

        def fill(match: re.Match[str]) -> str:
            token = match.group(1)
            sequence = _SEQ.fullmatch(token)
            if sequence:
                return str(seq).zfill(int(sequence.group(1) or 1))
            return {
                "yyyy": f"{issued_on.year:04}",
                "yy": f"{issued_on.year % 100:02}",
                "mm": f"{issued_on.month:02}",
                "customer": customer_number,
            }[token]

        number = _TOKEN.sub(fill, self.pattern)
        if len(number) > LONGEST:
            raise UserError(
                f"The number “{number}” is longer than {LONGEST} characters.", field="pattern"
            )
        return number

    def sequence_of(self, number: str, issued_on: date, customer_number: str = "") -> int | None:
        """The counter value inside ``number``, or ``None`` when another pattern made it."""
        parts = []
        position = 0
        for match in _TOKEN.finditer(self.pattern):
            parts.append(re.escape(self.pattern[position : match.start()]))
            if _SEQ.fullmatch(match.group(1)):
                parts.append(r"(\d{1,15})")
            else:
                known = NumberPattern(match.group(0) + "{seq}").format(
                    0, issued_on, customer_number
                )
                parts.append(re.escape(known[:-1]))
            position = match.end()
        parts.append(re.escape(self.pattern[position:]))
        found = re.fullmatch("".join(parts), number)
        return int(found.group(1)) if found else None


@dataclass(frozen=True, slots=True)
class SeenNumber:
    """A number that was given out according to ``source``, whatever these books know of it.

    ``kind`` is that of its series, empty when unknown. A title such as “Invoice INV-00007” may
    stand for the number in it.
    """

    company_uid: str
    kind: str
    number: str
    on: date
    source: str
    customer_number: str = ""
    issued: bool = False
    sent: bool = False


@dataclass(frozen=True, slots=True)
class SeenCounter:
    """How far other books of the same company had counted."""

    company_uid: str
    kind: str
    pattern: str
    reset: str
    period: str
    last_value: int
