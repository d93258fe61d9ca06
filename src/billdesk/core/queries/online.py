"""Whether an amount can be paid online at all."""

from billdesk.core.domain.errors import UserError
from billdesk.core.gateways.stripe.amounts import stripe_amount


def why_not_online(currency: str, amount_minor: int) -> str:
    """Why Stripe cannot charge an amount, in a sentence; empty where it can. Asks nobody."""
    try:
        stripe_amount(amount_minor, currency)
    except UserError as refusal:
        return str(refusal)
    return ""
