"""Taxes: on top of net prices or inside gross ones, per document or per line, compound, withheld.

A *compound* tax is charged on the net amount plus the simple taxes and the compound taxes before
it. A *withheld* tax is the customer's to keep back: it is charged on the net amount and changes
neither net nor tax nor total.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from math import lcm

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.rounding import round_fraction, split_minor
from billdesk.core.domain.tax import Tax, TaxKey
from billdesk.core.domain.totals.entries import PriceMode, TaxRounding, TotalsInput
from billdesk.core.domain.totals.figures import Step, StepKind, TaxTotals
from billdesk.core.domain.totals.groups import Group


def tax_groups(given: TotalsInput, groups: Sequence[Group], steps: list[Step]) -> dict[int, int]:
    """Give each group its net and taxes; returns the net of each line by index.

    Raises ``UserError`` where compound taxes are charged on each other.
    """
    per_line = given.tax_rounding is TaxRounding.PER_LINE
    net_of_line: dict[int, int] = {}
    for group in groups:
        nets = group.parts
        if given.price_mode is PriceMode.GROSS:
            nets = _take_out(group, per_line, steps)
        else:
            group.net_minor = group.adjusted_minor
            if per_line:
                _add_per_line(group)
        net_of_line.update(zip(group.members, nets, strict=True))
    if given.price_mode is PriceMode.NET and not per_line:
        _add_once(groups)
    return net_of_line


def breakdown(
    given: TotalsInput, groups: Sequence[Group], steps: list[Step]
) -> tuple[TaxTotals, ...]:
    """One row per tax (BG-23), the highest rate first, as people expect to read it."""
    rows: dict[TaxKey, TaxTotals] = {}
    for group in groups:
        for tax in group.taxes:
            row = rows.get(tax.key, TaxTotals(tax, 0, 0))
            rows[tax.key] = TaxTotals(
                row.tax,
                row.base_minor + group.base_minor[tax.key],
                row.tax_minor + group.tax_minor[tax.key],
            )
    ordered = _ordered(rows.values())
    kind = StepKind.TAX
    if given.price_mode is PriceMode.GROSS:
        kind = StepKind.TAX_INSIDE
    elif given.tax_rounding is TaxRounding.PER_LINE:
        kind = StepKind.TAX_PER_LINE
    for row in ordered:
        exact = _share(row.base_minor, row.tax) if kind is StepKind.TAX else None
        steps.append(_tax_step(kind, row, exact))
    return ordered


def withhold(groups: Sequence[Group], steps: list[Step]) -> tuple[TaxTotals, ...]:
    """What the customer keeps back for the tax office: each rate of the net, rounded once."""
    bases: dict[TaxKey, tuple[Tax, int]] = {}
    for group in groups:
        for tax in group.withheld:
            base = bases.get(tax.key, (tax, 0))[1]
            bases[tax.key] = (tax, base + group.net_minor)
    rows = _ordered(
        TaxTotals(tax, base, round_fraction(_share(base, tax))) for tax, base in bases.values()
    )
    for row in rows:
        steps.append(_tax_step(StepKind.WITHHELD, row, _share(row.base_minor, row.tax)))
    return rows


def less(rows: Sequence[TaxTotals], taken: Sequence[TaxTotals]) -> tuple[TaxTotals, ...]:
    """``rows`` less those of deposits; a rate that only the deposits had comes out negative."""
    left = {row.tax.key: row for row in rows}
    for row in taken:
        full = left.get(row.tax.key, TaxTotals(row.tax, 0, 0))
        left[row.tax.key] = TaxTotals(
            full.tax, full.base_minor - row.base_minor, full.tax_minor - row.tax_minor
        )
    return _ordered(left.values())


def _ordered(rows: Iterable[TaxTotals]) -> tuple[TaxTotals, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.tax.percent, row.tax.name)))


def _tax_step(kind: StepKind, row: TaxTotals, exact: Fraction | None) -> Step:
    return Step(
        kind,
        row.tax_minor,
        row.tax.name,
        factor=row.tax.percent,
        base_minor=row.base_minor,
        exact_minor=exact,
    )


def _share(base_minor: int, tax: Tax) -> Fraction:
    return Fraction(base_minor) * Fraction(tax.percent) / 100


def _add_once(groups: Sequence[Group]) -> None:
    """The tax of each rate on all it is charged on, rounded once (BR-CO-17).

    Not per group: lines that carry a second tax as well share their first with other lines. The
    tax is then split over the groups, so that a compound tax has its base.
    """
    for key in _in_order(groups):
        members = [group for group in groups if any(tax.key == key for tax in group.taxes)]
        bases = []
        for group in members:
            tax = next(tax for tax in group.taxes if tax.key == key)
            group.base_minor[key] = group.net_minor
            if tax.is_compound:
                group.base_minor[key] += sum(group.tax_minor.values())
            bases.append(group.base_minor[key])
        whole = round_fraction(_share(sum(bases), tax))
        for group, part in zip(members, split_minor(whole, bases), strict=True):
            group.tax_minor[key] = part


def _in_order(groups: Sequence[Group]) -> list[TaxKey]:
    """Each tax after those it is charged on."""
    sorter: TopologicalSorter[TaxKey] = TopologicalSorter()
    for group in groups:
        for position, tax in enumerate(group.taxes):
            below = group.taxes[:position] if tax.is_compound else ()
            sorter.add(tax.key, *(one.key for one in below))
    try:
        return list(sorter.static_order())
    except CycleError:
        raise UserError(
            "Two compound taxes stand in different order on different lines.", field="lines"
        ) from None


def _add_per_line(group: Group) -> None:
    """Each tax rounded on each line and on the group's share of the document's discounts."""
    group.tax_minor = dict.fromkeys((tax.key for tax in group.taxes), 0)
    group.base_minor = dict.fromkeys((tax.key for tax in group.taxes), 0)
    for part in (*group.parts, group.adjustment_minor):
        before = 0
        for tax in group.taxes:
            base = part + before if tax.is_compound else part
            amount = round_fraction(_share(base, tax))
            group.base_minor[tax.key] += base
            group.tax_minor[tax.key] += amount
            before += amount


def _take_out(group: Group, per_line: bool, steps: list[Step]) -> list[int]:
    """Net and taxes inside gross prices: the gross is kept, whatever is rounded."""
    weights = group.weights()
    factor = 1 + sum(weights, Fraction(0))
    if per_line:
        line_nets = [round_fraction(amount / factor) for amount in group.parts]
        group.net_minor = sum(line_nets) + round_fraction(group.adjustment_minor / factor)
    else:
        group.net_minor = round_fraction(group.adjusted_minor / factor)
        line_nets = split_minor(round_fraction(group.amount_minor / factor), group.parts)
    steps.append(
        Step(
            StepKind.NET_OF_GROSS,
            group.net_minor,
            " + ".join(tax.name for tax in group.taxes),
            base_minor=group.adjusted_minor,
            exact_minor=None if per_line else group.adjusted_minor / factor,
        )
    )
    if group.taxes:
        whole = group.adjusted_minor - group.net_minor
        common = lcm(*(weight.denominator for weight in weights))
        parts = split_minor(whole, [int(weight * common) for weight in weights])
        before = 0
        for tax, part in zip(group.taxes, parts, strict=True):
            group.base_minor[tax.key] = group.net_minor + (before if tax.is_compound else 0)
            group.tax_minor[tax.key] = part
            before += part
    return line_nets
