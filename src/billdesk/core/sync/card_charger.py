"""Charge saved cards: one attempt each, and what its answer means."""

from billdesk.core.gateways.stripe.charges import CHARGED, NEEDS_OWNER, intent_of_attempt
from billdesk.core.gateways.stripe.errors import (
    StripeGone,
    StripeKeyParametersDrifted,
    StripeRefused,
)
from billdesk.core.gateways.stripe.facts import IntentFact, RootKind
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.outbox.jobs import Job
from billdesk.core.services.outbox.order_jobs import OrderJobService, OrderToSend
from billdesk.core.services.stripe.payments import StripePaymentService

ASKS_OWNER = (
    "The bank wants the customer to confirm this payment, which only a pay page can ask. A new "
    "payment link is being made: send it to the customer."
)
_GONE = "Stripe does not know this card any more; the customer may have removed it."


class CardCharger:
    """Sends the orders of kind ``charge`` for the order worker."""

    def __init__(self, orders: OrderJobService, payments: StripePaymentService) -> None:
        self._orders = orders
        self._payments = payments

    def charge(self, gateway: StripeGateway, job: Job, order: OrderToSend) -> None:
        """Charge, or learn what became of it. Raises what Stripe not answering raises."""
        if order.is_done:
            # A look at Stripe has found the payment first, and booked it.
            self._orders.finished(job)
            return
        # Looked for before it is sent: the books may be older than the charge, and no key can be
        # trusted to stop a second one for ever.
        customer = str(order.params["customer"])
        try:
            made = intent_of_attempt(gateway.intents_of_customer(customer), order.uid)
        except StripeGone:
            if order.key_is_spent:
                # Nothing tells whether it was charged before its customer was deleted.
                raise
            # Sent with the key that Stripe still knows, the order itself tells for certain.
            made = None
        if made is None and order.key_is_spent:
            order = self._orders.renew(job, gateway.server_time())
        try:
            if made is None:
                made = gateway.charge_card(order.params, order.idempotency_key)
        except StripeGone:
            self._orders.refused(job, _GONE, card_is_gone=True)
        except StripeKeyParametersDrifted as error:
            self._orders.refused(job, str(error))
        except StripeRefused as error:
            self._declined(gateway, job, error)
        else:
            self._answered(gateway, job, made)

    def _declined(self, gateway: StripeGateway, job: Job, error: StripeRefused) -> None:
        if error.intent_id is not None:
            self._orders.reached(job, error.intent_id)
            # Nobody may confirm it later: another try is another order.
            left = gateway.cancel_intent(error.intent_id)
            if left.status in CHARGED:
                self._answered(gateway, job, left)
                return
        asks_owner = error.code == NEEDS_OWNER
        sentence = ASKS_OWNER if asks_owner else f"The card was not charged: {_reason(error)}"
        self._orders.refused(job, sentence, asks_owner=asks_owner)

    def _answered(self, gateway: StripeGateway, job: Job, made: IntentFact) -> None:
        # Whatever fails from here on: Stripe has it.
        self._orders.reached(job, made.id)
        if made.status not in CHARGED:
            # Found a day later, or waiting for its owner.
            left = gateway.cancel_intent(made.id)
            if left.status not in CHARGED:
                problem = made.last_error
                code = problem.code if problem is not None else NEEDS_OWNER
                told = problem.message if problem is not None and problem.message else ""
                asks_owner = code == NEEDS_OWNER
                sentence = ASKS_OWNER if asks_owner else f"The card was not charged. {told}".strip()
                self._orders.refused(job, sentence, asks_owner=asks_owner)
                return
        seen = gateway.fetch_payment(RootKind.PAYMENT_INTENT, made.id)
        self._payments.apply(seen, livemode=gateway.livemode)
        self._orders.finished(job)


def _reason(error: StripeRefused) -> str:
    words = error.stripe_message or str(error)
    code = error.decline_code or error.code
    return f"{words} ({code.replace('_', ' ')})" if code else words
