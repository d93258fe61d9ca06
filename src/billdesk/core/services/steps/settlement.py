"""What settles a document: recomputed from allocations, never incremented."""

from sqlalchemy import bindparam, func, insert, select

from billdesk.core.db.tables import Allocation, Document, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import InvariantBroken
from billdesk.core.domain.ledger import Settlement
from billdesk.core.domain.outside import RECEIVED, PaymentState
from billdesk.core.domain.rounding import split_minor

# Built once: building a statement takes SQLAlchemy three times as long as running it.
_ADD_ALLOCATION = insert(Allocation)
_ALLOCATED_OF_PAYMENT = select(func.coalesce(func.sum(Allocation.minor), 0)).where(
    Allocation.payment_id == bindparam("of")
)
_ALLOCATED_TO_DOCUMENT = (
    select(
        func.coalesce(func.sum(Allocation.minor), 0),
        func.coalesce(func.sum(Allocation.base_minor), 0),
        func.max(Payment.received_on),
    )
    .join(Payment, Payment.id == Allocation.payment_id)
    .where(Allocation.document_id == bindparam("of"))
)
_PAYMENTS_NAMING = select(
    Payment.state,
    Payment.amount_minor,
    Payment.unallocated_minor,
    Payment.refunded_minor,
    Payment.disputed_minor,
).where(Payment.document_id == bindparam("of"), Payment.company_id == bindparam("company"))


def settlement_of(document: Document, amount_minor: int) -> Settlement:
    """How much of ``document`` a receipt of ``amount_minor`` can settle; never more than open."""
    minor = min(amount_minor, document.open_minor)
    # The last part takes exactly what is left, so that the debt in base currency ends at zero.
    base_minor = split_minor(document.open_base_minor, [minor, document.open_minor - minor])[0]
    return Settlement(document.id, minor, base_minor)


def allocate(tx: Transaction, payment: Payment, part: Settlement) -> None:
    """Record that ``payment`` settles ``part`` (negative amounts take it back)."""
    tx.connection.execute(
        _ADD_ALLOCATION,
        {
            "company_id": tx.company_id,
            "payment_id": payment.id,
            "document_id": part.document_id,
            "minor": part.minor,
            "base_minor": part.base_minor,
            "created_at": tx.now,
        },
    )


def recompute_payment(tx: Transaction, payment: Payment) -> None:
    """Derive ``unallocated_minor`` from the allocations."""
    allocated = tx.connection.scalar(_ALLOCATED_OF_PAYMENT, {"of": payment.id})
    received = payment.amount_minor if payment.state in RECEIVED else 0
    payment.unallocated_minor = received - int(allocated or 0)
    if payment.unallocated_minor < 0:
        raise InvariantBroken("more was allocated than the payment brought")
    tx.session.flush()


def recompute_document(tx: Transaction, document: Document) -> None:
    """Derive everything the state of an issued document is read from."""
    tx.session.flush()
    paid, paid_base, last_on = tx.connection.execute(
        _ALLOCATED_TO_DOCUMENT, {"of": document.id}
    ).one()
    named = tx.connection.execute(
        _PAYMENTS_NAMING, {"of": document.id, "company": tx.company_id}
    ).all()
    document.paid_minor = int(paid)
    document.pending_minor = sum(
        row.amount_minor for row in named if row.state == PaymentState.PENDING
    )
    document.surplus_minor = sum(row.unallocated_minor for row in named)
    document.unexplained_refund_minor = sum(row.refunded_minor for row in named)
    document.disputed_minor = sum(row.disputed_minor for row in named)
    if document.voided_at is not None:
        document.open_minor = document.open_base_minor = 0
    else:
        settled = document.paid_minor + document.credited_minor + document.written_off_minor
        document.open_minor = document.total_minor - settled
        document.open_base_minor = document.base_total_minor - int(paid_base)
    if document.open_minor < 0:
        raise InvariantBroken("more was allocated to the document than its total")
    document.settled_on = last_on if document.open_minor == 0 and document.paid_minor else None
    document.updated_at = tx.now
    tx.session.flush()
