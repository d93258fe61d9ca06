"""Books that have grown: what writing and reading cost with 0, 100,000 and 1,000,000 invoices."""

import resource
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from sqlalchemy import text

from bench.books import Desk
from bench.engines import EngineBooks, postgres_books, sqlite_books
from bench.kept import server, workspace
from bench.measure import Comparison, Run, in_turns, timed
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.payments import PaymentInput
from billdesk.core.services.verification import Report

SIZES = (0, 100_000)
FULL_SIZES = (0, 100_000, 1_000_000)
_PAGE = 100
_ROUNDS = 5
# A balance, the ageing and the counts of a list, as one statement would ask for them.
_LATE = "due_on < CURRENT_DATE"
_DAYS = [datetime.now(UTC).date() - timedelta(days=late) for late in (0, 30, 60, 90)]
# All that is open and what is so late, in both currencies: the same amounts as the report's.
_AGED = ", ".join(
    f"sum({column}), "
    + ", ".join(f"sum(CASE WHEN due_on < '{day}' THEN {column} ELSE 0 END)" for day in _DAYS)
    for column in ("open_minor", "open_base_minor")
)
_RAW = {
    "first page": "SELECT id, number, customer_name, issued_on, due_on, total_minor, open_minor "
    "FROM document WHERE company_id = 1 AND deleted_at IS NULL "
    f"ORDER BY listed_on DESC, id DESC LIMIT {_PAGE}",
    "counts of the tabs": "SELECT count(*), count(CASE WHEN open_minor <> 0 THEN 1 END), "
    f"count(CASE WHEN open_minor <> 0 AND {_LATE} THEN 1 END) FROM document "
    "WHERE company_id = 1 AND deleted_at IS NULL",
    "ageing": f"SELECT d.*, c.number, c.name FROM (SELECT customer_id, currency, {_AGED} "
    "FROM document WHERE company_id = 1 AND open_minor <> 0 GROUP BY customer_id, currency) d "
    "JOIN customer c ON c.id = d.customer_id ORDER BY c.sort_name",
    "balances": "SELECT d.*, c.number, c.name FROM (SELECT customer_id, currency, "
    "sum(open_minor), sum(open_base_minor) FROM document WHERE company_id = 1 "
    "AND open_minor <> 0 GROUP BY customer_id, currency) d "
    "JOIN customer c ON c.id = d.customer_id ORDER BY c.sort_name",
    "balance of a customer": "SELECT sum(open_minor) FROM document "
    "WHERE company_id = 1 AND customer_id = 1 AND open_minor <> 0",
    "trial balance": "SELECT account_id, sum(base_minor) FROM posting GROUP BY account_id",
}
# Ratios of speed.md's kind: against the bare statement in the same run.
_AIMS = {"first page": 10, "ageing": 3, "balances": 3, "trial balance": 1.5}
# What is typed, and the part of a scan it may take: a twentieth for what is rare.
_SEARCHES: dict[str, tuple[str, float | None]] = {
    "no match": ("no such word", 0.05),
    "one number": ("OLD-0000077", 0.05),
    "part of a name": ("partner 77", None),
    "in every text": ("interface", None),
    "two letters": ("qz", None),
    "one letter": ("e", None),
}
# Something is done to the text first: then no index can help.
_SCAN = "SELECT id FROM document WHERE company_id = 1 AND search_text || '' LIKE '%{typed}%'"


class Opened(Protocol):
    """Opens books of a size in a folder."""

    def __call__(self, folder: Path, size: int, /) -> AbstractContextManager[EngineBooks]: ...


def growing(folder: Path, *, full: bool) -> Iterator[Comparison]:
    """Every size on a file, then on a server; ``folder`` is left alone, it may be in memory."""
    sizes = FULL_SIZES if full else SIZES
    yield from _grow(sizes, sqlite_books)
    with server() as kept:
        if kept is not None:
            yield from _grow(sizes, partial(postgres_books, server=kept))


def _grow(sizes: tuple[int, ...], opened: Opened) -> Iterator[Comparison]:
    empty: dict[str, float] = {}
    for size in sizes:
        with workspace() as folder, opened(folder, size) as on:
            desk = Desk(on.books, on.company_id)
            for name, one in _writing(on, desk, size):
                yield one
                if size:
                    grown = f"{one.name}, against empty books"
                    floor = empty[name]
                    yield Comparison(grown, "empty books", one.takes, floor, _ROUNDS, 1.5, 1.25)
                else:
                    empty[name] = one.takes
            if size:
                yield from _reading(on, desk, size)
                yield _verifying(on, desk, size)
            desk.app.close()


