"""Refunds that Stripe is told to make: ordered with what they mean, once."""

from dataclasses import dataclass, replace

from sqlalchemy import select, update

from billdesk.core.db.tables import Document, Outbox, Payment, Refund, StripeOrder
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.domain.outside import (
    JobState,
    OrderKind,
    OrderState,
    PaymentMethod,
    PaymentState,
    RefundReason,
)
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.domain.texts import clean_paragraphs
from billdesk.core.gateways.stripe.refunds import refund_params
from billdesk.core.services.payments.inputs import check_amount
from billdesk.core.services.steps.movements import lock_documents
from billdesk.core.services.steps.numbers import lock_series
from billdesk.core.services.steps.orders import (
    OrderSubject,
    new_order_uid,
    order_metadata,
    place_order,
)
from billdesk.core.services.steps.paid_out import value_of_part
from billdesk.core.services.steps.refund_orders import require_refundable, require_unordered
from billdesk.core.services.steps.refunds import credit_for, is_enough
from billdesk.core.services.steps.rows import load

ORDERABLE = (
    RefundMeaning.CREDIT_NOTE,
    RefundMeaning.REOPENED,
    RefundMeaning.GOODWILL,
    RefundMeaning.CREDIT_RETURNED,
)


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What Stripe is to pay back of a payment, in minor units of its currency.

    ``meaning`` is what it is in the books; ``reason`` is told to Stripe, ``text`` stands on the
    credit note, if there is one.
    """

    payment_id: int
    minor: int
    meaning: RefundMeaning = RefundMeaning.CREDIT_NOTE
    reason: RefundReason = RefundReason.REQUESTED
    text: str = ""


class RefundOrderService:
    """Order refunds at Stripe, and take back what was not sent."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def order(self, given: RefundOrder) -> int:
        """Order a refund, with its credit note where the sale is taken back; the refund's id.

        Credit note, refund and order are one transaction; nothing has left Stripe yet when it
        returns. Raises ``NotAllowed`` while the payment is disputed, an earlier refund waits for
        its explanation or another account is connected, ``UserError`` for more than is left.
        """
        check_amount(given.minor, "minor")
        if given.meaning not in ORDERABLE:
            raise UserError("Choose what the refund means.", field="meaning")
        given = replace(given, text=clean_paragraphs(given.text, "reason"))
        with self._uow.write() as tx:
            if given.meaning is RefundMeaning.CREDIT_NOTE:
                lock_series(tx, DocumentKind.CREDIT_NOTE)
            payment, document = _payment(tx, given.payment_id)
            require_refundable(tx, payment, given.minor)
            refund = _row(tx, payment, given)
            tx.session.add(refund)
            tx.session.flush()
            _reserve(tx, payment, refund, given)
            order = _order(tx, payment, document, given)
            refund.order_id = order.id
            tx.session.flush()
            subject = refund.uid if document is None else document.uid
            tx.audit(
                "refund.ordered",
                f"{'refund' if document is None else 'document'}:{subject}",
                after={
                    "minor": given.minor,
                    "currency": payment.currency,
                    "meaning": given.meaning,
                    "reason": given.reason,
                },
            )
            _tell(tx, document)
            return refund.id

    @use_case
    def take_back(self, refund_id: int) -> None:
        """Withdraw an order that was not sent, or be done with one that came to nothing.

        Its credit note stays, with its credit. Raises ``NotAllowed`` once Stripe may have it.
        """
        with self._uow.write() as tx:
            meant = tx.connection.scalar(
                select(Payment.document_id)
                .join(Refund, Refund.payment_id == Payment.id)
                .where(Refund.id == refund_id, Refund.company_id == tx.company_id)
            )
            document = lock_documents(tx, [meant]).get(meant or 0)
            refund = load(tx, Refund, refund_id)
            before = refund.state
            if before == PaymentState.ORDERED:
                _withdraw(tx, load(tx, StripeOrder, refund.order_id or 0))
            elif before != PaymentState.FAILED or refund.method != PaymentMethod.STRIPE:
                raise NotAllowed("There is no order to take back.")
            refund.state = PaymentState.UNDONE.value
            refund.updated_at = tx.now
            subject = refund.uid if document is None else document.uid
            tx.audit(
                "refund.withdrawn" if before == PaymentState.ORDERED else "refund.given_up",
                f"{'refund' if document is None else 'document'}:{subject}",
                before={"state": before},
                after={"minor": refund.minor, "currency": refund.currency},
            )
            _tell(tx, document)


def _payment(tx: Transaction, payment_id: int) -> tuple[Payment, Document | None]:
    """The payment and the document the payer meant, locked: documents first."""
    meant = tx.connection.scalar(
        select(Payment.document_id).where(
            Payment.id == payment_id, Payment.company_id == tx.company_id
        )
    )
    document = lock_documents(tx, [meant]).get(meant or 0)
    return load(tx, Payment, payment_id), document


def _reserve(tx: Transaction, payment: Payment, refund: Refund, given: RefundOrder) -> None:
    """Make sure that the money it is to come out of is there, and stays there."""
    if given.meaning is RefundMeaning.CREDIT_NOTE:
        refund.credit_note_id = credit_for(tx, refund, payment, given.text).id
        tx.session.flush()
    elif not is_enough(tx, payment, refund):
        raise UserError("There is less than that to give back.", field="minor")
    elif given.meaning is RefundMeaning.CREDIT_RETURNED:
        # The row of this order is among those that are reserved for.
        require_unordered(tx, payment, 0)


def _order(
    tx: Transaction, payment: Payment, document: Document | None, given: RefundOrder
) -> StripeOrder:
    uid = new_order_uid()
    params = refund_params(
        intent=payment.payment_intent or "",
        amount_minor=given.minor,
        currency=payment.currency,
        reason=given.reason.value,
        order=uid,
        metadata=order_metadata(tx, document),
    )
    subject = OrderSubject(OrderKind.REFUND, payment.currency, given.minor, document, payment)
    return place_order(tx, subject, params, uid=uid)


def _row(tx: Transaction, payment: Payment, given: RefundOrder) -> Refund:
    return Refund(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=payment.customer_id,
        payment_id=payment.id,
        method=PaymentMethod.STRIPE.value,
        state=PaymentState.ORDERED.value,
        meaning=given.meaning.value,
        currency=payment.currency,
        minor=given.minor,
        base_minor=value_of_part(tx, payment, given.minor),
        refunded_on=tx.today,
        reason=given.reason.value,
        created_at=tx.now,
        updated_at=tx.now,
    )


def _withdraw(tx: Transaction, order: StripeOrder) -> None:
    if order.state != OrderState.QUEUED:
        raise NotAllowed("This refund was sent to Stripe already and cannot be taken back.")
    order.state = OrderState.CANCELLED.value
    order.updated_at = tx.now
    tx.connection.execute(
        update(Outbox)
        .where(
            Outbox.company_id == tx.company_id,
            Outbox.order_id == order.id,
            Outbox.state == JobState.QUEUED.value,
        )
        .values(state=JobState.CANCELLED.value, done_at=tx.now)
    )


def _tell(tx: Transaction, document: Document | None) -> None:
    if document is None:
        tx.tell(MoneyChanged(tx.company_id))
    else:
        tx.tell(PaymentChanged(tx.company_id, document.id))
