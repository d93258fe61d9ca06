"""Any document adds up, computed a second way with exact fractions."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from exact_totals import UnplacedCent, exact_totals
from hypothesis import assume, given
from hypothesis import strategies as st
from random_documents import EXEMPT, GST, VAT_7, VAT_19, documents

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind
from billdesk.core.domain.totals import (
    Adjustment,
    Deposit,
    LineInput,
    PriceMode,
    StepKind,
    TaxRounding,
    TotalsInput,
    compute,
    under_the_other_rule,
)


@given(documents)
def test_the_parts_sum_to_the_whole(document: TotalsInput) -> None:
    totals = compute(document)
    assert totals.subtotal_minor == sum(line.amount_minor for line in totals.lines)
    for line in totals.lines:
        assert line.amount_minor == line.before_adjustments_minor + sum(line.adjustments_minor)
    assert totals.tax_minor == sum(row.tax_minor for row in totals.taxes)
    assert totals.total_minor == totals.net_minor + totals.tax_minor + totals.rounding_minor
    assert totals.withheld_minor == sum(row.tax_minor for row in totals.withheld)
    assert totals.due_minor == totals.total_minor - totals.prepaid_minor - totals.withheld_minor
    deposits = sum(one.total_minor for one in document.deposits)
    assert totals.prepaid_minor == document.prepaid_minor + deposits
    deposited = sum(one.tax_minor for one in document.deposits)
    assert sum(row.tax_minor for row in totals.taxes_left) == totals.tax_minor - deposited
    shown = totals.subtotal_minor + sum(totals.adjustments_minor)
    if document.price_mode is PriceMode.NET:
        assert totals.net_minor == shown
        assert [line.net_minor for line in totals.lines] == [
            line.amount_minor for line in totals.lines
        ]
    else:
        assert totals.net_minor + totals.tax_minor == shown
    if document.cash_step_minor:
        assert totals.due_minor % document.cash_step_minor == 0
        assert abs(totals.rounding_minor) * 2 <= document.cash_step_minor


@given(documents)
def test_the_engine_agrees_with_exact_fractions(document: TotalsInput) -> None:
    try:
        exact = exact_totals(document)
    except UnplacedCent:
        assume(False)
    totals = compute(document)
    assert tuple(line.amount_minor for line in totals.lines) == exact.lines
    assert totals.subtotal_minor == exact.subtotal
    assert totals.adjustments_minor == exact.adjustments
    assert totals.net_minor == exact.net
    assert totals.rounding_minor == exact.rounding
    assert totals.total_minor == exact.total
    assert totals.due_minor == exact.due
    assert {row.tax.name: row.tax_minor for row in totals.withheld} == {
        name: minor - sum(row.tax_minor for one in document.deposits for row in one.withheld)
        for name, minor in {"IRPF": 0, **exact.withheld}.items()
        if name in exact.withheld or any(one.withheld for one in document.deposits)
    }
    if document.price_mode is PriceMode.NET:
        found = {row.tax.name: row.tax_minor for row in totals.taxes}
        assert found == exact.taxes


@given(documents)
def test_prices_with_tax_keep_the_sum_that_was_typed(document: TotalsInput) -> None:
    gross = replace(document, price_mode=PriceMode.GROSS, cash_step_minor=0)
    totals = compute(gross)
    assert totals.total_minor == totals.subtotal_minor + sum(totals.adjustments_minor)


@given(documents, st.randoms(use_true_random=False))
def test_the_order_of_lines_never_moves_a_cent(document: TotalsInput, chance: object) -> None:
    shuffled = list(document.lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    one, other = compute(document), compute(replace(document, lines=tuple(shuffled)))
    assert one.total_minor == other.total_minor
    assert one.net_minor == other.net_minor
    figures = [(row.tax.key, row.base_minor, row.tax_minor) for row in one.taxes]
    assert figures == [(row.tax.key, row.base_minor, row.tax_minor) for row in other.taxes]


@given(documents)
def test_a_document_and_its_mirror_cancel_out(document: TotalsInput) -> None:
    # A fixed amount has no mirror: a discount of 5.00 stays a discount of 5.00.
    def in_percent(given: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
        return tuple(one for one in given if one.percent is not None)

    lines = tuple(
        replace(line, adjustments=in_percent(line.adjustments)) for line in document.lines
    )
    plain = replace(
        document,
        lines=lines,
        adjustments=in_percent(document.adjustments),
        prepaid_minor=0,
        deposits=(),
    )
    mirrored = replace(
        plain, lines=tuple(replace(line, quantity=-line.quantity) for line in plain.lines)
    )
    there, back = compute(plain), compute(mirrored)
    assert there.total_minor + back.total_minor == 0
    assert there.net_minor + back.net_minor == 0
    assert there.rounding_minor + back.rounding_minor == 0
    assert there.due_minor + back.due_minor == 0
    rows = (*there.taxes, *there.withheld)
    for row, opposite in zip(rows, (*back.taxes, *back.withheld), strict=True):
        assert (row.base_minor, row.tax_minor) == (-opposite.base_minor, -opposite.tax_minor)


@given(documents, st.lists(st.sampled_from((VAT_19, VAT_7, EXEMPT, GST)), min_size=6, max_size=6))
def test_the_discount_is_spread_without_losing_a_cent(
    document: TotalsInput, rates: list[Tax]
) -> None:
    # Every line under one rate only, so that the bases of all rates add up to the net.
    lines = tuple(
        replace(line, taxes=(rate,)) for line, rate in zip(document.lines, rates, strict=False)
    )
    totals = compute(replace(document, lines=lines))
    assert sum(row.base_minor for row in totals.taxes) == totals.net_minor
    assert len(totals.taxes) == len({line.taxes[0].key for line in lines})


@given(documents)
def test_the_steps_lead_to_the_amount_due(document: TotalsInput) -> None:
    totals = compute(document)

    def results(*kinds: StepKind) -> list[int]:
        return [step.result_minor for step in totals.steps if step.kind in kinds]

    assert results(StepKind.LINE) == [line.before_adjustments_minor for line in totals.lines]
    assert sum(results(StepKind.LINE, StepKind.LINE_ADJUSTMENT)) == totals.subtotal_minor
    assert tuple(results(StepKind.ADJUSTMENT)) == totals.adjustments_minor
    taxes = results(StepKind.TAX, StepKind.TAX_PER_LINE, StepKind.TAX_INSIDE)
    assert taxes == [row.tax_minor for row in totals.taxes]
    assert sum(results(StepKind.CASH_ROUNDING)) == totals.rounding_minor
    assert results(StepKind.TOTAL) == [totals.total_minor]
    kept = sum(results(StepKind.WITHHELD)) - sum(one.withheld_minor for one in document.deposits)
    taken = sum(results(StepKind.DEPOSIT, StepKind.PREPAID))
    assert results(StepKind.DUE) == [totals.total_minor + taken - kept] == [totals.due_minor]
    for step in totals.steps:
        if step.exact_minor is not None:
            assert abs(step.exact_minor - step.result_minor) <= Fraction(1, 2)


@given(documents)
def test_withholding_changes_nothing_but_what_is_due(document: TotalsInput) -> None:
    lines = tuple(
        replace(line, taxes=tuple(tax for tax in line.taxes if not tax.is_withheld))
        for line in document.lines
    )
    # One group may become two lines' worth: without discounts nothing has to be spread.
    plain = replace(document, adjustments=(), cash_step_minor=0, tax_rounding=TaxRounding.PER_LINE)
    with_, without = compute(plain), compute(replace(plain, lines=lines))
    assert (with_.net_minor, with_.total_minor) == (without.net_minor, without.total_minor)
    assert with_.due_minor == without.due_minor - with_.withheld_minor + without.withheld_minor


@given(documents)
def test_per_line_rounding_is_the_sum_of_one_line_documents(document: TotalsInput) -> None:
    plain = replace(
        document,
        tax_rounding=TaxRounding.PER_LINE,
        adjustments=(),
        cash_step_minor=0,
        prepaid_minor=0,
        deposits=(),
    )
    alone = [compute(replace(plain, lines=(line,))) for line in plain.lines]
    together = compute(plain)
    assert together.total_minor == sum(one.total_minor for one in alone)
    assert together.net_minor == sum(one.net_minor for one in alone)


@given(documents)
def test_a_final_invoice_owes_what_its_deposits_did_not(document: TotalsInput) -> None:
    # Two deposits of the same work, then the final invoice: the taxes of all three are the full.
    full = compute(replace(document, deposits=(), prepaid_minor=0, cash_step_minor=0))
    part = compute(
        replace(
            document,
            lines=tuple(replace(line, quantity=line.quantity / 4) for line in document.lines),
            adjustments=(),
            deposits=(),
            prepaid_minor=0,
            cash_step_minor=0,
        )
    )
    deposit = Deposit("D", date(2026, 1, 2), part.total_minor, part.taxes, part.withheld)
    final = compute(replace(document, deposits=(deposit,) * 2, prepaid_minor=0, cash_step_minor=0))
    left = {row.tax.key: row.tax_minor for row in final.taxes_left}
    once = {row.tax.key: row.tax_minor for row in part.taxes}
    for row in full.taxes:
        assert left[row.tax.key] + 2 * once[row.tax.key] == row.tax_minor
    kept = final.withheld_minor + 2 * part.withheld_minor
    assert kept == full.withheld_minor
    paid = 2 * (part.total_minor - part.withheld_minor)
    assert final.due_minor + paid + full.withheld_minor == full.total_minor


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e40", max_value="1e40"),
    st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e40", max_value="1e40"),
)
def test_whatever_is_typed_gives_figures_or_a_sentence(quantity: Decimal, price: Decimal) -> None:
    line = LineInput(quantity, price, (VAT_19,))
    try:
        totals = compute(TotalsInput("EUR", (line,)))
    except UserError:
        return
    assert abs(totals.total_minor) <= 10**15


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "-Infinity", "1E+999", "1e60", "-1E60"])
def test_numbers_beyond_counting_are_refused_by_field(typed: str) -> None:
    with pytest.raises(UserError) as refusal:
        compute(TotalsInput("EUR", (LineInput(Decimal(typed), Decimal(1)),)))
    assert refusal.value.field == "lines.0.quantity"


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_minor_units_are_the_currencys(currency: str, digits: int) -> None:
    totals = compute(TotalsInput(currency, (LineInput(Decimal(1), Decimal("12.3455")),)))
    assert exponent(currency) == digits
    assert totals.total_minor == {0: 12, 2: 1235, 3: 12346}[digits]


def test_digits_too_fine_to_see_are_refused_not_dropped() -> None:
    price = Decimal("1.0000000000000000000000000000001")
    with pytest.raises(UserError) as refusal:
        compute(TotalsInput("EUR", (LineInput(Decimal(1), price),)))
    assert refusal.value.field == "lines.0.unit_price"


def test_the_same_tax_twice_on_a_line_is_refused() -> None:
    line = LineInput(Decimal(1), Decimal(100), (VAT_19, VAT_19))
    with pytest.raises(UserError) as refusal:
        compute(TotalsInput("EUR", (line,)))
    assert refusal.value.field == "lines.0.taxes"


def test_the_order_of_taxes_on_a_line_never_moves_a_cent() -> None:
    # 0.05 split evenly over two equal rates: one of them gets the odd cent, always the same one.
    other = Tax("Other", TaxCategory.STANDARD, Decimal(5))
    figures = []
    for first, second in (((GST, other), (other, GST)), ((other, GST), (GST, other))):
        totals = compute(
            TotalsInput(
                "EUR",
                (
                    LineInput(Decimal(1), Decimal("0.30"), first),
                    LineInput(Decimal(1), Decimal("0.25"), second),
                ),
                price_mode=PriceMode.GROSS,
            )
        )
        figures.append({row.tax.name: row.tax_minor for row in totals.taxes})
    assert figures[0] == figures[1] == {"GST": 3, "Other": 2}


def test_compound_taxes_in_two_orders_are_refused() -> None:
    first = Tax("A", TaxCategory.STANDARD, Decimal(5), is_compound=True)
    second = Tax("B", TaxCategory.STANDARD, Decimal(5), is_compound=True)
    lines = (
        LineInput(Decimal(1), Decimal(100), (first, second)),
        LineInput(Decimal(1), Decimal(100), (second, first)),
    )
    with pytest.raises(UserError) as refusal:
        compute(TotalsInput("EUR", lines))
    assert refusal.value.field == "lines"


def test_the_other_rule_is_told() -> None:
    given = TotalsInput("EUR", (LineInput(Decimal(1), Decimal("0.10"), (VAT_19,)),) * 7)
    assert (compute(given).total_minor, under_the_other_rule(given).total_minor) == (83, 84)
    per_line = replace(given, tax_rounding=TaxRounding.PER_LINE)
    assert under_the_other_rule(per_line).total_minor == 83


def test_a_tax_withheld_is_never_compound() -> None:
    with pytest.raises(UserError) as refusal:
        Tax("odd", TaxCategory.STANDARD, Decimal(5), kind=TaxKind.WITHHELD, is_compound=True)
    assert refusal.value.field == "is_compound"
