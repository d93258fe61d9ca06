"""What Stripe says, as frozen facts.

Amounts (``*_minor``) are BillDesk's own ISO 4217 minor units, currencies upper case; the gateway
has already undone Stripe's exponents. Instants are aware UTC. Status strings are Stripe's own and
may hold values this version has never heard of: an unknown one is shown, never guessed at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

# The events that can change a payment; Stripe takes at most twenty types in one request.
# ``refund.*`` is the unified form, ``charge.refunded`` and ``charge.refund.updated`` reach accounts
# whose default API version is older than 2024-10-28.
EVENT_TYPES: tuple[str, ...] = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.updated",
    "charge.refunded",
    "charge.refund.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "payment_link.updated",
)


class RootKind(StrEnum):
    """The kinds of object an event leads to; several events of one payment share a root."""

    SESSION = "session"
    PAYMENT_INTENT = "payment_intent"
    CHARGE = "charge"
    PAYMENT_LINK = "payment_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkItemFact:
    """What a link asks for: ``amount_minor`` for all ``quantity`` pieces together."""

    amount_minor: int
    currency: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFact:
    """A payment link. ``completed_limit`` is ``None`` where nobody set one.

    ``items`` is ``None`` where they were not asked for; at most the first ten are told.
    """

    id: str
    url: str
    active: bool
    livemode: bool
    metadata: Mapping[str, str]
    completed_sessions: int
    completed_limit: int | None
    items: tuple[LinkItemFact, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFact:
    """A checkout session. ``intent_id`` is ``None`` until the customer confirms.

    ``currency`` is empty for another program's session that collects no money.
    """

    id: str
    status: str
    payment_status: str
    livemode: bool
    payment_link_id: str | None
    intent_id: str | None
    amount_total_minor: int
    currency: str
    discount_minor: int
    tax_minor: int
    metadata: Mapping[str, str]
    customer_id: str | None
    customer_email: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentProblem:
    """Why the last attempt failed, in Stripe's codes and its sentence for the merchant."""

    code: str | None
    decline_code: str | None
    message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentFact:
    """A payment intent; the invoice is settled from ``amount_received_minor`` alone.

    ``customer_id`` and ``payment_method_id`` are set where the payer left a card to be kept, and
    ``may_be_kept`` where the payer agreed to its being charged again.
    """

    id: str
    status: str
    amount_minor: int
    amount_received_minor: int
    currency: str
    livemode: bool
    metadata: Mapping[str, str]
    created_at: datetime
    last_error: PaymentProblem | None
    latest_charge_id: str | None
    customer_id: str | None
    payment_method_id: str | None
    may_be_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceFact:
    """A balance transaction: what moved on the Stripe balance, in the settlement currency.

    ``net_minor`` = ``amount_minor`` − ``fee_minor``. ``exchange_rate`` is set where the charge was
    made in another currency. ``type`` is Stripe's (charge, refund, adjustment, ...), ``source_id``
    the charge, refund, dispute or payout behind it; ``fee_tax_minor`` is the tax within the fee.
    """

    id: str
    type: str
    source_id: str | None
    amount_minor: int
    fee_minor: int
    fee_tax_minor: int
    net_minor: int
    currency: str
    exchange_rate: Decimal | None
    available_on: date
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFact:
    """A charge. ``balance`` is ``None`` until Stripe has captured it; read again later.

    ``failure_balance`` is money that had arrived leaving again: a debit that was returned late.

    ``method`` is the payment method's type (card, sepa_debit, ...); brand, last four digits and
    the month it expires are given where Stripe shows them.
    """

    id: str
    status: str
    amount_captured_minor: int
    amount_refunded_minor: int
    currency: str
    refunded: bool
    disputed: bool
    receipt_url: str | None
    method: str | None
    brand: str | None
    last4: str | None
    expires_month: int | None = None
    expires_year: int | None = None
    created_at: datetime
    balance: BalanceFact | None
    failure_balance: BalanceFact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFact:
    """A refund; ``failure_balance`` is the money coming back when it failed."""

    id: str
    intent_id: str | None
    status: str
    amount_minor: int
    currency: str
    reason: str | None
    pending_reason: str | None
    failure_reason: str | None
    metadata: Mapping[str, str]
    created_at: datetime
    balance: BalanceFact | None
    failure_balance: BalanceFact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFact:
    """A dispute; ``movements`` are its withdrawals and reinstatements, none at first."""

    id: str
    status: str
    amount_minor: int
    currency: str
    reason: str
    due_at: datetime | None
    is_charge_refundable: bool
    created_at: datetime
    movements: tuple[BalanceFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSnapshot:
    """Everything Stripe knows about one payment, freshly read with the pinned API version.

    ``refunds`` and ``disputes`` are read when the charge shows any or when the caller asked; an
    empty tuple where the charge shows none does not prove that a failed refund never existed, so
    ask for them whenever a refund or dispute event led here or a local row exists.
    """

    livemode: bool
    read_at: datetime
    session: SessionFact | None
    intent: IntentFact | None
    charge: ChargeFact | None
    refunds: tuple[RefundFact, ...]
    disputes: tuple[DisputeFact, ...]

    @property
    def metadata(self) -> Mapping[str, str]:
        """The metadata BillDesk set, from the session, else from the payment intent."""
        if self.session is not None and self.session.metadata:
            return self.session.metadata
        return self.intent.metadata if self.intent is not None else {}

    @property
    def payment_link_id(self) -> str | None:
        return self.session.payment_link_id if self.session is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFact:
    """An event, used as a trigger only: its payload follows the account's own API version.

    ``root_kind`` and ``root_id`` name the object to read, or ``None`` where the event leads
    nowhere BillDesk knows. ``metadata`` is that of the event's object as it was then;
    ``intent_id`` and ``payment_link_id`` are what it names of the payment, if anything.
    ``is_unpaid_visit``: a pay page was closed for good and nobody had tried to pay on it.
    """

    id: str
    type: str
    created_at: datetime
    api_version: str | None
    livemode: bool
    object_id: str
    object_type: str
    root_kind: RootKind | None
    root_id: str | None
    intent_id: str | None
    payment_link_id: str | None
    metadata: Mapping[str, str]
    is_unpaid_visit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One page of events, newest first. ``server_at`` is Stripe's clock when it answered.

    Events that cannot be read are left out. ``goes_on_after`` is the id of the event to go on
    from where there are more.
    """

    events: tuple[EventFact, ...]
    has_more: bool
    goes_on_after: str | None
    server_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountIdentity:
    """Whose key this is. ``account_id`` is ``None`` where the key may not read the account.

    ``name`` is what its owner calls the business, empty where it says nothing or may not be read.
    ``fingerprint`` tells whether a later key belongs to the same account; without the account id
    it is made from the key itself and therefore changes when the key is rolled
    (``from_account`` says which).
    """

    livemode: bool
    account_id: str | None
    name: str
    fingerprint: str
    from_account: bool
