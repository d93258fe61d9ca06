"""What customers, their banks, the Dashboard and Stripe itself can do, by name.

Each act takes the account and a JSON object of its arguments, and answers with what it changed.
The control API offers them over HTTP, ``StripeWorld.act`` without.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from billdesk.sandbox import checkout, disputes, links, payouts, refunds
from billdesk.sandbox.account import NOBODY, Account
from billdesk.sandbox.catalog import merge_metadata
from billdesk.sandbox.confirming import DECLINES
from billdesk.sandbox.errors import Json, missing
from billdesk.sandbox.keys import KeyRecord
from billdesk.sandbox.permissions import SLUGS

Act = Callable[[Account, Json], Any]

_KINDS = {
    "payment_links": "payment_link",
    "sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "balance_transactions": "balance_transaction",
    "payouts": "payout",
    "payment_methods": "payment_method",
    "products": "product",
    "prices": "price",
    "customers": "customer",
}


def dump(account: Account) -> Json:
    """A copy of the account's objects by kind, oldest first."""
    store = account.store
    found: Json = {name: list(store.oldest_first(kind)) for name, kind in _KINDS.items()}
    copy: Json = json.loads(json.dumps({"now": account.clock.now(), **found}))
    copy["events"] = [json.loads(record.text) for record in store.events]
    return copy


def links_per_invoice(account: Account, given: Json) -> Json:
    """How many links can be paid for each invoice number in their metadata: never more than 1."""
    counts: Json = {}
    for link in account.store.oldest_first("payment_link"):
        number = link["metadata"].get("invoice_no", "")
        counts[number] = counts.get(number, 0) + int(links.takes_payments(link))
    return counts


def _settle(account: Account, given: Json) -> Json:
    succeed = bool(given.get("succeed", True))
    intent_id = given["payment_intent"]
    checkout.settle(account, intent_id, succeed=succeed, at=account.clock.now())
    return account.store.get("payment_intent", intent_id)


def _settle_all(account: Account, given: Json) -> Json:
    pending = [
        intent["id"]
        for intent in account.store.oldest_first("payment_intent")
        if intent["status"] == "processing"
    ]
    for intent_id in pending:
        _settle(account, {**given, "payment_intent": intent_id})
    return {"settled": pending}


def _return_debit(account: Account, given: Json) -> Json:
    checkout.return_late(account, given["payment_intent"], at=account.clock.now())
    return account.store.get("payment_intent", given["payment_intent"])


def _refund(account: Account, given: Json) -> Json:
    """``status`` is how it begins; ``then`` (succeeded, failed) follows after ``after_s``."""
    outcome, then = given.pop("status", None), given.pop("then", None)
    due = account.clock.now() + int(given.pop("after_s", 0))
    refund = refunds.create(account, given, outcome=outcome)
    if then is not None:
        action = "fail_refund" if then == "failed" else "finish_refund"
        account.store.schedule(due, action, refund["id"])
    return refund


def _change_refund(account: Account, given: Json) -> Json:
    status = given.get("status", "failed")
    return refunds.change(account, given["refund"], status, at=account.clock.now())


def _dispute(account: Account, given: Json) -> Json:
    intent_id = given.pop("payment_intent")
    return disputes.open_dispute(account, intent_id, at=account.clock.now(), **given)


def _change_dispute(account: Account, given: Json) -> Json:
    moves = bool(given.get("moves", True))
    return disputes.change_dispute(account, given["dispute"], given["status"], moves=moves)


def _close_dispute(account: Account, given: Json) -> Json:
    status = "won" if given["won"] else "lost"
    return disputes.change_dispute(account, given["dispute"], status)


def _move_dispute(account: Account, given: Json) -> Json:
    return disputes.move(account, given["dispute"])


def _pay_out(account: Account, given: Json) -> Json:
    return {"payouts": payouts.pay_out(account, at=account.clock.now())}


def _fail_payout(account: Account, given: Json) -> Json:
    return payouts.fail(account, given["payout"])


def _change_link(account: Account, given: Json) -> Json:
    """Somebody edits a link in the Dashboard: ``active``, ``inactive_message``, ``metadata``."""
    return links.update(account, given.pop("link"), given, NOBODY)


def _change_metadata(account: Account, given: Json) -> Json:
    """Somebody edits the metadata of any object in the Dashboard; '' removes a key."""
    item = account.store.objects.get(given["id"])
    if item is None:
        raise missing("object", given["id"], param="id")
    item["metadata"] = merge_metadata(item["metadata"], given["metadata"])
    account.store.touch(item)
    return item


def _expire_session(account: Account, given: Json) -> Json:
    session = account.store.get("checkout.session", given["session"])
    return checkout.expire(account, session, NOBODY, at=account.clock.now())


def _card(account: Account, given: Json) -> Json:
    """A saved card will be declined, or no longer."""
    method = account.store.get("payment_method", given["payment_method"])
    method["metadata"] = {DECLINES: "true"} if given.get("declines", True) else {}
    account.store.touch(method)
    return method


def _announce(account: Account, given: Json) -> Json:
    """An event of any type about any object, also a type nobody knows yet."""
    item = account.store.objects.get(given["id"])
    if item is None:
        raise missing("object", given["id"], param="id")
    account.emit(given["type"], item)
    return {"announced": given["type"]}


def _events(account: Account, given: Json) -> Json:
    account.store.policy = replace(account.store.policy, **given)
    account.store.plans_changed = True
    return asdict(account.store.policy)


def _quirks(account: Account, given: Json) -> Json:
    account.store.quirks = replace(account.store.quirks, **given)
    account.store.plans_changed = True
    return asdict(account.store.quirks)


def _settlement(account: Account, given: Json) -> Json:
    account.store.settlement = replace(account.store.settlement, **given)
    account.store.plans_changed = True
    return asdict(account.store.settlement)


def _key(account: Account, given: Json) -> Json:
    """What a key may do (``permissions``, slugs; None is everything) and its ``state``."""
    key = given.pop("key")
    unknown = set(given.get("permissions") or ()) - SLUGS
    if unknown:
        raise ValueError(f"no permission is called {', '.join(sorted(unknown))}")
    account.store.keys[key] = replace(account.store.keys.get(key, KeyRecord()), **given)
    account.store.plans_changed = True
    return asdict(account.store.keys[key])


ACTS: dict[str, Act] = {
    "card": _card,
    "debit/return": _return_debit,
    "dispute": _dispute,
    "dispute/change": _change_dispute,
    "dispute/close": _close_dispute,
    "dispute/move": _move_dispute,
    "events": _events,
    "events/announce": _announce,
    "key": _key,
    "link": _change_link,
    "links/payable": links_per_invoice,
    "metadata": _change_metadata,
    "payout": _pay_out,
    "payout/fail": _fail_payout,
    "quirks": _quirks,
    "refund": _refund,
    "refund/change": _change_refund,
    "refund/fail": _change_refund,
    "session/expire": _expire_session,
    "settle": _settle,
    "settle/all": _settle_all,
    "settlement": _settlement,
}
