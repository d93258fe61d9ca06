"""Reads are rationed over a month."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.outside_services.read_budget import (
    CAPACITY,
    MOST_BORROWED,
    PER_MONTH,
    PER_PAYMENT,
    RARELY,
    ReadBudget,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_a_new_budget_is_full_and_refills_evenly() -> None:
    budget = ReadBudget()
    assert budget.left(NOW) == CAPACITY
    spent = budget.spent(CAPACITY, NOW)
    assert spent.left(NOW) == 0
    assert spent.left(NOW + timedelta(days=3)) == PER_MONTH / 10
    assert spent.left(NOW + timedelta(days=300)) == CAPACITY


def test_only_what_cannot_wait_is_taken_in_advance() -> None:
    empty = ReadBudget().spent(CAPACITY, NOW)
    assert not empty.allows(1, NOW)
    assert empty.allows(MOST_BORROWED, NOW, borrowing=True)
    assert not empty.allows(MOST_BORROWED + 1, NOW, borrowing=True)


def test_a_month_stays_within_what_stripe_allows_however_many_payments_it_has() -> None:
    looks_in_any_case = 30 * timedelta(days=1) // RARELY
    least = CAPACITY + MOST_BORROWED + PER_MONTH + looks_in_any_case
    for payments in range(1_000):
        assert least + PER_PAYMENT * payments <= max(10_000, 500 * payments)


def test_each_payment_brings_reads_up_to_what_can_be_saved() -> None:
    empty = ReadBudget().spent(CAPACITY, NOW)
    assert empty.brought(2, NOW).left(NOW) == 2 * PER_PAYMENT
    assert empty.brought(1_000, NOW).left(NOW) == CAPACITY


def test_under_a_fifth_is_low() -> None:
    assert not ReadBudget(CAPACITY / 5, NOW).is_low(NOW)
    assert ReadBudget(CAPACITY / 5 - 1, NOW).is_low(NOW)


@given(
    st.lists(st.tuples(st.integers(-40 * 86_400, 40 * 86_400), st.integers(0, 500)), max_size=30)
)
def test_no_more_is_read_than_a_month_brings_whatever_the_clock_does(
    steps: list[tuple[int, int]],
) -> None:
    budget, now, forward, read = ReadBudget(), NOW, 0, 0
    for seconds, reads in steps:
        now += timedelta(seconds=seconds)
        forward += max(0, seconds)
        if budget.allows(reads, now):
            budget = budget.spent(reads, now)
            read += reads
        assert -MOST_BORROWED <= budget.left(now) <= CAPACITY
    assert read <= CAPACITY + PER_MONTH * forward / (30 * 86_400) + 1e-6
