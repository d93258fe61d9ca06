"""The row of a payment at Stripe, and what of a snapshot its state is read from."""

from sqlalchemy import select

from billdesk.core.db.tables import Document, Payment, PaymentLink
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import RECEIVED, PaymentMethod, PaymentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.stripe_states import PaymentView
from billdesk.core.gateways.stripe.facts import IntentFact, PaymentSnapshot
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.settings import read_setting
from billdesk.core.services.steps.stripe.homeless import number_meant, rate_without_document

LONGEST_NAME = 40


def find_payment(tx: Transaction, seen: PaymentSnapshot, intent: IntentFact) -> Payment | None:
    """The row of a payment intent, locked."""
    return tx.session.scalar(
        select(Payment)
        .where(
            Payment.company_id == tx.company_id,
            Payment.livemode == seen.livemode,
            Payment.payment_intent == intent.id,
        )
        .with_for_update()
    )


def insert_payment(
    tx: Transaction,
    document: Document | None,
    link: PaymentLink | None,
    seen: PaymentSnapshot,
    intent: IntentFact,
    state: PaymentState,
) -> Payment:
    """A new row; without a document it belongs to nobody yet."""
    if document is None:
        rate = rate_without_document(tx, seen, intent.currency)
    else:
        rate = document.exchange_rate
    account = link.stripe_account if link else read_setting(tx, OnlinePayment).account
    payment = Payment(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=None if document is None else document.customer_id,
        document_id=None if document is None else document.id,
        method=PaymentMethod.STRIPE.value,
        state=state.value,
        currency=intent.currency,
        amount_minor=intent.amount_minor,
        base_minor=0,
        exchange_rate=rate,
        received_on=tx.today,
        reference=number_meant(seen) if document is None else "",
        livemode=seen.livemode,
        stripe_account=account,
        payment_intent=intent.id,
        link_id=None if link is None else link.id,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(payment)
    tx.session.flush()
    return payment


def copy_facts(
    tx: Transaction,
    payment: Payment,
    seen: PaymentSnapshot,
    state: PaymentState,
    *,
    returned: bool,
) -> None:
    """Take over what Stripe says; of a payment taken back the amount stays what it brought."""
    intent, charge, session = seen.intent, seen.charge, seen.session
    payment.read_at = seen.read_at
    payment.state = state.value
    payment.updated_at = tx.now
    received = state in RECEIVED
    if session is not None:
        payment.checkout_session = session.id
    if intent is not None:
        if not returned:
            payment.amount_minor = intent.amount_received_minor if received else intent.amount_minor
        if intent.last_error is not None and (returned or not received):
            payment.failure = (intent.last_error.message or "")[:500]
    if charge is not None:
        payment.receipt_url = charge.receipt_url or ""
        payment.method_type = (charge.method or "")[:LONGEST_NAME]
        if payment.charge is None and received:
            payment.received_on = open_day(tx, charge.created_at.date())


def view_of(seen: PaymentSnapshot, intent: IntentFact) -> PaymentView:
    """The statuses of a snapshot."""
    charge = seen.charge
    return PaymentView(
        intent=intent.id,
        status=intent.status,
        session=seen.session.status if seen.session else None,
        refunds=tuple(refund.status for refund in seen.refunds),
        disputes=tuple(dispute.status for dispute in seen.disputes),
        captured_minor=charge.amount_captured_minor if charge else 0,
        refunded_minor=charge.amount_refunded_minor if charge else 0,
        charge_failed=charge is not None and charge.status == "failed",
        came_back=charge is not None and charge.failure_balance is not None,
    )
