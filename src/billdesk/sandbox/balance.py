"""The Stripe balance: movements on it, and the fee a charge costs once it settles.

Amounts are integers in minor units. Fees follow Stripe's European card price (1.5 % + 0.25)
so that figures look real.
"""

from decimal import ROUND_HALF_UP, Decimal

from billdesk.sandbox.account import Account
from billdesk.sandbox.currencies import exponent
from billdesk.sandbox.errors import Json

_FEE_RATE = Decimal("0.015")
_FEE_FIXED = Decimal("0.25")
_AVAILABLE_AFTER_S = 7 * 24 * 3600


def book_fee(account: Account, charge_id: str, *, at: int) -> None:
    """Settle a charge: its balance transaction, with the fee, appears and is announced."""
    item = account.store.get("charge", charge_id)
    if item["balance_transaction"] is not None:
        return
    settled, currency = account.store.settlement.settled(item["amount"], item["currency"])
    fixed = _FEE_FIXED.scaleb(exponent(currency))
    transaction = balance_transaction(
        account,
        amount=item["amount"],
        fee=_whole(settled * _FEE_RATE + fixed),
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
    """A movement on the Stripe balance: ``amount`` gross (negative when it leaves), less a fee.

    ``amount`` is in ``currency`` and converted into the settlement currency at today's rate;
    ``fee``, without its tax, is in the settlement currency already, negative when given back.
    """
    settlement = account.store.settlement
    rate = settlement.rate(currency)
    amount, settled_in = settlement.settled(amount, currency)
    words = "Stripe processing fees" if kind != "adjustment" else "Dispute fee"
    parts = [("stripe_fee", fee, words)]
    tax = _whole(fee * Decimal(settlement.fee_tax_percent) / 100)
    if tax:
        parts.append(("tax", tax, "VAT"))
    details = [
        {
            "amount": part,
            "application": None,
            "currency": settled_in,
            "description": description,
            "type": fee_type,
        }
        for fee_type, part, description in parts
    ]
    transaction = account.store.add(
        {
            "id": account.ids.new("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": at + (_AVAILABLE_AFTER_S if amount > 0 else 0),
            "balance_type": "payments",
            "created": at,
            "currency": settled_in,
            "description": None,
            "exchange_rate": None if rate is None else float(rate),
            "fee": fee + tax,
            "fee_details": details if fee else [],
            "net": amount - fee - tax,
            "reporting_category": category,
            "source": source,
            "status": "pending" if amount > 0 else "available",
            "type": kind,
        }
    )
    if transaction["status"] == "pending":
        account.store.schedule(transaction["available_on"], "release", transaction["id"])
    return transaction


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
