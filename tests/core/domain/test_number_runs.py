"""Runs of numbers are the set of them."""

from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.number_runs import Runs


@given(st.lists(st.integers(0, 40), min_size=1))
def test_runs_hold_what_a_set_holds(values: list[int]) -> None:
    runs, plain = Runs(), set(values)
    for value in values:
        runs.add(value)
    assert [v for v in range(-1, 42) if v in runs] == sorted(plain)
    assert runs.highest == max(plain)
    assert list(runs.missing()) == [v for v in range(min(plain), max(plain)) if v not in plain]


def test_numbers_in_order_are_one_run() -> None:
    runs = Runs()
    for value in range(1000):
        runs.add(value)
    assert list(runs.missing()) == []
    assert len(runs._firsts) == 1
