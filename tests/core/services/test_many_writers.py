"""Ten threads here and two programs beside, all issuing at once: no number twice, none missing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import issue_worker
import pytest
from books import Shop
from second_program import let_go, printed, start_program

from billdesk.core.domain.numbering import Reset

pytestmark = pytest.mark.both_engines
EACH = 5
THREADS = 10


def test_ten_threads_and_two_programs_issue_at_once(shop: Shop) -> None:
    customer = shop.customer()
    script = Path(issue_worker.__file__)
    programs = [start_program(shop, script, EACH) for _ in range(2)]

    def issue_some(_: int) -> list[str]:
        return [shop.issued(customer_id=customer).number for _ in range(EACH)]

    with ThreadPoolExecutor(THREADS) as pool:
        running = pool.map(issue_some, range(THREADS))
        for program in programs:
            let_go(program)
        given = [number for numbers in running for number in numbers]
    for program in programs:
        given += printed(program).split()

    count = EACH * (THREADS + 2 * issue_worker.THREADS)
    assert sorted(given) == [f"INV-{seq:05}" for seq in range(1, count + 1)]
    shop.check()


@pytest.mark.parametrize("pattern", ["{seq}", "D-{yyyy}-{seq:03}"])
def test_ten_threads_create_drafts_that_are_numbered_at_once(shop: Shop, pattern: str) -> None:
    shop.app.settings.save_series(pattern, Reset.NEVER, at_creation=True)
    draft = shop.draft()
    with ThreadPoolExecutor(THREADS) as pool:
        saved = list(pool.map(lambda _: shop.app.invoices.create(draft), range(3 * THREADS)))
    rows = shop.rows("SELECT number FROM document")
    assert len(rows) == len(saved) == 30
    seqs = sorted(int(row.number.rpartition("-")[2]) for row in rows)
    assert seqs == list(range(1, 31))


def test_one_draft_issued_by_ten_threads_is_issued_once(shop: Shop) -> None:
    saved = shop.app.invoices.create(shop.draft())

    def issue(_: int) -> str:
        try:
            return shop.app.invoices.issue(saved.document_id, saved.version).number
        except Exception as error:
            return type(error).__name__

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(issue, range(THREADS)))
    assert sorted(outcomes) == ["INV-00001"] + ["StaleVersion"] * 9
    assert len(shop.rows("SELECT * FROM ledger_entry")) == 1
    shop.check()


def test_one_debt_paid_by_ten_threads_is_settled_once(shop: Shop) -> None:
    issued = shop.issued("100")
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: shop.receive(issued.document_id, 10_000), range(THREADS)))
    row = shop.document(issued.document_id)
    assert (row.open_minor, row.paid_minor, row.surplus_minor) == (0, 10_000, 90_000)
    shop.check()
