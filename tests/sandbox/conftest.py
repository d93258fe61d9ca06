"""A practice Stripe on a fixed clock, reached through the real SDK, every exchange checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from sandbox_support import NOW, MakeClient, MakeLink, link_params
from stripe_contract import StripeContract

from billdesk.sandbox import Exchange, SandboxClock, StripeSandbox


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    # requests would obey a proxy of the environment even for 127.0.0.1.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(stripe, "enable_telemetry", False)


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def sandbox(
    contract: StripeContract, exchanges: list[Exchange], tmp_path: Path
) -> Iterator[StripeSandbox]:
    """A sandbox whose every exchange in the test is held against Stripe's description.

    After the test its state file must tell the same story as its memory.
    """
    file = tmp_path / "sandbox-state.json"
    with StripeSandbox(
        merchant="Lindqvist & Søn",
        clock=SandboxClock(lambda: NOW),
        state_file=file,
        on_exchange=exchanges.append,
    ) as running:
        yield running
    remembered = StripeSandbox(clock=SandboxClock(lambda: NOW), state_file=file)
    assert remembered.state() == running.state()
    for exchange in exchanges:
        contract.check_response(exchange.method, exchange.path, exchange.status, exchange.body)
        if exchange.status == 200:
            contract.check_request(exchange.method, exchange.path, exchange.params)


@pytest.fixture
def make_client(sandbox: StripeSandbox) -> Iterator[MakeClient]:
    """Clients built as the application builds its own."""
    transports: list[stripe.RequestsClient] = []

    def make(key: str | None = None, *, retries: int = 1, read_s: float = 30) -> Any:
        transport = stripe.RequestsClient(timeout=(5, read_s))
        transports.append(transport)
        address = sandbox.url
        return stripe.StripeClient(
            key or sandbox.api_key,
            http_client=transport,
            max_network_retries=retries,
            base_addresses={
                "api": address,
                "connect": address,
                "files": address,
                "meter_events": address,
            },
        )

    yield make
    for transport in transports:
        transport.close()


@pytest.fixture
def client(make_client: MakeClient) -> stripe.StripeClient:
    return make_client()


@pytest.fixture
def make_link(client: stripe.StripeClient) -> MakeLink:
    def make(
        amount: int = 119_000, currency: str = "eur", *, key: str | None = None, **changes: Any
    ) -> Any:
        options = {"idempotency_key": key} if key else None
        return client.v1.payment_links.create(
            link_params(amount, currency, **changes),
            options=options,
        )

    return make
