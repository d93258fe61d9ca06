"""Money that went back at Stripe, and refunds that failed."""

from sqlalchemy import select

from billdesk.core.db.tables import Payment, Refund
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.domain.stripe_states import REFUND_FAILED
from billdesk.core.gateways.stripe.facts import PaymentSnapshot, RefundFact
from billdesk.core.gateways.stripe.refunds import ORDER_KEY
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.paid_out import value_of_part
from billdesk.core.services.steps.posting import is_posted
from billdesk.core.services.steps.refund_orders import note_of_failure, ordered_refund
from billdesk.core.services.steps.refunds import (
    ask_about_refunds,
    change_of,
    explanation_of,
    is_enough,
    purse_of,
    put_back,
    take_out,
    to_explain,
)
from billdesk.core.services.steps.settlement import recompute_refunds
from billdesk.core.services.steps.stripe.ledger.balance import convert
from billdesk.core.services.steps.stripe.ledger.fee import book_stripe_fee
from billdesk.core.services.steps.stripe.ledger.transfer import subject_of, transfer

LONGEST_REASON = 40
_PENDING = "stripe.refund_pending"
_WAITING = ("pending", "requires_action")
# What is told of a refund besides that the money went back.
_WORDS = {
    "pending": _PENDING,
    "requires_action": "stripe.refund_waits",
    "failed": "stripe.refund_failed",
    "canceled": "stripe.refund_failed",
}


def book_refunds(tx: Transaction, payment: Payment, seen: PaymentSnapshot) -> None:
    """Refunds to explain / Stripe clearing for money that went back; reversed when it failed.

    Each has a row, which the owner gives a meaning. One that fails takes back what was said about
    it. A snapshot without refunds says nothing about earlier ones: they were not asked for.
    """
    if not seen.refunds:
        return
    for fact in seen.refunds:
        refund, ordered = _refund_row(tx, payment, fact)
        _keep_status(tx, payment, refund, fact)
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
        if ordered and not failed:
            _say_what_was_ordered(tx, payment, refund)
        if failed and refund.state == PaymentState.SUCCEEDED:
            _fail_refund(tx, payment, refund)
            refund.note = note_of_failure(refund, fact.failure_reason)
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
        _settle(tx, payment, refund, fact)
    recompute_refunds(tx, payment)
    ask_about_refunds(payment)


def _keep_status(tx: Transaction, payment: Payment, refund: Refund, fact: RefundFact) -> None:
    """How Stripe has the refund and why it was made; news of it are told on the timeline."""
    before = refund.stripe_status
    refund.reason = refund.reason or (fact.reason or "")[:LONGEST_REASON]
    if before == fact.status:
        return
    refund.stripe_status = fact.status
    refund.updated_at = tx.now
    action = _WORDS.get(fact.status)
    if action is None and before in _WAITING:
        action = "stripe.refund_done"
    if action is None or (action == _PENDING and before in _WAITING):
        return
    tx.audit(
        action,
        subject_of(tx, payment),
        before={"status": before} if before else None,
        after={
            "refund": fact.id,
            "status": fact.status,
            "failure": fact.failure_reason or "",
            "amount_minor": fact.amount_minor,
            "currency": fact.currency,
        },
    )


def _settle(tx: Transaction, payment: Payment, refund: Refund, fact: RefundFact) -> None:
    """What its movements on the balance were in the settlement currency, there and back."""
    worth = Worth(refund.minor, refund.base_minor)
    if fact.balance is not None:
        convert(tx, payment, fact.balance, Worth(0, 0).minus(worth))
        book_stripe_fee(tx, payment, fact.balance, "refund_fee")
    if fact.failure_balance is not None:
        convert(tx, payment, fact.failure_balance, worth)
        book_stripe_fee(tx, payment, fact.failure_balance, "refund_fee")


def _refund_row(tx: Transaction, payment: Payment, seen: RefundFact) -> tuple[Refund, bool]:
    """The row of a refund at Stripe, and whether it is one that was ordered and now is there.

    One made elsewhere gets its row when it is seen for the first time.
    """
    known = tx.session.scalar(
        select(Refund).where(Refund.company_id == tx.company_id, Refund.stripe_refund == seen.id)
    )
    if known is not None:
        return known, False
    failed = seen.status in REFUND_FAILED
    state = (PaymentState.FAILED if failed else PaymentState.SUCCEEDED).value
    order = seen.metadata.get(ORDER_KEY, "")
    refund = ordered_refund(tx, payment, order, seen.amount_minor) if order else None
    if refund is not None:
        refund.stripe_refund = seen.id
        refund.state = state
        refund.refunded_on = open_day(tx, seen.created_at.date())
        refund.note = note_of_failure(refund, seen.failure_reason) if failed else ""
        refund.updated_at = tx.now
        tx.session.flush()
        return refund, True
    refund = Refund(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=payment.customer_id,
        payment_id=payment.id,
        method=PaymentMethod.STRIPE.value,
        state=state,
        meaning=RefundMeaning.UNEXPLAINED.value,
        currency=seen.currency,
        minor=seen.amount_minor,
        base_minor=value_of_part(tx, payment, seen.amount_minor),
        refunded_on=open_day(tx, seen.created_at.date()),
        stripe_refund=seen.id,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(refund)
    tx.session.flush()
    return refund, False


def _say_what_was_ordered(tx: Transaction, payment: Payment, refund: Refund) -> None:
    """Post what the refund was ordered for; where that has become impossible, ask again."""
    purse = purse_of(tx, refund)
    if not is_enough(tx, purse, refund):
        refund.meaning = RefundMeaning.UNEXPLAINED.value
        refund.credit_note_id = None
        tx.session.flush()
        return
    take_out(
        tx,
        purse,
        refund,
        [to_explain(refund, payment.document_id)],
        kind=EntryKind.REFUND_EXPLAINED,
        source=change_of(refund),
        on=tx.today,
    )


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
