"""Payments that are not over: read again by every reconciliation, however old they are."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Row, exists, or_, select

from billdesk.core.db.tables import Dispute, Payment, Refund
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.reconciliation import FOLLOWED_FOR, MONEY_BACK_FOLLOWED_FOR
from billdesk.core.services.steps.stripe.cursor import Window

_OPEN = (PaymentState.PENDING.value, PaymentState.DISPUTED.value)


def open_payments(
    tx: Transaction, window: Window, *, whole: bool, after: int, limit: int
) -> Sequence[Row[int, str | None]]:
    """Id and payment intent of the next ones behind ``after``.

    What is pending or disputed, and what went back so lately that it may come back; after a gap
    (``whole``) half a year is lately.
    """
    followed_for = FOLLOWED_FOR if whole else MONEY_BACK_FOLLOWED_FOR
    reasons = [Payment.state.in_(_OPEN), _refunded(tx, followed_for), _disputed(tx, followed_for)]
    return tx.connection.execute(
        select(Payment.id, Payment.payment_intent)
        .where(
            Payment.company_id == tx.company_id,
            Payment.livemode == window.livemode,
            Payment.method == PaymentMethod.STRIPE.value,
            Payment.payment_intent.is_not(None),
            Payment.id > after,
            or_(*reasons),
        )
        .order_by(Payment.id)
        .limit(limit)
    ).all()


def _refunded(tx: Transaction, followed_for: timedelta) -> ColumnElement[bool]:
    return exists().where(
        Refund.payment_id == Payment.id,
        Refund.company_id == Payment.company_id,
        Refund.stripe_refund.is_not(None),
        Refund.state == PaymentState.SUCCEEDED.value,
        Refund.refunded_on >= tx.today - followed_for,
    )


def _disputed(tx: Transaction, followed_for: timedelta) -> ColumnElement[bool]:
    """An inquiry may become a dispute, and a lost one be decided anew."""
    return exists().where(
        Dispute.payment_id == Payment.id,
        Dispute.company_id == Payment.company_id,
        or_(Dispute.closed_at.is_(None), Dispute.closed_at >= tx.now - followed_for),
    )
