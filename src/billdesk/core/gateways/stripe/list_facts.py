"""What Stripe's lists say, page by page: payments found without any event, and the balance."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billdesk.core.gateways.stripe.facts import BalanceFact, LinkFact


class RecordKind(StrEnum):
    """The lists in which payments can be found without any event."""

    SESSION = "session"
    PAYMENT_INTENT = "payment_intent"
    REFUND = "refund"
    DISPUTE = "dispute"


def mark_of(told: str) -> str:
    """What knows a row again by what was told of it."""
    return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class OddRow:
    """A row of a list with which nothing can be done; the list's others are dealt with.

    ``kind`` is what the list is of, ``id`` Stripe's where it has a sound one; ``why`` ends a
    sentence about it; ``mark`` knows the row again.
    """

    kind: str
    id: str
    why: str
    mark: str

    @classmethod
    def named(cls, kind: str, stripe_id: str, why: str) -> "OddRow":
        """Something wrong with one object that is known by its id."""
        return cls(kind=kind, id=stripe_id, why=why, mark=mark_of(stripe_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFact:
    """A row of one of Stripe's lists, as far as it leads to a payment.

    ``status`` is Stripe's own word. ``intent_id`` is ``None`` for a session that nobody has
    confirmed; refunds and disputes carry no metadata of BillDesk's but what it ordered itself.
    """

    kind: RecordKind
    id: str
    status: str
    intent_id: str | None
    payment_link_id: str | None
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list, newest first. ``server_at`` is Stripe's clock when it answered.

    The list goes on behind ``goes_on_after``, an id; ``None`` where this was its last page.
    """

    odd: tuple[OddRow, ...]
    goes_on_after: str | None
    server_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage(ListPage):
    """Rows that lead to payments."""

    records: tuple[RecordFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage(ListPage):
    """Payment links, whatever they ask for."""

    links: tuple[LinkFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancePage(ListPage):
    """Balance transactions."""

    movements: tuple[BalanceFact, ...]
