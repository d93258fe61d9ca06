"""Disputes: a customer's bank takes a payment back, and perhaps returns it."""

from billdesk.sandbox.account import Account
from billdesk.sandbox.balance import balance_transaction
from billdesk.sandbox.errors import Json, refused

_DISPUTE_FEE_MINOR = 2000
_TIME_TO_ANSWER_S = 14 * 24 * 3600


def open_dispute(account: Account, intent_id: str, *, at: int) -> Json:
    """Withdraw the whole charge and Stripe's dispute fee. Raises ApiError without a charge."""
    intent = account.store.get("payment_intent", intent_id)
    if intent["status"] != "succeeded":
        raise refused(f"The payment is {intent['status']}: there is nothing to dispute.")
    item = account.store.get("charge", intent["latest_charge"])
    if item["disputed"]:
        raise refused("The payment is already disputed.")
    dispute: Json = {
        "id": account.ids.new("dp"),
        "object": "dispute",
        "amount": item["amount"] - item["amount_refunded"],
        "balance_transactions": [],
        "charge": item["id"],
        "created": at,
        "currency": item["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": at + _TIME_TO_ANSWER_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": intent_id,
        "reason": "fraudulent",
        "status": "needs_response",
    }
    account.store.add(dispute)
    _book(account, dispute, -dispute["amount"], _DISPUTE_FEE_MINOR, "dispute", at)
    item["disputed"] = True
    account.store.touch(item)
    account.emit("charge.dispute.created", dispute, at=at)
    account.emit("charge.dispute.funds_withdrawn", dispute, at=at)
    return dispute


def close_dispute(account: Account, dispute_id: str, *, won: bool) -> Json:
    """The bank's decision. A won dispute returns the amount; its fee stays paid."""
    dispute = account.store.get("dispute", dispute_id)
    if dispute["status"] in ("won", "lost"):
        raise refused(f"The dispute is already {dispute['status']}.")
    previous = {"status": dispute["status"]}
    dispute["status"] = "won" if won else "lost"
    now = account.clock.now()
    if won:
        _book(account, dispute, dispute["amount"], 0, "dispute_reversal", now)
        account.emit("charge.dispute.funds_reinstated", dispute, at=now)
    account.emit("charge.dispute.closed", dispute, previous=previous, at=now)
    return dispute


def _book(account: Account, dispute: Json, amount: int, fee: int, category: str, at: int) -> None:
    transaction = balance_transaction(
        account,
        amount=amount,
        fee=fee,
        currency=dispute["currency"],
        source=dispute["id"],
        kind="adjustment",
        category=category,
        at=at,
    )
    dispute["balance_transactions"].append(transaction)
