"""From an event to what it is about.

An event is rendered in the API version the account had when it happened, which may be ten years
old, so nothing but ids and metadata is taken from its payload, and nothing in it is required. The
one exception is a pay page that expired unpaid: that is final, and asking again would tell nothing.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from billdesk.core.gateways.stripe.body import (
    LONGEST_ID,
    Body,
    OddBody,
    expanded,
    flag,
    id_of,
    instant,
    is_storable,
    mapping,
    text,
    text_or_none,
    texts,
)
from billdesk.core.gateways.stripe.facts import EventFact, RootKind

log = logging.getLogger(__name__)

# What the inbox has room for.
_LONGEST_OBJECT_ID, _LONGEST_NAME = 120, 40
_OWN_ROOT = {
    "checkout.session": RootKind.SESSION,
    "payment_intent": RootKind.PAYMENT_INTENT,
    "payment_link": RootKind.PAYMENT_LINK,
}
_PART_OF_A_PAYMENT = frozenset({"charge", "refund", "dispute"})


def event_fact(body: Body) -> EventFact:
    """An ``event``. Raises ``OddBody`` when its envelope is broken or its ids cannot be kept."""
    subject = expanded((expanded(body.get("data")) or {}).get("object")) or {}
    root_kind, root_id = _root(subject)
    fact = EventFact(
        id=text(body, "id"),
        type=text(body, "type"),
        created_at=instant(body, "created"),
        api_version=text_or_none(body, "api_version"),
        livemode=flag(body, "livemode"),
        object_id=text_or_none(subject, "id") or "",
        object_type=text_or_none(subject, "object") or "",
        root_kind=root_kind,
        root_id=root_id,
        intent_id=_intent_of(subject),
        payment_link_id=id_of(subject.get("payment_link")),
        metadata=texts(subject.get("metadata")),
        is_unpaid_visit=_is_unpaid_visit(body, subject),
    )
    _check_storable(fact)
    return fact


def event_facts(rows: Sequence[Any]) -> Iterator[EventFact]:
    """The events of a page that can be read.

    One that cannot must not hold up the others. What it was about is found by the daily comparison
    with Stripe's lists.
    """
    for row in rows:
        try:
            yield event_fact(mapping(row, "data"))
        except OddBody as odd:
            log.warning("one of Stripe's events cannot be read (at %s) and is left out", odd)


def _check_storable(fact: EventFact) -> None:
    kept = (
        ("id", fact.id, LONGEST_ID),
        ("type", fact.type, LONGEST_ID),
        ("api_version", fact.api_version, _LONGEST_NAME),
        ("object.id", fact.object_id, _LONGEST_OBJECT_ID),
        ("object.object", fact.object_type, _LONGEST_NAME),
        ("object.root", fact.root_id, _LONGEST_OBJECT_ID),
        ("object.payment_intent", fact.intent_id, LONGEST_ID),
        ("object.payment_link", fact.payment_link_id, LONGEST_ID),
    )
    for where, value, longest in kept:
        if value is not None and not is_storable(value, longest):
            raise OddBody(where)


def _is_unpaid_visit(body: Body, subject: Body) -> bool:
    """Once expired, a session never changes; without a payment intent nothing was tried."""
    return (
        body.get("type") == "checkout.session.expired"
        and subject.get("object") == "checkout.session"
        and subject.get("status") == "expired"
        and subject.get("payment_status") == "unpaid"
        and "payment_intent" in subject
        and subject["payment_intent"] is None
    )


def _root(subject: Body) -> tuple[RootKind | None, str | None]:
    object_type = text_or_none(subject, "object") or ""
    own = _OWN_ROOT.get(object_type)
    if own is not None:
        own_id = id_of(subject)
        return (own, own_id) if own_id else (None, None)
    if object_type not in _PART_OF_A_PAYMENT:
        return None, None
    intent_id = id_of(subject.get("payment_intent"))
    if intent_id:
        return RootKind.PAYMENT_INTENT, intent_id
    # Old versions name only the charge. A charge without an intent was not made by a link.
    charge_id = None if object_type == "charge" else id_of(subject.get("charge"))
    return (RootKind.CHARGE, charge_id) if charge_id else (None, None)


def _intent_of(subject: Body) -> str | None:
    if text_or_none(subject, "object") == "payment_intent":
        return id_of(subject)
    return id_of(subject.get("payment_intent"))
