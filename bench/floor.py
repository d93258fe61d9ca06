"""The floor for writing: raw sqlite3, WAL, synchronous FULL, prepared statements, no checks.

The same rows as the books keep, in tables of the same shape and with as many indexes; everything
a program adds on top (rules, types, an object mapper, guards) is what the ratio shows.
"""

import itertools
import sqlite3
from pathlib import Path

from bench.floor_schema import HASH, LINE, schema

_SCHEMA = schema(
    integer="INTEGER", serial="INTEGER", day="TEXT", instant="TEXT", by_key=" WITHOUT ROWID"
)


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
            (invoice, number, LINE),
        )
        db.executemany(
            "INSERT INTO line VALUES (?, ?, 'Interface design', ?, '7.5', '118.25', 887)",
            [(invoice, position, LINE) for position in range(5)],
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
            (action, subject, HASH, HASH),
        )
