"""What comes out: every figure of a document, and the steps that led there."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from billdesk.core.domain.tax import Tax


@dataclass(frozen=True, slots=True)
class LineTotals:
    """``amount_minor`` is what the line shows (in the price mode); ``net_minor`` what it earns."""

    before_adjustments_minor: int
    adjustments_minor: tuple[int, ...]
    amount_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class TaxTotals:
    """One row of the tax breakdown (BG-23), or of the taxes withheld."""

    tax: Tax
    base_minor: int
    tax_minor: int


class StepKind(StrEnum):
    """What a step of the computation is about."""

    LINE = "line"
    LINE_ADJUSTMENT = "line_adjustment"
    SUBTOTAL = "subtotal"
    ADJUSTMENT = "adjustment"
    SHARE = "share"
    NET_OF_GROSS = "net_of_gross"
    TAX = "tax"
    TAX_PER_LINE = "tax_per_line"
    TAX_INSIDE = "tax_inside"
    TOTAL = "total"
    WITHHELD = "withheld"
    DEPOSIT = "deposit"
    PREPAID = "prepaid"
    CASH_ROUNDING = "cash_rounding"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to the amount due, in figures; the window puts them into words.

    ``factor`` is multiplied with ``base_minor`` or, for a line, with ``quantity``: a percentage,
    or the unit price in major units. ``exact_minor`` is the result before it was rounded.
    """

    kind: StepKind
    result_minor: int
    subject: str = ""
    line: int | None = None
    quantity: Decimal | None = None
    factor: Decimal | None = None
    base_minor: int | None = None
    exact_minor: Fraction | Decimal | None = None

    @property
    def rounded(self) -> bool:
        """Whether rounding moved the result."""
        return self.exact_minor is not None and self.exact_minor != self.result_minor


@dataclass(frozen=True, slots=True)
class Totals:
    """All figures of a document, in minor units of ``currency``.

    ``subtotal_minor`` sums the lines as shown, ``adjustments_minor`` are the signed effects of the
    document's allowances and charges. ``total_minor = net + tax + rounding``.
    ``due_minor = total - prepaid - withheld``. ``prepaid_minor`` holds the deposits too.
    ``taxes`` are the full ones; ``taxes_left`` what this document still owes the tax office:
    the full ones less the tax of the deposits. ``withheld`` are less what was withheld of deposits.
    """

    currency: str
    lines: tuple[LineTotals, ...]
    subtotal_minor: int
    adjustments_minor: tuple[int, ...]
    net_minor: int
    taxes: tuple[TaxTotals, ...]
    tax_minor: int
    rounding_minor: int
    total_minor: int
    prepaid_minor: int
    due_minor: int
    steps: tuple[Step, ...]
    withheld: tuple[TaxTotals, ...] = ()
    withheld_minor: int = 0
    taxes_left: tuple[TaxTotals, ...] = ()
