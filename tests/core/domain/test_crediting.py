"""Credit notes: whatever is credited, and in how many parts, everything returns to zero."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_documents import documents

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.crediting import credit, everything, frozen_input, frozen_totals
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.snapshot import (
    Buyer,
    Seller,
    Snapshot,
    SnapshotAdjustment,
    SnapshotLine,
    SnapshotTax,
)
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.domain.totals import Adjustment, LineInput, PriceMode, TotalsInput, compute

VAT_19 = Tax("VAT 19 %", TaxCategory.STANDARD, Decimal(19))


def frozen(document: TotalsInput) -> Snapshot:
    totals = compute(document)
    return Snapshot(
        kind="invoice",
        number="INV-1",
        language="en",
        currency=document.currency,
        scale=2,
        issued_on=date(2026, 11, 26),
        seller=Seller("Us", Address(country="DE")),
        buyer=Buyer("Them", Address(country="DE")),
        lines=tuple(
            SnapshotLine(
                "Thing",
                line.quantity,
                line.unit_price,
                figures.amount_minor,
                figures.net_minor,
                taxes=line.taxes,
                adjustments=line.adjustments,
                adjustments_minor=figures.adjustments_minor,
            )
            for line, figures in zip(document.lines, totals.lines, strict=True)
        ),
        adjustments=tuple(
            SnapshotAdjustment(*one)
            for one in zip(document.adjustments, totals.adjustments_minor, strict=True)
        ),
        taxes=tuple(SnapshotTax(row.tax, row.base_minor, row.tax_minor) for row in totals.taxes),
        subtotal_minor=totals.subtotal_minor,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        rounding_minor=totals.rounding_minor,
        total_minor=totals.total_minor,
        prepaid_minor=totals.prepaid_minor,
        due_minor=totals.due_minor,
        price_mode=document.price_mode,
        tax_rounding=document.tax_rounding,
        cash_step_minor=document.cash_step_minor,
        withheld=tuple(
            SnapshotTax(row.tax, row.base_minor, row.tax_minor) for row in totals.withheld
        ),
        withheld_minor=totals.withheld_minor,
        deposits=document.deposits,
    )


@given(documents)
def test_a_credit_of_everything_is_the_invoice(document: TotalsInput) -> None:
    invoice = frozen(document)
    back = credit(invoice, everything(invoice)).totals
    assert (back.net_minor, back.tax_minor) == (invoice.net_minor, invoice.tax_minor)
    assert (back.rounding_minor, back.total_minor) == (invoice.rounding_minor, invoice.total_minor)
    assert back.withheld_minor == invoice.withheld_minor
    paid = invoice.prepaid_minor - sum(one.total_minor for one in invoice.deposits)
    assert back.due_minor == invoice.due_minor + paid
    assert {row.tax.key: (row.base_minor, row.tax_minor) for row in back.taxes} == {
        row.tax.key: (row.base_minor, row.tax_minor)
        for row in invoice.taxes
        if row.base_minor or row.tax_minor
    }


@given(documents, st.lists(st.integers(0, 4), min_size=12, max_size=12))
def test_partial_credits_return_to_zero_together(document: TotalsInput, cuts: list[int]) -> None:
    invoice = frozen(document)
    whole = everything(invoice)
    # Each line is credited in up to three parts, of quarters of its quantity.
    first = {i: (q * cuts[i] / 4).quantize(q) for i, q in whole.items()}
    second = {i: ((q - first[i]) * cuts[i + 6] / 4).quantize(q) for i, q in whole.items()}
    third = {i: q - first[i] - second[i] for i, q in whole.items()}
    credits = [
        credit(invoice, first),
        credit(invoice, second, [first]),
        credit(invoice, third, [first, second]),
    ]
    assert sum(one.totals.total_minor for one in credits) == invoice.total_minor
    assert sum(one.totals.net_minor for one in credits) == invoice.net_minor
    assert sum(one.totals.rounding_minor for one in credits) == invoice.rounding_minor
    assert sum(one.totals.withheld_minor for one in credits) == invoice.withheld_minor
    paid = invoice.prepaid_minor - sum(one.total_minor for one in invoice.deposits)
    assert sum(one.totals.due_minor for one in credits) == invoice.due_minor + paid
    for index, line in enumerate(invoice.lines):
        assert sum(one.net_of_line[index] for one in credits) == line.net_minor
    for row in invoice.taxes:
        back = [r for one in credits for r in one.totals.taxes if r.tax.key == row.tax.key]
        assert sum(r.tax_minor for r in back) == row.tax_minor
        assert sum(r.base_minor for r in back) == row.base_minor
    for one in credits:
        totals = one.totals
        assert totals.total_minor == totals.net_minor + totals.tax_minor + totals.rounding_minor
        assert totals.tax_minor == sum(row.tax_minor for row in totals.taxes)
        parts = totals.prepaid_minor + totals.withheld_minor + totals.due_minor
        assert totals.total_minor == parts


@given(documents)
def test_frozen_equals_recomputed(document: TotalsInput) -> None:
    invoice = frozen(document)
    assert compute(frozen_input(invoice)) == replace(
        frozen_totals(invoice), steps=compute(frozen_input(invoice)).steps
    )


def three(**more: object) -> Snapshot:
    line = LineInput(Decimal(3), Decimal("33.335"), (VAT_19,))
    return frozen(TotalsInput("EUR", (line,), **more))  # type: ignore[arg-type]  # by name


def test_three_credits_of_one_piece_each() -> None:
    # 3 x 33.335 = 100.005 -> 100.01: the pieces give back 33.34, 33.33 and 33.34.
    invoice, one = three(), {0: Decimal(1)}
    amounts = [credit(invoice, one, [one] * n).totals.net_minor for n in range(3)]
    assert amounts == [3_334, 3_333, 3_334]


def test_a_fixed_discount_is_given_back_in_proportion() -> None:
    invoice = three(adjustments=(Adjustment(is_charge=False, amount_minor=1_000, reason="Deal"),))
    back = credit(invoice, {0: Decimal(1)})
    assert back.adjustments == (Adjustment(is_charge=False, amount_minor=333, reason="Deal"),)
    assert back.totals.net_minor == 3_334 - 333


def test_gross_prices_are_given_back_gross() -> None:
    back = credit(three(price_mode=PriceMode.GROSS), {0: Decimal(2)})
    assert back.totals.total_minor == 6_667
    assert back.lines[0].quantity == 2


def test_only_the_lines_that_are_credited_stand_on_it() -> None:
    lines = tuple(LineInput(Decimal(1), Decimal(n), (VAT_19,)) for n in (10, 20, 30))
    back = credit(frozen(TotalsInput("EUR", lines)), {2: Decimal(1), 0: Decimal(0)})
    assert back.positions == (2,)
    assert [line.amount_minor for line in back.lines] == [3_000]
    assert back.net_of_line == (0, 0, 3_000)


@pytest.mark.parametrize(
    ("quantities", "field"),
    [
        ({0: Decimal(4)}, "lines.0.quantity"),
        ({0: Decimal(-1)}, "lines.0.quantity"),
        ({0: Decimal("NaN")}, "lines.0.quantity"),
        ({1: Decimal(1)}, "lines"),
        ({-1: Decimal(1)}, "lines"),
    ],
)
def test_no_more_than_the_invoice_can_be_credited(
    quantities: dict[int, Decimal], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        credit(three(), quantities)
    assert refusal.value.field == field


def test_what_was_credited_before_is_not_credited_again() -> None:
    with pytest.raises(UserError, match="1 is left"):
        credit(three(), {0: Decimal(2)}, [{0: Decimal(2)}])