def _writing(on: EngineBooks, desk: Desk, size: int) -> Iterator[tuple[str, Comparison]]:
    repeat = 40
    count = repeat * (_ROUNDS + 1)
    invoices = desk.app.invoices
    drafts = iter([invoices.create(desk.draft()) for _ in range(count)])
    issued: list[int] = []

    def issue() -> None:
        saved = next(drafts)
        issued.append(invoices.issue(saved.document_id, saved.version).document_id)

    ours, raw = in_turns(issue, on.floor.issue, rounds=_ROUNDS, repeat=repeat)
    yield "issue", _compared(on, "issue an invoice", size, ours, raw, 12)
    total = desk.app.queries.document(issued[0]).total_minor
    mine, theirs = iter(issued), iter([on.floor.issue() for _ in range(count)])
    bank, today = PaymentMethod.BANK, desk.app.today()

    def pay() -> None:
        desk.app.payments.record(PaymentInput(next(mine), total, bank, today))

    ours, raw = in_turns(pay, lambda: on.floor.pay(next(theirs)), rounds=_ROUNDS, repeat=repeat)
    yield "pay", _compared(on, "record a payment", size, ours, raw, 12)


def _reading(on: EngineBooks, desk: Desk, size: int) -> Iterator[Comparison]:
    queries = desk.app.queries
    customer = queries.find_customers("", 1)[0].id
    cases: dict[str, Run] = {
        "first page": lambda: queries.documents(DocumentFilter(), limit=_PAGE),
        "counts of the tabs": queries.document_counts,
        "ageing": queries.ageing,
        "balances": queries.balances,
        "balance of a customer": lambda: queries.balances(customer_ids=[customer]),
        "trial balance": queries.trial_balance,
    }
    for name, ours in cases.items():
        yield _read(on, size, name, ours, _RAW[name], _AIMS.get(name))
    for name, (typed, aim) in _SEARCHES.items():
        wanted = DocumentFilter(search=typed)
        scan = _SCAN.format(typed=typed)
        found = partial(queries.documents, wanted, limit=_PAGE)
        yield _read(on, size, f"search, {name}", found, scan, aim, "reading every text")


def _read(
    on: EngineBooks,
    size: int,
    name: str,
    ours: Run,
    statement: str,
    aim: float | None,
    floor: str = "bare statement",
) -> Comparison:
    ms, floor_ms = in_turns(ours, partial(_bare, on, statement), rounds=3)
    return Comparison(f"{on.engine}, {size:,}: {name}", floor, ms, floor_ms, 3, aim, None)


def _bare(on: EngineBooks, statement: str) -> object:
    with on.books.engine.connect() as connection:
        return connection.execute(text(statement)).all()


def _verifying(on: EngineBooks, desk: Desk, size: int) -> Comparison:
    before = _most_memory()
    found: list[Report] = []
    ms = timed(lambda: found.append(desk.app.verification.run()))
    floor = timed(partial(_bare, on, "SELECT sum(minor), sum(base_minor) FROM posting"))
    faults = len(found[0].violations)
    note = f"{faults} faults; at most {_most_memory():,.0f} MB of memory, {before:,.0f} before"
    return Comparison(
        f"{on.engine}, {size:,}: verify", "sum of the ledger", ms, floor, 1, note=note
    )


def _compared(
    on: EngineBooks, name: str, size: int, ours: float, raw: float, aim: float
) -> Comparison:
    driver = "raw sqlite3" if on.engine == "SQLite" else "raw psycopg"
    note = f"{1000 / ours:.0f} per second"
    return Comparison(f"{on.engine}, {size:,}: {name}", driver, ours, raw, _ROUNDS, aim, None, note)


def _most_memory() -> float:
    """The most memory this process has had since this was asked last, in megabytes.

    Where the system cannot begin anew: since it began.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return size / 1024 / (1024 if sys.platform == "darwin" else 1)
    (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM:"))
    Path("/proc/self/clear_refs").write_text("5")
    return int(line.split()[1]) / 1024
