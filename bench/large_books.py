"""Books with as many invoices as asked for, each whole: lines, snapshot, entry, payment, audit.

One real invoice and one real payment are made through the services; their rows are then copied
with other numbers, days and hashes, written past the guards in bulk. ``verify`` finds nothing
wrong with the result, which a test proves on a few hundred.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select, text

from bench.books import Desk
from billdesk.bootstrap import Books
from billdesk.core.db.dialects import raise_sequences
from billdesk.core.db.engine import for_writing, is_sqlite
from billdesk.core.db.tables import Base
from billdesk.core.db.triggers import install_guards, remove_guards
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.services.payments import PaymentInput

FIRST_DAY = date(2016, 1, 4)
DAYS = 3_650
# One in 25 is still open, as in the books of a business that has run for ten years.
OPEN_ONE_IN = 25
BATCH = 5_000
# In an order in which every row finds what it refers to; postings stand before their entries.
TABLES = (
    "document",
    "document_line",
    "document_line_tax",
    "document_snapshot",
    "payment",
    "allocation",
    "posting",
    "ledger_entry",
    "audit_log",
    "audit_detail",
)
Row = dict[str, Any]


def fill(books: Books, desk: Desk, count: int) -> None:
    """Add ``count`` invoices over ten years to the company of ``desk``."""
    document_id = desk.issue()
    total = desk.app.queries.document(document_id).total_minor
    bank, today = PaymentMethod.BANK, desk.app.today()
    desk.app.payments.record(PaymentInput(document_id, total, bank, today))
    with books.engine.connect() as plain, (connection := for_writing(plain)).begin():
        copier = _Copier(connection, desk.app.company_id, document_id)
        remove_guards(connection)
        for start in range(0, count, BATCH):
            rows = copier.copies(range(start, min(start + BATCH, count)))
            for table in TABLES:
                _write(connection, table, rows[table])
        copier.move_heads()
        raise_sequences(connection)
        install_guards(connection)
    # A server keeps its statistics by itself; a file has none, as in real use.
    if not is_sqlite(books.engine):
        with books.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("ANALYZE")


def _write(connection: Connection, table: str, rows: list[Row]) -> None:
    if not rows:
        return
    names = list(rows[0])
    if is_sqlite(connection):
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


class _Copier:
    """Copies the rows of one invoice and its payment."""

    def __init__(self, connection: Connection, company_id: int, document_id: int) -> None:
        self._connection = connection
        self._company = company_id
        of = {"of": document_id}
        self._document = self._one("document WHERE id = :of", of)
        self._lines = self._all("document_line WHERE document_id = :of ORDER BY position", of)
        self._taxes = self._all("document_line_tax WHERE document_id = :of ORDER BY position", of)
        self._snapshot = self._one("document_snapshot WHERE document_id = :of", of)
        self._payment = self._one("payment WHERE document_id = :of", of)
        self._allocation = self._one("allocation WHERE document_id = :of", of)
        self._entries = self._all(
            "ledger_entry WHERE source_id IN (SELECT uid FROM document WHERE id = :of "
            "UNION SELECT uid FROM payment WHERE document_id = :of) ORDER BY id",
            of,
        )
        self._postings = [
            self._all("posting WHERE entry_id = :of ORDER BY position", {"of": entry["id"]})
            for entry in self._entries
        ]
        self._ids = {
            table: self._highest(table) for table in ("document", "payment", "allocation")
        } | {"ledger_entry": self._highest("ledger_entry")}
        self._customers = self._column("customer")
        head = self._one("audit_head WHERE company_id = :of", {"of": company_id})
        self._seq, self._hash = head["seq"], head["hash"]
        self._audits = self._all(
            "audit_log WHERE action IN ('invoice.issued', 'payment.recorded') "
            "AND company_id = :of ORDER BY seq DESC LIMIT 2",
            {"of": company_id},
        )[::-1]

    def copies(self, numbers: Iterable[int]) -> dict[str, list[Row]]:
        """The rows of the invoices with these numbers, by table."""
        rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        for number in numbers:
            self._copy(number, rows)
        return rows

    def move_heads(self) -> None:
        """Let the audit log end where the copies ended."""
        self._connection.execute(
            text("UPDATE audit_head SET seq = :seq, hash = :hash WHERE company_id = :of"),
            {"seq": self._seq, "hash": self._hash, "of": self._company},
        )

    def _copy(self, number: int, rows: dict[str, list[Row]]) -> None:
        document = self._next("document")
        uid, name = f"bench-document-{document:021}", f"OLD-{document:07}"
        customer = self._customers[number % len(self._customers)]
        issued = FIRST_DAY + timedelta(days=number * DAYS // 1_000_000 if number else 0)
        day = self._day(issued)
        paid = number % OPEN_ONE_IN != 0
        total = self._document["total_minor"]
        body = self._body(name, issued)
        rows["document"].append(
            {
                **self._document,
                "id": document,
                "uid": uid,
                "number": name,
                "customer_id": customer,
                "issued_on": day,
                "listed_on": day,
                "due_on": self._day(issued + timedelta(days=14)),
                "open_minor": 0 if paid else total,
                "open_base_minor": 0 if paid else total,
                "paid_minor": total if paid else 0,
                "settled_on": day if paid else None,
            }
        )
        rows["document_line"] += [{**line, "document_id": document} for line in self._lines]
        rows["document_line_tax"] += [{**tax, "document_id": document} for tax in self._taxes]
        sha256 = hashlib.sha256(body.encode()).hexdigest()
        rows["document_snapshot"].append(
            {**self._snapshot, "document_id": document, "body": body, "sha256": sha256}
        )
        self._post(0, uid, document, customer, day, rows)
        after = {
            "number": name,
            "total_minor": total,
            "currency": self._document["currency"],
            "snapshot_sha256": sha256,
        }
        self._audit(0, uid, after, rows)
        if paid:
            payment = self._next("payment")
            payment_uid = f"bench-payment-{payment:022}"
            mine = {"id": payment, "uid": payment_uid, "customer_id": customer}
            mine |= {"document_id": document, "received_on": day}
            rows["payment"].append({**self._payment, **mine})
            allocation = {"id": self._next("allocation"), "payment_id": payment}
            allocation |= {"document_id": document, "occurred_on": day}
            rows["allocation"].append({**self._allocation, **allocation})
            self._post(1, payment_uid, document, customer, day, rows)
            self._audit(1, uid, {"amount_minor": total}, rows)

    def _body(self, number: str, issued: date) -> str:
        said = json.loads(self._snapshot["body"])
        said |= {"number": number, "issued_on": issued.isoformat()}
        said["due_on"] = (issued + timedelta(days=14)).isoformat()
        return _canonical(said)

    def _post(
        self, index: int, uid: str, document: int, customer: int, day: Any, rows: Any
    ) -> None:
        entry = self._next("ledger_entry")
        for posting in self._postings[index]:
            moved = {**posting, "entry_id": entry}
            if posting["document_id"] is not None:
                moved["document_id"] = document
            if posting["customer_id"] is not None:
                moved["customer_id"] = customer
            rows["posting"].append(moved)
        written = {"id": entry, "source_id": uid, "occurred_on": day}
        rows["ledger_entry"].append({**self._entries[index], **written})

    def _audit(self, index: int, uid: str, after: Row, rows: dict[str, list[Row]]) -> None:
        self._seq += 1
        salt, body = f"{self._seq:032x}", _canonical({"before": None, "after": after})
        row = {
            **self._audits[index],
            "seq": self._seq,
            "subject": f"document:{uid}",
            "detail_sha256": hashlib.sha256((salt + body).encode()).hexdigest(),
            "previous": self._hash,
        }
        said = {k: v for k, v in row.items() if k not in ("company_id", "hash")}
        said["at"] = _instant(row["at"])
        self._hash = row["hash"] = hashlib.sha256(_canonical(said).encode()).hexdigest()
        rows["audit_log"].append(row)
        detail = {"company_id": self._company, "seq": self._seq, "salt": salt, "body": body}
        rows["audit_detail"].append(detail)

    def _day(self, day: date) -> Any:
        return day.isoformat() if is_sqlite(self._connection) else day

    def _next(self, table: str) -> int:
        self._ids[table] += 1
        return self._ids[table]

    def _highest(self, table: str) -> int:
        return int(self._connection.exec_driver_sql(f"SELECT max(id) FROM {table}").scalar_one())

    def _column(self, table: str) -> list[int]:
        mine = Base.metadata.tables[table]
        of = mine.c.company_id == self._company
        return list(self._connection.scalars(select(mine.c.id).where(of)))

    def _one(self, what: str, values: Row) -> Row:
        return next(iter(self._all(what, values)))

    def _all(self, what: str, values: Row) -> list[Row]:
        # As the driver has them: they go back the same way.
        result = self._connection.execute(text(f"SELECT * FROM {what}"), values)
        return [dict(row) for row in result.mappings()]


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _instant(stored: Any) -> str:
    if isinstance(stored, str):
        return stored.replace(" ", "T").removesuffix(".000000") + "+00:00"
    return str(stored.isoformat())
