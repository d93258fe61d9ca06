"""One rounding rule, and splitting without losing a cent."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billdesk.core.domain.rounding import round_half_away, split_minor, to_minor

weights = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=12)
amounts = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.0049999999999999999999999999", 2, "0.00"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("3.5", 0, "4"),
        ("123456789012345.675", 2, "123456789012345.68"),
    ],
)
def test_a_half_goes_away_from_zero(value: str, decimals: int, rounded: str) -> None:
    assert round_half_away(Decimal(value), decimals) == Decimal(rounded)


def test_minor_units_of_long_amounts_lose_nothing() -> None:
    assert to_minor(Decimal("90071992547409.93"), 2) == 9007199254740993
    assert to_minor(Decimal("1.0005"), 3) == 1001
    assert to_minor(Decimal("-0.5"), 0) == -1


@given(amounts, weights)
def test_parts_sum_to_the_whole(total: int, shares: list[int]) -> None:
    parts = split_minor(total, shares)
    assert sum(parts) == total
    assert len(parts) == len(shares)


@given(amounts, weights)
def test_each_part_is_the_exact_share_rounded_one_way_or_the_other(
    total: int, shares: list[int]
) -> None:
    assume(sum(shares) != 0)
    for part, share in zip(split_minor(total, shares), shares, strict=True):
        assert abs(Fraction(total * share, sum(shares)) - part) < 1


@given(amounts, weights)
def test_the_mirror_splits_into_the_mirror(total: int, shares: list[int]) -> None:
    assert split_minor(-total, shares) == [-part for part in split_minor(total, shares)]


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_nothing_is_taken_from_anybody_when_all_weights_are_positive(
    total: int, shares: list[int]
) -> None:
    assert all(part >= 0 for part in split_minor(total, shares))


@pytest.mark.parametrize(
    ("total", "shares", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (10, [3, -1], [15, -5]),
        (7, [0, 0], [7, 0]),
        (5, [1, -1], [5, 0]),
        (0, [4, 5], [0, 0]),
        (1, [0, 1], [0, 1]),
    ],
)
def test_splits_worked_out_by_hand(total: int, shares: list[int], parts: list[int]) -> None:
    assert split_minor(total, shares) == parts


def test_nothing_to_split_over_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to split"):
        split_minor(5, [])
