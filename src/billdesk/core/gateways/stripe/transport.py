"""One request to Stripe through the SDK; the only place where the SDK is set up and called.

Requests go through the client's ``raw_request``: the SDK signs, encodes, retries and raises, but
answers stay plain JSON. So an event in an account's old API version is never pressed into this
version's classes, and no SDK object exists that could be pickled with the key inside.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from billdesk import __version__
from billdesk.core.domain.outside_services.policy import ServiceForbids, ServiceResting
from billdesk.core.gateways.stripe.body import Body, OddBody, flag, items, mapping, text
from billdesk.core.gateways.stripe.errors import (
    StripeFailure,
    StripePermissionMissing,
    StripeUnreachable,
)
from billdesk.core.gateways.stripe.guard import CallGuard
from billdesk.core.gateways.stripe.keys import check_base_url
from billdesk.core.gateways.stripe.translate import translated, unreadable

# One retry inside the SDK, with the same idempotency key; later ones are the outbox's business.
_RETRIES = 1
# What the SDK trusts as it comes.
OWN_CERTIFICATES = Path(stripe.ca_bundle_path)
# The most Stripe returns at once.
PAGE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: its JSON object and Stripe's clock when it was given."""

    body: Body
    server_at: datetime


class _DirectClient(stripe.RequestsClient):
    """The SDK's client without redirects and without passwords kept for other programs.

    Stripe's API has none, and requests would carry an order's body to any other host.
    """

    def request(self, *args: Any, **kwargs: Any) -> Any:
        if getattr(self._thread_local, "session", None) is None:
            session = requests.Session()
            session.max_redirects = 0
            # Otherwise requests puts a password of ~/.netrc in the place of the key.
            session.auth = _as_it_is
            self._thread_local.session = session
        return super().request(*args, **kwargs)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class StripeTransport:
    """A client for one key. May be shared by threads; each gets its own connections."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str | None,
        timeout_s: tuple[float, float],
        guard: CallGuard,
        proxy: str,
        certificates: Path | None,
    ) -> None:
        """``api_key`` is checked by the caller. Raises ``UserError`` for a bad ``base_url``.

        A ``base_url`` is reached directly. ``certificates`` is a file of those to trust, ``None``
        for Stripe's own.
        """
        self._guard = guard
        # Process-wide switches of the SDK. Telemetry would write an id file and report latencies;
        # below WARNING its logger writes request bodies.
        stripe.enable_telemetry = False
        stripe.set_app_info("BillDesk", version=__version__)
        logging.getLogger("stripe").setLevel(logging.WARNING)
        stripe.ca_bundle_path = str(certificates or OWN_CERTIFICATES)
        addresses: Any = None
        proxies: Any = {"http": proxy, "https": proxy} if proxy else None
        if base_url is not None:
            base = check_base_url(base_url, api_key)
            addresses = dict.fromkeys(("api", "connect", "files", "meter_events"), base)
            # requests obeys HTTP_PROXY even for this computer unless told not to.
            proxies = {"no_proxy": urlsplit(base).hostname}
        self._http = _DirectClient(timeout=timeout_s, proxy=proxies)
        self._client = stripe.StripeClient(
            api_key,
            http_client=self._http,
            max_network_retries=_RETRIES,
            base_addresses=addresses,
        )

    def close(self) -> None:
        """Close the calling thread's connections."""
        self._http.close()  # type: ignore[no-untyped-call]  # the SDK left it unannotated

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Read. Raises ``StripeFailure``."""
        return self._call("get", path, params or {}, None)

    def post(
        self, path: str, params: Mapping[str, Any], idempotency_key: str | None = None
    ) -> Answer:
        """Order. Without a key the SDK makes one that covers its own retry only."""
        return self._call("post", path, params, idempotency_key)

    def rows(self, path: str, params: Mapping[str, Any], *, most: int) -> Iterator[Body]:
        """The rows of a list, newest first, page after page, at most ``most`` of them."""
        asked = {**params, "limit": min(PAGE, most)}
        given = 0
        while True:
            body = self.get(path, asked).body
            page = rows_of(body)
            yield from page[: most - given]
            given += len(page)
            with understood():
                if not page or given >= most or not flag(body, "has_more"):
                    return
                asked = {**asked, "starting_after": text(page[-1], "id")}

    def _call(
        self, method: str, path: str, params: Mapping[str, Any], idempotency_key: str | None
    ) -> Answer:
        try:
            return self._guard.ask(
                partial(self._send, method, path, params, idempotency_key),
                permission=_permission(method, path),
                reads=int(method == "get"),
            )
        except ServiceForbids as forbids:
            raise _not_permitted(forbids.permission) from None
        except ServiceResting as resting:
            raise StripeUnreachable(str(resting), retry_after_s=resting.wait_s) from None

    def _send(
        self, method: str, path: str, params: Mapping[str, Any], idempotency_key: str | None
    ) -> Answer:
        failure: StripeFailure
        try:
            options = {} if idempotency_key is None else {"idempotency_key": idempotency_key}
            response = self._client.raw_request(method, path, **params, **options)
        except stripe.StripeError as error:
            failure = translated(error)
        except AttributeError:
            # The SDK trips over an error answer whose ``error`` is not an object.
            failure = unreadable("error")
        else:
            return _answer(response.data, response.headers)
        # Outside the except block, so that the SDK's exception with its body is not attached.
        raise failure


@contextmanager
def understood() -> Iterator[None]:
    """Turns ``OddBody`` inside the block into ``StripeUnreachable``."""
    try:
        yield
    except OddBody as error:
        raise unreadable(str(error)) from None


def rows_of(body: Body) -> list[Body]:
    """The rows of one page of a list."""
    with understood():
        return [mapping(row, "data") for row in items(body.get("data"), "data")]


def _not_permitted(permission: str) -> StripePermissionMissing:
    """What a call says that is not made because the key was refused it before."""
    return StripePermissionMissing(
        f"The Stripe key lacks the permission for “{permission}”. Tick it in the Stripe Dashboard "
        "under Developers › API keys."
    )


def _permission(method: str, path: str) -> str:
    """What a key needs for a request, by the resource: ``payment_links``, ``refunds:write``."""
    parts = path.removeprefix("/v1/").split("/")
    resource = "/".join(parts[:2]) if parts[0] == "checkout" else parts[0]
    return resource if method == "get" else f"{resource}:write"


def _answer(data: object, headers: Mapping[str, str]) -> Answer:
    with understood():
        body = mapping(data, "answer")
    try:
        server_at = parsedate_to_datetime(headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        # Every cursor hangs on Stripe's clock, the desktop's may be years off.
        raise unreadable("Date") from None
    return Answer(body=body, server_at=server_at)
