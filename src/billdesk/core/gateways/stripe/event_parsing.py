"""From an event to what it is about.

An event is rendered in the API version the account had when it happened, which may be ten years
old, so nothing but ids and metadata is taken from its payload, and nothing in it is required.
"""

from typing import Any

from billdesk.core.gateways.stripe.body import (
    Body,
    expanded,
    flag,
    id_of,
    instant,
    text,
    text_or_none,
)
from billdesk.core.gateways.stripe.facts import EventFact, RootKind

_OWN_ROOT = {
    "checkout.session": RootKind.SESSION,
    "payment_intent": RootKind.PAYMENT_INTENT,
    "payment_link": RootKind.PAYMENT_LINK,
}
_PART_OF_A_PAYMENT = frozenset({"charge", "refund", "dispute"})


def event_fact(body: Body) -> EventFact:
    """An ``event``. Raises ``OddBody`` only when the envelope itself is broken."""
    subject = expanded((expanded(body.get("data")) or {}).get("object")) or {}
    root_kind, root_id = _root(subject)
    return EventFact(
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
        metadata=_texts(subject.get("metadata")),
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


def _texts(value: Any) -> dict[str, str]:
    found = expanded(value) or {}
    return {key: text for key, text in found.items() if isinstance(text, str)}
