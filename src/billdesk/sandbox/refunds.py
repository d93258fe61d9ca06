"""Refunds, made through the API or in the Dashboard."""

from billdesk.sandbox.account import NOBODY, Account, Cause
from billdesk.sandbox.balance import balance_transaction
from billdesk.sandbox.errors import Json, invalid, refused


def create(account: Account, params: Json, cause: Cause = NOBODY) -> Json:
    """Give money back, all that is left when no amount (minor units) is named.

    Raises ApiError (400) when the payment never arrived or less than that is left.
    """
    item = _charge_of(account, params)
    if item["status"] != "succeeded":
        raise refused(f"This charge is {item['status']} and cannot be refunded.", param="charge")
    left = item["amount"] - item["amount_refunded"]
    if left == 0:
        raise refused(
            f"Charge {item['id']} has already been refunded.", code="charge_already_refunded"
        )
    if item["disputed"]:
        raise refused(f"Charge {item['id']} has been charged back.", code="charge_disputed")
    amount = params.get("amount", left)
    if amount > left:
        raise refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
        )
    now = account.clock.now()
    refund: Json = {
        "id": account.ids.new("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": item["id"],
        "created": now,
        "currency": item["currency"],
        "customer": item["customer"],
        "failure_balance_transaction": None,
        "metadata": params.get("metadata", {}),
        "payment_intent": item["payment_intent"],
        "payment_method": item["payment_method"],
        "pending_reason": None,
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    refund["balance_transaction"] = balance_transaction(
        account,
        amount=-amount,
        fee=0,
        currency=item["currency"],
        source=refund["id"],
        kind="refund",
        category="refund",
        at=now,
    )["id"]
    account.store.add(refund)
    previous = {"amount_refunded": item["amount_refunded"], "refunded": item["refunded"]}
    item["amount_refunded"] += amount
    item["refunded"] = item["amount_refunded"] == item["amount"]
    account.emit("charge.refunded", item, cause=cause, previous=previous)
    if account.unified_refund_events:
        account.emit("refund.created", refund, cause=cause)
    return refund


def fail(account: Account, refund_id: str) -> Json:
    """The customer's bank sent a refund back: the money returns to the Stripe balance."""
    refund = account.store.get("refund", refund_id)
    if refund["status"] == "failed":
        raise refused("The refund has already failed.")
    now = account.clock.now()
    transaction = balance_transaction(
        account,
        amount=refund["amount"],
        fee=0,
        currency=refund["currency"],
        source=refund["id"],
        kind="refund_failure",
        category="refund_failure",
        at=now,
    )
    refund.update(
        status="failed",
        failure_reason="declined",
        failure_balance_transaction=transaction["id"],
    )
    item = account.store.get("charge", refund["charge"])
    item["amount_refunded"] -= refund["amount"]
    item["refunded"] = False
    account.store.touch(item)
    previous = {"status": "succeeded"}
    account.emit("charge.refund.updated", refund, previous=previous)
    if account.unified_refund_events:
        account.emit("refund.updated", refund, previous=previous)
        account.emit("refund.failed", refund)
    return refund


def _charge_of(account: Account, params: Json) -> Json:
    if ("payment_intent" in params) == ("charge" in params):
        raise invalid("Specify one of payment_intent or charge.", param="payment_intent")
    if "charge" in params:
        return account.store.get("charge", params["charge"], param="charge", status=404)
    intent = account.store.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["latest_charge"] is None:
        raise refused(
            f"PaymentIntent {intent['id']} has no successful charge to refund.",
            param="payment_intent",
        )
    return account.store.get("charge", intent["latest_charge"])
