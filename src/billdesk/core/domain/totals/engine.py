"""The computation from beginning to end."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.rounding import round_fraction
from billdesk.core.domain.totals.entries import TotalsInput
from billdesk.core.domain.totals.figures import LineTotals, Step, StepKind, Totals
from billdesk.core.domain.totals.groups import group_lines, spread
from billdesk.core.domain.totals.lines import apply_adjustments, line_amount
from billdesk.core.domain.totals.taxation import breakdown, less, tax_groups, withhold


def compute(given: TotalsInput) -> Totals:
    """Compute every figure of a document.

    Raises ``UserError`` (with ``field`` set) for a quantity or price with more than six decimals
    or beyond a million millions, a negative unit price (BR-27), the same tax twice on a line,
    compound taxes charged on each other, or an amount beyond what the books can hold.
    """
    scale = exponent(given.currency)
    steps: list[Step] = []
    lines = [line_amount(i, line, scale, steps) for i, line in enumerate(given.lines)]
    groups = group_lines(given.lines, [line.amount_minor for line in lines])
    subtotal = sum(line.amount_minor for line in lines)
    steps.append(Step(StepKind.SUBTOTAL, subtotal))
    effects = apply_adjustments(given.adjustments, subtotal, steps, StepKind.ADJUSTMENT)
    spread(groups, sum(effects), steps)

    nets = tax_groups(given, groups, steps)
    taxes = breakdown(given, groups, steps)
    net = sum(group.net_minor for group in groups)
    tax = sum(row.tax_minor for row in taxes)
    held_in_all = withhold(groups, steps)
    withheld = less(held_in_all, [row for one in given.deposits for row in one.withheld])
    withheld_minor = sum(row.tax_minor for row in withheld)
    prepaid = given.prepaid_minor + sum(one.total_minor for one in given.deposits)
    steps += _deductions(given)
    due = net + tax - prepaid - withheld_minor
    rounding = _cash_rounding(due, given.cash_step_minor, steps)
    total = net + tax + rounding
    _check_size(lines, total, due)
    steps.append(Step(StepKind.TOTAL, total))
    steps.append(Step(StepKind.DUE, due + rounding))
    return Totals(
        currency=given.currency,
        lines=tuple(_with_net(line, nets[i]) for i, line in enumerate(lines)),
        subtotal_minor=subtotal,
        adjustments_minor=effects,
        net_minor=net,
        taxes=taxes,
        tax_minor=tax,
        rounding_minor=rounding,
        total_minor=total,
        prepaid_minor=prepaid,
        due_minor=due + rounding,
        steps=tuple(steps),
        withheld=withheld,
        withheld_minor=withheld_minor,
        taxes_left=less(taxes, [row for one in given.deposits for row in one.taxes]),
    )


def _with_net(line: LineTotals, net_minor: int) -> LineTotals:
    return line if line.net_minor == net_minor else replace(line, net_minor=net_minor)


def _deductions(given: TotalsInput) -> list[Step]:
    steps = [
        Step(StepKind.DEPOSIT, -one.total_minor, one.number, base_minor=one.tax_minor)
        for one in given.deposits
    ]
    if given.prepaid_minor:
        steps.append(Step(StepKind.PREPAID, -given.prepaid_minor))
    return steps


def _cash_rounding(due_minor: int, step_minor: int, steps: list[Step]) -> int:
    if step_minor <= 1:
        return 0
    rounded = round_fraction(Fraction(due_minor, step_minor)) * step_minor
    steps.append(Step(StepKind.CASH_ROUNDING, rounded - due_minor, base_minor=step_minor))
    return rounded - due_minor


def _check_size(lines: Sequence[LineTotals], total_minor: int, due_minor: int) -> None:
    figures = (total_minor, due_minor, *(line.amount_minor for line in lines))
    if any(abs(figure) > LARGEST_MINOR for figure in figures):
        raise UserError("The amount is larger than BillDesk can hold.", field="lines")
