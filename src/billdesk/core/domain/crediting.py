"""What a credit note takes back of an issued invoice: the figures of some or all of its lines.

Figures are taken from the frozen document and *telescope*: a credit note is the difference between
what is credited with it and what was credited before it. So a credit note of everything is the
invoice to the cent, and so are any number of partial ones that together credit everything, for
every line, every tax rate and the total, whatever was rounded on the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.rounding import round_fraction
from billdesk.core.domain.snapshot import Snapshot, SnapshotLine, SnapshotTax
from billdesk.core.domain.totals import (
    Adjustment,
    LineInput,
    LineTotals,
    TaxTotals,
    Totals,
    TotalsInput,
    compute,
    less,
)

# Quantities of the invoice's lines, by the line's index (0 is the first).
Quantities = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Credit:
    """The content of a credit note, all amounts positive where the invoice's are.

    ``lines`` and ``totals.lines`` are the lines that are credited; ``positions`` their indexes in
    the invoice. ``net_of_line`` is what *every* line of the invoice gives back, for the accounts
    its revenue was booked on.
    """

    positions: tuple[int, ...]
    lines: tuple[SnapshotLine, ...]
    adjustments: tuple[Adjustment, ...]
    totals: Totals
    net_of_line: tuple[int, ...]


def everything(invoice: Snapshot) -> dict[int, Decimal]:
    """The quantities of a credit note over the whole ``invoice``."""
    return {index: line.quantity for index, line in enumerate(invoice.lines)}


def credit(invoice: Snapshot, quantities: Quantities, before: Sequence[Quantities] = ()) -> Credit:
    """The credit of ``quantities`` of ``invoice``; ``before`` are those of earlier credit notes.

    A line that is not named is not credited. A fixed discount is given back in proportion, the
    document's in proportion to the lines credited; cash rounding and deposits with the last part.
    Raises ``UserError`` with the line's field for a quantity that is more than is left or has the
    wrong sign.
    """
    earlier = _add({}, *before)
    credited = _add(earlier, quantities)
    for index in quantities:
        if not 0 <= index < len(invoice.lines):
            raise UserError("The invoice has no such line.", field="lines")
        _check_left(index, invoice.lines[index].quantity, earlier, credited)
    now, then = _part(invoice, credited), _part(invoice, earlier)
    totals = _difference(now, then)
    positions = tuple(sorted(index for index, quantity in quantities.items() if quantity))
    return Credit(
        positions=positions,
        lines=tuple(
            replace(
                invoice.lines[index],
                quantity=quantities[index],
                amount_minor=totals.lines[index].amount_minor,
                net_minor=totals.lines[index].net_minor,
                adjustments=_adjustments(
                    invoice.lines[index].adjustments, totals.lines[index].adjustments_minor
                ),
                adjustments_minor=totals.lines[index].adjustments_minor,
            )
            for index in positions
        ),
        adjustments=_adjustments(
            tuple(one.adjustment for one in invoice.adjustments), totals.adjustments_minor
        ),
        totals=replace(totals, lines=tuple(totals.lines[index] for index in positions)),
        net_of_line=tuple(line.net_minor for line in totals.lines),
    )


def frozen_input(document: Snapshot) -> TotalsInput:
    """What the figures of a frozen document were computed from."""
    return TotalsInput(
        currency=document.currency,
        lines=tuple(
            LineInput(line.quantity, line.unit_price, line.taxes, line.adjustments)
            for line in document.lines
        ),
        adjustments=tuple(one.adjustment for one in document.adjustments),
        price_mode=document.price_mode,
        tax_rounding=document.tax_rounding,
        cash_step_minor=document.cash_step_minor,
        prepaid_minor=document.prepaid_minor - sum(one.total_minor for one in document.deposits),
        deposits=document.deposits,
    )


def frozen_totals(document: Snapshot) -> Totals:
    """The figures of a frozen document as the totals engine gives them, without its steps."""
    return Totals(
        currency=document.currency,
        lines=tuple(
            LineTotals(
                line.amount_minor - sum(line.adjustments_minor),
                line.adjustments_minor,
                line.amount_minor,
                line.net_minor,
            )
            for line in document.lines
        ),
        subtotal_minor=document.subtotal_minor,
        adjustments_minor=tuple(one.effect_minor for one in document.adjustments),
        net_minor=document.net_minor,
        taxes=_rows(document.taxes),
        tax_minor=document.tax_minor,
        rounding_minor=document.rounding_minor,
        total_minor=document.total_minor,
        prepaid_minor=document.prepaid_minor,
        due_minor=document.due_minor,
        steps=(),
        withheld=_rows(document.withheld),
        withheld_minor=document.withheld_minor,
        taxes_left=less(
            _rows(document.taxes), [row for one in document.deposits for row in one.taxes]
        ),
    )


def _rows(rows: Sequence[SnapshotTax]) -> tuple[TaxTotals, ...]:
    return tuple(TaxTotals(row.tax, row.base_minor, row.tax_minor) for row in rows)


def _check_left(index: int, whole: Decimal, earlier: Quantities, credited: Quantities) -> None:
    sign = -1 if whole < 0 else 1
    before, after = earlier.get(index, Decimal(0)) * sign, credited[index] * sign
    if not after.is_finite() or after < before or after > abs(whole):
        left = (abs(whole) - before) * sign
        raise UserError(
            f"Of line {index + 1}, {left.normalize():f} is left to credit.",
            field=f"lines.{index}.quantity",
        )


def _add(*all_quantities: Quantities) -> dict[int, Decimal]:
    total: dict[int, Decimal] = {}
    for quantities in all_quantities:
        for index, quantity in quantities.items():
            total[index] = total.get(index, Decimal(0)) + quantity
    return total


def _part(invoice: Snapshot, credited: Quantities) -> Totals:
    """The figures of everything that has been credited when ``credited`` has."""
    quantities = [credited.get(index, Decimal(0)) for index in range(len(invoice.lines))]
    if credited and quantities == [line.quantity for line in invoice.lines]:
        whole = frozen_totals(invoice)
        paid = sum(one.total_minor for one in invoice.deposits)
        other = whole.prepaid_minor - paid
        return replace(whole, prepaid_minor=paid, due_minor=whole.due_minor + other)
    lines = tuple(
        LineInput(quantity, line.unit_price, line.taxes, _of_part(line, quantity))
        for line, quantity in zip(invoice.lines, quantities, strict=True)
    )
    # Cash rounding and deposits belong to the whole: they are given back with the last part.
    given = replace(
        frozen_input(invoice),
        lines=lines,
        adjustments=(),
        cash_step_minor=0,
        prepaid_minor=0,
        deposits=(),
    )
    subtotal = compute(given).subtotal_minor
    adjustments = tuple(
        one.adjustment
        if one.adjustment.percent is not None
        else _fixed(_share(one.effect_minor, invoice.subtotal_minor, subtotal), one.adjustment)
        for one in invoice.adjustments
    )
    return compute(replace(given, adjustments=adjustments))


def _of_part(line: SnapshotLine, quantity: Decimal) -> tuple[Adjustment, ...]:
    return tuple(
        one if one.percent is not None else _fixed(_share(effect, line.quantity, quantity), one)
        for one, effect in zip(line.adjustments, line.adjustments_minor, strict=True)
    )


def _share(effect_minor: int, whole: Decimal | int, part: Decimal | int) -> int:
    if whole == 0:
        return 0
    exact = Fraction(effect_minor) * Fraction(part) / Fraction(whole)
    return round_fraction(exact)


def _fixed(effect_minor: int, like: Adjustment) -> Adjustment:
    """A fixed allowance or charge with this effect; its sign can turn where lines are returned."""
    is_charge = like.is_charge if effect_minor == 0 else effect_minor > 0
    return replace(like, is_charge=is_charge, amount_minor=abs(effect_minor))


def _adjustments(given: Sequence[Adjustment], effects: Sequence[int]) -> tuple[Adjustment, ...]:
    return tuple(
        one if one.percent is not None else _fixed(effect, one)
        for one, effect in zip(given, effects, strict=True)
    )


def _difference(now: Totals, then: Totals) -> Totals:
    """``now`` less ``then``, figure by figure; both are of the same lines."""
    return Totals(
        currency=now.currency,
        lines=tuple(
            LineTotals(
                a.before_adjustments_minor - b.before_adjustments_minor,
                _minus(a.adjustments_minor, b.adjustments_minor),
                a.amount_minor - b.amount_minor,
                a.net_minor - b.net_minor,
            )
            for a, b in zip(now.lines, then.lines, strict=True)
        ),
        subtotal_minor=now.subtotal_minor - then.subtotal_minor,
        adjustments_minor=_minus(now.adjustments_minor, then.adjustments_minor),
        net_minor=now.net_minor - then.net_minor,
        taxes=_rows_minus(now.taxes, then.taxes),
        tax_minor=now.tax_minor - then.tax_minor,
        rounding_minor=now.rounding_minor - then.rounding_minor,
        total_minor=now.total_minor - then.total_minor,
        prepaid_minor=now.prepaid_minor - then.prepaid_minor,
        due_minor=now.due_minor - then.due_minor,
        steps=(),
        withheld=_rows_minus(now.withheld, then.withheld),
        withheld_minor=now.withheld_minor - then.withheld_minor,
        taxes_left=_rows_minus(now.taxes_left, then.taxes_left),
    )


def _minus(now: Sequence[int], then: Sequence[int]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(now, then, strict=True))


def _rows_minus(now: Sequence[TaxTotals], then: Sequence[TaxTotals]) -> tuple[TaxTotals, ...]:
    return tuple(row for row in less(now, then) if row.base_minor or row.tax_minor)
