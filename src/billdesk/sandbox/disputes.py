"""Disputes: a customer's bank asks for a payment, takes it back, and perhaps returns it."""

from collections.abc import Iterator

from billdesk.sandbox.account import Account
from billdesk.sandbox.balance import balance_transaction
from billdesk.sandbox.errors import Json, refused

_TIME_TO_ANSWER_S = 14 * 24 * 3600
# In these the bank has decided; the amount is the merchant's again but where it is lost.
_CLOSED = ("won", "lost", "warning_closed", "prevented")
_RETURNED = ("won", "prevented")


def open_dispute(
    account: Account,
    intent_id: str,
    *,
    at: int,
    amount: int | None = None,
    reason: str = "fraudulent",
    status: str = "needs_response",
    refundable: bool | None = None,
    moves: bool = True,
) -> Json:
    """The customer's bank questions a payment, all that is left of it or ``amount``.

    A status ``warning_*`` is an inquiry and moves no money; any other withdraws it with Stripe's
    dispute fee, or does so later when ``moves`` is false. Raises ApiError without a charge.
    """
    intent = account.store.get("payment_intent", intent_id)
    if intent["status"] != "succeeded":
        raise refused(f"The payment is {intent['status']}: there is nothing to dispute.")
    item = account.store.get("charge", intent["latest_charge"])
    questioned = sum(
        held["amount"]
        for held in _of_charge(account, item)
        if held["status"] == "lost" or held["status"] not in _CLOSED
    )
    left = item["amount"] - item["amount_refunded"] - questioned
    if left <= 0 or (amount or 0) > left:
        raise refused("The payment is already disputed.")
    inquiry = status.startswith("warning_")
    dispute: Json = {
        "id": account.ids.new("dp"),
        "object": "dispute",
        "amount": amount or left,
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
        "is_charge_refundable": inquiry if refundable is None else refundable,
        "livemode": False,
        "metadata": {},
        "payment_intent": intent_id,
        "reason": reason,
        "status": status,
    }
    account.store.add(dispute)
    item["disputed"] = True
    account.store.touch(item)
    if inquiry or not moves:
        account.emit("charge.dispute.created", dispute, at=at)
        return dispute
    _withdraw(account, dispute, at)
    account.emit("charge.dispute.created", dispute, at=at)
    account.emit("charge.dispute.funds_withdrawn", dispute, at=at)
    return dispute


def change_dispute(account: Account, dispute_id: str, status: str, *, moves: bool = True) -> Json:
    """The dispute takes another status, also one unheard of, with the money that moves by it.

    An inquiry that becomes a dispute withdraws; a won or prevented one returns what was
    withdrawn. With ``moves`` false the money follows later (``move``).
    """
    dispute = account.store.get("dispute", dispute_id)
    if dispute["status"] in ("won", "lost") and not status.startswith(("appeal", "won", "lost")):
        raise refused(f"The dispute is already {dispute['status']}.")
    previous = {"status": dispute["status"]}
    if status == "warning_closed" and not previous["status"].startswith("warning_"):
        raise refused("Only an inquiry ends as one.")
    if previous["status"] == status:
        raise refused(f"The dispute is already {status}.")
    dispute["status"] = status
    if not status.startswith("warning_"):
        dispute["is_charge_refundable"] = False
    now = account.clock.now()
    if moves:
        move(account, dispute_id)
    closed = status in _CLOSED
    kind = "charge.dispute.closed" if closed else "charge.dispute.updated"
    account.emit(kind, dispute, previous=previous, at=now)
    return dispute


def move(account: Account, dispute_id: str) -> Json:
    """Move what the dispute's status asks for and has not moved yet."""
    dispute = account.store.get("dispute", dispute_id)
    now = account.clock.now()
    held = sum(transaction["amount"] for transaction in dispute["balance_transactions"])
    back = dispute["status"] in _RETURNED
    if back and held < 0:
        fee = sum(transaction["fee"] for transaction in dispute["balance_transactions"])
        returns_fee = account.store.quirks.won_dispute_returns_fee
        _book(
            account,
            dispute,
            dispute["amount"],
            -fee if returns_fee else 0,
            "dispute_reversal",
            now,
        )
        account.emit("charge.dispute.funds_reinstated", dispute, at=now)
    elif not back and held == 0 and not dispute["status"].startswith("warning_"):
        _withdraw(account, dispute, now)
        account.emit("charge.dispute.funds_withdrawn", dispute, at=now)
    return dispute


def forbids_refunds(account: Account, item: Json) -> bool:
    """Whether a dispute keeps this charge from being refunded."""
    return any(
        dispute["status"] == "lost"
        or (dispute["status"] not in _CLOSED and not dispute["is_charge_refundable"])
        for dispute in _of_charge(account, item)
    )


def _of_charge(account: Account, item: Json) -> Iterator[Json]:
    ids = account.store.related("dispute", "charge", item["id"]) or []
    return (account.store.objects[dispute_id] for dispute_id in ids)


def _withdraw(account: Account, dispute: Json, at: int) -> None:
    fee = account.store.quirks.dispute_fee_minor
    _book(account, dispute, -dispute["amount"], fee, "dispute", at)


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
    account.store.touch(dispute)
