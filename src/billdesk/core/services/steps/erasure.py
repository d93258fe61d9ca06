"""Erase what is known of a customer, except what was issued."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, select, update

from billdesk.core.db.tables import (
    Attachment,
    AuditDetail,
    AuditLog,
    Customer,
    CustomerAddress,
    CustomerContact,
    Document,
    DocumentAdjustment,
    DocumentLine,
    DocumentLineTax,
    DocumentRevision,
    Mail,
    Outbox,
    Payment,
    RecurringTemplate,
)
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.outside import JobState
from billdesk.core.queries.sql.attachments import OF_CUSTOMER, OF_DOCUMENT
from billdesk.core.services.steps.saved_cards import erase_cards

ERASED = "Erased customer"
# The longest period of the kind in the EU that we know of: § 147 (3) AO, counted from the end of
# the year (§ 147 (4) AO).
RETENTION_YEARS = 10
_NO_TEXT = (
    "contact",
    "email",
    "phone",
    "line1",
    "line2",
    "postal_code",
    "city",
    "region",
    "vat_id",
)
_EMPTY_DRAFT = canonical_json(InvoiceDraft())


def waiting_jobs(tx: Transaction, customer_ids: Sequence[int]) -> int:
    """How many jobs about documents of the customers still wait."""
    return (
        tx.connection.scalar(
            select(func.count())
            .select_from(Outbox)
            .join(Document, Document.id == Outbox.document_id)
            .where(
                Outbox.company_id == tx.company_id,
                Document.customer_id.in_(customer_ids),
                Outbox.state.in_([JobState.QUEUED.value, JobState.WORKING.value]),
            )
        )
        or 0
    )


def kept_documents(tx: Transaction, customer_ids: Sequence[int]) -> tuple[int, date | None]:
    """The issued documents that stay, and until when the newest has to."""
    row = tx.connection.execute(
        select(func.count().label("documents"), func.max(Document.issued_on).label("newest")).where(
            Document.company_id == tx.company_id,
            Document.customer_id.in_(customer_ids),
            Document.issued_at.is_not(None),
        )
    ).one()
    if row.newest is None:
        return 0, None
    return int(row.documents), date(row.newest.year + RETENTION_YEARS, 12, 31)


def kept_payments(tx: Transaction, customer_ids: Sequence[int]) -> int:
    """The payments that stay, with the bank's lines: vouchers of the books like documents."""
    return int(
        tx.connection.scalar(
            select(func.count()).where(
                Payment.company_id == tx.company_id, Payment.customer_id.in_(customer_ids)
            )
        )
        or 0
    )


def erase_customer(tx: Transaction, customer: Customer) -> None:
    """Empty the customer's row and everything about it that was not issued."""
    documents = tx.connection.execute(
        select(Document.id, Document.uid, Document.issued_at, Document.number).where(
            Document.company_id == tx.company_id, Document.customer_id == customer.id
        )
    ).all()
    _erase_details(tx, [f"customer:{customer.uid}", *(f"document:{row.uid}" for row in documents)])
    _erase_mails(tx, [row.id for row in documents])
    _erase_drafts(tx, [row.id for row in documents if row.issued_at is None])
    for row in documents:
        if row.issued_at is not None:
            # What it was called is frozen; it is no longer found by it.
            tx.connection.execute(
                update(Document)
                .where(Document.company_id == tx.company_id, Document.id == row.id)
                .values(search_text=(row.number or "").casefold())
            )
    _erase_people(tx, customer.id)
    erase_cards(tx, [customer.id])
    _erase_files(tx, OF_CUSTOMER, [customer.id])
    tx.connection.execute(
        update(RecurringTemplate)
        .where(
            RecurringTemplate.company_id == tx.company_id,
            RecurringTemplate.customer_id == customer.id,
        )
        .values(
            customer_id=None,
            name=ERASED,
            body=_EMPTY_DRAFT,
            price_changes="[]",
            deleted_at=tx.now,
            version=RecurringTemplate.version + 1,
        )
    )
    for name in _NO_TEXT:
        setattr(customer, name, "")
    customer.name = ERASED
    customer.sort_name = customer.search_text = ERASED.casefold()
    customer.notes = ""
    customer.custom = "{}"
    customer.erased_at = tx.now
    customer.deleted_at = customer.deleted_at or tx.now
    customer.updated_at = tx.now
    tx.session.flush()


def _erase_details(tx: Transaction, subjects: Sequence[str]) -> None:
    """What the log says beside its hashes; what froze a document has no person in it and stays."""
    rows = select(AuditLog.seq).where(
        AuditLog.company_id == tx.company_id,
        AuditLog.subject.in_(subjects),
        AuditLog.subject.startswith("customer:") | AuditLog.action.startswith("mail."),
    )
    tx.connection.execute(
        delete(AuditDetail).where(
            AuditDetail.company_id == tx.company_id, AuditDetail.seq.in_(rows)
        )
    )


def _erase_mails(tx: Transaction, document_ids: Sequence[int]) -> None:
    tx.connection.execute(
        update(Mail)
        .where(Mail.company_id == tx.company_id, Mail.document_id.in_(document_ids))
        .values(recipient="", subject="", body="", reply="", error="")
    )


def _erase_files(tx: Transaction, owner_type: str, owner_ids: Sequence[int]) -> None:
    tx.connection.execute(
        update(Attachment)
        .where(
            Attachment.company_id == tx.company_id,
            Attachment.owner_type == owner_type,
            Attachment.owner_id.in_(owner_ids),
        )
        .values(name=ERASED, deleted_at=tx.now)
    )


def _erase_drafts(tx: Transaction, document_ids: Sequence[int]) -> None:
    for table in (DocumentLineTax, DocumentLine, DocumentAdjustment):
        tx.connection.execute(delete(table).where(table.document_id.in_(document_ids)))
    tx.connection.execute(
        update(DocumentRevision)
        .where(
            DocumentRevision.company_id == tx.company_id,
            DocumentRevision.document_id.in_(document_ids),
        )
        .values(body=_EMPTY_DRAFT)
    )
    _erase_files(tx, OF_DOCUMENT, document_ids)
    tx.connection.execute(
        update(Document)
        .where(Document.company_id == tx.company_id, Document.id.in_(document_ids))
        .values(
            customer_id=None,
            customer_name="",
            search_text="",
            subject="",
            introduction="",
            terms="",
            order_reference="",
            contact="",
            delivery="",
            custom="{}",
            deleted_at=tx.now,
            version=Document.version + 1,
        )
    )


def _erase_people(tx: Transaction, customer_id: int) -> None:
    tx.connection.execute(
        update(CustomerContact)
        .where(
            CustomerContact.company_id == tx.company_id,
            CustomerContact.customer_id == customer_id,
        )
        .values(name=ERASED, role="", email="", phone="", receives="[]", deleted_at=tx.now)
    )
    tx.connection.execute(
        update(CustomerAddress)
        .where(
            CustomerAddress.company_id == tx.company_id,
            CustomerAddress.customer_id == customer_id,
        )
        .values(name="", line1="", line2="", postal_code="", city="", region="", deleted_at=tx.now)
    )
