"""The opening balances that stand: their entry, and the documents of what customers owed."""

from datetime import date

from sqlalchemy import Connection, Select, exists, select
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import Account, Document, DocumentLine, LedgerEntry
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind

SOURCE = "opening"


def opening_day(connection: Connection, company_id: int) -> date | None:
    """The day of the opening balances; ``None`` when there are none or they were undone."""
    entries = standing_entries(company_id).with_only_columns(LedgerEntry.occurred_on)
    day = connection.scalar(entries.limit(1))
    if day is None:
        documents = standing_documents(company_id).with_only_columns(Document.issued_on)
        day = connection.scalar(documents.limit(1))
    return day


def standing_entries(company_id: int) -> Select[LedgerEntry]:
    """The opening entries that no other reverses."""
    reversal = aliased(LedgerEntry)
    return select(LedgerEntry).where(
        LedgerEntry.company_id == company_id,
        LedgerEntry.source_type == SOURCE,
        LedgerEntry.kind == EntryKind.OPENING.value,
        ~exists(
            select(reversal.id).where(
                reversal.company_id == company_id, reversal.reverses_id == LedgerEntry.id
            )
        ),
    )


def standing_documents(company_id: int) -> Select[int]:
    """The documents of customers' opening balances: their line is on the account for those."""
    opening = select(Account.id).where(
        Account.company_id == company_id, Account.role == Role.OPENING_BALANCE.value
    )
    return (
        select(Document.id)
        .join(DocumentLine, DocumentLine.document_id == Document.id)
        .where(
            Document.company_id == company_id,
            Document.is_history,
            Document.voided_at.is_(None),
            DocumentLine.account_id.in_(opening),
        )
        .order_by(Document.id)
    )
