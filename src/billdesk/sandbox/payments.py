"""Payment intents and charges: how a customer's money moves. Amounts are in minor units."""

from billdesk.sandbox.account import NOBODY, Account, Cause
from billdesk.sandbox.balance import balance_transaction
from billdesk.sandbox.cards import Decline
from billdesk.sandbox.errors import Json, refused


def intent_for(account: Account, session: Json, email: str) -> Json:
    """The session's payment intent: made at the first attempt, used again for the next ones."""
    if session["payment_intent"] is not None:
        return account.store.get("payment_intent", session["payment_intent"])
    link = account.store.get("payment_link", session["payment_link"])
    data = link["payment_intent_data"] or {}
    intent = new_intent(
        account,
        amount=session["amount_total"],
        currency=session["currency"],
        metadata=dict(data.get("metadata", {})),
        description=data.get("description"),
        method_types=session["payment_method_types"],
    )
    intent["receipt_email"] = email
    intent["setup_future_usage"] = data.get("setup_future_usage")
    intent["statement_descriptor_suffix"] = data.get("statement_descriptor_suffix")
    session["payment_intent"] = intent["id"]
    session["presentment_details"] = _presented(account, session)
    account.store.touch(session)
    account.emit("payment_intent.created", intent)
    return intent


def new_intent(
    account: Account,
    *,
    amount: int,
    currency: str,
    metadata: dict[str, str],
    description: str | None,
    method_types: list[str],
    customer: str | None = None,
) -> Json:
    intent_id = account.ids.new("pi")
    intent: Json = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{account.ids.new('x')[2:]}",
        "confirmation_method": "automatic",
        "created": account.clock.now(),
        "currency": currency,
        "customer": customer,
        "description": description,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata,
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {},
        "payment_method_types": list(method_types),
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    return account.store.add(intent)


def charge(account: Account, intent: Json, method: Json, *, pending: bool) -> Json:
    """A charge of the intent's whole amount, pending for bank debits."""
    now = account.clock.now()
    kind = method["type"]
    details = {
        name: method[kind].get(name)
        for name in ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
        if name in method[kind]
    }
    if kind == "sepa_debit":
        details |= {"bank_code": method[kind]["bank_code"], "branch_code": "", "mandate": None}
    item: Json = {
        "id": account.ids.new("py" if pending else "ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0 if pending else intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": dict(method["billing_details"]),
        "calculated_statement_descriptor": account.merchant.upper()[:22],
        "captured": not pending,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": {
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "not_assessed" if pending else "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": not pending,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {kind: details, "type": kind},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending" if pending else "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }
    item["receipt_url"] = f"{account.base_url}/receipts/{item['id']}"
    account.store.add(item)
    intent["latest_charge"] = item["id"]
    intent["payment_method"] = method["id"]
    if pending:
        account.emit("charge.pending", item)
    return item


def succeed(account: Account, intent: Json, *, at: int, cause: Cause = NOBODY) -> None:
    """The money is in: the charge and the intent succeed; the fee follows when it settles."""
    item = account.store.get("charge", intent["latest_charge"])
    item.update(status="succeeded", paid=True, captured=True, amount_captured=item["amount"])
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        processing=None,
        last_payment_error=None,
        next_action=None,
    )
    account.emit("charge.succeeded", item, at=at, cause=cause)
    account.emit("payment_intent.succeeded", intent, at=at, cause=cause)
    account.store.schedule(at + account.settle_delay_s, "book_fee", item["id"])


def start_processing(account: Account, intent: Json, cause: Cause = NOBODY) -> None:
    intent["status"] = "processing"
    account.emit("payment_intent.processing", intent, cause=cause)


def ask_for_action(account: Account, intent: Json, cause: Cause = NOBODY) -> None:
    """The customer has to confirm with the bank before the charge is made."""
    intent["status"] = "requires_action"
    intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    account.emit("payment_intent.requires_action", intent, cause=cause)


def fail_attempt(
    account: Account, intent: Json, method: Json, decline: Decline, cause: Cause = NOBODY
) -> Json:
    """A declined attempt: a failed charge, and an intent that waits for another method."""
    item = charge(account, intent, method, pending=False)
    item.update(
        amount_captured=0,
        captured=False,
        failure_code=decline.code,
        failure_message=decline.message,
        outcome={
            "network_status": "declined_by_network",
            "reason": decline.decline_code,
            "risk_level": "normal",
            "seller_message": "The bank did not approve the payment.",
            "type": "issuer_declined",
        },
        paid=False,
        receipt_url=None,
        status="failed",
    )
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error={
            "charge": item["id"],
            "code": decline.code,
            "decline_code": decline.decline_code,
            "message": decline.message,
            "payment_method": dict(method),
            "type": "card_error",
        },
    )
    account.emit("charge.failed", item, cause=cause)
    account.emit("payment_intent.payment_failed", intent, cause=cause)
    return item


def return_debit(account: Account, intent: Json, *, at: int, late: bool = False) -> None:
    """A bank debit that did not go through: no money arrived, or ``late``, it left again."""
    item = account.store.get("charge", intent["latest_charge"])
    method = account.store.get("payment_method", intent["payment_method"])
    message = "The bank account has insufficient funds."
    item.update(
        status="failed",
        paid=False,
        failure_code="insufficient_funds",
        failure_message=message,
        receipt_url=None,
    )
    if late:
        item["failure_balance_transaction"] = balance_transaction(
            account,
            amount=-item["amount"],
            fee=0,
            currency=item["currency"],
            source=item["id"],
            kind="payment_failure_refund",
            category="charge_failure",
            at=at,
        )["id"]
    intent.update(
        status="requires_payment_method",
        amount_received=0,
        processing=None,
        payment_method=None,
        last_payment_error={
            "charge": item["id"],
            "code": "payment_intent_payment_attempt_failed",
            "message": message,
            "payment_method": dict(method),
            "type": "invalid_request_error",
        },
    )
    account.emit("charge.failed", item, at=at)
    account.emit("payment_intent.payment_failed", intent, at=at)


def cancel(account: Account, intent: Json, reason: str | None, cause: Cause = NOBODY) -> Json:
    """Give up an intent that has not been paid. Raises ApiError (400) otherwise."""
    if intent["status"] not in ("requires_payment_method", "requires_action"):
        raise refused(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    intent.update(
        status="canceled",
        canceled_at=account.clock.now(),
        cancellation_reason=reason,
    )
    account.emit("payment_intent.canceled", intent, cause=cause)
    return intent


def _presented(account: Account, session: Json) -> Json | None:
    """What a customer abroad was shown instead, where the account lets Stripe convert prices."""
    if not account.store.quirks.adaptive_pricing:
        return None
    return {"presentment_amount": session["amount_total"] * 2, "presentment_currency": "pln"}
