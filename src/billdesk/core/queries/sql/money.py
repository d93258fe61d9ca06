"""Where money went, what is left of it, and what it could settle."""

from typing import Any

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import (
    Allocation,
    Customer,
    Dispute,
    Document,
    DocumentSnapshot,
    Payment,
    Refund,
    StripeOrder,
)
from billdesk.core.domain.documents import RECEIVABLE_KINDS, DocumentKind
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.outside import RECEIVED, OrderState, PaymentMethod, PaymentState
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.domain.snapshot import Snapshot, SnapshotPayment
from billdesk.core.domain.stripe_states import DISPUTE_OPEN
from billdesk.core.queries.money import (
    CustomerMoney,
    OpenReceivable,
    PaymentDetail,
    RefundRow,
    SettledDocument,
    UnusedMoney,
)
from billdesk.core.queries.payments import PaymentRow
from billdesk.core.queries.sql.customer_group import group_ids
from billdesk.core.queries.sql.payment_list import payment_row
from billdesk.core.queries.sql.questions import read_questions


def read_payment(connection: Connection, company_id: int, payment_id: int) -> PaymentDetail:
    """A payment with what it settles and what went back. Raises ``NotFound``."""
    settles = connection.execute(
        select(Allocation.document_id, Document.number, func.sum(Allocation.minor).label("minor"))
        .join(Document, Document.id == Allocation.document_id)
        .where(Allocation.payment_id == payment_id, Allocation.company_id == company_id)
        .group_by(Allocation.document_id, Document.number)
        .having(func.sum(Allocation.minor) != 0)
        .order_by(Allocation.document_id)
    )
    payment = payment_row(connection, company_id, payment_id)
    refunds = read_refunds(connection, company_id, payment_id)
    return PaymentDetail(
        payment,
        tuple(SettledDocument(row.document_id, row.number, int(row.minor)) for row in settles),
        refunds,
        _receipts(connection, company_id, payment),
        _refundable(connection, company_id, payment, refunds),
        _disputed(connection, company_id, payment_id),
        read_questions(connection, company_id, [payment_id]).get(payment_id, ()),
    )


def _refundable(
    connection: Connection, company_id: int, payment: PaymentRow, refunds: tuple[RefundRow, ...]
) -> int:
    """What Stripe can pay back; nothing while it is disputed, unless that would end the dispute."""
    if payment.method is not PaymentMethod.STRIPE or payment.state not in RECEIVED:
        return 0
    if payment.state is PaymentState.LOST:
        return 0
    if payment.state is PaymentState.DISPUTED:
        open_ones = connection.scalars(
            select(Dispute.is_refundable).where(
                Dispute.company_id == company_id,
                Dispute.payment_id == payment.id,
                Dispute.status.in_(sorted(DISPUTE_OPEN)),
            )
        ).all()
        if not open_ones or not all(open_ones):
            return 0
    gone = (PaymentState.SUCCEEDED, PaymentState.ORDERED)
    return payment.amount_minor - sum(one.minor for one in refunds if one.state in gone)


def _disputed(connection: Connection, company_id: int, payment_id: int) -> int:
    found = select(Payment.disputed_minor).where(
        Payment.company_id == company_id, Payment.id == payment_id
    )
    return connection.scalars(found).one()


def _receipts(connection: Connection, company_id: int, payment: PaymentRow) -> tuple[str, ...]:
    """The numbers of the receipts that state exactly this payment.

    A receipt keeps what it confirmed, not the row: two payments alike in every word are one to it.
    """
    rows = connection.execute(
        select(Document.number, DocumentSnapshot.body)
        .join(DocumentSnapshot, DocumentSnapshot.document_id == Document.id)
        .where(
            Document.company_id == company_id,
            Document.customer_id == payment.customer_id,
            Document.kind == DocumentKind.RECEIPT,
            Document.currency == payment.currency,
            Document.total_minor == payment.amount_minor,
            Document.voided_at.is_(None),
        )
        .order_by(Document.id)
    )
    facts = SnapshotPayment(payment.received_on, payment.method, payment.reference)
    return tuple(row.number for row in rows if Snapshot.from_json(row.body).payment == facts)


