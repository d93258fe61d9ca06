"""A credit note over an amount instead of lines: net and tax in the proportion of what is left.

What earlier credit notes took back, by lines or by amount, is taken off every figure first, so
that crediting all that is left always ends at exactly nothing for every tax rate.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from billdesk.core.domain.crediting import Credit
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.proportion import portion, share_of
from billdesk.core.domain.rounding import split_minor
from billdesk.core.domain.snapshot import Snapshot, SnapshotLine, SnapshotTax
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.totals import LineTotals, TaxTotals, Totals

ONE = Decimal(1)


def remaining(invoice: Snapshot, earlier: Sequence[Snapshot]) -> Snapshot:
    """``invoice`` less the figures of ``earlier`` credit notes; its lines stay."""
    return replace(
        invoice,
        net_minor=invoice.net_minor - sum(one.net_minor for one in earlier),
        tax_minor=invoice.tax_minor - sum(one.tax_minor for one in earlier),
        rounding_minor=invoice.rounding_minor - sum(one.rounding_minor for one in earlier),
        total_minor=invoice.total_minor - sum(one.total_minor for one in earlier),
        taxes=_less(invoice.taxes, [one.taxes for one in earlier]),
        withheld=_less(invoice.withheld, [one.withheld for one in earlier]),
        withheld_minor=invoice.withheld_minor - sum(one.withheld_minor for one in earlier),
    )


def credit_amount(
    invoice: Snapshot, earlier: Sequence[Snapshot], amount_minor: int, text: str
) -> Credit:
    """Credit ``amount_minor``, tax included; one line of ``text`` for each way of taxing.

    Raises ``UserError`` for an amount that is not positive or more than is left.
    """
    left = remaining(invoice, earlier)
    if not 0 < amount_minor <= left.total_minor:
        raise UserError(
            "Nothing of this invoice is left to credit."
            if left.total_minor <= 0
            else "The amount is not between nothing and what is left of the invoice.",
            field="amount_minor",
        )
    part = portion(left.taxes, left.total_minor, amount_minor)
    rounding = left.rounding_minor if amount_minor == left.total_minor else 0
    net = part.net_minor - rounding
    groups = _groups(left)
    nets = _split(net, list(groups.values()), amount_minor, left.total_minor)
    shown = [(taxes, minor) for taxes, minor in zip(groups, nets, strict=True) if minor]
    rows = tuple(
        TaxTotals(
            row.tax,
            sum(minor for taxes, minor in shown if row.tax in taxes),
            row.tax_minor,
        )
        for row in part.taxes
    )
    withheld = tuple(
        TaxTotals(row.tax, row.base_minor, row.tax_minor)
        for row in portion(left.withheld, left.total_minor, amount_minor).taxes
        if row.base_minor or row.tax_minor
    )
    withheld_minor = sum(row.tax_minor for row in withheld)
    totals = Totals(
        currency=invoice.currency,
        lines=tuple(LineTotals(minor, (), minor, minor) for _, minor in shown),
        subtotal_minor=net,
        adjustments_minor=(),
        net_minor=net,
        taxes=tuple(row for row in rows if row.base_minor or row.tax_minor),
        tax_minor=part.tax_minor,
        rounding_minor=rounding,
        total_minor=amount_minor,
        prepaid_minor=0,
        due_minor=amount_minor - withheld_minor,
        steps=(),
        withheld=withheld,
        withheld_minor=withheld_minor,
    )
    lines = tuple(_line(text, taxes, minor, invoice.scale) for taxes, minor in shown)
    return Credit((), lines, (), totals, ())


def _less(
    rows: Sequence[SnapshotTax], earlier: Sequence[Sequence[SnapshotTax]]
) -> tuple[SnapshotTax, ...]:
    taken = [row for one in earlier for row in one]
    return tuple(
        SnapshotTax(
            row.tax,
            row.base_minor - sum(one.base_minor for one in taken if one.tax.key == row.tax.key),
            row.tax_minor - sum(one.tax_minor for one in taken if one.tax.key == row.tax.key),
        )
        for row in rows
    )


def _split(net_minor: int, nets: Sequence[int], amount_minor: int, total_minor: int) -> list[int]:
    """``net_minor`` over the groups with ``nets``; groups that come to nothing by the amount."""
    if sum(nets):
        return split_minor(net_minor, nets)
    parts = [share_of(one, total_minor, amount_minor) for one in nets]
    if parts:
        parts[0] += net_minor - sum(parts)
    return parts


def _groups(left: Snapshot) -> dict[tuple[Tax, ...], int]:
    """The ways the invoice's lines are taxed, with what is left of the net of each.

    Where each tax stands in one of them only, that is exact: the taxable base of the tax.
    """
    nets: dict[tuple[Tax, ...], int] = {}
    for line in left.lines:
        nets[line.taxes] = nets.get(line.taxes, 0) + line.net_minor
    used = [tax.key for taxes in nets for tax in taxes]
    if len(set(used)) < len(used):
        return nets
    bases = {row.tax.key: row.base_minor for row in (*left.taxes, *left.withheld)}
    exact = {taxes: bases[taxes[0].key] for taxes in nets if taxes}
    if () in nets:
        exact[()] = left.net_minor - sum(exact.values())
    return exact


def _line(text: str, taxes: tuple[Tax, ...], minor: int, scale: int) -> SnapshotLine:
    price = Decimal(abs(minor)).scaleb(-scale)
    return SnapshotLine(
        name=text,
        quantity=ONE if minor >= 0 else -ONE,
        unit_price=price,
        amount_minor=minor,
        net_minor=minor,
        taxes=taxes,
    )
