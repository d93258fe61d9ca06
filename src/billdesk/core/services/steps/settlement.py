"""What settles a document: recomputed from allocations, never incremented."""

from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select

from billdesk.core.db.tables import Allocation, Deduction, Document, Payment, Refund
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.documents import POSTED_KINDS, DocumentKind
from billdesk.core.domain.errors import InvariantBroken
from billdesk.core.domain.ledger import Settlement
from billdesk.core.domain.outside import RECEIVED, PaymentState
from billdesk.core.domain.rounding import split_minor

# What can settle a document; a document is a credit note then.
Source = Payment | Document | Deduction


def _sums(source: Any) -> Select[Any]:
    return select(
        func.coalesce(func.sum(source.minor), 0), func.coalesce(func.sum(source.base_minor), 0)
    )


# Built once: building a statement takes SQLAlchemy three times as long as running it.
_ADD_ALLOCATION = insert(Allocation)
_ALLOCATED_OF_PAYMENT = select(func.coalesce(func.sum(Allocation.minor), 0)).where(
    Allocation.payment_id == bindparam("of")
)
_ALLOCATED_TO_DOCUMENT = select(
    func.coalesce(func.sum(Allocation.minor), 0),
    func.coalesce(func.sum(Allocation.base_minor), 0),
    func.coalesce(func.sum(Allocation.minor).filter(Allocation.payment_id.is_not(None)), 0),
    func.coalesce(func.sum(Allocation.minor).filter(Allocation.credit_note_id.is_not(None)), 0),
    func.max(Allocation.occurred_on),
).where(Allocation.document_id == bindparam("of"))
_GIVEN_BY_CREDIT_NOTE = _sums(Allocation).where(Allocation.credit_note_id == bindparam("of"))
_PAID_OUT_OF_CREDIT_NOTE = _sums(Refund).where(
    Refund.credit_note_id == bindparam("of"), Refund.state == PaymentState.SUCCEEDED.value
)
_PAYMENTS_NAMING = select(
    Payment.state,
    Payment.amount_minor,
    Payment.unallocated_minor,
    (Payment.refunded_minor - Payment.explained_minor).label("unexplained_minor"),
    Payment.disputed_minor,
).where(Payment.document_id == bindparam("of"), Payment.company_id == bindparam("company"))


def settlement_of(document: Document, amount_minor: int) -> Settlement:
    """How much of ``document`` an amount of ``amount_minor`` can settle; never more than open."""
    minor = min(amount_minor, document.open_minor)
    # The last part takes exactly what is left, so that the debt in base currency ends at zero.
    base_minor = split_minor(document.open_base_minor, [minor, document.open_minor - minor])[0]
    return Settlement(document.id, minor, base_minor)


def allocate(tx: Transaction, source: Source, part: Settlement, on: date) -> None:
    """Record that ``source`` settles ``part`` from day ``on`` (negative amounts take it back)."""
    tx.connection.execute(
        _ADD_ALLOCATION,
        {
            "company_id": tx.company_id,
            "payment_id": source.id if isinstance(source, Payment) else None,
            "credit_note_id": source.id if isinstance(source, Document) else None,
            "deduction_id": source.id if isinstance(source, Deduction) else None,
            "document_id": part.document_id,
            "minor": part.minor,
            "base_minor": part.base_minor,
            "occurred_on": on,
            "created_at": tx.now,
        },
    )


def recompute_payment(tx: Transaction, payment: Payment) -> None:
    """Derive ``unallocated_minor`` from the allocations and what went back."""
    allocated = tx.connection.scalar(_ALLOCATED_OF_PAYMENT, {"of": payment.id})
    received = payment.amount_minor if payment.state in RECEIVED else 0
    payment.unallocated_minor = received - int(allocated or 0) - payment.returned_minor
    if payment.unallocated_minor < 0:
        raise InvariantBroken("more was allocated than the payment brought")
    tx.session.flush()


def recompute_document(tx: Transaction, document: Document) -> None:
    """Derive everything the state of an issued document is read from."""
    tx.session.flush()
    if document.kind not in POSTED_KINDS:
        return
    if document.kind == DocumentKind.CREDIT_NOTE:
        _recompute_credit_note(tx, document)
    else:
        _recompute_receivable(tx, document)
    if document.open_minor < 0:
        raise InvariantBroken("more was allocated to the document than its total")
    document.updated_at = tx.now
    tx.session.flush()


def _recompute_receivable(tx: Transaction, document: Document) -> None:
    settled, settled_base, paid, credited, last_on = tx.connection.execute(
        _ALLOCATED_TO_DOCUMENT, {"of": document.id}
    ).one()
    named = tx.connection.execute(
        _PAYMENTS_NAMING, {"of": document.id, "company": tx.company_id}
    ).all()
    document.paid_minor = int(paid)
    document.credited_minor = int(credited)
    document.written_off_minor = int(settled) - int(paid) - int(credited)
    document.pending_minor = sum(
        row.amount_minor for row in named if row.state == PaymentState.PENDING
    )
    document.surplus_minor = sum(row.unallocated_minor for row in named)
    document.unexplained_refund_minor = sum(row.unexplained_minor for row in named)
    document.disputed_minor = sum(row.disputed_minor for row in named)
    if document.voided_at is not None:
        document.open_minor = document.open_base_minor = 0
    else:
        document.open_minor = document.total_minor - document.prepaid_minor - int(settled)
        document.open_base_minor = (
            document.base_total_minor - document.prepaid_base_minor - int(settled_base)
        )
    document.settled_on = last_on if document.open_minor == 0 and document.paid_minor else None


def _recompute_credit_note(tx: Transaction, document: Document) -> None:
    """What of a credit note has neither settled a document nor been paid out."""
    given, given_base = tx.connection.execute(_GIVEN_BY_CREDIT_NOTE, {"of": document.id}).one()
    out, out_base = tx.connection.execute(_PAID_OUT_OF_CREDIT_NOTE, {"of": document.id}).one()
    if document.voided_at is not None:
        document.open_minor = document.open_base_minor = 0
        return
    document.open_minor = document.total_minor - document.prepaid_minor - int(given) - int(out)
    document.open_base_minor = (
        document.base_total_minor - document.prepaid_base_minor - int(given_base) - int(out_base)
    )
    settled = document.open_minor == 0
    document.settled_on = (document.settled_on or tx.today) if settled else None
