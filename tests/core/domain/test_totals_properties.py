"""Any document adds up, computed a second way with exact fractions."""

from dataclasses import replace
from decimal import Decimal

import pytest
from exact_totals import UnplacedCent, exact_totals
from hypothesis import assume, given
from hypothesis import strategies as st
from random_documents import EXEMPT, GST, VAT_7, VAT_19, documents

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.domain.totals import (
    Adjustment,
    LineInput,
    PriceMode,
    TotalsInput,
    compute,
)


@given(documents)
def test_the_parts_sum_to_the_whole(document: TotalsInput) -> None:
    totals = compute(document)
    assert totals.subtotal_minor == sum(line.amount_minor for line in totals.lines)
    for line in totals.lines:
        assert line.amount_minor == line.before_adjustments_minor + sum(line.adjustments_minor)
    assert totals.tax_minor == sum(row.tax_minor for row in totals.taxes)
    assert totals.total_minor == totals.net_minor + totals.tax_minor + totals.rounding_minor
    assert totals.due_minor == totals.total_minor - document.prepaid_minor
    shown = totals.subtotal_minor + sum(totals.adjustments_minor)
    if document.price_mode is PriceMode.NET:
        assert totals.net_minor == shown
        assert [line.net_minor for line in totals.lines] == [
            line.amount_minor for line in totals.lines
        ]
    else:
        assert totals.net_minor + totals.tax_minor == shown
    if document.cash_step_minor:
        assert totals.total_minor % document.cash_step_minor == 0
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
        document, lines=lines, adjustments=in_percent(document.adjustments), prepaid_minor=0
    )
    mirrored = replace(
        plain, lines=tuple(replace(line, quantity=-line.quantity) for line in plain.lines)
    )
    there, back = compute(plain), compute(mirrored)
    assert there.total_minor + back.total_minor == 0
    assert there.net_minor + back.net_minor == 0
    assert there.rounding_minor + back.rounding_minor == 0
    for row, opposite in zip(there.taxes, back.taxes, strict=True):
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
def test_every_rounding_is_told(document: TotalsInput) -> None:
    totals = compute(document)
    for index, line in enumerate(totals.lines, start=1):
        (step,) = [step for step in totals.steps if step.subject == f"Line {index}"]
        assert step.result_minor == line.before_adjustments_minor
    if document.cash_step_minor:
        assert totals.steps[-1].result_minor == totals.rounding_minor


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
