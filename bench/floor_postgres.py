"""The same floor on PostgreSQL: psycopg, prepared statements, one durable transaction each."""

import itertools
from typing import Any

import psycopg

from bench.floor_schema import HASH, LINE, schema
from billdesk.core.domain.database_address import DatabaseAddress

_SCHEMA = schema(integer="BIGINT", serial="BIGSERIAL", day="DATE", instant="TIMESTAMPTZ")


class PostgresFloorBooks:
    """Writes invoices and payments as directly as Python can."""

    def __init__(self, address: DatabaseAddress, password: str) -> None:
        self._db = psycopg.connect(
            host=address.host,
            port=address.port,
            dbname=address.database,
            user=address.user,
            password=password,
            prepare_threshold=0,
        )
        self._db.execute(_SCHEMA, prepare=False)
        self._db.commit()
        self._ids = itertools.count(1)

    def issue(self) -> int:
        """One invoice of 5 lines, its number, 4 ledger rows, 1 audit row: one transaction."""
        invoice = next(self._ids)
        row = self._one("UPDATE series SET last_value = last_value + 1 RETURNING last_value")
        self._db.execute(
            "INSERT INTO invoice VALUES (%s, 1, %s, '2026-11-24', '2026-12-08', 5277, 5277, %s)",
            (invoice, f"INV-{row[0]:05}", LINE),
        )
        with self._db.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO line VALUES (%s, %s, 'Interface design', %s, '7.5', '118.25', 887)",
                [(invoice, position, LINE) for position in range(5)],
            )
        self._post(f"invoice:{invoice}", (("1200", 5277), ("4000", -4435), ("2200", -842), ("", 0)))
        self._audit("invoice.issued", f"invoice:{invoice}")
        self._db.commit()
        return invoice

    def pay(self, invoice: int) -> None:
        """One payment with its allocation, 2 ledger rows, 1 audit row: one transaction."""
        payment = self._one(
            "INSERT INTO payment (invoice_id, amount_minor, received_on) "
            "VALUES (%s, 5277, '2026-11-24') RETURNING id",
            invoice,
        )[0]
        self._db.execute(
            "INSERT INTO allocation (payment_id, invoice_id, minor) VALUES (%s, %s, 5277)",
            (payment, invoice),
        )
        self._db.execute("UPDATE invoice SET open_minor = 0 WHERE id = %s", (invoice,))
        self._post(f"payment:{payment}", (("1100", 5277), ("1200", -5277)))
        self._audit("payment.recorded", f"invoice:{invoice}")
        self._db.commit()

    def close(self) -> None:
        """Let the server go."""
        self._db.close()

    def _one(self, statement: str, *values: Any) -> Any:
        return self._db.execute(statement, values).fetchone()

    def _post(self, source: str, postings: tuple[tuple[str, int], ...]) -> None:
        with self._db.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO ledger (account, occurred_on, source, minor, memo) "
                "VALUES (%s, '2026-11-24', %s, %s, '')",
                [(account, source, minor) for account, minor in postings],
            )

    def _audit(self, action: str, subject: str) -> None:
        self._db.execute(
            "INSERT INTO audit (at, actor, action, subject, body, previous, hash) "
            "VALUES ('2026-11-24T10:00:00Z', 'me', %s, %s, '{}', %s, %s)",
            (action, subject, HASH, HASH),
        )
