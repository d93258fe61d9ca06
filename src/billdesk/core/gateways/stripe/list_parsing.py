"""A page of one of Stripe's lists, row by row: one that cannot be read holds up no other.

Nothing makes up for what a list does not tell, so what cannot be read is handed on, to be shown.
"""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypedDict, TypeVar

from billdesk.core.gateways.stripe.body import (
    Body,
    OddBody,
    flag,
    is_storable,
    items,
    mapping,
    sound_id,
    text_or_none,
    texts,
)
from billdesk.core.gateways.stripe.facts import BalanceFact
from billdesk.core.gateways.stripe.list_facts import (
    BalancePage,
    LinkPage,
    OddRow,
    RecordFact,
    RecordKind,
    RecordPage,
    mark_of,
)
from billdesk.core.gateways.stripe.parsing import balance_fact, link_fact
from billdesk.core.gateways.stripe.transport import Answer, understood

log = logging.getLogger(__name__)
# What the books have room for.
_LONGEST_TYPE, _CURRENCY = 60, 3
_FIRST_TOO_LARGE = 2**63
_LINK = "payment_link"
_Fact = TypeVar("_Fact")


class _Rest(TypedDict):
    odd: tuple[OddRow, ...]
    goes_on_after: str | None
    server_at: datetime


def record_page(kind: RecordKind, answer: Answer) -> RecordPage:
    """A page of sessions, payment intents, refunds or disputes."""
    records, rest = _read(kind.value, answer, lambda row: _record(kind, row))
    return RecordPage(records=tuple(records), **rest)


def balance_page(answer: Answer) -> BalancePage:
    """A page of balance transactions."""
    movements, rest = _read("balance_transaction", answer, _movement)
    return BalancePage(movements=tuple(movements), **rest)


def link_page(answer: Answer) -> LinkPage:
    """A page of payment links."""
    links, rest = _read(_LINK, answer, link_fact)
    return LinkPage(links=tuple(links), **rest)


def place_behind(rows: Sequence[Any]) -> str | None:
    """The id to go on from behind a page: of the last row that has a sound one."""
    ids = (sound_id(row) for row in reversed(rows) if isinstance(row, dict))
    return next((one for one in ids if one), None)


def _read(kind: str, answer: Answer, read: Callable[[Body], _Fact]) -> tuple[list[_Fact], _Rest]:
    with understood():
        rows = items(answer.body.get("data"), "data")
        goes_on_after = place_behind(rows) if flag(answer.body, "has_more") else None
        if goes_on_after is None and answer.body["has_more"]:
            raise OddBody("id")
    facts: list[_Fact] = []
    odd: list[OddRow] = []
    for row in rows:
        try:
            facts.append(read(mapping(row, "data")))
        except OddBody as body:
            log.warning("a %s in Stripe's list cannot be read (at %s)", kind, body)
            odd.append(_odd_row(kind, row, f"could not be understood (at “{body}”)"))
    return facts, {
        "odd": tuple(odd),
        "goes_on_after": goes_on_after,
        "server_at": answer.server_at,
    }


def _record(kind: RecordKind, body: Body) -> RecordFact:
    """A row as far as it leads to a payment; that is read whole afterwards."""
    found = sound_id(body)
    named = body if kind is RecordKind.PAYMENT_INTENT else body.get("payment_intent")
    intent = sound_id(named)
    if intent is None and (found is None or named is not None):
        raise OddBody("id" if found is None else "payment_intent")
    return RecordFact(
        kind=kind,
        id=found or "",
        status=text_or_none(body, "status") or "unknown",
        intent_id=intent,
        payment_link_id=sound_id(body.get("payment_link")),
        metadata=texts(body.get("metadata")),
    )


def _movement(body: Body) -> BalanceFact:
    fact = balance_fact(body)
    kept = (
        ("id", sound_id(fact.id) is not None),
        ("type", is_storable(fact.type, _LONGEST_TYPE)),
        ("source", fact.source_id is None or sound_id(fact.source_id) is not None),
        ("currency", len(fact.currency) == _CURRENCY and fact.currency.isascii()),
        ("fee", -_FIRST_TOO_LARGE <= fact.net_minor < _FIRST_TOO_LARGE),
    )
    for where, fits in kept:
        if not fits:
            raise OddBody(where)
    return fact


def _odd_row(kind: str, row: object, why: str) -> OddRow:
    found = sound_id(row) if isinstance(row, dict) else None
    if found is not None:
        return OddRow.named(kind, found, why)
    return OddRow(kind=kind, id="", why=why, mark=mark_of(json.dumps(row, sort_keys=True)))
