"""Books with as many invoices as asked for, each whole: lines, snapshot, entry, payment, audit.

One real invoice and one real payment are made through the services; their rows are then copied
with other numbers, customers, words, days and hashes, past the guards and in bulk: what is hashed
or chained by Python, everything else by the database itself. ``verify`` finds nothing wrong with
the result, which a test proves on a few hundred.
"""

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from bench.books import Desk
from bench.large_parts import Frozen, Spread, audit_texts
from billdesk.bootstrap import Books
from billdesk.core.db.dialects import raise_sequences
from billdesk.core.db.engine import for_writing, is_sqlite
from billdesk.core.db.search_index import fill_search_index
from billdesk.core.db.triggers import install_guards, remove_guards
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.search import search_key
from billdesk.core.services.payments import PaymentInput

FIRST_DAY = date(2016, 1, 4)
DAYS = 3_650
# One in 25 is still open, as in the books of a business that has run for ten years.
OPEN_ONE_IN = 25
INVOICES_PER_CUSTOMER = 50
BATCH = 10_000
WORDS = 20_000
Row = dict[str, Any]


def fill(books: Books, desk: Desk, count: int) -> None:
    """Add ``count`` invoices over ten years to the company of ``desk``."""
    document_id = desk.issue()
    total = desk.app.queries.document(document_id).total_minor
    bank, today = PaymentMethod.BANK, desk.app.today()
    desk.app.payments.record(PaymentInput(document_id, total, bank, today))
    with _past_the_guards(books) as connection:
        copier = _Copier(connection, desk.app.company_id, document_id, count)
        copier.add_customers()
        for start in range(0, count, BATCH):
            copier.copy(start, min(start + BATCH, count))
        copier.move_heads()
        if is_sqlite(connection):
            fill_search_index(connection)
        raise_sequences(connection)
    # A server keeps its statistics by itself; a file has none, as in real use.
    if not is_sqlite(books.engine):
        with books.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("VACUUM ANALYZE")


@contextmanager
def _past_the_guards(books: Books) -> Iterator[Connection]:
    """One transaction in which nothing is refused and nothing kept up to date."""
    # Nobody else has the file then, and its journal can be chosen.
    books.engine.dispose()
    with books.engine.connect() as plain:
        driver = plain.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            # A rollback journal keeps no copy of pages that are new, a log of all of them.
            settings = ("foreign_keys=OFF", "synchronous=OFF", "journal_mode=DELETE")
            for setting in (*settings, "cache_size=-512000"):
                driver.execute(f"PRAGMA {setting}").close()
        with (connection := for_writing(plain)).begin():
            if not is_sqlite(connection):
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            remove_guards(connection)
            yield connection
            install_guards(connection)
        # The next one takes the settings of real use again.
        plain.invalidate()


