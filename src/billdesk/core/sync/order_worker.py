"""Send orders that move money: asked for once, carried out once, whatever comes between."""

import logging
from collections.abc import Callable

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.outside import OrderKind
from billdesk.core.domain.stripe_states import OlderAnswer
from billdesk.core.gateways.stripe.errors import (
    StripeGone,
    StripeKeyParametersDrifted,
    StripeKeyRejected,
    StripePermissionMissing,
    StripeRefused,
    StripeUnreachable,
)
from billdesk.core.gateways.stripe.facts import RootKind
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.gateways.stripe.refunds import refund_of_order
from billdesk.core.services.outbox.jobs import Job
from billdesk.core.services.outbox.order_jobs import OrderJobService, OrderToSend
from billdesk.core.services.stripe.connection import NoStripeKey, StripeConnector
from billdesk.core.services.stripe.payments import StripePaymentService
from billdesk.core.sync.card_charger import CardCharger
from billdesk.core.sync.policy import LONGEST_WAIT_S, backoff_s

log = logging.getLogger(__name__)
_REFUSALS = {
    "charge_already_refunded": "Stripe has paid all of this payment back already.",
    "resource_missing": "Stripe does not know this payment any more.",
    "charge_disputed": "The customer's bank disputes this payment, so Stripe does not pay it back.",
    "balance_insufficient": "There is too little on the Stripe balance to pay this back.",
    "insufficient_funds": "There is too little on the Stripe balance to pay this back.",
}


class OrderWorker:
    """Does one order after the other for the outbox; never gives one up by itself."""

    def __init__(
        self,
        orders: OrderJobService,
        payments: StripePaymentService,
        stripe: StripeConnector,
        company: str,
    ) -> None:
        self._orders = orders
        self._payments = payments
        self._stripe = stripe
        self._company = company
        self._senders: dict[OrderKind, Callable[[StripeGateway, Job, OrderToSend], None]] = {
            OrderKind.REFUND: self._refund,
            OrderKind.CHARGE: CardCharger(orders, payments).charge,
        }

    def run(self, job: Job) -> None:
        """Send the order of ``job``, or learn what became of it."""
        place = self._orders.begin(job)
        if place is None:
            return
        order = None
        try:
            gateway = self._stripe.open(
                self._company, livemode=place.livemode, account=place.account
            )
            order = self._orders.sending(job, gateway.server_time())
            if order is not None:
                self._senders[order.kind](gateway, job, order)
        except (NoStripeKey, StripeKeyRejected, StripePermissionMissing) as error:
            never_sent = order is not None and order.is_first and not order.is_done
            self._orders.not_executed(job, str(error), LONGEST_WAIT_S, never_sent=never_sent)
        except StripeUnreachable as error:
            delay_s = error.retry_after_s or backoff_s(job.tries)
            self._orders.unanswered(job, str(error), delay_s, replayed=error.replayed)
        except OlderAnswer as error:
            self._wait(job, str(error), backoff_s(job.tries))
        except BillDeskError as error:
            self._wait(job, str(error), LONGEST_WAIT_S)
        except Exception as error:
            # Money may be on its way: a bug must not make anybody forget that.
            log.exception("order %s could not be finished", job.order_id)
            sentence = f"Internal error ({type(error).__name__}); see the log."
            self._wait(job, sentence, LONGEST_WAIT_S)

    def _wait(self, job: Job, sentence: str, delay_s: float) -> None:
        self._orders.unanswered(job, sentence, delay_s, replayed=False)

    def _refund(self, gateway: StripeGateway, job: Job, order: OrderToSend) -> None:
        intent = str(order.params["payment_intent"])
        refusal = ""
        if not order.is_done:
            # Looked for before it is sent: no key can be trusted to stop a second refund for ever.
            try:
                made = refund_of_order(gateway.refunds_of(intent), order.uid)
            except StripeGone:
                if order.key_is_spent:
                    raise
                # Sent with the key that Stripe still knows, the order itself tells for certain.
                made = None
            if made is None:
                if order.key_is_spent:
                    order = self._orders.renew(job, gateway.server_time())
                try:
                    made = gateway.create_refund(order.params, order.idempotency_key)
                except (StripeRefused, StripeKeyParametersDrifted, StripeGone) as error:
                    refusal = _REFUSALS.get(error.code or "", str(error))
            if made is not None:
                self._orders.done(job, made.id)
        if refusal:
            self._orders.refused(job, refusal)
        # Refused or made: what Stripe holds now is what the books say.
        seen = gateway.fetch_payment(RootKind.PAYMENT_INTENT, intent, refunds=True, disputes=True)
        self._payments.apply(seen, livemode=gateway.livemode)
        if not refusal:
            self._orders.finished(job)
