"""Start a program of its own on the books of a test."""

import os
import subprocess
import sys
from pathlib import Path

from books import Shop

TESTS = Path(__file__).parent


def start_program(shop: Shop, script: Path, *arguments: object) -> "subprocess.Popen[str]":
    """Run ``script FOLDER URL COMPANY ARGUMENT…``; libpq finds the password in its environment.

    The script opens the books, prints ``ready`` and waits for a line before it begins.
    """
    paths = shop.books.paths
    given = (paths.folder, paths.server.url if paths.server else "", shop.app.company_id)
    program = subprocess.Popen(
        [sys.executable, script, *map(str, (*given, *arguments))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path]),
            "PGPASSWORD": shop.books.password() or "",
        },
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    return program


def let_go(program: "subprocess.Popen[str]") -> None:
    """Let it begin."""
    assert program.stdin is not None
    program.stdin.write("go\n")
    program.stdin.flush()


def printed(program: "subprocess.Popen[str]") -> str:
    """What it printed, once it has ended well."""
    output, _ = program.communicate(timeout=90)
    assert program.returncode == 0
    return output
