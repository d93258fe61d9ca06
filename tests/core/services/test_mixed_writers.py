"""Ten writers, four of them threads here and six in two programs, at the same customers' documents.

Whatever order they come in: every call ends well or with a typed error, no update is lost, no
number is given twice or missing, and the books verify clean.
"""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mixed_work
import pytest
from books import Shop
from mixed_work import COUNTED, PAID, Desk
from second_program import let_go, printed, start_program

pytestmark = pytest.mark.both_engines
SEED = 20261126
ROUNDS = 16
HERE = 4
SCRIPT = Path(mixed_work.__file__)


def test_ten_writers_of_everything_leave_clean_books(shop: Shop) -> None:
    for _ in range(2):
        customer = shop.customer()
        shop.issued("250", customer_id=customer)
        shop.app.invoices.create(shop.draft(customer_id=customer))
    programs = [start_program(shop, SCRIPT, SEED + 100 * number, ROUNDS) for number in (1, 2)]
    desks = [Desk(shop, SEED + number) for number in range(HERE)]
    with ThreadPoolExecutor(HERE) as pool:
        running = [pool.submit(desk.work, ROUNDS) for desk in desks]
        for program in programs:
            let_go(program)
        for one in running:
            # An error that is not of BillDesk's kinds is raised here.
            one.result()
    outcomes = [desk.outcomes for desk in desks]
    outcomes += [Counter(json.loads(printed(program))) for program in programs]
    told = f"seed {SEED}: {[dict(one) for one in outcomes]}"

    def total(name: str) -> int:
        return sum(one[name] for one in outcomes)

    writers = HERE + 2 * mixed_work.THREADS
    ended = sum(
        count for one in outcomes for name, count in one.items() if name not in (COUNTED, PAID)
    )
    assert ended == writers * ROUNDS, told
    counted = [int(row.notes or 0) for row in shop.rows("SELECT notes FROM customer")]
    assert sum(counted) == total(COUNTED), told
    kept = shop.one(
        "SELECT coalesce(sum(amount_minor), 0) AS minor FROM payment WHERE state <> 'undone'"
    )
    assert kept.minor == total(PAID), told
    issued = shop.rows("SELECT number FROM document WHERE issued_at IS NOT NULL ORDER BY id")
    assert sorted(row.number for row in issued) == [
        f"INV-{seq:05}" for seq in range(1, len(issued) + 1)
    ], told
    assert len(issued) == 2 + total("issue") + total("issue_draft"), told
    shop.check()
