"""Issue an invoice and record a payment through the public services, beside raw sqlite3."""

import itertools
import uuid
from pathlib import Path

from sqlalchemy import insert

from bench.books import Desk, bench_books
from bench.floor import FloorBooks
from bench.measure import Comparison, in_turns
from billdesk.bootstrap import Books
from billdesk.core.db.audit_chain import AuditFact, AuditOrigin, extend_chain
from billdesk.core.db.engine import for_writing
from billdesk.core.db.tables import AuditDetail, AuditLog
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.services.payments import PaymentInput

_ROUNDS = 5
_ADD_ROW = insert(AuditLog)
_ADD_DETAIL = insert(AuditDetail)
_SAME = {
    "actor": "bench",
    "machine": "bench",
    "action": "bench.measured",
    "subject": "bench:1",
    "correlation_id": "0" * 36,
    "detail_sha256": "0" * 64,
    "previous": "0" * 64,
    "hash": "0" * 64,
}


def writing(folder: Path, *, full: bool) -> list[Comparison]:
    """Each figure is one durable transaction (WAL, synchronous FULL), except "draft and issue"."""
    repeat = 200 if full else 40
    with bench_books(folder / "writing") as (books, company_id):
        desk = Desk(books, company_id)
        floor = FloorBooks(folder / "floor.db")
        try:
            return [
                _issue(desk, floor, repeat),
                _draft_and_issue(desk, floor, repeat),
                _payment(desk, floor, repeat),
                _audit_chain(books, company_id, repeat),
            ]
        finally:
            floor.close()


def _issue(desk: Desk, floor: FloorBooks, repeat: int) -> Comparison:
    invoices = desk.app.invoices
    drafts = iter([invoices.create(desk.draft()) for _ in range(repeat * (_ROUNDS + 1))])

    def issue() -> None:
        saved = next(drafts)
        invoices.issue(saved.document_id, saved.version)

    ours, raw = in_turns(issue, floor.issue, rounds=_ROUNDS, repeat=repeat)
    return Comparison(
        "issue an invoice of 5 lines", "raw sqlite3", ours, raw, _ROUNDS, 12, 6, _per_second(ours)
    )


def _draft_and_issue(desk: Desk, floor: FloorBooks, repeat: int) -> Comparison:
    ours, raw = in_turns(desk.issue, floor.issue, rounds=_ROUNDS, repeat=repeat)
    return Comparison(
        "write the draft and issue it",
        "raw sqlite3",
        ours,
        raw,
        _ROUNDS,
        note="two transactions against one",
    )


def _payment(desk: Desk, floor: FloorBooks, repeat: int) -> Comparison:
    count = repeat * (_ROUNDS + 1)
    documents = [desk.issue() for _ in range(count)]
    total = desk.app.queries.document(documents[0]).total_minor
    today = desk.app.today()
    mine, theirs = iter(documents), iter([floor.issue() for _ in range(count)])

    def pay() -> None:
        desk.app.payments.record(PaymentInput(next(mine), total, PaymentMethod.BANK, today))

    ours, raw = in_turns(pay, lambda: floor.pay(next(theirs)), rounds=_ROUNDS, repeat=repeat)
    return Comparison(
        "record a payment", "raw sqlite3", ours, raw, _ROUNDS, 12, 8, _per_second(ours)
    )


def _audit_chain(books: Books, company_id: int, repeat: int) -> Comparison:
    """A link of the chain (two hashes, head read and moved) beside the two inserts it consists of.

    Both inside one transaction, so that the disk is left out.
    """
    origin = AuditOrigin(company_id, books.now(), "bench", "bench", str(uuid.uuid4()))
    fact = AuditFact("bench.measured", "bench:1", after={"total_minor": 527694}).recorded()
    seq = itertools.count(-1, -1)
    with books.engine.connect() as plain, (connection := for_writing(plain)).begin() as all_of_it:

        def bare() -> None:
            key = {"company_id": company_id, "seq": next(seq)}
            row = {**key, **_SAME, "at": origin.at}
            connection.execute(_ADD_ROW, row)
            connection.execute(_ADD_DETAIL, {**key, "salt": "0" * 32, "body": fact.body})

        ours, raw = in_turns(
            lambda: extend_chain(connection, origin, [fact]), bare, rounds=_ROUNDS, repeat=repeat
        )
        all_of_it.rollback()
    return Comparison("add a link to the audit chain", "its two inserts", ours, raw, _ROUNDS)


def _per_second(ms: float) -> str:
    return f"{1000 / ms:.0f} per second"
