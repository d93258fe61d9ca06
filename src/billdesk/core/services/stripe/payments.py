"""Apply what Stripe says about a payment: converge to it, never increment.

Every call gets a freshly fetched snapshot, so events may come late, twice or out of order: the
books end up the same. One that was fetched before what they show is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from billdesk.core.db.tables import Document, Payment, PaymentLink, StripeEvent
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.domain.outside import RECEIVED, InboxState, LinkState, PaymentState
from billdesk.core.domain.questions import NOT_THROUGH, TOO_MUCH
from billdesk.core.domain.stripe_states import OlderAnswer, state_of
from billdesk.core.gateways.stripe.facts import IntentFact, PaymentSnapshot
from billdesk.core.services.steps.charge_orders import (
    carried_out,
    charged_document,
    why_charge_does_not_settle,
)
from billdesk.core.services.steps.follow import follow_balance
from billdesk.core.services.steps.links import retire_link
from billdesk.core.services.steps.receipt_mail import queue_receipts
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.saved_cards import keep_card
from billdesk.core.services.steps.settlement import (
    recompute_document,
    recompute_payment,
)
from billdesk.core.services.steps.stripe.attempts import log_decline
from billdesk.core.services.steps.stripe.checks import why_not_settled
from billdesk.core.services.steps.stripe.homeless import (
    home_of,
    is_ours_without_link,
    question_about,
)
from billdesk.core.services.steps.stripe.ledger import (
    book_charge,
    book_disputes,
    book_refunds,
    book_return,
    complete_fee,
)
from billdesk.core.services.steps.stripe.ledger.transfer import subject_of
from billdesk.core.services.steps.stripe.links import find_link
from billdesk.core.services.steps.stripe.payment_rows import (
    copy_facts,
    find_payment,
    insert_payment,
    view_of,
)
from billdesk.core.services.steps.trial_payments import (
    books_nothing,
    end_trial_refunds,
    is_trial_money,
    note_trial,
)

_IN_DISPUTE = (PaymentState.DISPUTED, PaymentState.LOST)


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a snapshot: whether it was ours and which document it touched.

    ``has_arrived``: its money was not in the books before.
    """

    foreign: bool
    document_id: int | None = None
    has_arrived: bool = False


@dataclass(frozen=True, slots=True)
class _Before:
    """What the books had of the payment."""

    state: str
    amount_minor: int


