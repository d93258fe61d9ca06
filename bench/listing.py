"""The first page of a long list, beside the bare query for the same rows."""

import sqlite3
from functools import partial
from pathlib import Path

from bench.books import Desk, bench_books, multiply_invoices
from bench.measure import Comparison, in_turns
from billdesk.core.domain.documents import FilterTab
from billdesk.core.queries.documents import DocumentFilter

_PAGE = 100
_OPEN = "AND voided_at IS NULL AND issued_at IS NOT NULL AND open_minor <> 0"
_COLUMNS = (
    "id, version, number, customer_id, customer_name, subject, issued_on, due_on, listed_on, "
    "currency, total_minor, open_minor"
)


def listing(folder: Path, *, full: bool) -> list[Comparison]:
    """10,000 invoices (100,000 with ``full``): all of them, the open ones, the next page."""
    count = 100_000 if full else 10_000
    with bench_books(folder / "listing") as (books, company_id):
        desk = Desk(books, company_id)
        multiply_invoices(books, desk.issue(), count)
        raw = sqlite3.connect(books.paths.books)
        try:
            return _pages(desk, raw, company_id, count)
        finally:
            raw.close()


def _pages(desk: Desk, raw: sqlite3.Connection, company_id: int, count: int) -> list[Comparison]:
    queries = desk.app.queries
    everything, still_open = DocumentFilter(), DocumentFilter(tab=FilterTab.OPEN)
    key = queries.documents(everything, limit=_PAGE).next_key

    def bare(where: str = "") -> object:
        return raw.execute(
            f"SELECT {_COLUMNS} FROM document WHERE company_id = ? AND deleted_at IS NULL {where} "
            f"ORDER BY listed_on DESC, id DESC LIMIT {_PAGE}",
            (company_id,),
        ).fetchall()

    cases = (
        ("first page", lambda: queries.documents(everything, limit=_PAGE), ""),
        ("next page", lambda: queries.documents(everything, key, limit=_PAGE), ""),
        ("first page, open ones", lambda: queries.documents(still_open, limit=_PAGE), _OPEN),
    )
    found = []
    for name, ours, where in cases:
        ms, floor_ms = in_turns(ours, partial(bare, where), rounds=9, repeat=10)
        found.append(
            Comparison(f"{name} of {count:,} invoices", "raw sqlite3", ms, floor_ms, 9, 10, 5)
        )
    return found
