"""Rows of Stripe's lists that cannot be read: kept in the inbox, in view, until they can be."""

from collections.abc import Iterable, Sequence

from sqlalchemy import update

from billdesk.core.db.dialects import insert_missing
from billdesk.core.db.tables import StripeEvent
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import InboxState
from billdesk.core.gateways.stripe.list_facts import OddRow

# A sentence of Stripe's within one that there is room for.
_LONGEST_WHY = 300
_CALLED = {
    "balance_transaction": "balance transactions",
    "dispute": "disputes",
    "own_link": "payment links",
    "payment_intent": "payments",
    "payment_link": "payment links",
    "refund": "refunds",
    "session": "checkout sessions",
}


def keep_odd_rows(tx: Transaction, *, livemode: bool, odd: Sequence[OddRow]) -> None:
    """Show each as long as it cannot be read. Nothing fetches it: the next look lists it again."""
    rows = [
        {
            "company_id": tx.company_id,
            "livemode": livemode,
            "id": f"odd_{one.kind}_{one.mark}",
            "type": f"odd.{one.kind}",
            "created_at": tx.now,
            "api_version": "",
            "object_id": one.id,
            "object_type": one.kind,
            "root": "",
            "intent": None,
            "state": InboxState.NEW.value,
            "tries": 0,
            "next_try_at": tx.now,
            "error": _sentence(one),
            "received_at": tx.now,
        }
        for one in odd
    ]
    if not rows:
        return
    tx.connection.execute(
        update(StripeEvent)
        .where(
            StripeEvent.company_id == tx.company_id,
            StripeEvent.livemode == livemode,
            StripeEvent.id.in_([row["id"] for row in rows]),
        )
        .values(state=InboxState.NEW.value, applied_at=None)
    )
    tx.connection.execute(insert_missing(tx.connection, StripeEvent), rows)


def were_read(tx: Transaction, *, livemode: bool, kind: str, ids: Iterable[str]) -> None:
    """Rows of a list were read; those that could not be before need nobody's look any more."""
    tx.connection.execute(
        update(StripeEvent)
        .where(
            StripeEvent.company_id == tx.company_id,
            StripeEvent.livemode == livemode,
            StripeEvent.state == InboxState.NEW.value,
            StripeEvent.root == "",
            StripeEvent.type == f"odd.{kind}",
            StripeEvent.object_id.in_([one for one in ids if one]),
        )
        .values(state=InboxState.APPLIED.value, applied_at=tx.now, error="")
    )


def _sentence(odd: OddRow) -> str:
    named = f" ({odd.id})" if odd.id else ""
    return (
        f"One of Stripe's {_CALLED[odd.kind]}{named} {odd.why[:_LONGEST_WHY]}. "
        "The others were read: look this one up in the Stripe Dashboard."
    )
