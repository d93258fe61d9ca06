"""The floor for writing: raw sqlite3, WAL, synchronous FULL, prepared statements, no checks.

The same rows as the books keep, in tables of the same shape and with as many indexes; everything
a program adds on top (rules, types, an object mapper, guards) is what the ratio shows.
"""

import itertools
import sqlite3
from pathlib import Path

_SCHEMA = """
CREATE TABLE series (id INTEGER PRIMARY KEY, last_value INTEGER NOT NULL);
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE invoice (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id),
  number TEXT NOT NULL UNIQUE, issued_on TEXT NOT NULL, due_on TEXT NOT NULL,
  total_minor INTEGER NOT NULL, open_minor INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX ix_invoice_list ON invoice (issued_on, id);
CREATE INDEX ix_invoice_customer ON invoice (customer_id, issued_on, id);
CREATE INDEX ix_invoice_due ON invoice (due_on, id) WHERE open_minor <> 0;
CREATE TABLE line (
  invoice_id INTEGER NOT NULL REFERENCES invoice (id), position INTEGER NOT NULL,
  name TEXT NOT NULL, description TEXT NOT NULL, quantity TEXT NOT NULL, unit_price TEXT NOT NULL,
  net_minor INTEGER NOT NULL, PRIMARY KEY (invoice_id, position)) WITHOUT ROWID;
CREATE TABLE payment (
  id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL REFERENCES invoice (id),
  amount_minor INTEGER NOT NULL, received_on TEXT NOT NULL);
CREATE INDEX ix_payment_invoice ON payment (invoice_id);
CREATE TABLE allocation (
  id INTEGER PRIMARY KEY, payment_id INTEGER NOT NULL REFERENCES payment (id),
  invoice_id INTEGER NOT NULL REFERENCES invoice (id), minor INTEGER NOT NULL);
CREATE INDEX ix_allocation_invoice ON allocation (invoice_id);
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, occurred_on TEXT NOT NULL,
  source TEXT NOT NULL, minor INTEGER NOT NULL, memo TEXT NOT NULL);
CREATE INDEX ix_ledger_account ON ledger (account, occurred_on);
CREATE INDEX ix_ledger_source ON ledger (source);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
INSERT INTO series VALUES (1, 0);
INSERT INTO customer VALUES (1, 'Customer');
"""
_HASH = "0" * 64
_LINE = "Components, tokens and responsive templates"


class FloorBooks:
    """Writes invoices and payments as directly as Python can."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._ids = itertools.count(1)

    def issue(self) -> int:
        """One invoice of 5 lines, its number, 4 ledger rows, 1 audit row: one transaction."""
        db, invoice = self._db, next(self._ids)
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE series SET last_value = last_value + 1 WHERE id = 1")
        (value,) = db.execute("SELECT last_value FROM series WHERE id = 1").fetchone()
        number = f"INV-{value:05}"
        db.execute(
            "INSERT INTO invoice VALUES (?, 1, ?, '2026-11-24', '2026-12-08', 5277, 5277, ?)",
            (invoice, number, _LINE),
        )
        db.executemany(
            "INSERT INTO line VALUES (?, ?, 'Interface design', ?, '7.5', '118.25', 887)",
            [(invoice, position, _LINE) for position in range(5)],
        )
        self._post(f"invoice:{invoice}", (("1200", 5277), ("4000", -4435), ("2200", -842), ("", 0)))
        self._audit("invoice.issued", f"invoice:{invoice}")
        db.execute("COMMIT")
        return invoice

    def pay(self, invoice: int) -> None:
        """One payment with its allocation, 2 ledger rows, 1 audit row: one transaction."""
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        cursor = db.execute("INSERT INTO payment VALUES (NULL, ?, 5277, '2026-11-24')", (invoice,))
        db.execute("INSERT INTO allocation VALUES (NULL, ?, ?, 5277)", (cursor.lastrowid, invoice))
        db.execute("UPDATE invoice SET open_minor = 0 WHERE id = ?", (invoice,))
        self._post(f"payment:{cursor.lastrowid}", (("1100", 5277), ("1200", -5277)))
        self._audit("payment.recorded", f"invoice:{invoice}")
        db.execute("COMMIT")

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def _post(self, source: str, postings: tuple[tuple[str, int], ...]) -> None:
        self._db.executemany(
            "INSERT INTO ledger VALUES (NULL, ?, '2026-11-24', ?, ?, '')",
            [(account, source, minor) for account, minor in postings],
        )

    def _audit(self, action: str, subject: str) -> None:
        self._db.execute(
            "INSERT INTO audit VALUES (NULL, '2026-11-24T10:00:00Z', 'me', ?, ?, '{}', ?, ?)",
            (action, subject, _HASH, _HASH),
        )
