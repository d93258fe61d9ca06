"""What Stripe's lists say, page by page: payments found without any event, and the balance."""

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
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """One page of a list, newest first. ``server_at`` is Stripe's clock when it answered."""

    records: tuple[RecordFact, ...]
    has_more: bool
    server_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """One page of payment links, newest first, whatever they ask for."""

    links: tuple[LinkFact, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancePage:
    """One page of balance transactions, newest first."""

    movements: tuple[BalanceFact, ...]
    has_more: bool
    server_at: datetime
