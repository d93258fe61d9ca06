"""Orders to Stripe from the worker's side: what is committed around each call."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from billdesk.core.db.tables import Document, Outbox, SavedCard, StripeOrder
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.idempotency import is_spent
from billdesk.core.domain.outside import OPEN_ORDERS, JobState, OrderKind, OrderState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.outbox.jobs import LONGEST_ERROR, Job, finish
from billdesk.core.services.steps.charge_orders import refuse_charge, why_not_charged
from billdesk.core.services.steps.follow import renew_link
from billdesk.core.services.steps.orders import new_key, subject_of, tell_of_order
from billdesk.core.services.steps.refund_orders import refuse_refund, why_not_sent
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.saved_cards import remove_card
from billdesk.core.services.steps.settings import read_setting

ELSEWHERE = (
    "Stripe was connected to another account before this was sent. Nothing was done; order it "
    "again where the money is."
)


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """The account and mode an order is for."""

    account: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class OrderToSend:
    """The stored request, resent unchanged however often it is tried.

    ``is_done``: Stripe has carried it out, the books only have to see it. ``key_is_spent``: Stripe
    may have forgotten the key, or gives the same failure for ever. ``is_first``: it has never been
    sent before.
    """

    uid: str
    kind: OrderKind
    params: dict[str, Any]
    idempotency_key: str
    is_done: bool
    key_is_spent: bool
    is_first: bool


class OrderJobService:
    """Transactions before and after the calls that move money."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def begin(self, job: Job) -> OrderPlace | None:
        """Where what is wanted is to be done; ``None`` when nobody wants it.

        Nothing is marked as sent yet: until Stripe can be asked at all the order only waits.
        """
        with self._uow.write() as tx:
            order = self._wanted(tx, job)
            return None if order is None else OrderPlace(order.stripe_account, order.livemode)

    @use_case
    def sending(self, job: Job, server_at: datetime) -> OrderToSend | None:
        """Mark the order as sent before it is; ``None`` when nobody wants it any more.

        ``server_at`` is Stripe's clock just now: the key's age is told by it alone.
        """
        with self._uow.write() as tx:
            order = self._wanted(tx, job)
            if order is None:
                return None
            if order.state != OrderState.DONE:
                if order.state == OrderState.QUEUED:
                    order.state = OrderState.SENT.value
                    order.first_try_server_at = server_at
                order.tries += 1
                order.updated_at = tx.now
            return _to_send(order, server_at)

    def _wanted(self, tx: Transaction, job: Job) -> StripeOrder | None:
        order = load(tx, StripeOrder, job.order_id or 0)
        if order.state == OrderState.DONE:
            return order
        if order.state not in OPEN_ORDERS:
            finish(tx, job, JobState.CANCELLED)
            return None
        if order.state == OrderState.QUEUED:
            # Nothing was sent: what has happened since it was asked for may forbid it.
            sentence = "" if _is_here(tx, order) else ELSEWHERE
            if not sentence and order.kind == OrderKind.REFUND:
                sentence = why_not_sent(tx, order)
            if not sentence and order.kind == OrderKind.CHARGE:
                sentence = why_not_charged(tx, order)
            if sentence:
                self._refuse(tx, job, order, sentence)
                return None
        return order

    @use_case
    def renew(self, job: Job, server_at: datetime) -> OrderToSend:
        """Give an order that Stripe does not have another key; the caller has looked there."""
        with self._uow.write() as tx:
            order = load(tx, StripeOrder, job.order_id or 0)
            order.idempotency_key = new_key(tx, OrderKind(order.kind))
            order.first_try_server_at = server_at
            order.replays = 0
            order.updated_at = tx.now
            return _to_send(order, server_at)

    @use_case
    def done(self, job: Job, stripe_id: str) -> None:
        """Stripe has carried it out as ``stripe_id``; the job goes on until the books show it."""
        with self._uow.write() as tx:
            order = load(tx, StripeOrder, job.order_id or 0)
            if order.state == OrderState.DONE:
                return
            order.state = OrderState.DONE.value
            order.stripe_id = stripe_id
            order.error = ""
            order.replays = 0
            order.updated_at = tx.now
            tx.audit(
                f"{order.kind}.accepted",
                subject_of(tx, order),
                after={
                    "stripe_id": stripe_id,
                    "minor": order.amount_minor,
                    "currency": order.currency,
                },
            )
            tell_of_order(tx, order)

    @use_case
    def reached(self, job: Job, stripe_id: str) -> None:
        """Stripe has the order as ``stripe_id``; what became of it is still to be learned."""
        with self._uow.write() as tx:
            order = load(tx, StripeOrder, job.order_id or 0)
            if order.stripe_id is None:
                order.stripe_id = stripe_id
                order.updated_at = tx.now

    @use_case
    def finished(self, job: Job) -> None:
        """The books show what came of it."""
        with self._uow.write() as tx:
            finish(tx, job, JobState.DONE)

    @use_case
    def refused(
        self, job: Job, sentence: str, *, asks_owner: bool = False, card_is_gone: bool = False
    ) -> None:
        """Stripe will not do it; what is wanted then is another order.

        ``asks_owner``: the bank wants the owner of a card, who is asked by a payment link.
        ``card_is_gone``: Stripe does not know the card any more; it is offered no more.
        """
        with self._uow.write() as tx:
            order = load(tx, StripeOrder, job.order_id or 0)
            self._refuse(tx, job, order, sentence)
            card = tx.session.get(SavedCard, order.card_id) if card_is_gone else None
            if card is not None and card.removed_at is None:
                remove_card(tx, card)
            if asks_owner:
                renew_link(tx, load(tx, Document, order.document_id or 0))

    @staticmethod
    def _refuse(tx: Transaction, job: Job, order: StripeOrder, sentence: str) -> None:
        if order.state in OPEN_ORDERS:
            order.state = OrderState.FAILED.value
            order.error = sentence[:LONGEST_ERROR]
            order.updated_at = tx.now
            if order.kind == OrderKind.REFUND:
                refuse_refund(tx, order, sentence)
            elif order.kind == OrderKind.CHARGE:
                refuse_charge(tx, order)
            tx.audit(
                f"{order.kind}.refused",
                subject_of(tx, order),
                after={
                    "error": sentence,
                    "minor": order.amount_minor,
                    "currency": order.currency,
                },
            )
            tell_of_order(tx, order)
        finish(tx, job, JobState.FAILED, sentence)

    @use_case
    def not_executed(self, job: Job, sentence: str, delay_s: float, *, never_sent: bool) -> None:
        """Stripe refused the key, not the order: the same request is valid once it is mended.

        ``never_sent``: it was the first try, so nothing of it can have been carried out before,
        unless that try has reached Stripe and only what came after it was refused.
        """
        with self._uow.write() as tx:
            order = load(tx, StripeOrder, job.order_id or 0)
            if order.state == OrderState.SENT and never_sent and order.stripe_id is None:
                order.state = OrderState.QUEUED.value
                order.first_try_server_at = None
                order.tries = 0
            self._wait(tx, job, order, sentence, delay_s)

    @use_case
    def unanswered(self, job: Job, sentence: str, delay_s: float, *, replayed: bool) -> None:
        """No usable answer came; ``replayed`` when it was the failure stored with the key."""
        with self._uow.write() as tx:
            order = load(tx, StripeOrder, job.order_id or 0)
            if order.state in OPEN_ORDERS:
                order.replays = order.replays + 1 if replayed else 0
            self._wait(tx, job, order, sentence, delay_s)

    @staticmethod
    def _wait(tx: Transaction, job: Job, order: StripeOrder, sentence: str, delay_s: float) -> None:
        if order.state in OPEN_ORDERS:
            order.error = sentence[:LONGEST_ERROR]
            order.updated_at = tx.now
        row = load(tx, Outbox, job.id)
        if row.state == JobState.WORKING:
            row.state = JobState.QUEUED.value
            row.claimed_by = row.lease_until_at = None
            row.not_before_at = tx.now + timedelta(seconds=delay_s)
            row.error = sentence[:LONGEST_ERROR]
        tell_of_order(tx, order)


def _to_send(order: StripeOrder, server_at: datetime) -> OrderToSend:
    return OrderToSend(
        order.uid,
        OrderKind(order.kind),
        json.loads(order.params),
        order.idempotency_key,
        is_done=order.state == OrderState.DONE,
        key_is_spent=is_spent(order.first_try_server_at, order.replays, server_at),
        is_first=order.tries == 1,
    )


def _is_here(tx: Transaction, order: StripeOrder) -> bool:
    online = read_setting(tx, OnlinePayment)
    return (order.stripe_account, order.livemode) == (online.account, online.livemode)
