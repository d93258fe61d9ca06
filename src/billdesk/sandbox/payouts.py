"""Payouts: what is available on the balance goes to the bank account."""

from billdesk.sandbox.account import Account
from billdesk.sandbox.balance import balance_transaction
from billdesk.sandbox.errors import Json, refused

_DAY_S = 24 * 3600
_EVERY_DAY = "balance"


def release(account: Account, transaction_id: str, *, at: int) -> None:
    """The money may be paid out from now on."""
    transaction = account.store.get("balance_transaction", transaction_id)
    transaction["status"] = "available"
    account.store.touch(transaction)
    if account.pays_out_daily and not account.store.agenda.holds(_EVERY_DAY):
        account.store.schedule(at - at % _DAY_S + _DAY_S, "pay_out", _EVERY_DAY)


def pay_out(account: Account, *, at: int) -> list[Json]:
    """Send everything available to the bank, one payout for each currency.

    A currency whose sum is not positive waits. Returns the payouts made.
    """
    store = account.store
    waiting: dict[str, list[Json]] = {}
    for transaction in store.oldest_first("balance_transaction"):
        if transaction["status"] == "available" and transaction["id"] not in store.payout_of:
            waiting.setdefault(transaction["currency"], []).append(transaction)
    made = []
    for currency, transactions in waiting.items():
        amount = sum(transaction["net"] for transaction in transactions)
        if amount > 0:
            made.append(_send(account, currency, amount, transactions, at))
    return made


def fail(account: Account, payout_id: str) -> Json:
    """The bank sent a payout back: its money is on the balance again."""
    payout = account.store.get("payout", payout_id)
    if payout["status"] == "failed":
        raise refused("The payout has already failed.")
    now = account.clock.now()
    transaction = _movement(account, payout, payout["amount"], "payout_failure", now)
    payout.update(
        status="failed",
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
        failure_balance_transaction=transaction["id"],
    )
    account.emit("payout.failed", payout, at=now)
    return payout


def _send(account: Account, currency: str, amount: int, included: list[Json], at: int) -> Json:
    payout: Json = {
        "id": account.ids.new("po"),
        "object": "payout",
        "amount": amount,
        "arrival_date": at - at % _DAY_S + 2 * _DAY_S,
        "automatic": True,
        "balance_transaction": None,
        "created": at,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "status": "paid",
        "type": "bank_account",
    }
    account.store.add(payout)
    own = _movement(account, payout, -amount, "payout", at)
    payout["balance_transaction"] = own["id"]
    # Stripe lists the payout's own movement with those it paid.
    for transaction in (*included, own):
        account.store.payout_of[transaction["id"]] = payout["id"]
        account.store.touch(transaction)
    account.emit("payout.created", payout, at=at)
    account.emit("payout.paid", payout, at=at)
    return payout


def _movement(account: Account, payout: Json, amount: int, kind: str, at: int) -> Json:
    return balance_transaction(
        account,
        amount=amount,
        fee=0,
        currency=payout["currency"],
        source=payout["id"],
        kind=kind,
        category=kind,
        at=at,
    )
