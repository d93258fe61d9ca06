"""The step that brings the books: what older books know finds its place."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from older_books import AT, add, upgrade


def refund(connection: sqlite3.Connection, entry: int, document: int, minor: int) -> None:
    """The entry of a refund as older books wrote it: refunds to explain / Stripe clearing."""
    source = {"source_type": "refund", "source_id": f"re_{entry}", "company_id": 1}
    add(connection, "ledger_entry", id=entry, kind="refunded", occurred_on="2026-10-01", **source)
    for position, amount in ((1, minor), (2, -minor)):
        add(
            connection,
            "posting",
            entry_id=entry,
            position=position,
            company_id=1,
            account_id=position,
            currency="EUR",
            minor=amount,
            base_minor=amount,
            document_id=document,
        )


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Books of the first version: two payments of one document, refunded in part, one in vain."""
    file = tmp_path / "older.db"
    upgrade(file, "0001")
    with closing(sqlite3.connect(file)) as connection:
        for trigger in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {trigger[0]}")
        for payment, gone in ((1, 300), (2, 700)):
            add(
                connection,
                "payment",
                id=payment,
                uid=f"p{payment}",
                company_id=1,
                customer_id=4,
                document_id=9,
                method="stripe",
                state="partially_refunded",
                currency="EUR",
                amount_minor=1_000,
                refunded_minor=gone,
                exchange_rate="1",
                received_on="2026-09-30",
                livemode=0,
                payment_intent=f"pi_{payment}",
                charge=f"ch_{payment}",
            )
        for entry, minor in ((1, 300), (2, 200), (3, 500), (4, 50)):
            refund(connection, entry, 9, minor)
        add(
            connection,
            "ledger_entry",
            id=5,
            kind="refund_failed",
            occurred_on="2026-10-01",
            source_type="refund",
            source_id="re_4",
            company_id=1,
        )
        connection.commit()
    return file


def test_refunds_of_older_books_wait_for_their_meaning(older: Path) -> None:
    upgrade(older, "head")
    with closing(sqlite3.connect(older)) as connection:
        rows = connection.execute(
            "SELECT stripe_refund, payment_id, state, meaning, minor, customer_id, refunded_on, "
            "created_at FROM refund ORDER BY id"
        ).fetchall()
        uids = connection.execute("SELECT count(DISTINCT uid) FROM refund").fetchone()
    rest = (4, "2026-10-01", AT)
    assert rows == [
        ("re_1", 1, "succeeded", "unexplained", 300, *rest),
        ("re_2", 2, "succeeded", "unexplained", 200, *rest),
        ("re_3", 2, "succeeded", "unexplained", 500, *rest),
        ("re_4", 1, "failed", "unexplained", 50, *rest),
    ]
    assert uids == (4,)


def test_documents_of_older_books_are_found(tmp_path: Path) -> None:
    file = tmp_path / "older.db"
    upgrade(file, "0001")
    with closing(sqlite3.connect(file)) as connection:
        add(connection, "document", id=5, search_text="inv-00001 müller ab")
        add(connection, "document", id=6, uid="other", search_text="inv-00002 maier")
        connection.commit()
    upgrade(file, "head")
    with closing(sqlite3.connect(file)) as connection:
        find = "SELECT rowid FROM document_search WHERE document_search MATCH ?"
        assert connection.execute(find, ('"mül" AND "lle"',)).fetchall() == [(5,)]
        begins = "SELECT doc FROM document_search_terms WHERE term LIKE 'b%'"
        assert connection.execute(begins).fetchall() == [(5,)]
