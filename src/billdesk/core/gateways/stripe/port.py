"""The questions and orders BillDesk has for Stripe.

Every method blocks on the network (at most about a minute with its one retry) and belongs on a
worker thread, outside any transaction. Every method raises the errors of
``billdesk.core.gateways.stripe.errors``; after ``StripeUnreachable`` the outcome of an order is
unknown and the same order is to be repeated with the same key.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from billdesk.core.domain.stripe_access import PermissionFinding
from billdesk.core.gateways.stripe.facts import (
    EVENT_TYPES,
    AccountIdentity,
    EventPage,
    IntentFact,
    LinkFact,
    PaymentSnapshot,
    RefundFact,
    RootKind,
    SessionFact,
)
from billdesk.core.gateways.stripe.list_facts import (
    BalancePage,
    LinkPage,
    RecordKind,
    RecordPage,
)


class StripeGateway(Protocol):
    """One company's connection to one Stripe account in one mode."""

    @property
    def livemode(self) -> bool:
        """Whether the key is for real money."""

    def close(self) -> None:
        """Close the calling thread's connections; another call opens new ones."""

    def identify(self) -> AccountIdentity:
        """Ask Stripe whose key this is. Works with a restricted key that may read little."""

    def probe(
        self, told: Callable[[PermissionFinding], object] | None = None
    ) -> tuple[PermissionFinding, ...]:
        """What the key may do, by ``permissions.ROWS``; changes nothing at Stripe.

        ``told`` hears of each row as soon as it is known, on the calling thread.
        """

    def server_time(self) -> datetime:
        """Stripe's clock as of now: one small read that every key for payment links may make.

        Idempotency keys grow old by this clock, and the desktop's may be set by anybody.
        """

    def create_payment_link(self, params: Mapping[str, Any], idempotency_key: str) -> LinkFact:
        """Create a link from stored canonical parameters (``links.payment_link_params``)."""

    def read_payment_link(self, link_id: str) -> LinkFact:
        """The link as Stripe has it now, with what it asks for."""

    def deactivate_payment_link(
        self, link_id: str, *, inactive_message: str | None = None
    ) -> LinkFact:
        """Close the link for new visitors; sessions already open live on, so expire those too."""

    def find_active_link(self, link_uuid: str, *, most: int = 1000) -> LinkFact | None:
        """Look for the active link whose ``metadata.link`` is ours, newest first."""

    def link_metadata(self, *, most: int = 1000) -> tuple[Mapping[str, str], ...]:
        """What links carry of BillDesk's (number, company, …), newest link first, closed too."""

    def list_payment_links(
        self, *, starting_after: str | None = None, limit: int = 100
    ) -> LinkPage:
        """One page of links, newest first, closed ones too; Stripe tells not when one was made."""

    def sessions_of_link(
        self, link_id: str, *, status: str | None = None
    ) -> tuple[SessionFact, ...]:
        """The link's sessions, newest first; ``status`` is open, complete or expired."""

    def expire_session(self, session_id: str) -> SessionFact:
        """Close an open session; one that is no longer open is returned as it now is."""

    def list_events(
        self,
        *,
        created_gte: datetime,
        types: Sequence[str] = EVENT_TYPES,
        starting_after: str | None = None,
        limit: int = 100,
    ) -> EventPage:
        """One page of events since ``created_gte``, newest first, after ``starting_after``.

        Raises ``StripeGone`` with ``param == "starting_after"`` when the cursor is unknown or has
        aged out.
        """

    def list_records(
        self,
        kind: RecordKind,
        *,
        created_gte: datetime | None = None,
        starting_after: str | None = None,
        limit: int = 100,
        payment_link: str | None = None,
    ) -> RecordPage:
        """One page of what was made since ``created_gte``, newest first; asks no events.

        ``payment_link`` is for sessions: only those of it.
        Raises ``StripeGone`` with ``param == "starting_after"`` for a place that is unknown.
        """

    def list_balance_transactions(
        self,
        *,
        created_gte: datetime | None = None,
        starting_after: str | None = None,
        limit: int = 100,
        payout: str | None = None,
    ) -> BalancePage:
        """One page of the movements on the Stripe balance since ``created_gte``, newest first.

        With ``payout`` only those that it paid out, itself among them; Stripe refuses that
        (``StripeRefused``) for payouts made by hand.
        """

    def create_refund(self, params: Mapping[str, Any], idempotency_key: str) -> RefundFact:
        """Pay back from stored canonical parameters (``payment_intent``, ``amount``, ``metadata``).

        The movement on the balance is not told here; ``refunds_of`` and ``fetch_payment`` do.
        Raises ``StripeRefused`` for what cannot be paid back (``charge_already_refunded``…).
        """

    def charge_card(self, params: Mapping[str, Any], idempotency_key: str) -> IntentFact:
        """Charge a saved card from stored canonical parameters (``charges.charge_params``).

        Raises ``StripeRefused`` with ``intent_id`` when the bank declines or asks for the owner.
        """

    def intents_of_customer(self, customer_id: str) -> tuple[IntentFact, ...]:
        """The payments of Stripe's customer, newest first: finds a charge whose answer was lost."""

    def cancel_intent(self, intent_id: str) -> IntentFact:
        """Give up a payment that nobody has paid; one that cannot be is returned as it now is."""

    def refunds_of(self, intent_id: str) -> tuple[RefundFact, ...]:
        """Every refund of a payment, newest first: finds an order whose answer was lost."""

    def fetch_payment(
        self, root_kind: RootKind, root_id: str, *, refunds: bool = False, disputes: bool = False
    ) -> PaymentSnapshot:
        """Read a payment by session, payment intent or charge.

        ``refunds`` and ``disputes`` ask for these lists even where the charge shows none. Raises
        ``ValueError`` for a payment link, which is read with ``read_payment_link``.
        """
