"""The practice Stripe without sockets: behind the official SDK's own HTTP client.

Everything above the bytes is the application's: its gateway, the SDK's signing, encoding,
retries and errors. Only ``RequestsClient.request`` answers from memory, some hundred times as
quickly as a server, and never waits: a fault that is slower than the time limit is a time-out.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import requests
import stripe
from requests.structures import CaseInsensitiveDict

from billdesk.sandbox import SandboxDeclined, SandboxLinkInactive, StripeWorld, checkout, links
from billdesk.sandbox.cards import CARDS, DEBITS
from billdesk.sandbox.exchange import Asked, Sent

# Nobody listens here: a request that is not answered from memory fails at once.
ADDRESS = "http://127.0.0.1:9"

Response = tuple[bytes, int, Mapping[str, str]]


class InProcessStripe(StripeWorld):
    """Answers while ``connected``; its customers pay without a browser."""

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self.simulation.move_to(ADDRESS)
        self.calls: list[tuple[str, str]] = []

    @contextmanager
    def connected(self) -> Iterator["InProcessStripe"]:
        """Every request of the SDK to this address is answered here."""
        real = stripe.RequestsClient.request

        def request(
            client: Any, method: str, url: str, headers: Any, post_data: Any = None
        ) -> Response:
            if not url.startswith(f"{ADDRESS}/"):
                return real(client, method, url, headers, post_data)
            try:
                return self._answer(client._timeout[1], method, url, headers, post_data)
            except requests.RequestException as error:
                client._handle_request_error(error)
                raise

        with (
            patch.object(stripe.RequestsClient, "request", request),
            patch("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.0),
        ):
            yield self

    def open_page(self, link_url: str) -> str:
        """A customer opens the link; the session's id. Raises SandboxLinkInactive."""
        with self.simulation.running() as account:
            link_id = account.store.tokens[link_url.rpartition("/")[2].partition("?")[0]]
            link = account.store.objects[link_id]
            if not links.takes_payments(link):
                raise SandboxLinkInactive(link["inactive_message"] or "")
            session = checkout.open_session(account, link, email=None, reference=None)
            return str(session["id"])

    def submit(self, session_id: str, card: str) -> None:
        """The customer of an open page pays. Raises SandboxDeclined, also for a closed page."""
        customer = checkout.Customer("customer@example.com", "Practice Customer")
        with self.simulation.running() as account:
            session = account.store.get("checkout.session", session_id)
            if session["status"] != "open":
                raise SandboxDeclined(f"the session is {session['status']}")
            if card in DEBITS:
                checkout.pay_by_debit(account, session, DEBITS[card], customer)
                return
            decline = checkout.pay_by_card(account, session, CARDS[card], customer)
            if decline is not None:
                raise SandboxDeclined(decline.message)

    def pay(
        self, link_url: str, *, card: str = "4242424242424242", email: str = "a@example.com"
    ) -> str:
        """Open the link and pay it; the session's id."""
        session_id = self.open_page(link_url)
        self.submit(session_id, card)
        return session_id

    def _answer(
        self, limit_s: float, method: str, url: str, headers: Any, post_data: Any
    ) -> Response:
        parts = urlsplit(url)
        body = post_data or b""
        asked = Asked(
            method.upper(),
            unquote(parts.path),
            parts.query,
            {name.lower(): str(value) for name, value in headers.items()},
            body.encode() if isinstance(body, str) else body,
        )
        self.calls.append((asked.method, asked.path))
        with self.exchange.visit(asked) as visit:
            if visit.before_s >= limit_s:
                # The client gave up; the server does not know and acts all the same.
                visit.perform()
                raise requests.ReadTimeout(f"no answer within {limit_s} s")
            sent = visit.perform()
        if visit.after_s >= limit_s:
            raise requests.ReadTimeout(f"no answer within {limit_s} s")
        return _received(sent)


def _received(sent: Sent) -> Response:
    if sent.status is None:
        raise requests.ConnectionError("connection reset")
    if sent.damage == "broken":
        raise requests.exceptions.ChunkedEncodingError("connection broken")
    return sent.body, sent.status, CaseInsensitiveDict(sent.headers)
