"""Which part of a document's net and tax a part of its total stands for.

Money that settles part of an invoice settles net and tax in the proportion of the whole: tax that
becomes payable with a payment (cash basis), tax that falls away with a write-off, a bad debt or a
discount for paying early. Everything here is *cumulative*: ask with what is settled altogether,
book the difference to what was booked before. Whatever the instalments, the whole comes out exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from billdesk.core.domain.rounding import round_fraction
from billdesk.core.domain.tax import Tax


class TaxRow(Protocol):
    """A row of a tax breakdown, frozen or just computed. Amounts in minor units."""

    @property
    def tax(self) -> Tax: ...
    @property
    def base_minor(self) -> int: ...
    @property
    def tax_minor(self) -> int: ...


@dataclass(frozen=True, slots=True)
class TaxPortion:
    """Part of one row of the tax breakdown, in minor units."""

    tax: Tax
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Portion:
    """Net and tax inside an amount; ``net_minor`` plus all taxes is the amount itself."""

    amount_minor: int
    net_minor: int
    taxes: tuple[TaxPortion, ...]

    @property
    def tax_minor(self) -> int:
        """All taxes of the portion together."""
        return sum(row.tax_minor for row in self.taxes)

    def minus(self, before: "Portion") -> "Portion":
        """What comes on top of ``before``, a smaller portion of the same document."""
        return Portion(
            self.amount_minor - before.amount_minor,
            self.net_minor - before.net_minor,
            tuple(
                TaxPortion(row.tax, row.base_minor - old.base_minor, row.tax_minor - old.tax_minor)
                for row, old in zip(self.taxes, before.taxes, strict=True)
            ),
        )


def share_of(part_minor: int, whole_minor: int, settled_minor: int) -> int:
    """``part x settled / whole``, rounded half away from zero; exact where settled is the whole.

    Raises ``ValueError`` for a whole of nothing.
    """
    if whole_minor == 0:
        raise ValueError("a share of nothing")
    return round_fraction(Fraction(part_minor * settled_minor, whole_minor))


def portion(rows: Sequence[TaxRow], total_minor: int, settled_minor: int) -> Portion:
    """Net and tax inside ``settled_minor`` of a document with tax ``rows`` and ``total_minor``.

    The tax of each row is its share, rounded half away from zero on its own, so that it is what
    anybody would compute for the rate; the net is the rest (and holds cash rounding). The bases
    are shares too. With ``settled_minor == total_minor`` every figure is the document's.
    """
    if settled_minor == 0 or total_minor == 0:
        nothing = tuple(TaxPortion(row.tax, 0, 0) for row in rows)
        return Portion(settled_minor, settled_minor, nothing)
    taxes = tuple(
        TaxPortion(
            row.tax,
            share_of(row.base_minor, total_minor, settled_minor),
            share_of(row.tax_minor, total_minor, settled_minor),
        )
        for row in rows
    )
    return Portion(settled_minor, settled_minor - sum(row.tax_minor for row in taxes), taxes)
