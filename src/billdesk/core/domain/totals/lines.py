"""Lines: quantity times price, rounded, then allowances and charges (BT-131)."""

from collections.abc import Sequence
from decimal import Decimal

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.rounding import EXACT, to_minor
from billdesk.core.domain.totals.entries import Adjustment, LineInput
from billdesk.core.domain.totals.figures import LineTotals, Step, StepKind

LARGEST_DECIMALS = 6
# Minor units; the largest real one is 100 (Sweden, Norway: whole crowns).
LARGEST_CASH_STEP = 1_000
# Far beyond any invoice, and small enough that no computation can overflow.
LARGEST_ENTRY = Decimal(10) ** 12


def line_amount(index: int, line: LineInput, scale: int, steps: list[Step]) -> LineTotals:
    """The figures of one line, ``net_minor`` as yet what it shows.

    Raises ``UserError`` with the line's field.
    """
    _check(index, line)
    exact = EXACT.multiply(line.quantity, line.unit_price)
    before = to_minor(exact, scale)
    steps.append(
        Step(
            StepKind.LINE,
            before,
            line=index,
            quantity=line.quantity,
            factor=line.unit_price,
            exact_minor=exact.scaleb(scale, EXACT),
        )
    )
    effects = apply_adjustments(line.adjustments, before, steps, StepKind.LINE_ADJUSTMENT, index)
    amount = before + sum(effects)
    return LineTotals(before, effects, amount, amount)


def apply_adjustments(
    adjustments: Sequence[Adjustment],
    base_minor: int,
    steps: list[Step],
    kind: StepKind,
    line: int | None = None,
) -> tuple[int, ...]:
    """The signed effects of allowances and charges on ``base_minor``, each rounded."""
    effects = []
    for adjustment in adjustments:
        effect = adjustment.effect_minor(base_minor)
        effects.append(effect)
        steps.append(
            Step(
                kind,
                effect,
                subject=adjustment.reason,
                line=line,
                factor=adjustment.percent,
                base_minor=base_minor,
                exact_minor=adjustment.exact_effect(base_minor),
            )
        )
    return tuple(effects)


def decimals(value: Decimal) -> int:
    """How many decimals ``value`` really has; trailing zeros do not count."""
    parts = value.as_tuple()
    if not isinstance(parts.exponent, int):
        return LARGEST_DECIMALS + 1
    if not any(parts.digits):
        return 0
    # Not ``normalize``: it rounds to the context's precision and would hide the last digits.
    zeros = next(i for i, digit in enumerate(reversed(parts.digits)) if digit)
    return max(0, -parts.exponent - zeros)


def _check(index: int, line: LineInput) -> None:
    for value, name in ((line.quantity, "quantity"), (line.unit_price, "unit_price")):
        if not value.is_finite() or decimals(value) > LARGEST_DECIMALS:
            raise UserError(
                "Quantities and prices have at most six decimals.", field=f"lines.{index}.{name}"
            )
        if abs(value) > LARGEST_ENTRY:
            raise UserError(
                "This number is larger than BillDesk can hold.", field=f"lines.{index}.{name}"
            )
    if len(line.taxes) > 1 and len({tax.key for tax in line.taxes}) < len(line.taxes):
        raise UserError("The same tax stands on this line twice.", field=f"lines.{index}.taxes")
    if line.unit_price < 0:
        raise UserError(
            "A price cannot be negative; give the quantity a minus sign instead.",
            field=f"lines.{index}.unit_price",
        )
