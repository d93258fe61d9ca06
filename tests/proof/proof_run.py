"""Start a program of this folder as it is started by hand, and tell its seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def seed_of(capsys: pytest.CaptureFixture[str], name: str, number: int) -> int:
    """``number``, or what the environment says, printed so that the run can be repeated.

    The same in every run, so that a red one is about the change; ``make check-long`` goes further,
    with the seed it is given.
    """
    seed = int(os.environ.get("BILLDESK_SEED", number))
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: seed {seed}\n")
    return seed


def start(script: str, *, password: str = "", **options: object) -> subprocess.Popen[str]:
    """``python SCRIPT --option value``, its output kept; ``password`` is the database server's."""
    path = os.pathsep.join([str(FOLDER.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return subprocess.Popen(
        [sys.executable, str(FOLDER / script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "PGPASSWORD": password},
    )