def read_note_uses(
    connection: Connection, company_id: int, credit_note_id: int
) -> tuple[SettledDocument, ...]:
    """What a credit note settles, by document; empty for anything else."""
    rows = connection.execute(
        select(Allocation.document_id, Document.number, func.sum(Allocation.minor).label("minor"))
        .join(Document, Document.id == Allocation.document_id)
        .where(Allocation.credit_note_id == credit_note_id, Allocation.company_id == company_id)
        .group_by(Allocation.document_id, Document.number)
        .having(func.sum(Allocation.minor) != 0)
        .order_by(Allocation.document_id)
    )
    return tuple(SettledDocument(row.document_id, row.number, int(row.minor)) for row in rows)


def read_refunds(connection: Connection, company_id: int, payment_id: int) -> tuple[RefundRow, ...]:
    """What went back of a payment, the oldest first."""
    rows = connection.execute(
        select(
            Refund.__table__,
            StripeOrder.state.label("order_state"),
            StripeOrder.error.label("order_error"),
        )
        .outerjoin(StripeOrder, StripeOrder.id == Refund.order_id)
        .where(Refund.payment_id == payment_id, Refund.company_id == company_id)
        .order_by(Refund.id)
    )
    return tuple(
        RefundRow(
            row.id,
            row.refunded_on,
            row.minor,
            row.currency,
            PaymentState(row.state),
            RefundMeaning(row.meaning),
            row.stripe_refund is not None,
            row.order_state not in (None, OrderState.QUEUED),
            row.order_error or "",
            row.stripe_status,
            row.note,
        )
        for row in rows
    )


def read_customer_money(connection: Connection, company_id: int, customer_id: int) -> CustomerMoney:
    """What a customer, with the duplicates merged into it, owes and has. Raises ``NotFound``."""
    known = connection.scalar(
        select(Customer.id).where(Customer.id == customer_id, Customer.company_id == company_id)
    )
    if known is None:
        raise NotFound("This customer does not exist.")
    group = group_ids(company_id, [customer_id])
    owes = connection.execute(
        select(
            Document.id,
            Document.kind,
            Document.number,
            Document.currency,
            Document.open_minor,
            Document.due_on,
        )
        .where(
            Document.company_id == company_id,
            Document.customer_id.in_(group),
            Document.issued_at.is_not(None),
            Document.kind.in_(sorted(RECEIVABLE_KINDS)),
            Document.open_minor != 0,
        )
        .order_by(Document.due_on, Document.id)
    )
    return CustomerMoney(
        tuple(
            OpenReceivable(
                row.id,
                DocumentKind(row.kind),
                row.number,
                row.currency,
                row.open_minor,
                row.due_on,
            )
            for row in owes
        ),
        _unused(connection, company_id, group),
    )


def read_unused_money(connection: Connection, company_id: int) -> tuple[UnusedMoney, ...]:
    """Everything received or credited that settles nothing, money with no home included."""
    return _unused(connection, company_id, None)


def _unused(connection: Connection, company_id: int, group: Any) -> tuple[UnusedMoney, ...]:
    payments = (
        select(
            Payment.id,
            Payment.customer_id,
            Customer.name,
            Payment.reference.label("label"),
            Payment.received_on.label("day"),
            Payment.currency,
            Payment.unallocated_minor.label("left_minor"),
        )
        .outerjoin(Customer, Customer.id == Payment.customer_id)
        .where(Payment.company_id == company_id, Payment.unallocated_minor != 0)
    )
    notes = (
        select(
            Document.id,
            Document.customer_id,
            Customer.name,
            Document.number.label("label"),
            Document.issued_on.label("day"),
            Document.currency,
            Document.open_minor.label("left_minor"),
        )
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .where(
            Document.company_id == company_id,
            Document.kind == DocumentKind.CREDIT_NOTE.value,
            Document.issued_at.is_not(None),
            Document.open_minor != 0,
        )
    )
    if group is not None:
        payments = payments.where(Payment.customer_id.in_(group))
        notes = notes.where(Document.customer_id.in_(group))
    found = [_money(row, of_payment=True) for row in connection.execute(payments)]
    found += [_money(row, of_payment=False) for row in connection.execute(notes)]
    return tuple(sorted(found, key=lambda one: (one.on, one.payment_id or 0)))


def _money(row: Any, *, of_payment: bool) -> UnusedMoney:
    return UnusedMoney(
        row.id if of_payment else None,
        None if of_payment else row.id,
        row.customer_id,
        row.name or "",
        row.label or "",
        row.day,
        row.currency,
        row.left_minor,
    )
