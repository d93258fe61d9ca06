"""The canonical parameters of a refund (docs.stripe.com/api/refunds/create).

They are stored with the idempotency key before the first try and sent from there ever after.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from billdesk.core.gateways.stripe.amounts import stripe_part
from billdesk.core.gateways.stripe.facts import RefundFact

# What a refund says of the order it was made for; Stripe copies no metadata from the payment.
ORDER_KEY = "billdesk_refund"


def refund_params(
    *,
    intent: str,
    amount_minor: int,
    currency: str,
    reason: str,
    order: str,
    metadata: Mapping[str, str],
) -> dict[str, Any]:
    """Parameters that pay ``amount_minor`` (ISO minor units) of a payment back.

    ``order`` is the uid it is found by again. Raises ``UserError`` for an amount Stripe cannot
    express.
    """
    return {
        "payment_intent": intent,
        "amount": stripe_part(amount_minor, currency),
        "reason": reason,
        "metadata": {**metadata, ORDER_KEY: order},
    }


def refund_of_order(refunds: Iterable[RefundFact], order: str) -> RefundFact | None:
    """The refund at Stripe that was made for ``order``, if there is one."""
    return next((one for one in refunds if one.metadata.get(ORDER_KEY) == order), None)
