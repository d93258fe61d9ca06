"""An amount of money: integer minor units and a currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.rounding import to_minor

# BIGINT with room for sums; Stripe itself stops at 12 digits.
LARGEST_MINOR = 10**15


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """``minor`` integer minor units of ``currency`` (ISO 4217).

    Raises ``TypeError`` for anything but an ``int`` and when currencies are mixed, ``ValueError``
    when the amount exceeds what the books can hold.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in integer minor units")
        exponent(self.currency)
        if abs(self.minor) > LARGEST_MINOR:
            raise ValueError("the amount is larger than the books can hold")

    @classmethod
    def of(cls, amount: Decimal | int, currency: str) -> "Money":
        """Money from an amount in major units, rounded half away from zero."""
        if isinstance(amount, float):
            raise TypeError("a float cannot hold money")
        return cls(to_minor(Decimal(amount), exponent(currency)), currency)

    @property
    def amount(self) -> Decimal:
        """The exact amount in major units."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def _same(self, other: "Money") -> None:
        if not isinstance(other, Money):
            raise TypeError(f"money cannot be combined with {type(other).__name__}")
        if other.currency != self.currency:
            raise TypeError(f"{self.currency} and {other.currency} cannot be mixed")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"
