"""What the books hold about a person: give it out, and erase what need not be kept.

Articles 15, 17 and 20 of the GDPR. Issued documents, payments with the lines of the bank's
statements, ledger entries and the log's hashes are kept: tax law asks for them (Article 17 (3) b),
in Germany § 147 (3) AO and § 14b UStG.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, and_, select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import (
    Attachment,
    BankLine,
    Customer,
    CustomerAddress,
    CustomerContact,
    Document,
    DocumentLine,
    DocumentRevision,
    DocumentSnapshot,
    Mail,
    Payment,
    RecurringTemplate,
    Refund,
    Rendition,
    SavedCard,
)
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.errors import NotAllowed, NotFound
from billdesk.core.domain.events import CustomerChanged
from billdesk.core.domain.file_names import harmless_file_name
from billdesk.core.queries.sql.as_of import read_balances
from billdesk.core.queries.sql.attachments import OF_CUSTOMER, OF_DOCUMENT
from billdesk.core.queries.sql.customer_group import group_ids, refuse_merged
from billdesk.core.services.steps.erasure import (
    erase_customer,
    kept_documents,
    kept_payments,
    waiting_jobs,
)
from billdesk.core.services.steps.owner import require_owner
from billdesk.core.services.steps.rows import load
from billdesk.core.services.transfer.export_file import ExportWriter, write_export


@dataclass(frozen=True, slots=True)
class GivenOut:
    """What was written: rows of the books and stored files."""

    file: Path
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class Erased:
    """What had to stay: issued documents as they were sent, until the law lets them go.

    ``kept_until`` is the last day of the period of the newest one, ``None`` without any. Payments
    stay with what the bank said of them.
    """

    kept_documents: int
    kept_until: date | None
    kept_payments: int = 0

    @property
    def sentence(self) -> str:
        """What to tell the person who asked."""
        if not self.kept_documents and self.kept_payments:
            return "Everything else was erased; payments and the bank's lines have to be kept."
        if not self.kept_documents:
            return "Everything about this customer was erased."
        one = self.kept_documents == 1
        many = "1 issued document has" if one else f"{self.kept_documents} issued documents have"
        return (
            f"Everything else was erased; {many} to be kept as sent until {self.kept_until}, with "
            "the entries, payments and bank lines that belong to them."
        )


class PersonalDataService:
    """Use cases about what is known of a customer."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    def give_out(self, customer_id: int, target: Path) -> GivenOut:
        """Write everything about a customer to the new ZIP ``target``: rows as JSON, and PDFs.

        Raises ``UserError`` when the file exists or cannot be written, ``NotAllowed`` for a
        duplicate that was merged, ``NotFound``.
        """
        counted = {"rows": 0, "files": 0}
        with self._uow.read() as connection:
            company_id = self._uow.company_id
            refuse_merged(connection, company_id, customer_id)
            ids = list(connection.scalars(group_ids(company_id, [customer_id])))
            if customer_id not in ids:
                raise NotFound("This customer does not exist.")

            def write(out: ExportWriter) -> None:
                for name, rows in _tables(connection, company_id, ids):
                    found = list(rows)
                    counted["rows"] += len(found)
                    out.rows(f"{name}.jsonl", iter(found))
                for name, sha256 in _files(connection, company_id, ids):
                    counted["files"] += 1
                    out.data(f"files/{name}", self._archive.get(sha256))

            write_export(target, write)
        return GivenOut(target, **counted)

    @use_case
    def erase(self, customer_id: int) -> Erased:
        """Erase a customer's personal data; what has to be kept is in the result.

        Name, contacts, addresses, notes, drafts, templates, texts of mails, what lists are
        searched by and the details of the audit log go; its hashes stay. Raises ``NotAllowed``
        for another role, while money is open between us or mails wait, ``NotFound``.
        """
        with self._uow.write() as tx:
            require_owner(tx, "erase personal data")
            customer = load(tx, Customer, customer_id)
            if customer.erased_at is not None:
                raise NotAllowed("The personal data of this customer was erased already.")
            if customer.merged_into_id is not None:
                raise NotAllowed(
                    f"{customer.name} is merged with another customer; erase that one."
                )
            ids = list(tx.connection.scalars(group_ids(tx.company_id, [customer_id])))
            balances = read_balances(tx.connection, tx.company_id, tx.today, [customer_id])
            if any(row.open_minor or row.credit_minor for row in balances.rows):
                raise NotAllowed(
                    "Money is still open between you and this customer; settle it first."
                )
            if waiting_jobs(tx, ids):
                raise NotAllowed("Mails or PDFs for this customer are still waiting; try later.")
            kept, until = kept_documents(tx, ids)
            payments = kept_payments(tx, ids)
            for one in sorted(ids):
                row = load(tx, Customer, one)
                erase_customer(tx, row)
                tx.audit(
                    "customer.erased",
                    f"customer:{row.uid}",
                    after={"kept_documents": kept, "kept_until": until},
                )
                tx.tell(CustomerChanged(tx.company_id, one))
            return Erased(kept, until, payments)


