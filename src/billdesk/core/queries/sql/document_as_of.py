"""One document as it stood at the end of a day."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from billdesk.core.db.tables import (
    Account,
    Allocation,
    Document,
    LedgerEntry,
    Payment,
    Posting,
    Refund,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import DocumentKind, DocumentState, state_of
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import NoteWorth, Worth
from billdesk.core.domain.outside import RECEIVED, PaymentState
from billdesk.core.domain.settlement import OUT_OF_PAYMENT
from billdesk.core.queries.as_of import DocumentAsOf
from billdesk.core.queries.sql.state import FACT_COLUMNS, facts_of


@dataclass(frozen=True, slots=True)
class _Used:
    """What had settled a document, or what a credit note had been used for."""

    minor: int = 0
    base_minor: int = 0
    paid_minor: int = 0
    credited_minor: int = 0
    written_off_minor: int = 0


def read_document_as_of(
    connection: Connection, company_id: int, document_id: int, as_of: date
) -> DocumentAsOf:
    """State and amounts on ``as_of``. Raises ``NotFound``."""
    row = connection.execute(
        select(
            *FACT_COLUMNS,
            Document.uid,
            Document.kind.label("document_kind"),
            Document.number,
            Document.currency,
            Document.issued_on,
            Document.sent_at,
            Document.voided_at,
            Document.base_total_minor,
            Document.prepaid_minor.label("prepaid"),
            Document.prepaid_base_minor,
            Document.free_minor,
            Document.free_base_minor,
        ).where(Document.company_id == company_id, Document.id == document_id)
    ).first()
    if row is None:
        raise NotFound("This document does not exist.")
    facts = facts_of(row)
    if not facts.issued or row.issued_on > as_of:
        return DocumentAsOf(
            document_id, row.number, as_of, DocumentState.DRAFT, row.currency, 0, 0, 0, 0, 0, 0
        )
    voided = row.voided_at is not None and _void_day(connection, company_id, row) <= as_of
    is_credit_note = row.document_kind == DocumentKind.CREDIT_NOTE
    read_used = _used_of_credit_note if is_credit_note else _settled
    used = read_used(connection, company_id, document_id, as_of)
    facts = replace(
        facts,
        sent=row.sent_at is not None and row.sent_at < _end_of(as_of),
        voided=voided,
        open_minor=0 if voided else row.total_minor - row.prepaid - used.minor,
        paid_minor=used.paid_minor,
        credited_minor=used.credited_minor,
        written_off_minor=used.written_off_minor,
        pending_minor=_pending(connection, company_id, document_id, as_of),
        surplus_minor=_surplus(connection, company_id, document_id, as_of),
        disputed_minor=_posted(
            connection, company_id, document_id, Role.DISPUTED_RECEIVABLE, as_of
        ),
        unexplained_refund_minor=_posted(
            connection, company_id, document_id, Role.REFUNDS_TO_EXPLAIN, as_of
        ),
    )
    open_base = row.base_total_minor - row.prepaid_base_minor - used.base_minor
    if is_credit_note:
        # In its own value, whatever the debts it settled were worth.
        open_base = _worth_of_note(row).part(facts.open_minor).base_minor
    return DocumentAsOf(
        document_id,
        row.number,
        as_of,
        state_of(facts, as_of),
        row.currency,
        row.total_minor,
        facts.open_minor,
        0 if voided else open_base,
        facts.paid_minor,
        facts.credited_minor,
        facts.written_off_minor,
    )


def _worth_of_note(row: Any) -> NoteWorth:
    return NoteWorth(
        row.total_minor - row.prepaid,
        row.base_total_minor - row.prepaid_base_minor,
        Worth(row.free_minor, row.free_base_minor),
    )


# What took a payment at Stripe back, and the state it is in since.
_TAKEN_BACK = {
    EntryKind.CHARGE_RETURNED: PaymentState.RETURNED,
    EntryKind.TEST_UNDONE: PaymentState.TEST,
}


def _stood(
    entry: EntryKind,
    source_type: str,
    row: Any,
    as_of: date,
    *,
    state: PaymentState = PaymentState.UNDONE,
    source_id: Any = None,
) -> ColumnElement[bool]:
    """Whether a payment or refund that is in ``state`` since was still there on ``as_of``."""
    undone = select(LedgerEntry.id).where(
        LedgerEntry.company_id == row.company_id,
        LedgerEntry.source_type == source_type,
        LedgerEntry.source_id == (row.uid if source_id is None else source_id),
        LedgerEntry.kind == entry.value,
        LedgerEntry.occurred_on > as_of,
    )
    return and_(row.state == state.value, undone.exists())


def _went_back(as_of: date) -> ColumnElement[bool]:
    """Refunds that had been made by ``as_of`` and were not undone by then."""
    return (Refund.refunded_on <= as_of) & (
        (Refund.state == PaymentState.SUCCEEDED.value)
        | _stood(EntryKind.REFUND_UNDONE, "refund", Refund, as_of)
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _void_day(connection: Connection, company_id: int, row: Any) -> date:
    """The day of the reversing entry; a document over nothing has none."""
    day = connection.scalar(
        select(LedgerEntry.occurred_on).where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.source_type == "document",
            LedgerEntry.source_id == row.uid,
            LedgerEntry.kind == EntryKind.VOIDED.value,
        )
    )
    fallback: date = row.voided_at.date()
    return day or fallback


def _settled(connection: Connection, company_id: int, document_id: int, as_of: date) -> _Used:
    def of(column: Any) -> Any:
        return func.coalesce(func.sum(Allocation.minor).filter(column.is_not(None)), 0)

    row = connection.execute(
        select(
            func.coalesce(func.sum(Allocation.minor), 0),
            func.coalesce(func.sum(Allocation.base_minor), 0),
            of(Allocation.payment_id),
            of(Allocation.credit_note_id),
            of(Allocation.deduction_id),
        ).where(
            Allocation.company_id == company_id,
            Allocation.document_id == document_id,
            Allocation.occurred_on <= as_of,
        )
    ).one()
    return _Used(*(int(value) for value in row))


def _used_of_credit_note(
    connection: Connection, company_id: int, document_id: int, as_of: date
) -> _Used:
    given = connection.scalar(
        select(func.coalesce(func.sum(Allocation.minor), 0)).where(
            Allocation.company_id == company_id,
            Allocation.credit_note_id == document_id,
            Allocation.occurred_on <= as_of,
        )
    )
    paid_out = connection.scalar(
        select(func.coalesce(func.sum(Refund.minor), 0)).where(
            Refund.company_id == company_id,
            Refund.credit_note_id == document_id,
            _went_back(as_of),
        )
    )
    return _Used(int(given or 0) + int(paid_out or 0))


def _pending(connection: Connection, company_id: int, document_id: int, as_of: date) -> int:
    """Delayed payments that were under way: begun by then and arrived later, if at all."""
    rows = connection.execute(
        select(Payment.state, Payment.amount_minor, Payment.received_on).where(
            Payment.company_id == company_id,
            Payment.document_id == document_id,
            Payment.created_at < _end_of(as_of),
        )
    )
    return sum(
        row.amount_minor
        for row in rows
        if row.state == PaymentState.PENDING or (row.state in RECEIVED and row.received_on > as_of)
    )


def _surplus(connection: Connection, company_id: int, document_id: int, as_of: date) -> int:
    """Money on payments that named the document and that nothing had used."""
    used = (
        select(func.coalesce(func.sum(Allocation.minor), 0))
        .where(
            Allocation.company_id == company_id,
            Allocation.payment_id == Payment.id,
            Allocation.occurred_on <= as_of,
        )
        .scalar_subquery()
    )
    returned = (
        select(func.coalesce(func.sum(Refund.minor), 0))
        .where(
            Refund.company_id == company_id,
            Refund.payment_id == Payment.id,
            Refund.meaning.in_(sorted(OUT_OF_PAYMENT)),
            _went_back(as_of),
        )
        .scalar_subquery()
    )
    received = Payment.state.in_([state.value for state in RECEIVED])
    gone = or_(
        *(
            _stood(entry, "charge", Payment, as_of, state=state, source_id=Payment.charge)
            for entry, state in _TAKEN_BACK.items()
        )
    )
    total = connection.scalar(
        select(func.sum(Payment.amount_minor - used - returned)).where(
            Payment.company_id == company_id,
            Payment.document_id == document_id,
            received | _stood(EntryKind.RECEIPT_UNDONE, "payment", Payment, as_of) | gone,
            Payment.received_on <= as_of,
        )
    )
    return int(total or 0)


def _posted(
    connection: Connection, company_id: int, document_id: int, role: Role, as_of: date
) -> int:
    total = connection.scalar(
        select(func.sum(Posting.minor))
        .join(Account, Account.id == Posting.account_id)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(
            Posting.company_id == company_id,
            Posting.document_id == document_id,
            Account.role == role.value,
            LedgerEntry.occurred_on <= as_of,
        )
    )
    return int(total or 0)
