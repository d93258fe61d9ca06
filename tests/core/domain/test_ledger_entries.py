"""Entries balance whatever the amounts, currencies and rates."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.accounts import GENERIC_CHART, Role
from billdesk.core.domain.errors import InvariantBroken
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    PostingDraft,
    RevenueShare,
    Settlement,
    TaxShare,
    issue_postings,
    reversed_postings,
    to_base,
    transfer_postings,
)
from billdesk.core.domain.movements import (
    Worth,
    credit_role,
    movement_postings,
    received_legs,
)

DAY = date(2026, 11, 24)
amounts = st.integers(-(10**12), 10**12)
money = st.integers(1, 10**12)
rates = st.decimals(
    min_value="0.000001", max_value="30000", allow_nan=False, allow_infinity=False, places=6
)


def entry(postings: tuple[PostingDraft, ...]) -> EntryDraft:
    """Raises ``InvariantBroken`` unless the postings balance."""
    return EntryDraft(EntryKind.ISSUED, "test", "1", DAY, postings)


@given(
    st.lists(amounts, min_size=1, max_size=4),
    st.lists(amounts, max_size=3),
    st.integers(-99, 99),
    rates,
)
def test_an_issued_document_balances(
    revenue: list[int], taxes: list[int], rounding: int, rate: Decimal
) -> None:
    total = sum(revenue) + sum(taxes) + rounding
    base_total = to_base(total, 2, rate, 2)
    postings = issue_postings(
        currency="USD",
        total_minor=total,
        revenue=[RevenueShare(minor, account) for account, minor in enumerate(revenue, start=1)],
        taxes=[TaxShare(minor, rate_id, 9) for rate_id, minor in enumerate(taxes, start=1)],
        rounding_minor=rounding,
        base_total_minor=base_total,
        customer_id=1,
        document_id=1,
    )
    entry(postings)
    receivable = postings[0]
    assert (receivable.role, receivable.minor) == (Role.RECEIVABLE, total)
    assert sum(-p.minor for p in postings if p.role is Role.REVENUE) == sum(revenue)
    assert sum(-p.minor for p in postings if p.role is Role.TAX_PAYABLE) == sum(taxes)
    assert sum(-p.minor for p in postings if p.role is Role.ROUNDING) == rounding
    if len(postings) > 1:
        assert receivable.base_minor == base_total


@given(money, money, st.integers(0, 10**12), st.integers(0, 10**12), st.booleans())
def test_a_movement_balances_and_realises_what_its_values_differ_by(
    amount: int, base: int, owed: int, owed_base: int, taken_back: bool
) -> None:
    part = min(amount, owed)
    rest = Worth(amount, base).part(amount - part)
    postings = movement_postings(
        currency="USD",
        customer_id=3,
        legs=received_legs(Role.BANK, "USD", Worth(amount, base), "CHF", amount * 2),
        settled=[Settlement(7, part, owed_base)] if part else [],
        credit=rest,
        credit_of=credit_role(3),
        taking_back=taken_back,
    )
    entry(postings)
    assert sum(-p.minor for p in postings if p.role is Role.CUSTOMER_CREDIT) == amount - part
    assert sum(-p.minor for p in postings if p.role is Role.RECEIVABLE) == part
    differs = base - rest.base_minor - (owed_base if part else 0)
    gained = Role.EXCHANGE_GAIN if (differs > 0) != taken_back else Role.EXCHANGE_LOSS
    realised = [p for p in postings if p.role in (Role.EXCHANGE_GAIN, Role.EXCHANGE_LOSS)]
    assert [(p.role, p.minor, -p.base_minor) for p in realised] == (
        [(gained, 0, differs)] if differs else []
    )


def test_money_of_nobody_has_no_home() -> None:
    assert (credit_role(None), credit_role(1)) == (Role.SUSPENSE, Role.CUSTOMER_CREDIT)


@given(amounts, amounts)
def test_a_transfer_balances_and_its_reversal_undoes_it(minor: int, base: int) -> None:
    postings = transfer_postings(
        Role.PAYMENT_FEES, Role.STRIPE_CLEARING, currency="EUR", minor=minor, base_minor=base
    )
    entry(postings)
    back = reversed_postings(postings)
    entry(back)
    assert [p.minor for p in back] == [-p.minor for p in postings]
    assert reversed_postings(back) == postings


@pytest.mark.parametrize(
    "postings",
    [
        (PostingDraft(Role.BANK, "EUR", 5, 5), PostingDraft(Role.REVENUE, "EUR", -4, -5)),
        (PostingDraft(Role.BANK, "EUR", 5, 5), PostingDraft(Role.REVENUE, "EUR", -5, -4)),
        # Sums to zero over both currencies, but in neither.
        (PostingDraft(Role.BANK, "EUR", 5, 5), PostingDraft(Role.REVENUE, "USD", -5, -5)),
    ],
)
def test_an_entry_that_does_not_balance_cannot_be_made(
    postings: tuple[PostingDraft, ...],
) -> None:
    with pytest.raises(InvariantBroken):
        entry(postings)


@pytest.mark.parametrize(
    ("minor", "scale", "rate", "base_scale", "base"),
    [
        (10_000, 2, "0.9", 2, 9_000),
        (1_000, 0, "0.00613", 2, 613),
        (1_000, 3, "3.0303", 2, 303),
        (1, 2, "0.5", 2, 1),
        (-1, 2, "0.5", 2, -1),
        (1, 2, "0.49", 2, 0),
        (10**15, 2, "0.123456", 2, 123_456_000_000_000),
    ],
)
def test_amounts_in_company_currency(
    minor: int, scale: int, rate: str, base_scale: int, base: int
) -> None:
    assert to_base(minor, scale, Decimal(rate), base_scale) == base


def test_the_chart_has_one_account_for_every_role() -> None:
    roles = [row.role for row in GENERIC_CHART if row.role is not None]
    assert sorted(roles) == sorted(Role)
    assert len({row.code for row in GENERIC_CHART}) == len(GENERIC_CHART)
