"""Events into the inbox: each once, and only what may be ours waits there."""

from sqlalchemy import select, union_all

from billdesk.core.db.dialects import insert_missing
from billdesk.core.db.tables import Payment, PaymentLink, StripeEvent
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import InboxState
from billdesk.core.gateways.stripe.facts import EventFact
from billdesk.core.services.steps.install import install_row
from billdesk.core.services.steps.stripe.cursor import Window

CARRY_METADATA = frozenset({"checkout.session", "payment_intent", "charge", "payment_link"})


def keep_events(tx: Transaction, window: Window, events: tuple[EventFact, ...]) -> None:
    """Put events into the inbox, each once."""
    known = _known_here(tx, events)
    ours = (install_row(tx).uid, window.company_uid)
    states = {event.id: _first_state(event, window, ours, known) for event in events}
    rows = [
        {
            "company_id": tx.company_id,
            "livemode": event.livemode,
            "id": event.id,
            "type": event.type,
            "created_at": event.created_at,
            "api_version": event.api_version or "",
            "object_id": event.object_id,
            "object_type": event.object_type,
            "root": f"{event.root_kind.value}:{event.root_id}" if event.root_kind else "",
            "intent": event.intent_id,
            "state": states[event.id].value,
            "tries": 0,
            "next_try_at": tx.now,
            "error": "",
            "received_at": tx.now,
            "applied_at": tx.now if states[event.id] is InboxState.APPLIED else None,
        }
        for event in events
    ]
    if not rows:
        return
    # Seen before means done before: the overlap brings most events several times.
    tx.connection.execute(insert_missing(tx.connection, StripeEvent), rows)


def _known_here(tx: Transaction, events: tuple[EventFact, ...]) -> frozenset[str]:
    """Which links and payments that the events name these books have."""
    named = {one for event in events for one in (event.payment_link_id, event.intent_id) if one}
    links = select(PaymentLink.stripe_id).where(
        PaymentLink.company_id == tx.company_id, PaymentLink.stripe_id.in_(named)
    )
    payments = select(Payment.payment_intent).where(
        Payment.company_id == tx.company_id, Payment.payment_intent.in_(named)
    )
    if not named:
        return frozenset()
    found = tx.connection.scalars(union_all(links, payments))
    return frozenset(one for one in found if one)


def _first_state(
    event: EventFact, window: Window, books: tuple[str, str], known: frozenset[str]
) -> InboxState:
    """Events of the other mode, of nothing we follow, or of somebody else are not ours.

    Several companies, programs and books may share one Stripe account. Sessions, intents and
    charges carry our metadata when they are ours, unless somebody removed it; refunds and disputes
    never do and need a look. A visit to a pay page that ended without a try to pay needs none:
    every link is visited more often than paid, and each look costs one of the month's reads.
    """
    marks = (event.metadata.get("install"), event.metadata.get("company"))
    ours = marks == books or bool(known & {event.payment_link_id, event.intent_id})
    foreign = (
        event.livemode != window.livemode
        or event.root_kind is None
        or (event.object_type in CARRY_METADATA and not ours)
    )
    if foreign:
        return InboxState.FOREIGN
    return InboxState.APPLIED if event.is_unpaid_visit else InboxState.NEW
