"""Books that have grown: what writing and reading cost with 0, 100,000 and 1,000,000 invoices."""

import resource
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from sqlalchemy import text

from bench.books import Desk
from bench.engines import EngineBooks, postgres_books, sqlite_books
from bench.large_books import fill
from bench.measure import Comparison, Run, in_turns, timed
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.payments import PaymentInput

SIZES = (0, 100_000)
FULL_SIZES = (0, 100_000, 1_000_000)
_PAGE = 100
_ROUNDS = 5
# A balance, the ageing and the counts of a list, as one statement would ask for them.
_RAW = {
    "first page": "SELECT id, number, customer_name, issued_on, due_on, total_minor, open_minor "
    "FROM document WHERE company_id = 1 AND deleted_at IS NULL "
    f"ORDER BY listed_on DESC, id DESC LIMIT {_PAGE}",
    "counts of the tabs": "SELECT count(*), count(CASE WHEN open_minor <> 0 THEN 1 END), "
    "count(CASE WHEN open_minor <> 0 AND due_on < CURRENT_DATE THEN 1 END) FROM document "
    "WHERE company_id = 1 AND deleted_at IS NULL",
    "ageing": "SELECT customer_id, due_on, sum(open_minor) FROM document "
    "WHERE company_id = 1 AND open_minor <> 0 GROUP BY customer_id, due_on",
    "balance of a customer": "SELECT sum(open_minor) FROM document "
    "WHERE company_id = 1 AND customer_id = 1 AND open_minor <> 0",
    "search": "SELECT id FROM document WHERE company_id = 1 AND search_text LIKE '%no such word%'",
}
# Ratios of speed.md's kind: against the bare statement in the same run.
_AIMS = {"first page": 10, "ageing": 3, "search": 1.5}


def growing(folder: Path, *, full: bool) -> Iterator[Comparison]:
    """Each engine is filled step by step; every size is measured before the next."""
    engines: tuple[AbstractContextManager[EngineBooks | None], ...] = (
        sqlite_books(_made(folder / "sqlite")),
        postgres_books(_made(folder / "postgresql")),
    )
    for opened in engines:
        with opened as on:
            if on is not None:
                yield from _grow(on, FULL_SIZES if full else SIZES)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _grow(on: EngineBooks, sizes: tuple[int, ...]) -> Iterator[Comparison]:
    desk = Desk(on.books, on.company_id)
    present = 0
    for size in sizes:
        if size > present:
            fill(on.books, desk, size - present)
            present = size
        yield from _writing(on, desk, size)
        if size:
            yield from _reading(on, desk, size)
    if sizes[-1]:
        yield _verifying(on, desk, sizes[-1])
    desk.app.close()


def _writing(on: EngineBooks, desk: Desk, size: int) -> Iterator[Comparison]:
    repeat = 40
    count = repeat * (_ROUNDS + 1)
    invoices = desk.app.invoices
    drafts = iter([invoices.create(desk.draft()) for _ in range(count)])
    issued: list[int] = []

    def issue() -> None:
        saved = next(drafts)
        issued.append(invoices.issue(saved.document_id, saved.version).document_id)

    ours, raw = in_turns(issue, on.floor.issue, rounds=_ROUNDS, repeat=repeat)
    yield _compared(on, "issue an invoice", size, ours, raw, 12)
    total = desk.app.queries.document(issued[0]).total_minor
    mine, theirs = iter(issued), iter([on.floor.issue() for _ in range(count)])
    bank, today = PaymentMethod.BANK, desk.app.today()

    def pay() -> None:
        desk.app.payments.record(PaymentInput(next(mine), total, bank, today))

    ours, raw = in_turns(pay, lambda: on.floor.pay(next(theirs)), rounds=_ROUNDS, repeat=repeat)
    yield _compared(on, "record a payment", size, ours, raw, 12)


def _reading(on: EngineBooks, desk: Desk, size: int) -> Iterator[Comparison]:
    queries = desk.app.queries
    customer = queries.find_customers("", 1)[0].id
    cases: dict[str, Run] = {
        "first page": lambda: queries.documents(DocumentFilter(), limit=_PAGE),
        "counts of the tabs": queries.document_counts,
        "ageing": queries.ageing,
        "balance of a customer": lambda: queries.balances(customer_ids=[customer]),
        "search": lambda: queries.documents(DocumentFilter(search="no such word"), limit=_PAGE),
    }
    for name, ours in cases.items():
        floor = partial(_bare, on, _RAW[name])
        ms, floor_ms = in_turns(ours, floor, rounds=3)
        aim = _AIMS.get(name)
        yield Comparison(
            f"{on.engine}, {size:,}: {name}", "bare statement", ms, floor_ms, 3, aim, None
        )


def _bare(on: EngineBooks, statement: str) -> object:
    with on.books.engine.connect() as connection:
        return connection.execute(text(statement)).all()


def _verifying(on: EngineBooks, desk: Desk, size: int) -> Comparison:
    ms = timed(lambda: desk.app.verification.run())
    floor = timed(partial(_bare, on, "SELECT sum(minor), sum(base_minor) FROM posting"))
    return Comparison(
        f"{on.engine}, {size:,}: verify", "sum of the ledger", ms, floor, 1, note=_memory()
    )


def _compared(
    on: EngineBooks, name: str, size: int, ours: float, raw: float, aim: float
) -> Comparison:
    driver = "raw sqlite3" if on.engine == "SQLite" else "raw psycopg"
    note = f"{1000 / ours:.0f} per second"
    return Comparison(f"{on.engine}, {size:,}: {name}", driver, ours, raw, _ROUNDS, aim, None, note)


def _memory() -> str:
    """The most memory this process has had."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = size / 1024 / (1024 if sys.platform == "darwin" else 1)
    return f"at most {megabytes:,.0f} MB of memory"
