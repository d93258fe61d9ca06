"""The canonical parameters of a payment link (docs.stripe.com/api/payment-link/create).

They are stored with the idempotency key before the first try and sent from there ever after, so
this function must not be called again for the same key.
"""

from collections.abc import Mapping
from typing import Any

from billdesk.core.gateways.stripe.amounts import cards_only, stripe_amount

# Stripe's limits.
_METADATA_KEYS = 50
_METADATA_KEY_LENGTH = 40
_METADATA_VALUE_LENGTH = 500
_MESSAGE_LENGTH = 500
_TITLE_LENGTH = 250
_INTENT_DESCRIPTION_LENGTH = 1000
_PRODUCT_DESCRIPTION_LENGTH = 40_000

# Methods that pay at once; without a list Stripe offers what the Dashboard allows, which may
# include direct debits that take days and can bounce.
_CARDS = "card"
_LINK = "link"
_FOR_LATER = "off_session"


def payment_link_params(
    *,
    title: str,
    amount_minor: int,
    currency: str,
    description: str,
    metadata: Mapping[str, str],
    inactive_message: str,
    confirmation_message: str,
    instant_only: bool,
    has_link: bool = True,
    save_card: bool = False,
) -> dict[str, Any]:
    """Parameters for a link that collects ``amount_minor`` (ISO minor units) exactly once.

    ``title`` is what the customer sees as the item ("Invoice 2026-0042"), ``description`` the line
    below it (payee, "incl. VAT 190.00"). One line for the amount due: itemising would multiply
    rounded unit prices and could not show discounts or deposits. Everything that could change the
    total is off. ``has_link``: the account offers Stripe's Link. An amount that only cards can
    carry is asked for by card whatever the methods. ``save_card`` asks for the customer's consent
    to charge the card again. The result is plain JSON.

    Raises ``UserError`` where Stripe cannot charge the amount, ``ValueError`` for metadata Stripe
    would refuse.
    """
    checked = _checked_metadata(metadata)
    product: dict[str, Any] = {"name": title[:_TITLE_LENGTH]}
    if description:
        product["description"] = description[:_PRODUCT_DESCRIPTION_LENGTH]
    params: dict[str, Any] = {
        "line_items": [
            {
                "price_data": {
                    "currency": currency.lower(),
                    "unit_amount": stripe_amount(amount_minor, currency),
                    "product_data": product,
                },
                "quantity": 1,
            }
        ],
        # Stripe copies the link's metadata to its sessions only and the intent's to its charges
        # only, so both carry it.
        "metadata": checked,
        "payment_intent_data": {
            "description": title[:_INTENT_DESCRIPTION_LENGTH],
            "metadata": dict(checked),
        },
        "restrictions": {"completed_sessions": {"limit": 1}},
        "inactive_message": inactive_message[:_MESSAGE_LENGTH],
        "after_completion": {
            "type": "hosted_confirmation",
            "hosted_confirmation": {"custom_message": confirmation_message[:_MESSAGE_LENGTH]},
        },
        "submit_type": "pay",
        "customer_creation": "if_required",
        "automatic_tax": {"enabled": False},
        "allow_promotion_codes": False,
        "billing_address_collection": "auto",
    }
    if save_card:
        # Stripe's page asks for the consent, and keeps the card with a customer of its own.
        params["customer_creation"] = "always"
        params["payment_intent_data"]["setup_future_usage"] = _FOR_LATER
    if cards_only(amount_minor, currency):
        params["payment_method_types"] = [_CARDS]
    elif instant_only:
        params["payment_method_types"] = [_CARDS, _LINK] if has_link else [_CARDS]
    return params


def asks_for_consent(params: Mapping[str, Any]) -> bool:
    """Whether stored parameters ask that the card be kept to be charged again."""
    return bool(params.get("payment_intent_data", {}).get("setup_future_usage") == _FOR_LATER)


def asks_for_link(params: Mapping[str, Any]) -> bool:
    """Whether stored parameters ask for the payment method Link, which not every account has."""
    return _LINK in params.get("payment_method_types", ())


def _checked_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    if len(metadata) > _METADATA_KEYS:
        raise ValueError(f"Stripe keeps at most {_METADATA_KEYS} metadata keys")
    for key, value in metadata.items():
        if not key or len(key) > _METADATA_KEY_LENGTH or "[" in key or "]" in key:
            raise ValueError(f"“{key}” cannot be a metadata key at Stripe")
        if len(value) > _METADATA_VALUE_LENGTH:
            raise ValueError(f"the metadata value of “{key}” is too long for Stripe")
    return dict(metadata)
