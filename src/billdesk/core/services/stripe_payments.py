"""Apply what Stripe says about a payment: converge to it, never increment.

Every call gets a freshly fetched snapshot, so events may come late, twice or out of order: the
books end up the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from billdesk.core.db.tables import Document, Payment, PaymentLink, StripeEvent
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.domain.outside import (
    RECEIVED,
    FeeState,
    InboxState,
    LinkState,
    PaymentMethod,
    PaymentState,
)
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.stripe_states import PaymentView, state_of
from billdesk.core.gateways.stripe.facts import IntentFact, PaymentSnapshot
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.follow import follow_balance
from billdesk.core.services.steps.links import retire_link
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting
from billdesk.core.services.steps.settlement import (
    TOO_MUCH,
    recompute_document,
    recompute_payment,
)
from billdesk.core.services.steps.stripe_checks import why_not_settled
from billdesk.core.services.steps.stripe_homeless import (
    home_of,
    is_ours_without_link,
    number_meant,
    question_about,
    rate_without_document,
)
from billdesk.core.services.steps.stripe_ledger import (
    book_charge,
    book_disputes,
    book_fee,
    book_refunds,
)
from billdesk.core.services.steps.stripe_links import find_link

FEE_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(days=1),
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a snapshot: whether it was ours and which document it touched."""

    foreign: bool
    document_id: int | None = None


