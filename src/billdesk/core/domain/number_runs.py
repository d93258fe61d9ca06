"""A great many whole numbers, most of which follow one another."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator


class Runs:
    """A set of numbers kept as runs: a million that follow one another are one pair."""

    def __init__(self) -> None:
        # First and last number of each run, in order; runs neither touch nor overlap.
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def add(self, value: int) -> None:
        """Put ``value`` in."""
        at = bisect_right(self._firsts, value)
        if at and value <= self._lasts[at - 1]:
            return
        joins_before = at > 0 and self._lasts[at - 1] == value - 1
        joins_behind = at < len(self._firsts) and self._firsts[at] == value + 1
        if joins_before and joins_behind:
            self._lasts[at - 1] = self._lasts.pop(at)
            del self._firsts[at]
        elif joins_before:
            self._lasts[at - 1] = value
        elif joins_behind:
            self._firsts[at] = value
        else:
            self._firsts.insert(at, value)
            self._lasts.insert(at, value)

    def add_run(self, run: range) -> None:
        """Put every number of ``run`` (step 1, not empty) in, however many they are."""
        first, last = run[0], run[-1]
        # The runs that overlap or touch it.
        begin, end = bisect_left(self._lasts, first - 1), bisect_right(self._firsts, last + 1)
        if begin < end:
            first = min(first, self._firsts[begin])
            last = max(last, self._lasts[end - 1])
        self._firsts[begin:end] = [first]
        self._lasts[begin:end] = [last]

    def __contains__(self, value: int) -> bool:
        at = bisect_right(self._firsts, value)
        return at > 0 and value <= self._lasts[at - 1]

    @property
    def highest(self) -> int:
        """The highest number. Raises ``IndexError`` when there is none."""
        return self._lasts[-1]

    @property
    def lowest(self) -> int:
        """The lowest number. Raises ``IndexError`` when there is none."""
        return self._firsts[0]

    def runs(self) -> Iterator[range]:
        """The numbers that follow one another, in order."""
        for first, last in zip(self._firsts, self._lasts, strict=True):
            yield range(first, last + 1)

    def missing(self) -> Iterator[range]:
        """The numbers between the lowest and the highest that are not there, in order."""
        for last, first in zip(self._lasts[:-1], self._firsts[1:], strict=True):
            yield range(last + 1, first)
