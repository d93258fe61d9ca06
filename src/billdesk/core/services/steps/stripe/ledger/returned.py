"""A debit that had arrived and that the payer's bank took back, weeks later."""

from sqlalchemy import select

from billdesk.core.db.tables import Payment, Refund
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.questions import RETURNED
from billdesk.core.domain.settlement import OUT_OF_PAYMENT, RefundMeaning
from billdesk.core.gateways.stripe.facts import PaymentSnapshot
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.disputes import disputed_minor, disputes_of, regain
from billdesk.core.services.steps.posting import find_entry, is_posted
from billdesk.core.services.steps.receipts import take_receipt_back
from billdesk.core.services.steps.refunds import change_of, explanation_of, put_back
from billdesk.core.services.steps.stripe.ledger.balance import convert
from billdesk.core.services.steps.stripe.ledger.fee import book_stripe_fee


def book_return(tx: Transaction, payment: Payment, seen: PaymentSnapshot) -> None:
    """Receivable, customer credit / Stripe clearing: nothing of the payment is left.

    Call it while the books have the payment as received. What was said of money that went back
    out of it is asked again: it was said of a payment that is no more.
    """
    failure = seen.charge.failure_balance if seen.charge is not None else None
    charge = payment.charge or ""
    if not is_posted(tx, "charge", charge, EntryKind.CHARGE_RETURNED):
        _ask_again(tx, payment)
        took_at = failure.created_at if failure is not None else seen.read_at
        documents = take_receipt_back(
            tx,
            payment,
            open_day(tx, took_at.date()),
            kind=EntryKind.CHARGE_RETURNED,
            source=("charge", charge),
            reverses_id=find_entry(tx, "charge", charge, EntryKind.CHARGED),
            state=PaymentState.RETURNED,
        )
        payment.disputed_minor = disputed_minor(tx, payment)
        if documents:
            payment.review = RETURNED
    payment.state = PaymentState.RETURNED.value
    if failure is not None:
        convert(tx, payment, failure, Worth(-payment.amount_minor, -payment.base_minor))
        book_stripe_fee(tx, payment, failure, "return_fee")


def _ask_again(tx: Transaction, payment: Payment) -> None:
    for dispute in disputes_of(tx, payment):
        regain(tx, payment, dispute)
    for refund in tx.session.scalars(
        select(Refund).where(
            Refund.company_id == tx.company_id,
            Refund.payment_id == payment.id,
            Refund.stripe_refund.is_not(None),
            Refund.state == PaymentState.SUCCEEDED.value,
            Refund.meaning.in_(sorted(OUT_OF_PAYMENT)),
        )
    ).all():
        entry = explanation_of(tx, refund)
        refund.meaning = RefundMeaning.UNEXPLAINED.value
        refund.updated_at = tx.now
        tx.session.flush()
        if entry is not None:
            put_back(tx, payment, refund, entry, source=change_of(refund), on=tx.today)
