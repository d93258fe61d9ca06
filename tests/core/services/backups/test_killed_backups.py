"""Backup and restore are killed (SIGKILL) at any instant: nothing is lost, nothing half there."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mortal_backup
import pytest
from books import Shop, StillTime, open_shelf
from sqlalchemy import text

from billdesk.bootstrap import Paths
from billdesk.core.db.backup_summary import check_whole, summarise
from billdesk.core.services.backups import BackupService

TESTS = Path(__file__).parents[3]
ROUNDS = 6
# So that copying takes long enough to be hit in the middle.
BALLAST = 24 * 1024 * 1024


def begin(*arguments: Path) -> "subprocess.Popen[str]":
    program = subprocess.Popen(
        [sys.executable, mortal_backup.__file__, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    return program


def kill(program: "subprocess.Popen[str]", after_s: float) -> None:
    # What is tested is the instant; the program is killed whether or not it has ended by then.
    end = time.monotonic() + after_s
    while time.monotonic() < end and program.poll() is None:
        os.sched_yield()
    program.kill()
    program.communicate(timeout=60)


@pytest.fixture
def seed() -> int:
    chosen = int(os.environ.get("BILLDESK_TEST_SEED") or random.SystemRandom().randrange(2**32))
    sys.stdout.write(f"BILLDESK_TEST_SEED={chosen}\n")
    return chosen


@pytest.fixture
def heavy_shop(shop: Shop) -> Shop:
    """Two documents, one stored PDF, and something heavy to copy."""
    shop.issued()
    shop.work()
    shop.issued()
    with shop.books.engine.begin() as connection:
        connection.execute(text("CREATE TABLE ballast (b BLOB)"))
        connection.execute(text(f"INSERT INTO ballast VALUES (randomblob({BALLAST}))"))
    return shop


def test_a_killed_backup_leaves_whole_backups_and_whole_books(
    heavy_shop: Shop, backups: BackupService, seed: int
) -> None:
    instants = random.Random(seed)
    for _ in range(ROUNDS):
        kill(begin(heavy_shop.books.paths.folder), instants.uniform(0, 0.6))
        heavy_shop.issued()
    heavy_shop.check()
    rows = backups.rows()
    for row in rows:
        assert row.problem == ""
        check_whole(row.file)
    made = backups.make()
    assert made.summary is not None
    assert made.summary.documents == 2 + ROUNDS
    assert len(backups.rows()) == len(rows) + 1


def test_a_killed_restore_leaves_the_old_books_or_the_new(
    heavy_shop: Shop,
    backups: BackupService,
    close_shop: Callable[[], None],
    still_time: StillTime,
    tmp_path: Path,
    seed: int,
) -> None:
    instants = random.Random(seed)
    row = backups.make()
    heavy_shop.issued()
    close_shop()
    folder = heavy_shop.books.paths.folder
    started = time.monotonic()
    outcomes = set()
    for number in range(ROUNDS):
        copy = Paths(tmp_path / f"copy {number}")
        shutil.copytree(folder, copy.folder)
        program = begin(copy.folder, row.file)
        if number == 0:
            # The first one lives, so that the others can be killed within its time.
            assert program.wait(timeout=100) == 0
            program.communicate()
            lasts = time.monotonic() - started
        else:
            kill(program, instants.uniform(0, min(lasts, 3)))
        after = open_shelf(copy.folder, still_time)
        shop = Shop.open(after, 1, still_time)
        shop.check()
        documents = len(shop.rows("SELECT * FROM document WHERE issued_at IS NOT NULL"))
        replaced = documents == 2
        outcomes.add(replaced)
        assert replaced or documents == 3
        asides = list(copy.folder.glob("books-replaced-*.db"))
        if replaced:
            # The books before are kept, with all they had, and their numbers are not given again.
            assert any(summarise(file).documents == 3 for file in asides)
            assert shop.issued().number == "INV-00004"
            shop.check()
        shop.app.close()
        after.close()
    assert True in outcomes
