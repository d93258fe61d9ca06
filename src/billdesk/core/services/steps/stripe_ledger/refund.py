"""Money that went back at Stripe, and refunds that failed."""

from sqlalchemy import select

from billdesk.core.db.tables import Payment, Refund
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.domain.stripe_states import REFUND_FAILED
from billdesk.core.gateways.stripe.facts import PaymentSnapshot, RefundFact
from billdesk.core.services.steps.base_currency import open_day, value_at
from billdesk.core.services.steps.posting import is_posted
from billdesk.core.services.steps.refunds import (
    ask_about_refunds,
    change_of,
    explanation_of,
    purse_of,
    put_back,
)
from billdesk.core.services.steps.settlement import recompute_refunds
from billdesk.core.services.steps.stripe_ledger.transfer import transfer


def book_refunds(tx: Transaction, payment: Payment, seen: PaymentSnapshot) -> None:
    """Refunds to explain / Stripe clearing for money that went back; reversed when it failed.

    Each has a row, which the owner gives a meaning. One that fails takes back what was said about
    it. A snapshot without refunds says nothing about earlier ones: they were not asked for.
    """
    if not seen.refunds:
        return
    for fact in seen.refunds:
        refund = _refund_row(tx, payment, fact)
        failed = fact.status in REFUND_FAILED
        posted = is_posted(tx, "refund", fact.id, EntryKind.REFUNDED)
        if not failed or posted:
            transfer(
                tx,
                EntryKind.REFUNDED,
                "refund",
                fact.id,
                refund.refunded_on,
                Role.REFUNDS_TO_EXPLAIN,
                Role.STRIPE_CLEARING,
                refund.currency,
                refund.minor,
                refund.base_minor,
                payment,
            )
        if failed and refund.state == PaymentState.SUCCEEDED:
            _fail_refund(tx, payment, refund)
        if failed and posted:
            transfer(
                tx,
                EntryKind.REFUND_FAILED,
                "refund",
                fact.id,
                open_day(tx, fact.created_at.date()),
                Role.STRIPE_CLEARING,
                Role.REFUNDS_TO_EXPLAIN,
                refund.currency,
                refund.minor,
                refund.base_minor,
                payment,
            )
    recompute_refunds(tx, payment)
    ask_about_refunds(payment)


def _refund_row(tx: Transaction, payment: Payment, seen: RefundFact) -> Refund:
    """The row of a refund at Stripe, made when it is seen for the first time."""
    known = tx.session.scalar(
        select(Refund).where(Refund.company_id == tx.company_id, Refund.stripe_refund == seen.id)
    )
    if known is not None:
        return known
    refund = Refund(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=payment.customer_id,
        payment_id=payment.id,
        method=PaymentMethod.STRIPE.value,
        state=(
            PaymentState.FAILED if seen.status in REFUND_FAILED else PaymentState.SUCCEEDED
        ).value,
        meaning=RefundMeaning.UNEXPLAINED.value,
        currency=seen.currency,
        minor=seen.amount_minor,
        base_minor=value_at(tx, seen.currency, payment.exchange_rate, seen.amount_minor),
        refunded_on=open_day(tx, seen.created_at.date()),
        stripe_refund=seen.id,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(refund)
    tx.session.flush()
    return refund


def _fail_refund(tx: Transaction, payment: Payment, refund: Refund) -> None:
    """The money never went back: what its explanation did is reversed."""
    entry = explanation_of(tx, refund)
    explained = refund.meaning != RefundMeaning.UNEXPLAINED
    purse = purse_of(tx, refund) if explained else payment
    refund.state = PaymentState.FAILED.value
    refund.updated_at = tx.now
    tx.session.flush()
    if explained and entry is not None:
        put_back(tx, purse, refund, entry, source=change_of(refund), on=tx.today)
