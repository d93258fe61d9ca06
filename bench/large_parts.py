"""The parts of a copied invoice: texts with blanks to fill in, and rows copied by the database."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from billdesk.core.db.tables import Base


class Frozen:
    """A snapshot's canonical text with everything that differs from invoice to invoice left out."""

    def __init__(self, body: str) -> None:
        said = json.loads(body)
        marked = {"number": "@number@", "issued_on": "@issued@", "due_on": "@due@"}
        said |= {**marked, "subject": "@subject@"}
        said["buyer"]["name"] = "@buyer@"
        self._blank = _with_blanks(canonical(said), "number", "issued", "due", "subject", "buyer")

    def body(self, number: str, issued: date, due: date, subject: str, buyer: str) -> str:
        """The canonical text of one invoice; its values need no escapes."""
        days = {"issued": issued.isoformat(), "due": due.isoformat()}
        return self._blank % {"number": number, "subject": subject, "buyer": buyer, **days}


def audit_texts(row: dict[str, Any], after: Any) -> tuple[str, str]:
    """What an audit row is hashed over and its detail, both with blanks."""
    said = {k: v for k, v in row.items() if k not in ("company_id", "hash")}
    chained = ("subject", "detail_sha256", "previous")
    said |= {name: f"@{name}@" for name in chained}
    said |= {"at": instant(row["at"]), "seq": "@seq@"}
    link = _with_blanks(canonical(said), *chained).replace('"@seq@"', "%(seq)s")
    detail = _with_blanks(canonical({"before": None, "after": after}), "number", "sha256")
    return link, detail


def canonical(value: object) -> str:
    """As ``domain.canonical`` writes what is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def instant(stored: Any) -> str:
    """An instant as the driver gives it, as it is hashed."""
    if isinstance(stored, str):
        return stored.replace(" ", "T").removesuffix(".000000") + "+00:00"
    return str(stored.isoformat())


def _with_blanks(said: str, *names: str) -> str:
    blank = said.replace("%", "%%")
    for name in names:
        blank = blank.replace(f"@{name}@", f"%({name})s")
    return blank


class Spread:
    """Copies of the rows that hang on a document, for a range of documents at a time.

    ``first`` is the first copied document; ``payments``, ``allocations`` and ``entries`` are the
    highest ids before.
    """

    def __init__(
        self,
        connection: Connection,
        document_id: int,
        payment_id: int,
        entry_ids: tuple[int, int],
        *,
        first: int,
        payments: int,
        allocations: int,
        entries: int,
    ) -> None:
        self._connection = connection
        number = f"(d.id - {first})"
        payment = f"{payments + 1} + {number}"
        payment_uid = f"'00000000-0000-4000-8002-' || CAST(100000000000 + {payment} AS VARCHAR(12))"
        of_document = f"t.document_id = {document_id}"
        paid = " AND d.open_minor = 0"
        document = {"document_id": "d.id"}
        day = {"occurred_on": "d.issued_on"}
        self._statements = [
            _copies("document_line", document, of_document),
            _copies("document_line_tax", document, of_document),
            _copies(
                "payment",
                {
                    **document,
                    "id": payment,
                    "uid": payment_uid,
                    "customer_id": "d.customer_id",
                    "received_on": "d.issued_on",
                },
                f"t.id = {payment_id}{paid}",
            ),
            _copies(
                "allocation",
                {
                    **document,
                    **day,
                    "id": f"{allocations + 1} + {number}",
                    "payment_id": payment,
                },
                f"{of_document}{paid}",
            ),
        ]
        both = (entry_ids[0], "d.uid", ""), (entry_ids[1], payment_uid, paid)
        for index, (entry_id, source, which) in enumerate(both):
            entry = f"{entries + 1 + index} + 2 * {number}"
            named = {
                "document_id": "CASE WHEN t.document_id IS NULL THEN NULL ELSE d.id END",
                "customer_id": "CASE WHEN t.customer_id IS NULL THEN NULL ELSE d.customer_id END",
            }
            self._statements += [
                _copies("posting", {**named, "entry_id": entry}, f"t.entry_id = {entry_id}{which}"),
                _copies(
                    "ledger_entry",
                    {**day, "id": entry, "source_id": source},
                    f"t.id = {entry_id}{which}",
                ),
            ]

    def write(self, low: int, high: int) -> None:
        """The rows of the documents ``low`` to ``high``."""
        for statement in self._statements:
            self._connection.execute(text(statement), {"low": low, "high": high})


def _copies(table: str, changed: dict[str, str], which: str) -> str:
    names = [column.name for column in Base.metadata.tables[table].columns]
    values = ", ".join(changed.get(name, f"t.{name}") for name in names)
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} "
        f"FROM document d CROSS JOIN {table} t WHERE d.id BETWEEN :low AND :high AND {which} "
        "ORDER BY d.id"
    )
