"""What Stripe holds, compared with what the books say, to the minor unit.

Written from the API's objects alone: it knows none of BillDesk's rules for getting there.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from books import Shop

from billdesk.sandbox import links
from billdesk.sandbox.store import Store

Json = dict[str, Any]
_NEVER_WENT = ("failed", "canceled")


def differences(shop: Shop) -> list[str]:
    """Every point where the books are not what Stripe says; empty when they converged."""
    with shop.sandbox.simulation.running() as account:
        store = account.store
        return [
            *_payments(shop, store),
            *_clearing(shop, store),
            *_payouts(shop, store),
            *_links(shop, store),
            *_orders(shop, store),
            *_charges(shop, store),
        ]


def _payments(shop: Shop, store: Store) -> Iterator[str]:
    rows = {
        row.payment_intent: row
        for row in shop.rows(
            "SELECT * FROM payment WHERE company_id = :c AND payment_intent IS NOT NULL",
            c=shop.app.company_id,
        )
    }
    refunds, disputes = _by_intent(store, "refund"), _by_intent(store, "dispute")
    for intent in store.oldest_first("payment_intent"):
        row = rows.pop(intent["id"], None)
        received = intent["status"] == "succeeded"
        if row is None:
            if received or intent["status"] == "processing":
                yield f"{intent['id']} is {intent['status']} at Stripe and not in the books"
            continue
        who = f"payment {row.id} of document {row.document_id}"
        if received and (row.amount_minor, row.currency.lower()) != (
            intent["amount_received"],
            intent["currency"],
        ):
            yield f"{who}: {row.amount_minor} for {intent['amount_received']} {intent['currency']}"
        gone = [one for one in refunds[intent["id"]] if one["status"] not in _NEVER_WENT]
        back = sum(one["amount"] for one in gone)
        if row.refunded_minor != back:
            yield f"{who}: {row.refunded_minor} refunded, {back} at Stripe"
        held = sum(_withheld(one) for one in disputes[intent["id"]])
        if row.disputed_minor != held:
            yield f"{who}: {row.disputed_minor} disputed, {held} at Stripe"
        asked = any(_is_open(one["status"]) for one in disputes[intent["id"]])
        wanted = _state(store, intent, back, asked)
        # What it is called when the bank decided but has the money is a word of the books.
        if (asked or not held) and row.state not in wanted:
            yield f"{who}: is {row.state}, at Stripe {' or '.join(wanted)}"
    for row in rows.values():
        yield f"payment {row.id} is of {row.payment_intent}, which Stripe does not have"


def _state(store: Store, intent: Json, back: int, disputed: bool) -> tuple[str, ...]:
    if intent["status"] == "processing":
        return ("pending",)
    if intent["status"] != "succeeded":
        charge = store.objects.get(intent["latest_charge"] or "", {})
        return ("returned",) if charge.get("failure_balance_transaction") else ("failed",)
    if disputed:
        return ("disputed",)
    if back:
        return ("refunded",) if back == intent["amount_received"] else ("partially_refunded",)
    return ("succeeded",)


def _clearing(shop: Shop, store: Store) -> Iterator[str]:
    """The clearing account is the balance at Stripe, in every currency, before any payout."""
    there: dict[str, int] = defaultdict(int)
    for transaction in store.oldest_first("balance_transaction"):
        if transaction["type"].startswith("payout"):
            # Booked when it arrives in the bank; none has here.
            continue
        there[transaction["currency"].upper()] += transaction["net"]
    here: dict[str, int] = defaultdict(int)
    for row in shop.rows(
        "SELECT p.currency, sum(p.minor) AS minor FROM posting p JOIN account a"
        " ON a.id = p.account_id WHERE p.company_id = :c AND a.role = 'stripe_clearing'"
        " GROUP BY p.currency",
        c=shop.app.company_id,
    ):
        here[row.currency] = row.minor
    for currency in sorted(there.keys() | here.keys()):
        if there[currency] != here[currency]:
            yield f"clearing {here[currency]} {currency}, at Stripe {there[currency]}"


def _payouts(shop: Shop, store: Store) -> Iterator[str]:
    """Every payout is known, with what it paid out and whether the bank sent it back."""
    rows = {
        row.stripe_payout: row
        for row in shop.rows(
            "SELECT * FROM stripe_payout WHERE company_id = :c", c=shop.app.company_id
        )
    }
    parts: dict[str, set[str]] = defaultdict(set)
    for row in shop.rows(
        "SELECT id, payout FROM balance_transaction WHERE company_id = :c AND payout IS NOT NULL",
        c=shop.app.company_id,
    ):
        parts[row.payout].add(row.id)
    for payout in store.oldest_first("payout"):
        found = rows.pop(payout["id"], None)
        failed = payout["status"] == "failed"
        if found is None or (found.amount_minor, found.failed_on is not None) != (
            payout["amount"],
            failed,
        ):
            yield f"payout {payout['id']} over {payout['amount']}, failed {failed}: {found}"
        paid = {one for one, of in store.payout_of.items() if of == payout["id"]}
        if paid != parts[payout["id"]]:
            yield f"payout {payout['id']} is of {paid}, the books have {parts[payout['id']]}"
    for unknown in rows:
        yield f"payout {unknown} is none of Stripe's"


def _links(shop: Shop, store: Store) -> Iterator[str]:
    """What can be paid is what is open, once; what is not to be paid cannot be."""
    payable: dict[str, list[Json]] = defaultdict(list)
    for link in store.oldest_first("payment_link"):
        if links.takes_payments(link):
            payable[link["metadata"]["invoice"]].append(link)
    for document in shop.rows(
        "SELECT * FROM document WHERE company_id = :c AND number IS NOT NULL",
        c=shop.app.company_id,
    ):
        found = payable.pop(document.uid, [])
        amounts = [
            sum(item["amount_total"] for item in store.line_items[link["id"]]) for link in found
        ]
        due = 0 if document.voided_at else document.open_minor
        part = any(
            row.is_part
            for row in shop.links(document.id)
            if row.stripe_id in {link["id"] for link in found}
        )
        right = len(amounts) == 1 and (0 < amounts[0] < due if part else amounts[0] == due)
        if amounts and not right:
            yield f"document {document.id}: {amounts} can be paid, {due} is open"
    for uid in payable:
        yield f"a link of {uid} can be paid, which is no document of these books"


def _orders(shop: Shop, store: Store) -> Iterator[str]:
    """What was ordered was paid back once, and what came to nothing never was."""
    made: dict[str, list[Json]] = defaultdict(list)
    for refund in store.oldest_first("refund"):
        if "billdesk_refund" in refund["metadata"]:
            made[refund["metadata"]["billdesk_refund"]].append(refund)
    for row in shop.rows(
        "SELECT o.uid, o.state, o.amount_minor, r.stripe_refund, r.state AS went"
        " FROM stripe_order o JOIN refund r ON r.order_id = o.id WHERE o.company_id = :c",
        c=shop.app.company_id,
    ):
        found = made.pop(row.uid, [])
        kept = [] if row.stripe_refund is None else [(row.stripe_refund, row.amount_minor)]
        if [(one["id"], one["amount"]) for one in found] != kept:
            yield f"order {row.uid} is {row.state}, {len(found)} refunds at Stripe, {kept} here"
        wanted = ("done",) if found else ("failed", "cancelled")
        if row.state not in wanted or row.went == "ordered":
            yield f"order {row.uid} is {row.state} and its refund {row.went}, not {wanted}"
    for uid in made:
        yield f"a refund was made for order {uid}, which is not in the books"


def _charges(shop: Shop, store: Store) -> Iterator[str]:
    """A saved card was charged once for what was ordered, or not at all."""
    made: dict[str, list[Json]] = defaultdict(list)
    for intent in store.oldest_first("payment_intent"):
        if "billdesk_attempt" in intent["metadata"]:
            made[intent["metadata"]["billdesk_attempt"]].append(intent)
    for row in shop.rows(
        "SELECT * FROM stripe_order WHERE company_id = :c AND kind = 'charge'",
        c=shop.app.company_id,
    ):
        # What a bank takes back later was paid all the same.
        paid = [one for one in made.pop(row.uid, []) if _came(store, one)]
        kept = [(row.stripe_id, row.amount_minor)] if row.state == "done" else []
        if [(one["id"], one["amount"]) for one in paid] != kept:
            yield f"charge {row.uid} is {row.state}, {len(paid)} at Stripe, {kept} here"
        if row.state in ("queued", "sent"):
            yield f"charge {row.uid} is still {row.state}"
    for uid in made:
        yield f"a card was charged for order {uid}, which is not in the books"


def _came(store: Store, intent: Json) -> bool:
    charge = store.objects.get(intent["latest_charge"] or "", {})
    returned = charge.get("failure_balance_transaction") is not None
    return returned or intent["status"] == "succeeded"


def _is_open(status: str) -> bool:
    return not status.startswith("warning_") and status not in ("won", "lost", "prevented")


def _withheld(dispute: Json) -> int:
    """What the bank holds of a dispute now, in the currency of the charge."""
    taken = sum(1 if one["amount"] < 0 else -1 for one in dispute["balance_transactions"])
    return int(dispute["amount"]) * taken


def _by_intent(store: Store, kind: str) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = defaultdict(list)
    for item in store.oldest_first(kind):
        found[item["payment_intent"]].append(item)
    return found
