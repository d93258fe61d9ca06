"""Refunds, made through the API or in the Dashboard."""

from billdesk.sandbox import disputes
from billdesk.sandbox.account import NOBODY, Account, Cause
from billdesk.sandbox.balance import balance_transaction
from billdesk.sandbox.errors import Json, invalid, refused

_ENDED = ("failed", "canceled")


def create(
    account: Account, params: Json, cause: Cause = NOBODY, *, outcome: str | None = None
) -> Json:
    """Give money back, all that is left when no amount (minor units) is named.

    ``outcome`` is the refund's first status, the account's usual one when None: a pending one
    has no balance transaction yet. Raises ApiError (400) when the payment never arrived or less
    than that is left.
    """
    item = _charge_of(account, params)
    if item["status"] != "succeeded":
        raise refused(f"This charge is {item['status']} and cannot be refunded.", param="charge")
    left = item["amount"] - item["amount_refunded"]
    if left == 0:
        raise refused(
            f"Charge {item['id']} has already been refunded.", code="charge_already_refunded"
        )
    if disputes.forbids_refunds(account, item):
        raise refused(f"Charge {item['id']} has been charged back.", code="charge_disputed")
    amount = params.get("amount", left)
    if amount > left:
        raise refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
        )
    now = account.clock.now()
    status = outcome or account.store.quirks.refund_outcome
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
        "pending_reason": "insufficient_funds" if status == "pending" else None,
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
    if status == "succeeded":
        refund["balance_transaction"] = _movement(account, refund, -amount, "refund", now)
    account.store.add(refund)
    previous = {"amount_refunded": item["amount_refunded"], "refunded": item["refunded"]}
    item["amount_refunded"] += amount
    item["refunded"] = item["amount_refunded"] == item["amount"]
    account.emit("charge.refunded", item, cause=cause, previous=previous)
    if account.unified_refund_events:
        account.emit("refund.created", refund, cause=cause)
    return refund


def change(account: Account, refund_id: str, status: str, *, at: int) -> Json:
    """What became of a refund: ``succeeded``, ``failed``, ``canceled`` or ``requires_action``.

    Money that was under way returns to the Stripe balance when it failed. Raises ApiError (400)
    for a refund that has ended.
    """
    refund = account.store.get("refund", refund_id)
    if refund["status"] in _ENDED:
        raise refused(f"The refund has already {refund['status']}.")
    account.store.cancel_jobs(refund_id)
    previous = {"status": refund["status"]}
    refund.update(status=status, pending_reason=None)
    if status == "succeeded" and refund["balance_transaction"] is None:
        refund["balance_transaction"] = _movement(account, refund, -refund["amount"], "refund", at)
    if status in _ENDED:
        item = account.store.get("charge", refund["charge"])
        item["amount_refunded"] -= refund["amount"]
        item["refunded"] = False
        account.store.touch(item)
        if refund["balance_transaction"] is not None:
            refund["failure_balance_transaction"] = _movement(
                account, refund, refund["amount"], "refund_failure", at
            )
        if status == "failed":
            refund["failure_reason"] = "declined"
    account.emit("charge.refund.updated", refund, previous=previous, at=at)
    if account.unified_refund_events:
        account.emit("refund.updated", refund, previous=previous, at=at)
        if status == "failed":
            account.emit("refund.failed", refund, at=at)
    return refund


def _movement(account: Account, refund: Json, amount: int, kind: str, at: int) -> str:
    transaction = balance_transaction(
        account,
        amount=amount,
        fee=0,
        currency=refund["currency"],
        source=refund["id"],
        kind=kind,
        category=kind,
        at=at,
    )
    transaction_id: str = transaction["id"]
    return transaction_id


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
