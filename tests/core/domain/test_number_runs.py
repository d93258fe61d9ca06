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
    assert [v for gap in runs.missing() for v in gap] == [
        v for v in range(min(plain), max(plain)) if v not in plain
    ]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1))
def test_whole_runs_are_put_in_like_their_numbers(parts: list[tuple[int, int]]) -> None:
    whole, single = Runs(), Runs()
    for first, length in parts:
        whole.add_run(range(first, first + length))
        for value in range(first, first + length):
            single.add(value)
    assert list(whole.runs()) == list(single.runs())
    assert whole.lowest == min(first for first, _ in parts)


def test_numbers_in_order_are_one_run() -> None:
    runs = Runs()
    for value in range(1000):
        runs.add(value)
    assert list(runs.missing()) == []
    assert len(runs._firsts) == 1