class _Copier:
    """Copies the rows of one invoice and its payment, ``count`` times."""

    def __init__(
        self, connection: Connection, company_id: int, document_id: int, count: int
    ) -> None:
        self._connection = connection
        self._company = company_id
        self._count = count
        of = {"of": document_id}
        self._document = self._one("document WHERE id = :of", of)
        snapshot = self._one("document_snapshot WHERE document_id = :of", of)
        self._frozen = Frozen(snapshot["body"])
        payment = self._one("payment WHERE document_id = :of", of)
        entries = self._all(
            "ledger_entry WHERE source_id IN (SELECT uid FROM document WHERE id = :of "
            "UNION SELECT uid FROM payment WHERE document_id = :of) ORDER BY id",
            of,
        )
        self._first = self._highest("document") + 1
        self._spread = Spread(
            connection,
            document_id,
            payment["id"],
            (entries[0]["id"], entries[1]["id"]),
            first=self._first,
            payments=self._highest("payment"),
            allocations=self._highest("allocation"),
            entries=self._highest("ledger_entry"),
        )
        head = self._one("audit_head WHERE company_id = :of", {"of": company_id})
        self._seq, self._hash = head["seq"], head["hash"]
        issued, paid = self._all(
            "audit_log WHERE action IN ('invoice.issued', 'payment.recorded') "
            "AND company_id = :of ORDER BY seq DESC LIMIT 2",
            {"of": company_id},
        )[::-1]
        total, currency = self._document["total_minor"], self._document["currency"]
        after = {"number": "@number@", "total_minor": total, "currency": currency}
        self._audits = (
            (issued, *audit_texts(issued, {**after, "snapshot_sha256": "@sha256@"})),
            (paid, *audit_texts(paid, {"amount_minor": total})),
        )
        self._customers: list[tuple[int, str]] = []
        # What the invoice is found by, without its number and customer.
        name = search_key(self._document["customer_name"])
        self._rest = self._document["search_text"].split(name, 1)[1]
        some = random.Random(7)
        letters = "abcdefghiklmnoprstuvwz"
        self._words = ["".join(some.choices(letters, k=some.randint(4, 9))) for _ in range(WORDS)]

    def add_customers(self) -> None:
        """Enough customers for the invoices."""
        known = self._one("customer WHERE id = :of", {"of": self._document["customer_id"]})
        first = self._highest("customer") + 1
        rows = []
        for i in range(self._count // INVOICES_PER_CUSTOMER + 1):
            name = f"{self._words[i % WORDS].title()} & Partner {i}"
            self._customers.append((first + i, name))
            named = {"name": name, "sort_name": name.lower(), "search_text": name.lower()}
            own = {"id": first + i, "uid": _uid(7, first + i), "number": f"K-{i:06}"}
            rows.append({**known, **own, **named})
        self._write("customer", rows)

    def copy(self, start: int, stop: int) -> None:
        """The invoices ``start`` to ``stop``, everything that belongs to them."""
        rows: dict[str, list[Row]] = {
            name: [] for name in ("document", "document_snapshot", "audit_log", "audit_detail")
        }
        some = random.Random(start)
        for number in range(start, stop):
            subject = " ".join(some.choices(self._words, k=3))
            self._copy(number, subject, rows)
        for table, written in rows.items():
            self._write(table, written)
        self._spread.write(self._first + start, self._first + stop - 1)

    def move_heads(self) -> None:
        """Let the audit log end where the copies ended."""
        self._connection.execute(
            text("UPDATE audit_head SET seq = :seq, hash = :hash WHERE company_id = :of"),
            {"seq": self._seq, "hash": self._hash, "of": self._company},
        )

    def _copy(self, number: int, subject: str, rows: dict[str, list[Row]]) -> None:
        document, name = self._first + number, f"OLD-{number:07}"
        customer, buyer = self._customers[number % len(self._customers)]
        issued = FIRST_DAY + timedelta(days=number * DAYS // self._count)
        due = issued + timedelta(days=14)
        paid = number % OPEN_ONE_IN != 0
        total = self._document["total_minor"]
        rows["document"].append(
            {
                **self._document,
                "id": document,
                "uid": _uid(1, document),
                "number": name,
                "customer_id": customer,
                "customer_name": buyer,
                "subject": subject,
                "search_text": f"{name.lower()} {buyer.lower()} {subject}{self._rest}",
                "issued_on": self._day(issued),
                "listed_on": self._day(issued),
                "due_on": self._day(due),
                "open_minor": 0 if paid else total,
                "open_base_minor": 0 if paid else total,
                "paid_minor": total if paid else 0,
                "settled_on": self._day(issued) if paid else None,
            }
        )
        body = self._frozen.body(name, issued, due, subject, buyer)
        sha256 = hashlib.sha256(body.encode()).hexdigest()
        own = {"document_id": document, "company_id": self._company}
        rows["document_snapshot"].append({**own, "body": body, "sha256": sha256})
        said = {"number": name, "sha256": sha256}
        for row, link, detail in self._audits[: 2 if paid else 1]:
            self._seq += 1
            salt, body = f"{self._seq:032x}", detail % said
            detail_sha256 = hashlib.sha256((salt + body).encode()).hexdigest()
            chained: Row = {
                "seq": self._seq,
                "subject": f"document:{_uid(1, document)}",
                "detail_sha256": detail_sha256,
                "previous": self._hash,
            }
            self._hash = hashlib.sha256((link % chained).encode()).hexdigest()
            rows["audit_log"].append({**row, **chained, "hash": self._hash})
            rows["audit_detail"].append(
                {"company_id": self._company, "seq": self._seq, "salt": salt, "body": body}
            )

    def _write(self, table: str, rows: list[Row]) -> None:
        names = list(rows[0])
        if is_sqlite(self._connection):
            marks = ", ".join("?" * len(names))
            statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
            values = [tuple(row.values()) for row in rows]
            self._connection.exec_driver_sql(statement, values)
            return
        cursor = self._connection.connection.cursor()
        with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))

    def _day(self, day: date) -> Any:
        return day.isoformat() if is_sqlite(self._connection) else day

    def _highest(self, table: str) -> int:
        highest = f"SELECT coalesce(max(id), 0) FROM {table}"
        return int(self._connection.exec_driver_sql(highest).scalar_one())

    def _one(self, what: str, values: Row) -> Row:
        return next(iter(self._all(what, values)))

    def _all(self, what: str, values: Row) -> list[Row]:
        # As the driver has them: they go back the same way.
        result = self._connection.execute(text(f"SELECT * FROM {what}"), values)
        return [dict(row) for row in result.mappings()]


def _uid(kind: int, of: int) -> str:
    return f"00000000-0000-4000-800{kind}-{100_000_000_000 + of}"
