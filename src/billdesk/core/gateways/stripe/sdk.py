"""``StripeGateway`` over the official SDK."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from billdesk.core.domain.network_way import NetworkWay
from billdesk.core.domain.stripe_access import PermissionFinding
from billdesk.core.gateways.network import merged_bundle, read_way
from billdesk.core.gateways.stripe.body import OddBody, flag, items, text, texts
from billdesk.core.gateways.stripe.errors import StripePermissionMissing, StripeRefused
from billdesk.core.gateways.stripe.event_parsing import event_facts
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
from billdesk.core.gateways.stripe.guard import CallGuard, Unguarded
from billdesk.core.gateways.stripe.keys import check_key, livemode_of
from billdesk.core.gateways.stripe.list_facts import (
    BalancePage,
    LinkPage,
    RecordKind,
    RecordPage,
)
from billdesk.core.gateways.stripe.list_parsing import (
    balance_page,
    link_page,
    place_behind,
    record_page,
)
from billdesk.core.gateways.stripe.parsing import (
    account_name,
    intent_fact,
    link_fact,
    refund_fact,
    session_fact,
)
from billdesk.core.gateways.stripe.payment_reading import path_to, read_payment, refund_rows
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.gateways.stripe.probing import probe
from billdesk.core.gateways.stripe.transport import (
    OWN_CERTIFICATES,
    PAGE,
    Answer,
    StripeTransport,
    understood,
)

# Seconds to connect and to wait for each part of an answer; the SDK's own default is 80.
TIMEOUT_S = (5.0, 30.0)
# A link that completes once has a few sessions; this bounds the reading of a strange one.
_MOST_ROWS = 1000
_LISTS = {
    RecordKind.SESSION: "/v1/checkout/sessions",
    RecordKind.PAYMENT_INTENT: "/v1/payment_intents",
    RecordKind.REFUND: "/v1/refunds",
    RecordKind.DISPUTE: "/v1/disputes",
}


class SdkStripeGateway(StripeGateway):
    """``StripeGateway`` says what each method promises. One instance may serve many threads."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str | None = None,
        timeout_s: tuple[float, float] = TIMEOUT_S,
        guard: CallGuard | None = None,
        folder: Path | None = None,
    ) -> None:
        """``base_url`` is for a practice Stripe on this computer and takes test keys only.

        ``guard`` stands between each request and Stripe. ``folder`` is where the way to the
        Internet is chosen (``gateways.network``).

        Raises ``UserError`` for a key or an address that will not do.
        """
        self._livemode = livemode_of(check_key(api_key))
        self._key_digest = hashlib.sha256(api_key.encode()).hexdigest()
        way = NetworkWay() if folder is None else read_way(folder)
        certificates = None
        if folder is not None and way.system_certificates:
            certificates = merged_bundle(folder, OWN_CERTIFICATES)
        self._stripe = StripeTransport(
            api_key,
            base_url=base_url,
            timeout_s=timeout_s,
            guard=guard or Unguarded(),
            proxy=way.proxy,
            certificates=certificates,
        )

    @property
    def livemode(self) -> bool:
        return self._livemode

    def close(self) -> None:
        """Close the calling thread's connections."""
        self._stripe.close()

    def identify(self) -> AccountIdentity:
        livemode = self._livemode
        # A 403 proves the key as well as an answer does; its prefix then tells the mode.
        balance = self._permitted("/v1/balance")
        account = self._permitted("/v1/account")
        with understood():
            if balance is not None:
                livemode = flag(balance.body, "livemode")
            account_id = None if account is None else text(account.body, "id")
            name = "" if account is None else account_name(account.body)
        seed = f"account:{account_id}" if account_id else f"key:{self._key_digest}"
        return AccountIdentity(
            livemode=livemode,
            account_id=account_id,
            name=name,
            fingerprint=hashlib.sha256(seed.encode()).hexdigest()[:32],
            from_account=account_id is not None,
        )

    def probe(
        self, told: Callable[[PermissionFinding], object] | None = None
    ) -> tuple[PermissionFinding, ...]:
        return probe(self._stripe, told)

    def server_time(self) -> datetime:
        return self._stripe.get("/v1/payment_links", {"limit": 1}).server_at

    def create_payment_link(self, params: Mapping[str, Any], idempotency_key: str) -> LinkFact:
        answer = self._stripe.post("/v1/payment_links", params, idempotency_key)
        with understood():
            return link_fact(answer.body)

    def read_payment_link(self, link_id: str) -> LinkFact:
        path = path_to("payment_links", link_id)
        answer = self._stripe.get(path, {"expand": ["line_items"]})
        with understood():
            return link_fact(answer.body)

    def deactivate_payment_link(
        self, link_id: str, *, inactive_message: str | None = None
    ) -> LinkFact:
        params: dict[str, Any] = {"active": False}
        if inactive_message:
            params["inactive_message"] = inactive_message
        answer = self._stripe.post(path_to("payment_links", link_id), params)
        with understood():
            return link_fact(answer.body)

    def find_active_link(self, link_uuid: str, *, most: int = 1000) -> LinkFact | None:
        for row in self._stripe.rows("/v1/payment_links", {"active": True}, most=most):
            with understood():
                if texts(row.get("metadata")).get("link") == link_uuid:
                    return link_fact(row)
        return None

    def link_metadata(self, *, most: int = 1000) -> tuple[Mapping[str, str], ...]:
        rows = self._stripe.rows("/v1/payment_links", {}, most=most)
        return tuple(texts(row.get("metadata")) for row in rows)

    def list_payment_links(
        self, *, starting_after: str | None = None, limit: int = PAGE
    ) -> LinkPage:
        params: dict[str, Any] = {"limit": limit}
        if starting_after is not None:
            params["starting_after"] = starting_after
        return link_page(self._stripe.get("/v1/payment_links", params))

    def sessions_of_link(
        self, link_id: str, *, status: str | None = None
    ) -> tuple[SessionFact, ...]:
        params: dict[str, Any] = {"payment_link": link_id}
        if status is not None:
            params["status"] = status
        rows = list(self._stripe.rows("/v1/checkout/sessions", params, most=_MOST_ROWS))
        with understood():
            return tuple(session_fact(row) for row in rows)

    def expire_session(self, session_id: str) -> SessionFact:
        path = path_to("checkout/sessions", session_id)
        try:
            body = self._stripe.post(f"{path}/expire", {}).body
        except StripeRefused:
            # Only an open session can be expired; this one may just have been paid.
            body = self._stripe.get(path).body
            if body.get("status") == "open":
                raise
        with understood():
            return session_fact(body)

    def list_events(
        self,
        *,
        created_gte: datetime,
        types: Sequence[str] = EVENT_TYPES,
        starting_after: str | None = None,
        limit: int = PAGE,
    ) -> EventPage:
        params: dict[str, Any] = {
            "types": list(types),
            "created": {"gte": int(created_gte.timestamp())},
            "limit": limit,
        }
        if starting_after is not None:
            params["starting_after"] = starting_after
        answer = self._stripe.get("/v1/events", params)
        with understood():
            rows = items(answer.body.get("data"), "data")
            has_more, goes_on_after = flag(answer.body, "has_more"), place_behind(rows)
            if has_more and goes_on_after is None:
                raise OddBody("id")
            return EventPage(
                events=tuple(event_facts(rows)),
                has_more=has_more,
                goes_on_after=goes_on_after,
                server_at=answer.server_at,
            )

    def list_records(
        self,
        kind: RecordKind,
        *,
        created_gte: datetime | None = None,
        starting_after: str | None = None,
        limit: int = PAGE,
        payment_link: str | None = None,
    ) -> RecordPage:
        of_link = {} if payment_link is None else {"payment_link": payment_link}
        answer = self._since(_LISTS[kind], created_gte, starting_after, limit, **of_link)
        return record_page(kind, answer)

    def list_balance_transactions(
        self,
        *,
        created_gte: datetime | None = None,
        starting_after: str | None = None,
        limit: int = PAGE,
        payout: str | None = None,
    ) -> BalancePage:
        of_payout = {} if payout is None else {"payout": payout}
        answer = self._since(
            "/v1/balance_transactions", created_gte, starting_after, limit, **of_payout
        )
        return balance_page(answer)

    def create_refund(self, params: Mapping[str, Any], idempotency_key: str) -> RefundFact:
        answer = self._stripe.post("/v1/refunds", params, idempotency_key)
        with understood():
            return refund_fact(answer.body)

    def charge_card(self, params: Mapping[str, Any], idempotency_key: str) -> IntentFact:
        answer = self._stripe.post("/v1/payment_intents", params, idempotency_key)
        with understood():
            return intent_fact(answer.body)

    def intents_of_customer(self, customer_id: str) -> tuple[IntentFact, ...]:
        asked = {"customer": customer_id}
        rows = list(self._stripe.rows("/v1/payment_intents", asked, most=_MOST_ROWS))
        with understood():
            return tuple(intent_fact(row) for row in rows)

    def cancel_intent(self, intent_id: str) -> IntentFact:
        path = path_to("payment_intents", intent_id)
        try:
            body = self._stripe.post(f"{path}/cancel", {}).body
        except StripeRefused:
            # It was cancelled before, or paid after all.
            body = self._stripe.get(path).body
        with understood():
            return intent_fact(body)

    def refunds_of(self, intent_id: str) -> tuple[RefundFact, ...]:
        rows = refund_rows(self._stripe, intent_id)
        with understood():
            return tuple(refund_fact(row) for row in rows)

    def fetch_payment(
        self, root_kind: RootKind, root_id: str, *, refunds: bool = False, disputes: bool = False
    ) -> PaymentSnapshot:
        return read_payment(self._stripe, root_kind, root_id, refunds=refunds, disputes=disputes)

    def _since(
        self,
        path: str,
        created_gte: datetime | None,
        starting_after: str | None,
        limit: int,
        **wanted: str,
    ) -> Answer:
        params: dict[str, Any] = {"limit": limit, **wanted}
        if created_gte is not None:
            params["created"] = {"gte": int(created_gte.timestamp())}
        if starting_after is not None:
            params["starting_after"] = starting_after
        return self._stripe.get(path, params)

    def _permitted(self, path: str) -> Answer | None:
        """The answer, or ``None`` where this restricted key may not look."""
        try:
            return self._stripe.get(path)
        except StripePermissionMissing:
            return None
