"""The canonical parameters of a charge of a saved card (docs.stripe.com/api/payment_intents).

They are stored with the idempotency key before the first try and sent from there ever after. What
its owner has to say at the bank cannot be asked here: then the payment link is the way.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from billdesk.core.gateways.stripe.amounts import stripe_amount
from billdesk.core.gateways.stripe.facts import IntentFact

# What a payment says of the order it was made for.
ATTEMPT_KEY = "billdesk_attempt"
# The bank wants the owner of the card; docs.stripe.com/declines/codes.
NEEDS_OWNER = "authentication_required"
# Where a payment stands that brought money or will.
CHARGED = frozenset({"succeeded", "processing"})


def charge_params(
    *,
    customer: str,
    payment_method: str,
    amount_minor: int,
    currency: str,
    description: str,
    attempt: str,
    metadata: Mapping[str, str],
) -> dict[str, Any]:
    """Parameters that charge ``amount_minor`` (ISO minor units) at once, its owner being away.

    ``attempt`` is the uid it is found by again. Raises ``UserError`` for an amount Stripe cannot
    charge.
    """
    return {
        "amount": stripe_amount(amount_minor, currency),
        "currency": currency.lower(),
        "customer": customer,
        "payment_method": payment_method,
        "off_session": True,
        "confirm": True,
        "description": description,
        "metadata": {**metadata, ATTEMPT_KEY: attempt},
    }


def intent_of_attempt(intents: Iterable[IntentFact], attempt: str) -> IntentFact | None:
    """The payment at Stripe that was made for ``attempt``, if there is one."""
    return next((one for one in intents if one.metadata.get(ATTEMPT_KEY) == attempt), None)
