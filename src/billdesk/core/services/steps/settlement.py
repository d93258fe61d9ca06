"""What settles a document: recomputed from allocations, never incremented."""

from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select

from billdesk.core.db.tables import Allocation, Deduction, Document, Payment, Refund, StripeOrder
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.documents import POSTED_KINDS, DocumentKind
from billdesk.core.domain.errors import InvariantBroken
from billdesk.core.domain.ledger import Settlement
from billdesk.core.domain.movements import NoteWorth, Worth
from billdesk.core.domain.outside import OPEN_ORDERS, RECEIVED, OrderKind, PaymentState
from billdesk.core.domain.questions import FOR_A_VOID_INVOICE, TOO_MUCH
from billdesk.core.domain.rounding import split_minor
from billdesk.core.domain.settlement import OUT_OF_PAYMENT, RefundMeaning
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.tax_due import move_tax

# What can settle a document; a document is a credit note then.
Source = Payment | Document | Deduction


def _sum(source: Any) -> Select[Any]:
    return select(func.coalesce(func.sum(source.minor), 0))


# Built once: building a statement takes SQLAlchemy three times as long as running it.
_ADD_ALLOCATION = insert(Allocation)
_ALLOCATED_OF_PAYMENT = select(func.coalesce(func.sum(Allocation.minor), 0)).where(
    Allocation.payment_id == bindparam("of"), Allocation.company_id == bindparam("company")
)
_ALLOCATED_TO_DOCUMENT = select(
    func.coalesce(func.sum(Allocation.minor), 0),
    func.coalesce(func.sum(Allocation.base_minor), 0),
    func.coalesce(func.sum(Allocation.minor).filter(Allocation.payment_id.is_not(None)), 0),
    func.coalesce(func.sum(Allocation.minor).filter(Allocation.credit_note_id.is_not(None)), 0),
    func.max(Allocation.occurred_on),
).where(Allocation.document_id == bindparam("of"), Allocation.company_id == bindparam("company"))
_GIVEN_BY_CREDIT_NOTE = _sum(Allocation).where(
    Allocation.credit_note_id == bindparam("of"), Allocation.company_id == bindparam("company")
)
_PAID_OUT_OF_CREDIT_NOTE = _sum(Refund).where(
    Refund.credit_note_id == bindparam("of"),
    Refund.company_id == bindparam("company"),
    Refund.state == PaymentState.SUCCEEDED.value,
)
_LAST_DAY = (
    select(Allocation.occurred_on)
    .where(Allocation.document_id == bindparam("of"), Allocation.company_id == bindparam("company"))
    .order_by(Allocation.id.desc())
    .limit(1)
)
_REFUNDS_OF_PAYMENT = select(
    Refund.meaning, Refund.stripe_refund.is_not(None).label("at_stripe"), Refund.minor
).where(
    Refund.payment_id == bindparam("of"),
    Refund.company_id == bindparam("company"),
    Refund.state == PaymentState.SUCCEEDED.value,
)
_PAYMENTS_NAMING = select(
    Payment.state,
    Payment.amount_minor,
    Payment.unallocated_minor,
    (Payment.refunded_minor - Payment.explained_minor).label("unexplained_minor"),
    Payment.disputed_minor,
).where(Payment.document_id == bindparam("of"), Payment.company_id == bindparam("company"))

# A charge of a saved card that may be carried out is money on its way.
_CHARGES_UNDER_WAY = select(func.coalesce(func.sum(StripeOrder.amount_minor), 0)).where(
    StripeOrder.document_id == bindparam("of"),
    StripeOrder.company_id == bindparam("company"),
    StripeOrder.kind == OrderKind.CHARGE.value,
    StripeOrder.state.in_([state.value for state in OPEN_ORDERS]),
)


def settlement_of(document: Document, amount_minor: int) -> Settlement:
    """How much of ``document`` an amount of ``amount_minor`` can settle; never more than open."""
    minor = min(amount_minor, document.open_minor)
    # The last part takes exactly what is left, so that the debt in base currency ends at zero.
    base_minor = split_minor(document.open_base_minor, [minor, document.open_minor - minor])[0]
    return Settlement(document.id, minor, base_minor, document.customer_id)


