"""Charging a saved card or bank account while its owner is away (``off_session``)."""

from billdesk.sandbox import payments
from billdesk.sandbox.account import Account, Cause, copied
from billdesk.sandbox.cards import BY_LAST4, INSUFFICIENT, Decline
from billdesk.sandbox.errors import ApiError, Json, refused

# Where the control API notes that a saved card will be declined from now on.
DECLINES = "practice_declines"

_NEEDS_OWNER = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


def confirm(
    account: Account, intent: Json, method_id: str, cause: Cause, *, off_session: bool
) -> Json:
    """Charge a payment method that was saved with the intent's customer.

    Raises ApiError: 400 for an intent or a method that will not do, 402 with the intent in its
    body when the bank declines or asks for the owner.
    """
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise refused(
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    method = account.store.get("payment_method", method_id, param="payment_method", status=400)
    if method["customer"] is None or method["customer"] != intent["customer"]:
        raise refused(
            f"The provided PaymentMethod {method_id} cannot be used: it is not attached to the"
            " Customer of this PaymentIntent.",
            param="payment_method",
        )
    if method["type"] == "sepa_debit":
        payments.charge(account, intent, method, pending=True)
        payments.start_processing(account, intent, cause)
        due = account.clock.now() + account.delayed_settle_s
        account.store.schedule(due, "settle", intent["id"])
        return intent
    card = BY_LAST4[method["card"]["last4"]]
    if card.always_authenticates and not off_session:
        payments.ask_for_action(account, intent, cause)
        return intent
    decline = _NEEDS_OWNER if card.always_authenticates else None
    if method["metadata"].get(DECLINES):
        decline = INSUFFICIENT
    if decline is not None:
        item = payments.fail_attempt(account, intent, method, decline, cause)
        raise ApiError(
            402,
            decline.message,
            kind="card_error",
            code=decline.code,
            executed=True,
            extra={
                "charge": item["id"],
                "decline_code": decline.decline_code,
                "payment_intent": copied(intent),
                "payment_method": copied(method),
            },
        )
    payments.charge(account, intent, method, pending=False)
    payments.succeed(account, intent, at=account.clock.now(), cause=cause)
    return intent
