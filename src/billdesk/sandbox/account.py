"""The simulated Stripe account: its store, clock and settings, and the events it reports."""

import json
from dataclasses import dataclass, field

from billdesk.sandbox.clock import SandboxClock
from billdesk.sandbox.errors import Json
from billdesk.sandbox.ids import IdSource
from billdesk.sandbox.store import Store

# Events became ``refund.*`` for every refund in this API version; before it, ``charge.refund.*``.
_UNIFIED_REFUND_EVENTS = "2024-10-28"
# Versions before payment intents: charges, refunds and disputes did not name one.
_PAYMENT_INTENTS = "2019-02-11"


@dataclass(frozen=True)
class Cause:
    """The API request that caused an event. Empty for what a customer or Stripe itself did."""

    request_id: str | None = None
    idempotency_key: str | None = None


NOBODY = Cause()


@dataclass
class Account:
    """One account in test mode. Not thread safe by itself: the server holds one lock around it.

    ``api_version`` is the account's default: events are written in its shape, whatever version
    a request names. ``settle_delay_s`` is the time until a charge has its balance transaction,
    ``delayed_settle_s`` the time a bank debit stays pending; both run on the sandbox clock.
    ``pays_out_daily`` sends what is available to the bank every day.
    """

    merchant: str
    clock: SandboxClock
    api_version: str
    settle_delay_s: int
    delayed_settle_s: int
    base_url: str = ""
    account_id: str = "acct_1BillDeskPractice"
    pays_out_daily: bool = False
    ids: IdSource = field(default_factory=IdSource)
    store: Store = field(default_factory=Store)

    @property
    def unified_refund_events(self) -> bool:
        return self.api_version >= _UNIFIED_REFUND_EVENTS

    def emit(
        self,
        kind: str,
        item: Json,
        *,
        cause: Cause = NOBODY,
        previous: Json | None = None,
        at: int | None = None,
    ) -> None:
        """Record an event about ``item`` as it is now; ``previous`` holds what changed."""
        created = self.clock.now() if at is None else at
        self.store.touch(item)
        policy = self.store.policy
        self.store.plans_changed = self.store.plans_changed or policy.counts
        if policy.loses(kind):
            return
        visible_at = created + policy.delay_s
        if policy.late_share and self.ids.share() < policy.late_share:
            visible_at += self.ids.share() * policy.late_up_to_s
        if policy.jitter_s:
            created += int(self.ids.share() * (policy.jitter_s + 1))
        for _ in range(policy.copies):
            data: Json = {"object": as_of(self.api_version, item)}
            if previous is not None:
                data["previous_attributes"] = previous
            event: Json = {
                "id": self.ids.new("evt"),
                "object": "event",
                "api_version": self.api_version,
                "created": created,
                "data": data,
                "livemode": False,
                "pending_webhooks": 0,
                "request": {"id": cause.request_id, "idempotency_key": cause.idempotency_key},
                "type": kind,
            }
            self.store.add_event(event, max(visible_at, created))


def copied(item: Json) -> Json:
    """A copy that shares nothing; quicker than ``copy.deepcopy`` for JSON."""
    copy: Json = json.loads(json.dumps(item))
    return copy


def as_of(api_version: str, item: Json) -> Json:
    """A copy in the shape an older API version gives it.

    Only members whose form changed are rewritten: enough for a client that trusts event
    payloads instead of reading the object again to be caught out.
    """
    shaped = dict(item)
    if api_version >= "2026":
        return shaped
    if shaped["object"] in ("charge", "payment_intent"):
        shaped["invoice"] = None
    if shaped["object"] == "checkout.session":
        shaped["ui_mode"] = "hosted"
    if api_version < _PAYMENT_INTENTS and shaped["object"] in ("charge", "dispute", "refund"):
        shaped.pop("payment_intent")
    return shaped
