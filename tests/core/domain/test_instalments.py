"""What a plan of instalments asks for on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.instalments import (
    Instalment,
    asked_minor,
    check_plan,
    even_parts,
    settled_minor,
)

FIRST = date(2026, 12, 1)
PLAN = tuple(
    Instalment(date(2026, month, 1), minor) for month, minor in ((10, 40), (11, 30), (12, 30))
)


@pytest.mark.parametrize(
    ("today", "open_minor", "asked"),
    [
        (date(2026, 9, 1), 100, 40),  # nothing is due: the first
        (date(2026, 10, 1), 100, 40),
        (date(2026, 10, 31), 60, 30),  # the first is paid: the next
        (date(2026, 11, 1), 100, 70),  # two are due
        (date(2026, 11, 1), 90, 60),  # ten came in between
        (date(2026, 11, 1), 55, 25),  # half way through the second
        (date(2027, 1, 1), 100, 100),
        (date(2027, 1, 1), 7, 7),
        (date(2026, 9, 1), 120, 120),  # more is open again than was planned
        (date(2026, 9, 1), 0, 0),
    ],
)
def test_a_plan_asks_for_what_is_due_else_for_the_next_part(
    today: date, open_minor: int, asked: int
) -> None:
    assert asked_minor(PLAN, open_minor, today) == asked


def test_without_a_plan_all_that_is_open_is_asked_for() -> None:
    assert asked_minor((), 123, FIRST) == 123
    assert settled_minor((), 123) == 0


@given(
    minors=st.lists(st.integers(1, 10_000), min_size=2, max_size=12),
    paid=st.lists(st.integers(0, 400), max_size=12),
)
def test_paying_what_is_asked_for_comes_to_the_end_exactly(
    minors: list[int], paid: list[int]
) -> None:
    plan = [Instalment(FIRST + timedelta(days=30 * n), minor) for n, minor in enumerate(minors)]
    open_minor = sum(minors)
    check_plan(plan, open_minor)
    waits = iter(paid)
    today = FIRST
    rounds = 0
    while open_minor:
        today += timedelta(days=next(waits, 0))
        asked = asked_minor(plan, open_minor, today)
        assert 0 < asked <= open_minor
        open_minor -= asked
        rounds += 1
        assert settled_minor(plan, open_minor) + open_minor == sum(minors)
    assert rounds <= len(plan)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([Instalment(FIRST, 100)], "2 to 60"),
        ([Instalment(FIRST + timedelta(days=n), 1) for n in range(61)], "2 to 60"),
        ([Instalment(FIRST, 100), Instalment(FIRST + timedelta(days=1), 0)], "more than zero"),
        ([Instalment(FIRST, 50), Instalment(FIRST, 50)], "later"),
        ([Instalment(FIRST, 50), Instalment(FIRST + timedelta(days=1), 49)], "make up"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(parts: list[Instalment], words: str) -> None:
    with pytest.raises(UserError, match=words):
        check_plan(parts, 100)


@given(minor=st.integers(60, 1_000_000), count=st.integers(2, 60))
def test_even_parts_make_up_the_whole(minor: int, count: int) -> None:
    parts = even_parts(minor, count)
    assert sum(parts) == minor
    assert len(parts) == count
    assert max(parts) - min(parts) <= 1