def allocate(tx: Transaction, source: Source, part: Settlement, on: date) -> int:
    """Record that ``source`` settles ``part`` from day ``on`` (negative amounts take it back).

    Returns the row's id.
    """
    added = tx.connection.execute(
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
    key: Any = added.inserted_primary_key
    return int(key[0])


def worth_of(source: Payment | Document) -> Worth:
    """The whole amount of a payment or credit note and its value in the company's currency."""
    if isinstance(source, Payment):
        return Worth(source.amount_minor, source.base_minor)
    return NoteWorth(
        source.total_minor - source.prepaid_minor,
        source.base_total_minor - source.prepaid_base_minor,
        Worth(source.free_minor, source.free_base_minor),
    )


def recompute_payment(tx: Transaction, payment: Payment) -> None:
    """Derive ``unallocated_minor`` from the allocations and what went back."""
    allocated = tx.connection.scalar(
        _ALLOCATED_OF_PAYMENT, {"of": payment.id, "company": tx.company_id}
    )
    received = payment.amount_minor if payment.state in RECEIVED else 0
    if payment.state in (PaymentState.RETURNED, PaymentState.TEST):
        # What was given back of it by hand is gone all the same.
        received = payment.returned_minor
    payment.unallocated_minor = received - int(allocated or 0) - payment.returned_minor
    if payment.unallocated_minor < 0:
        raise InvariantBroken("more was allocated than the payment brought")
    if payment.unallocated_minor == 0 and payment.review in (TOO_MUCH, FOR_A_VOID_INVOICE):
        payment.review = ""
    tx.session.flush()


def recompute_refunds(tx: Transaction, payment: Payment) -> None:
    """Derive what went back of a payment from its refunds; ``recompute_payment`` comes next."""
    tx.session.flush()
    refunds = tx.connection.execute(
        _REFUNDS_OF_PAYMENT, {"of": payment.id, "company": tx.company_id}
    ).all()
    payment.refunded_minor = sum(row.minor for row in refunds if row.at_stripe)
    payment.explained_minor = sum(
        row.minor for row in refunds if row.at_stripe and row.meaning != RefundMeaning.UNEXPLAINED
    )
    payment.returned_minor = sum(row.minor for row in refunds if row.meaning in OUT_OF_PAYMENT)


def recompute_document(tx: Transaction, document: Document, on: date | None = None) -> None:
    """Derive everything the state of an issued document is read from.

    Tax on cash basis follows on day ``on``, by default that of the last allocation.
    """
    tx.session.flush()
    if document.kind not in POSTED_KINDS:
        return
    if document.kind == DocumentKind.CREDIT_NOTE:
        _recompute_credit_note(tx, document)
    else:
        _recompute_receivable(tx, document)
    if document.open_minor < 0:
        raise InvariantBroken("more was allocated to the document than its total")
    if document.cash_basis:
        last = (
            tx.connection.scalar(_LAST_DAY, {"of": document.id, "company": tx.company_id})
            if on is None
            else on
        )
        move_tax(tx, document, open_day(tx, last or tx.today))
    document.updated_at = tx.now
    tx.session.flush()


def _recompute_receivable(tx: Transaction, document: Document) -> None:
    settled, settled_base, paid, credited, last_on = tx.connection.execute(
        _ALLOCATED_TO_DOCUMENT, {"of": document.id, "company": tx.company_id}
    ).one()
    named = tx.connection.execute(
        _PAYMENTS_NAMING, {"of": document.id, "company": tx.company_id}
    ).all()
    document.paid_minor = int(paid)
    document.credited_minor = int(credited)
    document.written_off_minor = int(settled) - int(paid) - int(credited)
    charges = tx.connection.scalar(
        _CHARGES_UNDER_WAY, {"of": document.id, "company": tx.company_id}
    )
    document.pending_minor = int(charges or 0) + sum(
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
    given = tx.connection.scalar(
        _GIVEN_BY_CREDIT_NOTE, {"of": document.id, "company": tx.company_id}
    )
    out = tx.connection.scalar(
        _PAID_OUT_OF_CREDIT_NOTE, {"of": document.id, "company": tx.company_id}
    )
    if document.voided_at is not None:
        document.open_minor = document.open_base_minor = 0
        return
    whole = worth_of(document)
    document.open_minor = whole.minor - int(given or 0) - int(out or 0)
    # In its own value, whatever the debts it settled were worth.
    document.open_base_minor = whole.part(document.open_minor).base_minor
    settled = document.open_minor == 0
    document.settled_on = (document.settled_on or tx.today) if settled else None
