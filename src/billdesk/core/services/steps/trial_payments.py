"""Payments of Stripe's test mode: no real money, so once there is real money they book nothing."""

from collections import defaultdict

from sqlalchemy import or_, select, update

from billdesk.core.db.tables import BalanceTransaction, LedgerEntry, Payment, Refund, StripeOrder
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.ledger import EntryDraft, EntryKind, PostingDraft, reversed_postings
from billdesk.core.domain.outside import OPEN_ORDERS, RECEIVED, FeeState, OrderState, PaymentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.gateways.stripe.facts import PaymentSnapshot
from billdesk.core.services.steps.disputes import disputes_of, regain
from billdesk.core.services.steps.orders import cancel_order_job
from billdesk.core.services.steps.posting import find_entry, post, postings_of
from billdesk.core.services.steps.receipts import take_receipt_back
from billdesk.core.services.steps.refunds import change_of, explanation_of, purse_of, put_back
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting
from billdesk.core.services.steps.settlement import recompute_refunds
from billdesk.core.services.steps.stripe.ledger.transfer import memo_of, subject_of

_TEST_REFUND = "A refund of a test payment: no real money goes back."
# Entries whose source is a balance transaction of the payment.
_BY_MOVEMENT = ("settled", "fee", "return_fee", "refund_fee", "dispute", "dispute_fee")


def books_nothing(tx: Transaction, seen: PaymentSnapshot) -> bool:
    """Whether a payment is a test although the company has taken real money since."""
    return not seen.livemode and read_setting(tx, OnlinePayment).live_since is not None


def is_trial_money(seen: PaymentSnapshot) -> bool:
    """Whether there is anything to record of a test payment: a page nobody paid is nothing."""
    return seen.intent is not None and seen.intent.status in ("succeeded", "processing")


def note_trial(tx: Transaction, payment: Payment) -> None:
    """Mark a payment, of which nothing was booked, as a test."""
    payment.state = PaymentState.TEST.value
    payment.updated_at = tx.now
    payment.fee_state = FeeState.NONE.value
    payment.fee_next_try_at = None
    tx.audit(
        "stripe.test",
        subject_of(tx, payment),
        after={
            "payment_intent": payment.payment_intent,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
        },
    )


def take_trial_back(tx: Transaction, payment: Payment) -> None:
    """Reverse everything the books posted of a test payment. Its documents must be locked."""
    for dispute in disputes_of(tx, payment):
        regain(tx, payment, dispute)
    end_trial_refunds(tx, payment)
    ids = _refunds_back(tx, payment)
    if payment.state in RECEIVED and payment.charge is not None:
        take_receipt_back(
            tx,
            payment,
            tx.today,
            kind=EntryKind.TEST_UNDONE,
            source=("charge", payment.charge),
            reverses_id=find_entry(tx, "charge", payment.charge, EntryKind.CHARGED),
            state=PaymentState.TEST,
        )
    ids += [payment.charge or "", *(one.stripe_dispute for one in disputes_of(tx, payment))]
    movements = tx.connection.scalars(
        select(BalanceTransaction.id).where(
            BalanceTransaction.company_id == tx.company_id,
            BalanceTransaction.livemode == payment.livemode,
            BalanceTransaction.is_ours,
            BalanceTransaction.source.in_(ids),
        )
    ).all()
    _reverse(tx, payment, [*movements, payment.balance_transaction or "", *ids])
    tx.connection.execute(
        update(BalanceTransaction)
        .where(
            BalanceTransaction.company_id == tx.company_id,
            BalanceTransaction.livemode == payment.livemode,
            BalanceTransaction.id.in_(movements),
        )
        .values(is_ours=False)
    )
    for dispute in disputes_of(tx, payment):
        dispute.held_minor = dispute.held_base_minor = 0
        dispute.updated_at = tx.now
    payment.disputed_minor = 0
    payment.review = ""
    note_trial(tx, payment)
    tx.session.flush()


def end_trial_refunds(tx: Transaction, payment: Payment) -> None:
    """Whatever becomes of them at Stripe, refunds that are on their way book nothing any more.

    Nothing stays reserved for them; their credit notes stay, with their credit.
    """
    refunds = tx.session.scalars(
        select(Refund)
        .where(
            Refund.company_id == tx.company_id,
            Refund.payment_id == payment.id,
            Refund.state == PaymentState.ORDERED.value,
        )
        .order_by(Refund.id)
    ).all()
    for refund in refunds:
        order = load(tx, StripeOrder, refund.order_id or 0)
        if order.state in OPEN_ORDERS:
            order.state = OrderState.CANCELLED.value
            order.error = _TEST_REFUND
            order.updated_at = tx.now
            cancel_order_job(tx, order)
        refund.state = PaymentState.UNDONE.value
        refund.note = _TEST_REFUND
        refund.updated_at = tx.now
        tx.audit(
            "refund.withdrawn",
            subject_of(tx, payment),
            before={"state": PaymentState.ORDERED},
            after={"minor": refund.minor, "currency": refund.currency, "note": _TEST_REFUND},
        )
    tx.session.flush()


def _refunds_back(tx: Transaction, payment: Payment) -> list[str]:
    """No money went back either: what was said of it is taken back; the refunds' ids at Stripe."""
    refunds = tx.session.scalars(
        select(Refund)
        .where(
            Refund.company_id == tx.company_id,
            Refund.payment_id == payment.id,
            Refund.stripe_refund.is_not(None),
        )
        .order_by(Refund.id)
    ).all()
    for refund in refunds:
        if refund.state != PaymentState.SUCCEEDED:
            continue
        entry = explanation_of(tx, refund)
        if refund.meaning != RefundMeaning.UNEXPLAINED and entry is not None:
            purse = purse_of(tx, refund)
            refund.meaning = RefundMeaning.UNEXPLAINED.value
            refund.credit_note_id = None
            refund.updated_at = tx.now
            tx.session.flush()
            put_back(tx, purse, refund, entry, source=change_of(refund), on=tx.today)
        refund.state = PaymentState.UNDONE.value
        refund.updated_at = tx.now
    recompute_refunds(tx, payment)
    return [refund.stripe_refund or "" for refund in refunds]


def _reverse(tx: Transaction, payment: Payment, ids: list[str]) -> None:
    """Reverse fees, conversions, refunds and disputes, each under its own source."""
    found: dict[tuple[str, str], list[PostingDraft]] = defaultdict(list)
    for row in tx.connection.execute(
        select(LedgerEntry.id, LedgerEntry.source_type, LedgerEntry.source_id)
        .where(
            LedgerEntry.company_id == tx.company_id,
            LedgerEntry.source_id.in_(ids),
            or_(LedgerEntry.source_type.in_(_BY_MOVEMENT), LedgerEntry.source_type == "refund"),
        )
        .order_by(LedgerEntry.id)
    ).all():
        found[row.source_type, row.source_id] += postings_of(tx, row.id)
    for (source_type, source_id), postings in found.items():
        post(
            tx,
            EntryDraft(
                EntryKind.TEST_UNDONE,
                source_type,
                source_id,
                tx.today,
                reversed_postings(postings),
                memo=memo_of(tx, payment),
            ),
        )
