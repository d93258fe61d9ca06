"""Whatever happens at Stripe and on the way, the books at rest say what Stripe says."""

import json
from collections import Counter

import pytest
from proof_run import seed_of, start
from stripe_schedules import WEIGHTS

# In all; ``make check-long`` lives through 100,000.
SCHEDULES = 2_000
RUNS = 2


@pytest.mark.timeout(1200)
def test_the_books_converge_to_stripe(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = [seed_of(capsys, "stripe_schedules.py", 41) + run for run in range(RUNS)]
    running = [
        start("stripe_schedules.py", schedules=SCHEDULES // RUNS, seed=seed) for seed in seeds
    ]
    counts: Counter[str] = Counter()
    for seed, process in zip(seeds, running, strict=True):
        out, err = process.communicate()
        assert process.returncode == 0, f"seed {seed}\n{err[-6000:]}"
        counts.update(json.loads(out))
    assert counts["schedules"] >= SCHEDULES
    assert counts["failed"] == 0
    # A step that never happens would prove nothing.
    assert [name for name in WEIGHTS if not counts[f"{name} done"]] == []
