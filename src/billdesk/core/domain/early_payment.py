"""Discount for paying early (cash discount, Skonto, escompte): terms, amount, tax correction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from billdesk.core.domain.dates import due_after
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.proportion import Portion, TaxRow, portion
from billdesk.core.domain.rounding import round_fraction

LONGEST_DAYS = 365


@dataclass(frozen=True, slots=True)
class DiscountTerms:
    """A discount for paying early: ``percent`` of the amount due (2 means 2 %) within ``days``.

    Days count from the issue date. Raises ``UserError`` for a percentage or days that cannot be.
    """

    percent: Decimal
    days: int

    def __post_init__(self) -> None:
        if not self.percent.is_finite() or not 0 < self.percent < 100:
            raise UserError(
                "An early-payment discount lies between 0 and 100 %.", field="discount_percent"
            )
        if not 0 <= self.days <= LONGEST_DAYS:
            raise UserError(
                f"An early-payment discount is for 0 to {LONGEST_DAYS} days.", field="discount_days"
            )

    def until(self, issued_on: date) -> date:
        """The last day on which a payment may take the discount."""
        return due_after(issued_on, self.days)


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """What paying early means. Amounts in minor units.

    ``pay_minor`` settles the document; ``discount`` is what falls away, with the tax that is
    corrected for each rate.
    """

    pay_minor: int
    discount: Portion


def early_payment_discount(
    rows: Sequence[TaxRow], total_minor: int, due_minor: int, terms: DiscountTerms
) -> EarlyPayment:
    """The discount on ``due_minor`` of a document with tax ``rows`` and ``total_minor``.

    The discount is rounded once; net and tax of it stand in the proportion of the document
    (Article 90 of Directive 2006/112/EC, § 17 UStG: the taxable amount is reduced accordingly).
    """
    discount = round_fraction(Fraction(due_minor) * Fraction(terms.percent) / 100)
    return EarlyPayment(due_minor - discount, portion(rows, total_minor, discount))