class StripePaymentService:
    """One use case: make the books say what Stripe says."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def apply(
        self, snapshot: PaymentSnapshot, *, event_ids: Sequence[str] = (), livemode: bool
    ) -> Applied:
        """Apply ``snapshot`` and mark ``event_ids`` applied, in one transaction.

        Raises ``UnknownStripeStatus``, and changes nothing, for what this version cannot read.
        """
        with self._uow.write() as tx:
            link = find_link(tx, snapshot)
            modes = {snapshot.livemode, livemode, livemode if link is None else link.livemode}
            if len(modes) > 1 or (link is None and not is_ours_without_link(tx, snapshot)):
                self._mark(tx, event_ids, livemode, InboxState.FOREIGN)
                return Applied(foreign=True)
            document_id = home_of(tx, snapshot) if link is None else link.document_id
            document = None if document_id is None else load(tx, Document, document_id)
            if snapshot.intent is not None:
                self._converge(tx, document, link, snapshot, snapshot.intent)
            self._mark(tx, event_ids, livemode, InboxState.APPLIED)
            return Applied(foreign=False, document_id=document_id)

    @staticmethod
    def _mark(
        tx: Transaction,
        event_ids: Sequence[str],
        livemode: bool,
        state: InboxState,
    ) -> None:
        if not event_ids:
            return
        tx.connection.execute(
            update(StripeEvent)
            .where(
                StripeEvent.company_id == tx.company_id,
                StripeEvent.livemode == livemode,
                StripeEvent.id.in_(event_ids),
                StripeEvent.state == InboxState.NEW.value,
            )
            .values(state=state.value, applied_at=tx.now, error="")
        )

    def _converge(
        self,
        tx: Transaction,
        document: Document | None,
        link: PaymentLink | None,
        seen: PaymentSnapshot,
        intent: IntentFact,
    ) -> None:
        payment = self._find(tx, seen, intent)
        # Before anything is written: what is not understood must not be half applied.
        state = state_of(_view(seen, intent), None if payment is None else _known(payment))
        before = None if payment is None else (payment.state, payment.amount_minor, payment.review)
        if state is None:
            return
        if payment is None:
            payment = self._insert(tx, document, link, seen, intent, state)
        first_success = payment.charge is None and state in RECEIVED
        self._copy(payment, seen, state, tx)
        if document is not None and link is not None and state is PaymentState.FAILED:
            self._failed(tx, document, link, payment, seen, before and before[0])
        if first_success:
            if document is None or link is None:
                review = question_about(tx, seen)
            else:
                review = why_not_settled(tx, document, link, seen)
            payment.review = review
            book_charge(tx, document, payment, seen, settle=not review)
        book_refunds(tx, payment, seen)
        book_disputes(tx, payment, seen)
        self._fee(tx, payment, seen)
        tx.session.flush()
        recompute_payment(tx, payment)
        if document is not None:
            recompute_document(tx, document)
            if payment.unallocated_minor and not payment.review:
                payment.review = TOO_MUCH
            brought_part = first_success and link is not None and link.is_part
            follow_balance(
                tx, document, paid_through=link if brought_part and not payment.review else None
            )
        if before != (payment.state, payment.amount_minor, payment.review):
            tx.audit(
                f"stripe.{payment.state}",
                f"payment:{payment.uid}" if document is None else f"document:{document.uid}",
                before=before,
                after={
                    "payment_intent": payment.payment_intent,
                    "amount_minor": payment.amount_minor,
                    "currency": payment.currency,
                },
            )
        if document is None:
            tx.tell(MoneyChanged(tx.company_id))
        else:
            tx.tell(PaymentChanged(tx.company_id, document.id))

    @staticmethod
    def _failed(
        tx: Transaction,
        document: Document,
        link: PaymentLink,
        payment: Payment,
        seen: PaymentSnapshot,
        before: str | None,
    ) -> None:
        if seen.payment_link_id not in (None, link.stripe_id):
            return
        if link.state in (LinkState.SENT, LinkState.ACTIVE):
            # A completed session used the link up, although no money came. Whether Stripe
            # counts such a session is written down nowhere: off is off.
            retire_link(tx, document, link)
        if before != PaymentState.FAILED:
            payment.review = "The payment did not go through. Make a new payment link."

    @staticmethod
    def _find(tx: Transaction, seen: PaymentSnapshot, intent: IntentFact) -> Payment | None:
        return tx.session.scalar(
            select(Payment)
            .where(
                Payment.company_id == tx.company_id,
                Payment.livemode == seen.livemode,
                Payment.payment_intent == intent.id,
            )
            .with_for_update()
        )

    @staticmethod
    def _insert(
        tx: Transaction,
        document: Document | None,
        link: PaymentLink | None,
        seen: PaymentSnapshot,
        intent: IntentFact,
        state: PaymentState,
    ) -> Payment:
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

    @staticmethod
    def _copy(
        payment: Payment, seen: PaymentSnapshot, state: PaymentState, tx: Transaction
    ) -> None:
        intent, charge, session = seen.intent, seen.charge, seen.session
        payment.state = state.value
        payment.updated_at = tx.now
        if session is not None:
            payment.checkout_session = session.id
        if intent is not None:
            received = state in RECEIVED
            payment.amount_minor = intent.amount_received_minor if received else intent.amount_minor
            if intent.last_error is not None and not received:
                payment.failure = (intent.last_error.message or "")[:500]
        if charge is not None:
            payment.receipt_url = charge.receipt_url or ""
            if payment.charge is None and state in RECEIVED:
                payment.received_on = open_day(tx, charge.created_at.date())

    @staticmethod
    def _fee(tx: Transaction, payment: Payment, seen: PaymentSnapshot) -> None:
        if payment.state not in RECEIVED or payment.fee_state == FeeState.FINAL:
            return
        balance = seen.charge.balance if seen.charge else None
        if balance is not None:
            book_fee(tx, payment, balance)
            return
        # Stripe captures asynchronously: the fee comes later, by event or by looking again.
        payment.fee_state = FeeState.PENDING.value
        wait = FEE_WAITS[min(payment.fee_tries, len(FEE_WAITS) - 1)]
        payment.fee_tries += 1
        payment.fee_next_try_at = tx.now + wait


def _view(seen: PaymentSnapshot, intent: IntentFact) -> PaymentView:
    charge = seen.charge
    return PaymentView(
        intent=intent.id,
        status=intent.status,
        session=seen.session.status if seen.session else None,
        refunds=tuple(refund.status for refund in seen.refunds),
        disputes=tuple(dispute.status for dispute in seen.disputes),
        captured_minor=charge.amount_captured_minor if charge else 0,
        refunded_minor=charge.amount_refunded_minor if charge else 0,
    )


def _known(payment: Payment) -> PaymentState:
    return PaymentState(payment.state)
