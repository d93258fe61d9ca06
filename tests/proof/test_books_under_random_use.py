"""Random use cases from two actors, every invariant after each; two runs share the cores."""

import json
from collections import Counter

import pytest
from proof_run import seed_of, start
from trader import USE_CASES

# Steps in all; ``make check-long`` does a million.
STEPS = 8_400
RUNS = 2


@pytest.mark.timeout(1200)
def test_the_books_hold_whatever_two_actors_do(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = [seed_of(capsys, "books_machine.py", 31 + run) for run in range(RUNS)]
    running = [start("books_machine.py", steps=STEPS // RUNS, seed=seed) for seed in seeds]
    counts: Counter[str] = Counter()
    for seed, process in zip(seeds, running, strict=True):
        out, err = process.communicate()
        assert process.returncode == 0, f"seed {seed}\n{err[-6000:]}"
        counts.update(json.loads(out))
    assert sum(counts.values()) >= STEPS
    # A use case that never succeeds would prove nothing.
    never = [one.__name__ for one in USE_CASES if not counts[f"{one.__name__} done"]]
    assert never == []
