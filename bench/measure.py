"""Time two ways of doing the same thing in turns, and compare them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Run = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure beside its floor, in ``unit``; medians over the rounds.

    ``target`` and ``stretch`` are the ratios aimed at, ``None`` where only the figure is wanted.
    """

    name: str
    floor: str
    takes: float
    floor_takes: float
    rounds: int
    target: float | None = None
    stretch: float | None = None
    note: str = ""
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """How many times the floor it takes."""
        return self.takes / self.floor_takes

    @property
    def met(self) -> bool | None:
        """Whether the ratio reaches the target; ``None`` without one."""
        return None if self.target is None else self.ratio <= self.target


def timed(run: Run, repeat: int = 1) -> float:
    """Milliseconds that ``repeat`` runs take together."""
    start = time.perf_counter()
    for _ in range(repeat):
        run()
    return (time.perf_counter() - start) * 1000


def in_turns(ours: Run, floor: Run, *, rounds: int, repeat: int = 1) -> tuple[float, float]:
    """Median milliseconds per repetition of both, after one round to warm up.

    A slow moment of the machine meets both alike, because they take turns.
    """
    ours_times: list[float] = []
    floor_times: list[float] = []
    for index in range(rounds + 1):
        for run, times in ((ours, ours_times), (floor, floor_times)):
            elapsed = timed(run, repeat) / repeat
            if index:
                times.append(elapsed)
    return median(ours_times), median(floor_times)
