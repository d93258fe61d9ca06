"""Number patterns: what they print, what they refuse, and reading a number back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.numbering import LONGEST, NumberPattern, Reset

DAY = date(2026, 3, 7)
PATTERNS = (
    ("INV-{seq:05}", Reset.NEVER),
    ("{seq}", Reset.NEVER),
    ("{yyyy}-{seq:04}", Reset.YEARLY),
    ("R{yy}{mm}/{seq:3}", Reset.MONTHLY),
    ("{customer}.{seq:02}", Reset.NEVER),
    ("({yyyy}) [{seq:04}] +{mm}*", Reset.MONTHLY),
)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
customers = st.from_regex(r"[A-Z0-9.+*-]{1,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("INV-{seq:05}", "INV-00042"),
        ("{seq}", "42"),
        ("{yyyy}-{seq:04}", "2026-0042"),
        ("R{yy}{mm}-{seq:3}", "R2603-042"),
        ("{customer}/{seq:02}", "C-7/42"),
    ],
)
def test_a_pattern_prints_its_number(pattern: str, number: str) -> None:
    assert NumberPattern(pattern).format(42, DAY, "C-7") == number


def test_a_number_grows_beyond_its_zeros() -> None:
    assert NumberPattern("INV-{seq:03}").format(12345, DAY) == "INV-12345"


@given(st.sampled_from(PATTERNS), st.integers(1, 10**9), days, customers)
def test_a_number_is_read_back(
    given_pattern: tuple[str, Reset], seq: int, day: date, customer: str
) -> None:
    pattern = NumberPattern(*given_pattern)
    number = pattern.format(seq, day, customer)
    assert pattern.sequence_of(number, day, customer) == seq


@given(st.sampled_from(PATTERNS), st.integers(1, 10**6), st.integers(1, 10**6), days)
def test_two_values_never_print_the_same(
    given_pattern: tuple[str, Reset], one: int, other: int, day: date
) -> None:
    pattern = NumberPattern(*given_pattern)
    same = pattern.format(one, day, "C1") == pattern.format(other, day, "C1")
    assert same == (one == other)


@pytest.mark.parametrize("number", ["INV-", "INV-12x", "XINV-00012", "INV-00012 ", "2026-0001"])
def test_numbers_of_another_pattern_are_not_read(number: str) -> None:
    assert NumberPattern("INV-{seq:05}").sequence_of(number, DAY) is None


def test_a_number_of_another_period_is_not_read() -> None:
    assert NumberPattern("{yyyy}-{seq:04}", Reset.YEARLY).sequence_of("2025-0003", DAY) is None


@pytest.mark.parametrize(
    ("reset", "same", "other"),
    [
        (Reset.NEVER, date(1999, 12, 31), None),
        (Reset.YEARLY, date(2026, 12, 31), date(2025, 3, 7)),
        (Reset.MONTHLY, date(2026, 3, 31), date(2026, 4, 1)),
        (Reset.MONTHLY, date(2026, 3, 1), date(2025, 3, 7)),
    ],
)
def test_a_counter_starts_again_with_its_period(
    reset: Reset, same: date, other: date | None
) -> None:
    pattern = NumberPattern("{yyyy}{mm}-{seq}", reset)
    assert pattern.period(DAY) == pattern.period(same)
    if other is not None:
        assert pattern.period(DAY) != pattern.period(other)


def test_each_customer_counts_alone() -> None:
    pattern = NumberPattern("{customer}-{seq}")
    assert pattern.per_customer
    assert pattern.period(DAY, "A") != pattern.period(DAY, "B")
    assert not NumberPattern("{seq}").per_customer


@pytest.mark.parametrize(
    ("pattern", "reset"),
    [
        ("INV", Reset.NEVER),
        ("", Reset.NEVER),
        ("{seq}-{seq}", Reset.NEVER),
        ("INV-{seq", Reset.NEVER),
        ("INV-seq}", Reset.NEVER),
        ("INV-{}{seq}", Reset.NEVER),
        ("INV-{year}-{seq}", Reset.NEVER),
        ("INV-{seq:abc}", Reset.NEVER),
        ("INV-{seq:123}", Reset.NEVER),
        (" INV-{seq}", Reset.NEVER),
        ("INV-{seq} ", Reset.NEVER),
        ("INV\n{seq}", Reset.NEVER),
        ("INV-{seq}", Reset.YEARLY),
        ("{mm}-{seq}", Reset.YEARLY),
        ("{yyyy}-{seq}", Reset.MONTHLY),
        ("{mm}-{seq}", Reset.MONTHLY),
    ],
)
def test_a_pattern_that_cannot_number_is_refused(pattern: str, reset: Reset) -> None:
    with pytest.raises(UserError) as refusal:
        NumberPattern(pattern, reset)
    assert refusal.value.field == "pattern"


def test_a_number_too_long_for_a_document_is_refused() -> None:
    pattern = NumberPattern("X" * (LONGEST - 1) + "{seq}")
    assert len(pattern.format(9, DAY)) == LONGEST
    with pytest.raises(UserError):
        pattern.format(10, DAY)
