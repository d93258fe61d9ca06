"""What the figures of a document are computed from: lines, discounts, deposits, rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.rounding import round_fraction
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.totals.figures import TaxTotals

HUNDRED = Decimal(100)


class PriceMode(StrEnum):
    """Whether the prices typed contain the tax."""

    NET = "net"
    GROSS = "gross"


class TaxRounding(StrEnum):
    """Where tax is rounded: once per rate of the document (EN 16931), or on every line."""

    PER_DOCUMENT = "document"
    PER_LINE = "line"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (negative effect) or charge, as a percentage or a fixed amount.

    Exactly one of ``percent`` (5 means 5 %) and ``amount_minor`` (minor units, positive) is given.
    """

    is_charge: bool
    percent: Decimal | None = None
    amount_minor: int | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.amount_minor is None):
            raise UserError("A discount is either a percentage or an amount.", field="discount")
        if self.percent is not None and not (
            self.percent.is_finite() and 0 <= self.percent <= HUNDRED
        ):
            raise UserError("A percentage lies between 0 and 100.", field="discount")
        if self.amount_minor is not None and self.amount_minor < 0:
            raise UserError("A discount is entered without a minus sign.", field="discount")

    def exact_effect(self, base_minor: int) -> Fraction:
        """Signed effect on ``base_minor`` before rounding, in minor units."""
        if self.percent is not None:
            size = Fraction(base_minor) * Fraction(self.percent) / 100
        else:
            size = Fraction(self.amount_minor or 0)
        return size if self.is_charge else -size

    def effect_minor(self, base_minor: int) -> int:
        """Signed effect in minor units on a base of ``base_minor``."""
        return round_fraction(self.exact_effect(base_minor))


@dataclass(frozen=True, slots=True)
class LineInput:
    """What the totals need of one line; ``unit_price`` in major units, net or gross by mode."""

    quantity: Decimal
    unit_price: Decimal
    taxes: tuple[Tax, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit invoice that the final invoice deducts, with its tax and what was withheld of it.

    Amounts in minor units of the final invoice's currency; ``total_minor`` contains the tax.
    """

    number: str
    issued_on: date
    total_minor: int
    taxes: tuple[TaxTotals, ...] = ()
    withheld: tuple[TaxTotals, ...] = ()

    @property
    def tax_minor(self) -> int:
        """Its tax over all rates."""
        return sum(row.tax_minor for row in self.taxes)

    @property
    def withheld_minor(self) -> int:
        """What the customer kept back of it for the tax office."""
        return sum(row.tax_minor for row in self.withheld)


@dataclass(frozen=True, slots=True)
class TotalsInput:
    """Everything the figures of one document depend on.

    ``cash_step_minor`` rounds the amount due to multiples (5 for Swiss cash), 0 leaves it;
    ``prepaid_minor`` is what has been paid before, besides the ``deposits``; both lower what is
    due, not the total.
    """

    currency: str
    lines: Sequence[LineInput]
    adjustments: tuple[Adjustment, ...] = ()
    price_mode: PriceMode = PriceMode.NET
    tax_rounding: TaxRounding = TaxRounding.PER_DOCUMENT
    cash_step_minor: int = 0
    prepaid_minor: int = 0
    deposits: tuple[Deposit, ...] = ()