class StripePaymentService:
    """One use case: make the books say what Stripe says."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def apply(
        self, snapshot: PaymentSnapshot, *, event_ids: Sequence[str] = (), livemode: bool
    ) -> Applied:
        """Apply ``snapshot`` and mark ``event_ids`` applied, in one transaction.

        Raises, and changes nothing, ``UnknownStripeStatus`` for what this version cannot read and
        ``OlderAnswer`` where the books show a newer snapshot: whoever looks again gets a newer one.
        """
        with self._uow.write() as tx:
            link = find_link(tx, snapshot)
            document_id = None if link is None else link.document_id
            if link is None:
                document_id = charged_document(tx, snapshot) or home_of(tx, snapshot)
            modes = {snapshot.livemode, livemode, livemode if link is None else link.livemode}
            ours = document_id is not None or is_ours_without_link(tx, snapshot)
            if len(modes) > 1 or not ours:
                self._mark(tx, event_ids, livemode, InboxState.FOREIGN)
                return Applied(foreign=True)
            document = None if document_id is None else load(tx, Document, document_id)
            has_arrived = snapshot.intent is not None and self._converge(
                tx, document, link, snapshot, snapshot.intent
            )
            self._mark(tx, event_ids, livemode, InboxState.APPLIED)
            return Applied(foreign=False, document_id=document_id, has_arrived=has_arrived)

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
    ) -> bool:
        payment = find_payment(tx, seen, intent)
        if payment is not None and payment.read_at is not None and seen.read_at < payment.read_at:
            # Fetched by somebody who slept, or was slow, before it was applied.
            raise OlderAnswer
        if books_nothing(tx, seen):
            # What was booked before stays until the owner has it taken back.
            if payment is not None:
                end_trial_refunds(tx, payment)
                self._publish(tx, document)
            elif is_trial_money(seen):
                payment = insert_payment(tx, document, link, seen, intent, PaymentState.TEST)
                copy_facts(tx, payment, seen, PaymentState.TEST, returned=False)
                note_trial(tx, payment)
                carried_out(tx, seen, intent)
                if document is not None:
                    recompute_document(tx, document)
                self._publish(tx, document)
            return False
        # Before anything is written: what is not understood must not be half applied.
        known = None if payment is None else PaymentState(payment.state)
        state = state_of(view_of(seen, intent), known)
        if state is None:
            if log_decline(tx, document, seen):
                self._publish(tx, document)
            return False
        before = None if payment is None else _Before(payment.state, payment.amount_minor)
        asked = "" if payment is None else payment.review
        # Taken back by the bank: until that is booked it is money that was received.
        returned = state is PaymentState.RETURNED
        if returned:
            state = PaymentState.SUCCEEDED
        if payment is None:
            payment = insert_payment(tx, document, link, seen, intent, state)
            carried_out(tx, seen, intent)
        first_success = payment.charge is None and state in RECEIVED
        copy_facts(tx, payment, seen, state, returned=returned)
        if document is not None and state is PaymentState.FAILED:
            self._failed(tx, document, link, payment, seen, before)
        if first_success:
            payment.review = "" if returned else _why_not_settled(tx, document, link, seen)
            if document is not None and link is not None and not payment.review:
                keep_card(tx, document, link, seen)
            settle = not payment.review and not returned
            book_charge(tx, document, payment, seen, settle=settle)
        told = self._book(tx, payment, seen, before, returned=returned)
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
            if first_success and not returned:
                queue_receipts(tx, document)
        if payment.review not in ("", asked) and not told:
            tx.audit("stripe.asked", subject_of(tx, payment), after={"review": payment.review})
        self._publish(tx, document)
        return first_success

    def _book(
        self,
        tx: Transaction,
        payment: Payment,
        seen: PaymentSnapshot,
        before: _Before | None,
        *,
        returned: bool,
    ) -> bool:
        """Book what happened after the charge; whether the timeline was told anything."""
        # A dispute that begins or ends has words of its own.
        in_dispute = payment.state in _IN_DISPUTE or (
            before is not None and before.state in _IN_DISPUTE
        )
        told = not returned and not in_dispute and self._tell(tx, payment, before)
        book_refunds(tx, payment, seen)
        told = book_disputes(tx, payment, seen) or told
        if returned:
            book_return(tx, payment, seen)
        if returned or (in_dispute and not told):
            told = self._tell(tx, payment, before) or told
        complete_fee(tx, payment, seen)
        return told

    @staticmethod
    def _tell(tx: Transaction, payment: Payment, before: _Before | None) -> bool:
        """Tell the timeline the payment's state where it is news; whether it was."""
        if before == _Before(payment.state, payment.amount_minor):
            return False
        tx.audit(
            f"stripe.{payment.state}",
            subject_of(tx, payment),
            before=before,
            after={
                "payment_intent": payment.payment_intent,
                "amount_minor": payment.amount_minor,
                "currency": payment.currency,
            },
        )
        return True

    @staticmethod
    def _publish(tx: Transaction, document: Document | None) -> None:
        if document is None:
            tx.tell(MoneyChanged(tx.company_id))
        else:
            tx.tell(PaymentChanged(tx.company_id, document.id))

    @staticmethod
    def _failed(
        tx: Transaction,
        document: Document,
        link: PaymentLink | None,
        payment: Payment,
        seen: PaymentSnapshot,
        before: _Before | None,
    ) -> None:
        if link is None:
            payment.review = payment.review or NOT_THROUGH
            return
        if seen.payment_link_id not in (None, link.stripe_id):
            return
        if link.state in (LinkState.SENT, LinkState.ACTIVE):
            # A completed session used the link up, although no money came. Whether Stripe
            # counts such a session is written down nowhere: off is off.
            retire_link(tx, document, link)
        if before is None or before.state != PaymentState.FAILED:
            payment.review = NOT_THROUGH


def _why_not_settled(
    tx: Transaction, document: Document | None, link: PaymentLink | None, seen: PaymentSnapshot
) -> str:
    if document is not None and link is not None:
        return why_not_settled(tx, document, link, seen)
    if document is not None and charged_document(tx, seen) is not None:
        return why_charge_does_not_settle(document, seen)
    return question_about(tx, seen)
