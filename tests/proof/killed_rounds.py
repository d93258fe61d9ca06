"""Two desks work on one set of books and are killed (SIGKILL) at random; then the books are read.

``python killed_rounds.py --rounds 60 --seed 7`` works on a file, round after round, and prints what
happened as JSON; with ``--database URL`` on new books on a PostgreSQL server, which lives on while
its clients are killed (libpq finds the password in its environment).

After each round ``verify`` must be clean, and everything a desk had reported as done must be there:
it reports the head of the audit log it saw after each use case.

Each round is a fork, so that a round costs no start of Python.
"""

import argparse
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import compiled_once  # noqa: F401 - each desk opens engines of its own
from books import Shop, StillTime, open_shelf
from books_machine import make_template
from raw_reading import reader_of
from trader import USE_CASES, Trader, attempt

from billdesk.bootstrap import Paths
from billdesk.core.domain.database_address import DatabaseAddress, parse_address

DESKS = 2
# A desk is killed after so many use cases of both, and so many seconds into the next ones.
MOST_REPORTS = 25
LONGEST_S = 0.04
# A desk that does not even start is a fault of the test.
PATIENCE_S = 60
REHEARSED = 3
_LEFT_OUT = {"go_to_bed"}


def trade(place: Paths, number: int, report: int) -> None:
    """Do one use case after another until killed, reporting each audit head seen."""
    chance = random.Random(number)
    time_of_desk = StillTime()
    books = open_shelf(place, time_of_desk)
    shop = Shop.open(books, 1, time_of_desk)
    sql = reader_of(place)
    trader = Trader(shop.app, sql, time_of_desk)
    use_cases = [one for one in USE_CASES if one.__name__ not in _LEFT_OUT]
    while True:
        if chance.random() < 0.1:
            shop.work()
        else:
            a, b, c = (chance.randrange(997) for _ in range(3))
            attempt(chance.choice(use_cases), trader, a, b, c)
        head = sql.execute("SELECT seq, hash FROM audit_head WHERE company_id = 1").fetchone()
        os.write(report, f"{head['seq']} {head['hash']}\n".encode())


def examine(place: Paths, reported: list[str]) -> None:
    """Start as after a crash: verify is clean, and what was reported is there."""
    time_of_desk = StillTime()
    books = open_shelf(place, time_of_desk)
    shop = Shop.open(books, 1, time_of_desk)
    shop.check()
    chain = {
        f"{row.seq} {row.hash}"
        for row in shop.rows("SELECT seq, hash FROM audit_log WHERE company_id = 1")
    }
    lost = set(reported) - chain
    assert not lost, f"reported as done and gone: {sorted(lost)}"
    # What was left half-done outside the books is taken up again.
    shop.work()
    shop.check()
    shop.app.close()
    books.close()


def rehearse(place: Paths) -> None:
    """Load and compile what every round needs, before the first is forked."""
    time_of_desk = StillTime()
    books = open_shelf(place, time_of_desk)
    shop = Shop.open(books, 1, time_of_desk)
    trader = Trader(shop.app, reader_of(place), time_of_desk)
    for use_case in USE_CASES:
        for number in range(REHEARSED):
            attempt(use_case, trader, number, 7 * number, 13 * number)
    shop.work()
    shop.check()
    shop.app.close()
    books.close()


def in_a_fork(work: Callable[[], None]) -> int:
    """Run ``work`` in a process of its own; its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def one_round(place: Paths, chance: random.Random) -> int:
    """Let the desks work, kill them, look at the books; how many reports there were."""
    reader, writer = os.pipe()
    numbers = [chance.randrange(2**32) for _ in range(DESKS)]
    desks = [in_a_fork(lambda n=number: trade(place, n, writer)) for number in numbers]
    os.close(writer)
    heard = _listen(reader, chance.randint(1, MOST_REPORTS))
    for desk in desks:
        # Not waiting for anything: the instant of the kill is to be a random one.
        time.sleep(chance.uniform(0, LONGEST_S))
        os.kill(desk, signal.SIGKILL)
        os.waitpid(desk, 0)
    heard += _rest(reader)
    os.close(reader)
    reported = heard.decode().split("\n")[:-1]
    _, status = os.waitpid(in_a_fork(lambda: examine(place, reported)), 0)
    if status:
        raise AssertionError("the books are not as they should be after the kill")
    return len(reported)


def _listen(reader: int, reports: int) -> bytes:
    """What is reported until there are so many ``reports``."""
    heard, end = b"", time.monotonic() + PATIENCE_S
    while heard.count(b"\n") < reports:
        ready, _, _ = select.select([reader], [], [], max(0, end - time.monotonic()))
        if not ready:
            raise AssertionError("the desks do not work")
        heard += os.read(reader, 65_536)
    return heard


def _rest(reader: int) -> bytes:
    heard = b""
    while chunk := os.read(reader, 65_536):
        heard += chunk
    return heard


def run(rounds: int, number: int, server: DatabaseAddress | None = None) -> dict[str, int]:
    """Round after round on the same books; a file is renewed now and then, to stay small."""
    chance = random.Random(number)
    reports = 0
    with tempfile.TemporaryDirectory() as folder:
        stage = Paths(Path(folder) / "stage")
        make_template(stage)
        rehearse(stage)
        for index in range(rounds):
            if index == 0 or (index % 20 == 0 and server is None):
                place = Paths(Path(folder) / f"books{index}", server)
                make_template(place)
            try:
                reports += one_round(place, chance)
            except AssertionError as error:
                raise SystemExit(f"round {index} of seed {number}: {error}") from None
    return {"rounds": rounds, "reported": reports}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--database", type=parse_address)
    options = parser.parse_args()
    json.dump(run(options.rounds, options.seed, options.database), sys.stdout)
