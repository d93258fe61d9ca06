"""The same floor on PostgreSQL: psycopg, prepared statements, one durable transaction each."""

import itertools
from typing import Any

import psycopg

from billdesk.core.domain.database_address import DatabaseAddress

_SCHEMA = """
CREATE TABLE series (id BIGINT PRIMARY KEY, last_value BIGINT NOT NULL);
CREATE TABLE customer (id BIGINT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE invoice (
  id BIGINT PRIMARY KEY, customer_id BIGINT NOT NULL REFERENCES customer (id),
  number TEXT NOT NULL UNIQUE, issued_on DATE NOT NULL, due_on DATE NOT NULL,
  total_minor BIGINT NOT NULL, open_minor BIGINT NOT NULL, body TEXT NOT NULL);
CREATE INDEX ix_invoice_list ON invoice (issued_on, id);
CREATE INDEX ix_invoice_customer ON invoice (customer_id, issued_on, id);
CREATE INDEX ix_invoice_due ON invoice (due_on, id) WHERE open_minor <> 0;
CREATE TABLE line (
  invoice_id BIGINT NOT NULL REFERENCES invoice (id), position BIGINT NOT NULL,
  name TEXT NOT NULL, description TEXT NOT NULL, quantity TEXT NOT NULL, unit_price TEXT NOT NULL,
  net_minor BIGINT NOT NULL, PRIMARY KEY (invoice_id, position));
CREATE TABLE payment (
  id BIGSERIAL PRIMARY KEY, invoice_id BIGINT NOT NULL REFERENCES invoice (id),
  amount_minor BIGINT NOT NULL, received_on DATE NOT NULL);
CREATE INDEX ix_payment_invoice ON payment (invoice_id);
CREATE TABLE allocation (
  id BIGSERIAL PRIMARY KEY, payment_id BIGINT NOT NULL REFERENCES payment (id),
  invoice_id BIGINT NOT NULL REFERENCES invoice (id), minor BIGINT NOT NULL);
CREATE INDEX ix_allocation_invoice ON allocation (invoice_id);
CREATE TABLE ledger (
  id BIGSERIAL PRIMARY KEY, account TEXT NOT NULL, occurred_on DATE NOT NULL,
  source TEXT NOT NULL, minor BIGINT NOT NULL, memo TEXT NOT NULL);
CREATE INDEX ix_ledger_account ON ledger (account, occurred_on);
CREATE INDEX ix_ledger_source ON ledger (source);
CREATE TABLE audit (
  id BIGSERIAL PRIMARY KEY, at TIMESTAMPTZ NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
INSERT INTO series VALUES (1, 0);
INSERT INTO customer VALUES (1, 'Customer');
"""
_HASH = "0" * 64
_LINE = "Components, tokens and responsive templates"


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
            (invoice, f"INV-{row[0]:05}", _LINE),
        )
        with self._db.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO line VALUES (%s, %s, 'Interface design', %s, '7.5', '118.25', 887)",
                [(invoice, position, _LINE) for position in range(5)],
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
            (action, subject, _HASH, _HASH),
        )