def _tables(
    connection: Connection, company_id: int, ids: Sequence[int]
) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """The rows about the customers, table by table."""
    documents = select(Document.id).where(
        Document.company_id == company_id, Document.customer_id.in_(ids)
    )
    payments = select(Payment.id).where(
        Payment.company_id == company_id, Payment.customer_id.in_(ids)
    )
    wanted: list[tuple[Any, Any]] = [
        (Customer, Customer.id.in_(ids)),
        (CustomerContact, CustomerContact.customer_id.in_(ids)),
        (CustomerAddress, CustomerAddress.customer_id.in_(ids)),
        (Document, Document.customer_id.in_(ids)),
        (DocumentRevision, DocumentRevision.document_id.in_(documents)),
        (DocumentSnapshot, DocumentSnapshot.document_id.in_(documents)),
        (Payment, Payment.customer_id.in_(ids)),
        (BankLine, BankLine.payment_id.in_(payments)),
        (Refund, Refund.customer_id.in_(ids)),
        (RecurringTemplate, RecurringTemplate.customer_id.in_(ids)),
        (SavedCard, SavedCard.customer_id.in_(ids)),
        (Mail, Mail.document_id.in_(documents)),
    ]
    for kind, condition in wanted:
        table: Table = kind.__table__
        rows = connection.execute(
            select(table).where(and_(table.c.company_id == company_id, condition))
        )
        yield table.name, (dict(row) for row in rows.mappings())
    lines = DocumentLine.__table__
    rows = connection.execute(select(lines).where(DocumentLine.document_id.in_(documents)))
    yield "document_line", (dict(row) for row in rows.mappings())


def _files(
    connection: Connection, company_id: int, ids: Sequence[int]
) -> Iterator[tuple[str, str]]:
    """Stored PDFs and attached files, with a name for each."""
    pdfs = connection.execute(
        select(Document.id, Rendition.kind, Rendition.sha256)
        .join(Document, Document.id == Rendition.document_id)
        .where(Rendition.company_id == company_id, Document.customer_id.in_(ids))
        .order_by(Rendition.id)
    )
    for row in pdfs:
        yield f"document-{row.id}-{row.kind}.pdf", row.sha256
    attached = connection.execute(
        select(Attachment.id, Attachment.name, Attachment.sha256)
        .join(Document, Document.id == Attachment.owner_id)
        .where(
            Attachment.company_id == company_id,
            Attachment.owner_type == OF_DOCUMENT,
            Document.customer_id.in_(ids),
        )
        .order_by(Attachment.id)
    )
    kept = connection.execute(
        select(Attachment.id, Attachment.name, Attachment.sha256)
        .where(
            Attachment.company_id == company_id,
            Attachment.owner_type == OF_CUSTOMER,
            Attachment.owner_id.in_(ids),
        )
        .order_by(Attachment.id)
    )
    for row in (*attached, *kept):
        yield f"attached-{row.id}-{harmless_file_name(row.name)}", row.sha256
