"""The column of sums in words, and the notes that belong to it."""

from billdesk.core.documents.content import PaidStamp, Pair, TotalsContent
from billdesk.core.documents.formatting import Formatter
from billdesk.core.documents.kind_wording import due_label
from billdesk.core.documents.text import clean_line
from billdesk.core.domain.documents import RECEIVABLE_KINDS
from billdesk.core.domain.early_payment import early_payment_discount
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.totals import Adjustment, Deposit, PriceMode, TaxTotals, less


def adjustment_label(adjustment: Adjustment, fmt: Formatter) -> str:
    word = fmt.labels.surcharge if adjustment.is_charge else fmt.labels.discount
    label = clean_line(adjustment.reason) or word
    if adjustment.percent is not None:
        label += f" {fmt.percent(adjustment.percent)}"
    return label


def tax_label(tax: Tax, fmt: Formatter) -> str:
    name = clean_line(tax.name)
    # Many people name a tax by its rate already: "VAT 19 %" should not become "VAT 19 % 19 %".
    return name if "%" in name else f"{name} {fmt.percent(tax.percent)}".lstrip()


def sums(snapshot: Snapshot, fmt: Formatter, paid: PaidStamp | None) -> TotalsContent:
    labels, scale = fmt.labels, snapshot.scale
    rows: list[Pair] = []
    after: list[Pair] = []
    if snapshot.adjustments:
        rows.append((labels.subtotal, fmt.amount(snapshot.subtotal_minor, scale)))
        rows.extend(
            (adjustment_label(item.adjustment, fmt), fmt.amount(item.effect_minor, scale))
            for item in snapshot.adjustments
        )
    # With tax-inclusive prices the total comes first and says what it includes; the other way
    # round the column would not add up.
    inside = snapshot.price_mode is PriceMode.GROSS
    if snapshot.taxes:
        net_label, row_label = labels.net_total, labels.tax_on
        if inside:
            net_label, row_label = labels.includes_net, labels.includes_tax
        taxes = [(net_label, fmt.amount(snapshot.net_minor, scale))]
        for row in snapshot.taxes:
            label = row_label.format(
                tax=tax_label(row.tax, fmt), base=fmt.amount(row.base_minor, scale)
            )
            taxes.append((label, fmt.amount(row.tax_minor, scale)))
        (after if inside else rows).extend(taxes)
    if snapshot.rounding_minor:
        rows.append((labels.rounding, fmt.amount(snapshot.rounding_minor, scale)))
    for deposit in snapshot.deposits:
        after.append((_deposit_label(deposit, scale, fmt), fmt.amount(-deposit.total_minor, scale)))
    paid_before = snapshot.prepaid_minor - sum(one.total_minor for one in snapshot.deposits)
    if paid_before:
        after.append((labels.already_paid, fmt.amount(-paid_before, scale)))
    for row in snapshot.withheld:
        label = labels.withheld.format(
            tax=tax_label(row.tax, fmt), base=fmt.amount(row.base_minor, scale)
        )
        after.append((label, fmt.amount(-row.tax_minor, scale)))
    due = snapshot.due_minor
    if paid:
        label = labels.paid_line.format(date=fmt.day(paid.paid_on))
        after.append((label, fmt.amount(-due, scale)))
        due = 0
    total = (
        labels.total.format(currency=snapshot.currency),
        fmt.amount(snapshot.total_minor, scale),
    )
    is_said_once = snapshot.kind not in RECEIVABLE_KINDS and due == snapshot.total_minor
    return TotalsContent(
        rows=tuple(rows),
        total=None if is_said_once else total,
        rows_after=tuple(after),
        due=(
            due_label(snapshot, labels),
            fmt.money(abs(due), scale, snapshot.currency),
        ),
    )


def notes(snapshot: Snapshot, fmt: Formatter, paid: PaidStamp | None) -> tuple[str, ...]:
    """What stands below the sums: discount for paying early, tax left after deposits, own money."""
    found = [_tax_left(snapshot, fmt), _in_own_money(snapshot, fmt)]
    if paid is None:
        found.insert(0, _early_payment(snapshot, fmt))
    return tuple(text for text in found if text)


def _deposit_label(deposit: Deposit, scale: int, fmt: Formatter) -> str:
    """A deposit with the tax of each rate (EN 16931 has none; § 14 (5) UStG, UStAE 14.8)."""
    taxes = ", ".join(
        f"{tax_label(row.tax, fmt)}: {fmt.amount(row.tax_minor, scale)}" for row in deposit.taxes
    )
    label = fmt.labels.deposit if taxes else fmt.labels.deposit_untaxed
    return label.format(
        number=clean_line(deposit.number), date=fmt.day(deposit.issued_on), taxes=taxes
    )


def _early_payment(snapshot: Snapshot, fmt: Formatter) -> str:
    terms = snapshot.discount
    if terms is None or snapshot.due_minor <= 0:
        return ""
    early = early_payment_discount(snapshot.taxes, snapshot.total_minor, snapshot.due_minor, terms)
    scale, currency = snapshot.scale, snapshot.currency
    return fmt.labels.early_payment.format(
        percent=fmt.percent(terms.percent),
        date=fmt.day(terms.until(snapshot.issued_on)),
        pay=fmt.money(early.pay_minor, scale, currency),
        due=fmt.money(snapshot.due_minor, scale, currency),
    )


def _tax_left(snapshot: Snapshot, fmt: Formatter) -> str:
    """The tax a final invoice still asks for, by rate, after that of its deposits."""
    if not snapshot.deposits:
        return ""
    full = [TaxTotals(row.tax, row.base_minor, row.tax_minor) for row in snapshot.taxes]
    left = less(full, [row for one in snapshot.deposits for row in one.taxes])
    taxes = ", ".join(
        fmt.labels.tax_on.format(
            tax=tax_label(row.tax, fmt), base=fmt.amount(row.base_minor, snapshot.scale)
        )
        + f": {fmt.amount(row.tax_minor, snapshot.scale)}"
        for row in left
        if row.base_minor or row.tax_minor
    )
    return fmt.labels.tax_left.format(taxes=taxes) if taxes else ""


def _in_own_money(snapshot: Snapshot, fmt: Formatter) -> str:
    """The tax in the company's currency, as Article 230 of Directive 2006/112/EC asks."""
    base = snapshot.base
    if base is None or not snapshot.taxes:
        return ""
    rate = f"1 {snapshot.currency} = {fmt.number(base.rate)} {base.currency}"
    if base.rate_on is not None:
        rate = f"{rate}, {fmt.day(base.rate_on)}"
    return fmt.labels.tax_in_own_money.format(
        currency=base.currency,
        tax=fmt.money(base.tax_minor, base.scale, base.currency),
        total=fmt.money(base.total_minor, base.scale, base.currency),
        rate=rate,
    )
