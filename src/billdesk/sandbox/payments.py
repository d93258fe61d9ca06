"""Payment intents, charges and balance transactions: how money moves and what it costs.

Amounts are integers in minor units. Fees follow Stripe's European card price (1.5 % + 0.25)
so that figures look real; the fee of a charge is unknown until it settles, as at Stripe.
"""

from decimal import ROUND_HALF_UP, Decimal

from billdesk.sandbox.account import NOBODY, Account, Cause
from billdesk.sandbox.cards import Decline, PracticeCard, PracticeDebit
from billdesk.sandbox.currencies import exponent
from billdesk.sandbox.errors import Json, refused

_FEE_RATE = Decimal("0.015")
_FEE_FIXED = Decimal("0.25")
_AVAILABLE_AFTER_S = 7 * 24 * 3600


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
    intent["statement_descriptor_suffix"] = data.get("statement_descriptor_suffix")
    session["payment_intent"] = intent["id"]
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
        "customer": None,
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


def card_method(account: Account, card: PracticeCard, name: str, email: str) -> Json:
    method = _method(account, "card", name, email)
    method["card"] = {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"practice{card.number[-4:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return account.store.add(method)


def debit_method(account: Account, debit: PracticeDebit, name: str, email: str) -> Json:
    method = _method(account, "sepa_debit", name, email)
    method["sepa_debit"] = {
        "bank_code": debit.iban[4:9],
        "branch_code": "",
        "country": debit.iban[:2],
        "fingerprint": f"practice{debit.iban[-4:]}",
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": debit.iban[-4:],
    }
    return account.store.add(method)


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


def succeed(account: Account, intent: Json, *, at: int) -> None:
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
    account.emit("charge.succeeded", item, at=at)
    account.emit("payment_intent.succeeded", intent, at=at)
    account.store.schedule(at + account.settle_delay_s, "book_fee", item["id"])


def start_processing(account: Account, intent: Json) -> None:
    intent["status"] = "processing"
    account.emit("payment_intent.processing", intent)


def ask_for_action(account: Account, intent: Json) -> None:
    """The customer has to confirm with the bank before the charge is made."""
    intent["status"] = "requires_action"
    intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    account.emit("payment_intent.requires_action", intent)


def fail_attempt(account: Account, intent: Json, method: Json, decline: Decline) -> None:
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
    account.emit("charge.failed", item)
    account.emit("payment_intent.payment_failed", intent)


def return_debit(account: Account, intent: Json, *, at: int) -> None:
    """A bank debit that did not go through: no money ever arrived."""
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
    intent.update(
        status="requires_payment_method",
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


def book_fee(account: Account, charge_id: str, *, at: int) -> None:
    """Settle a charge: its balance transaction, with the fee, appears and is announced."""
    item = account.store.get("charge", charge_id)
    if item["balance_transaction"] is not None:
        return
    fixed = _FEE_FIXED.scaleb(exponent(item["currency"]))
    fee = int((item["amount"] * _FEE_RATE + fixed).quantize(Decimal(1), ROUND_HALF_UP))
    transaction = balance_transaction(
        account,
        amount=item["amount"],
        fee=fee,
        currency=item["currency"],
        source=item["id"],
        kind="payment" if item["id"].startswith("py_") else "charge",
        category="charge",
        at=at,
    )
    item["balance_transaction"] = transaction["id"]
    account.emit("charge.updated", item, previous={"balance_transaction": None}, at=at)


def balance_transaction(
    account: Account,
    *,
    amount: int,
    fee: int,
    currency: str,
    source: str,
    kind: str,
    category: str,
    at: int,
) -> Json:
    """A movement on the Stripe balance: ``amount`` gross (negative when it leaves), less a fee."""
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees" if kind != "adjustment" else "Dispute fee",
            "type": "stripe_fee",
        }
    ]
    transaction = account.store.add(
        {
            "id": account.ids.new("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": at + (_AVAILABLE_AFTER_S if amount > 0 else 0),
            "balance_type": "payments",
            "created": at,
            "currency": currency,
            "description": None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": details if fee else [],
            "net": amount - fee,
            "reporting_category": category,
            "source": source,
            "status": "pending" if amount > 0 else "available",
            "type": kind,
        }
    )
    if transaction["status"] == "pending":
        account.store.schedule(transaction["available_on"], "release", transaction["id"])
    return transaction


def release(account: Account, transaction_id: str) -> None:
    """The money may be paid out from now on."""
    account.store.get("balance_transaction", transaction_id)["status"] = "available"
    account.store.touch()


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


def _method(account: Account, kind: str, name: str, email: str) -> Json:
    return {
        "id": account.ids.new("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": {
                "city": None,
                "country": None,
                "line1": None,
                "line2": None,
                "postal_code": None,
                "state": None,
            },
            "email": email,
            "name": name,
            "phone": None,
            "tax_id": None,
        },
        "created": account.clock.now(),
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
