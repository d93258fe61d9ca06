"""Desks are killed at random instants while they work; nothing reported as done is lost."""

import json
import os
import subprocess

import pytest
from postgres_server import PostgresServer
from proof_run import seed_of, start

# ``make check-long`` does a thousand.
ROUNDS = 40
ROUNDS_ON_A_SERVER = 8
pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="a round is a fork; this system has none"
)


@pytest.mark.timeout(600)
def test_books_of_killed_desks_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    seed = seed_of(capsys, "killed_rounds.py", 33)
    process = start("killed_rounds.py", rounds=ROUNDS, seed=seed)
    check(process, seed, ROUNDS)


@pytest.mark.timeout(300)
def test_books_on_a_server_are_whole_when_its_clients_are_killed(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = seed_of(capsys, "killed_rounds.py on a server", 34)
    name = postgres.books()
    process = start(
        "killed_rounds.py",
        password=postgres.password,
        database=postgres.address(name).url,
        rounds=ROUNDS_ON_A_SERVER,
        seed=seed,
    )
    check(process, seed, ROUNDS_ON_A_SERVER)
    postgres.drop(name)


def check(process: "subprocess.Popen[str]", seed: int, rounds: int) -> None:
    """It ended well, and did what it was to do."""
    out, err = process.communicate()
    assert process.returncode == 0, f"seed {seed}\n{err[-6000:]}"
    result = json.loads(out)
    assert result["rounds"] == rounds
    assert result["reported"] >= rounds
