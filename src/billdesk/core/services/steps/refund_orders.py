"""Refunds ordered at Stripe: when they may be, what keeps others off their money, how they end."""

from sqlalchemy import func, select

from billdesk.core.db.tables import Dispute, Payment, Refund, StripeOrder
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.money import Money
from billdesk.core.domain.outside import RECEIVED, PaymentMethod, PaymentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.domain.stripe_states import DISPUTE_OPEN
from billdesk.core.services.steps.movements import Purse, left_in
from billdesk.core.services.steps.paid_out import ordered_minor, went_back
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting

SAY_FIRST = "Say first what the earlier refund of this payment was for."
UNDER_WAY = "A refund of this money is under way at Stripe; wait for it to finish."
_DISPUTED = (
    "The customer's bank disputes this payment, so Stripe pays nothing of it back. Answer the "
    "dispute at Stripe."
)
_LOST = (
    "The bank took this payment back for the customer. Paying it back as well would give the "
    "money away twice."
)
_TAKEN_BACK = "The bank has taken this payment back; there is nothing of it to pay back."
_ANOTHER_WAY = "{} Nothing went back: order it again, or pay it back another way."


def require_refundable(tx: Transaction, payment: Payment, minor: int) -> None:
    """Raise ``NotAllowed`` or ``UserError`` where Stripe cannot pay ``minor`` of it back."""
    if payment.method != PaymentMethod.STRIPE or payment.payment_intent is None:
        raise NotAllowed("This money did not come through Stripe; give it back another way.")
    if payment.state not in RECEIVED:
        raise NotAllowed("This payment has not arrived.")
    sentence = _against(tx, payment)
    if sentence:
        raise NotAllowed(sentence)
    if payment.refunded_minor > payment.explained_minor:
        raise NotAllowed(SAY_FIRST)
    online = read_setting(tx, OnlinePayment)
    if (payment.stripe_account, payment.livemode) != (online.account, online.livemode):
        raise NotAllowed(
            "This payment is in another Stripe account than the one connected now. Connect that "
            "one again, or refund it in its Dashboard."
        )
    left = left_to_refund(tx, payment)
    if minor > left:
        rest = Money(left, payment.currency)
        raise UserError(
            f"There is less than that to pay back of this payment: {rest}.", field="minor"
        )


def left_to_refund(tx: Transaction, payment: Payment) -> int:
    """What of a payment neither went back nor is on its way back, in minor units."""
    return payment.amount_minor - went_back(tx, payment) - ordered_minor(tx, payment)


def why_not_sent(tx: Transaction, order: StripeOrder) -> str:
    """What has come between since a refund was ordered; empty when it can be sent."""
    payment = load(tx, Payment, order.payment_id or 0)
    return _against(tx, payment) if payment.state in RECEIVED else _TAKEN_BACK


def _against(tx: Transaction, payment: Payment) -> str:
    if payment.state == PaymentState.LOST:
        return _LOST
    if payment.state != PaymentState.DISPUTED:
        return ""
    open_ones = tx.connection.scalars(
        select(Dispute.is_refundable).where(
            Dispute.company_id == tx.company_id,
            Dispute.payment_id == payment.id,
            Dispute.status.in_(sorted(DISPUTE_OPEN)),
        )
    ).all()
    return "" if open_ones and all(open_ones) else _DISPUTED


def require_unordered(tx: Transaction, purse: Purse, minor: int) -> None:
    """Raise ``NotAllowed`` where less than ``minor`` is left besides what is being refunded.

    What a refund of Stripe's is to come out of must not be used for anything else meanwhile.
    """
    reserved = _reserved(tx, purse)
    if reserved and minor > left_in(purse) - reserved:
        raise NotAllowed(UNDER_WAY)


def _reserved(tx: Transaction, purse: Purse) -> int:
    if not isinstance(purse, Payment):
        return ordered_minor(tx, purse)
    credit = tx.connection.scalar(
        select(func.coalesce(func.sum(Refund.minor), 0)).where(
            Refund.company_id == tx.company_id,
            Refund.payment_id == purse.id,
            Refund.state == PaymentState.ORDERED.value,
            Refund.meaning == RefundMeaning.CREDIT_RETURNED.value,
        )
    )
    return int(credit or 0)


def refuse_refund(tx: Transaction, order: StripeOrder, sentence: str) -> None:
    """Stripe will not pay it back: its credit note, if it has one, keeps its credit."""
    refund = tx.session.scalar(
        select(Refund)
        .where(
            Refund.company_id == tx.company_id,
            Refund.order_id == order.id,
            Refund.state == PaymentState.ORDERED.value,
        )
        .with_for_update()
    )
    if refund is not None:
        refund.state = PaymentState.FAILED.value
        refund.note = _ANOTHER_WAY.format(sentence)
        refund.updated_at = tx.now
        tx.session.flush()


def ordered_refund(tx: Transaction, payment: Payment, order: str, minor: int) -> Refund | None:
    """The refund that was ordered as ``order`` and has not been seen at Stripe before.

    Metadata is whatever somebody wrote: it must be of this payment and of the amount ordered.
    """
    return tx.session.scalar(
        select(Refund)
        .join(StripeOrder, StripeOrder.id == Refund.order_id)
        .where(
            Refund.company_id == tx.company_id,
            StripeOrder.uid == order,
            Refund.payment_id == payment.id,
            Refund.state == PaymentState.ORDERED.value,
            Refund.minor == minor,
        )
    )


def note_of_failure(refund: Refund, reason: str | None) -> str:
    """What the owner reads about a refund that Stripe made and that came back."""
    amount = Money(refund.minor, refund.currency)
    because = f" ({reason.replace('_', ' ')})" if reason else ""
    return (
        f"{amount} could not be paid out to the customer{because}; the money is back at Stripe. "
        "Pay it back another way."
    )
