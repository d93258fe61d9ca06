"""Desks are killed at random instants while they work; nothing reported as done is lost."""

import json
import os

import pytest
from proof_run import seed_of, start

# ``make check-long`` does a thousand.
ROUNDS = 60


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a round is a fork; this system has none")
@pytest.mark.timeout(600)
def test_books_of_killed_desks_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    seed = seed_of(capsys, "killed_rounds.py", 33)
    process = start("killed_rounds.py", rounds=ROUNDS, seed=seed)
    out, err = process.communicate()
    assert process.returncode == 0, f"seed {seed}\n{err[-6000:]}"
    result = json.loads(out)
    assert result["rounds"] == ROUNDS
    assert result["reported"] >= ROUNDS
