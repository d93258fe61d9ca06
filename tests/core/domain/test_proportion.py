"""The tax inside a part of an invoice: write-off, cash basis, discount for paying early."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.early_payment import DiscountTerms, early_payment_discount
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.proportion import TaxPortion, portion, share_of
from billdesk.core.domain.tax import Tax, TaxCategory

VAT_19 = Tax("VAT 19 %", TaxCategory.STANDARD, Decimal(19))
VAT_7 = Tax("VAT 7 %", TaxCategory.STANDARD, Decimal(7))
ROWS = (TaxPortion(VAT_19, 10_000, 1_900), TaxPortion(VAT_7, 20_000, 1_400))
TOTAL = 33_300

rows = st.lists(
    st.builds(
        TaxPortion,
        tax=st.sampled_from((VAT_19, VAT_7)),
        base_minor=st.integers(0, 10**7),
        tax_minor=st.integers(0, 10**6),
    ),
    max_size=4,
)


def test_half_of_the_money_settles_half_of_each_tax() -> None:
    half = portion(ROWS, TOTAL, 16_650)
    assert half.net_minor == 15_000
    assert [row.tax_minor for row in half.taxes] == [950, 700]


def test_the_net_takes_what_rounding_leaves() -> None:
    # 1,00 of 333,00: 0.0571 -> 0.06 and 0.0420 -> 0.04; the net is the rest.
    one = portion(ROWS, TOTAL, 100)
    assert ([row.tax_minor for row in one.taxes], one.net_minor) == ([6, 4], 90)


@given(rows, st.integers(0, 100), st.lists(st.integers(1, 10**5), max_size=8))
def test_instalments_of_any_size_add_up_to_the_document(
    rows: list[TaxPortion], rounding: int, instalments: list[int]
) -> None:
    total = sum(row.base_minor + row.tax_minor for row in rows) + rounding
    steps = [0]
    for instalment in instalments:
        steps.append(min(total, steps[-1] + instalment))
    steps.append(total)
    portions = [portion(rows, total, settled) for settled in steps]
    booked = [later.minus(earlier) for earlier, later in pairwise(portions)]
    for one in booked:
        assert one.net_minor + one.tax_minor == one.amount_minor
    assert sum(one.amount_minor for one in booked) == total
    for index, row in enumerate(rows):
        assert sum(one.taxes[index].tax_minor for one in booked) == row.tax_minor
        assert sum(one.taxes[index].base_minor for one in booked) == row.base_minor


@given(rows, st.integers(1, 100), st.integers(0, 10**6))
def test_a_portion_and_its_mirror_cancel_out(
    rows: list[TaxPortion], rounding: int, settled: int
) -> None:
    total = sum(row.base_minor + row.tax_minor for row in rows) + rounding
    there, back = portion(rows, total, settled), portion(rows, total, -settled)
    assert there.net_minor + back.net_minor == 0
    assert [row.tax_minor for row in there.taxes] == [-row.tax_minor for row in back.taxes]


def test_a_share_of_nothing_is_no_share() -> None:
    with pytest.raises(ValueError, match="nothing"):
        share_of(1, 0, 1)
    assert portion((), 0, 0).net_minor == 0


def test_two_percent_for_paying_early() -> None:
    # 333.00 x 2 % = 6.66: tax 0.38 and 0.28, net 6.00.
    early = early_payment_discount(ROWS, TOTAL, TOTAL, DiscountTerms(Decimal(2), 10))
    assert (early.pay_minor, early.discount.amount_minor) == (32_634, 666)
    assert [row.tax_minor for row in early.discount.taxes] == [38, 28]
    assert early.discount.net_minor == 600


@given(rows, st.decimals(min_value="0.01", max_value="99.99", places=2))
def test_what_is_paid_and_what_falls_away_is_the_whole(
    rows: list[TaxPortion], percent: Decimal
) -> None:
    total = sum(row.base_minor + row.tax_minor for row in rows)
    early = early_payment_discount(rows, total, total, DiscountTerms(percent, 7))
    assert early.pay_minor + early.discount.amount_minor == total
    assert early.discount.net_minor + early.discount.tax_minor == early.discount.amount_minor


def test_the_last_day_of_the_discount() -> None:
    assert DiscountTerms(Decimal(2), 10).until(date(2026, 11, 26)) == date(2026, 12, 6)
    assert DiscountTerms(Decimal(2), 0).until(date(2026, 11, 26)) == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("percent", "days", "field"),
    [
        ("0", 7, "percent"),
        ("100", 7, "percent"),
        ("NaN", 7, "percent"),
        ("2", -1, "days"),
        ("2", 366, "days"),
    ],
)
def test_terms_that_cannot_be(percent: str, days: int, field: str) -> None:
    with pytest.raises(UserError) as refusal:
        DiscountTerms(Decimal(percent), days)
    assert refusal.value.field == f"discount_{field}"
