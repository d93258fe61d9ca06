"""Broken answers of every kind, as the application's own gateway meets them."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import stripe
from sandbox_support import MakeClient, link_params

from billdesk.core.gateways.stripe.errors import StripeFailure, StripeRefused, StripeUnreachable
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.sandbox import Exchange, Fault, StripeSandbox

KEY = "bd1:link:1"
MAKE = ("POST", "/v1/payment_links$")


@pytest.fixture
def gateway(sandbox: StripeSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[SdkStripeGateway]:
    # The SDK's own pause before its one retry proves nothing here.
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.0)
    gateway = SdkStripeGateway(sandbox.api_key, base_url=sandbox.url, timeout_s=(5, 0.4))
    yield gateway
    gateway.close()


def made(sandbox: StripeSandbox) -> int:
    return len(sandbox.state()["payment_links"])


UNREADABLE = {
    "a gateway's page": Fault(*MAKE, status=502, damage="html", times=2),
    "a cut answer": Fault(*MAKE, status=200, when="after", damage="truncated"),
    "a dying connection": Fault(*MAKE, status=200, when="after", damage="broken", times=2),
    "another answer": Fault(*MAKE, status=200, when="after", damage="other"),
    "no clock": Fault(*MAKE, status=200, when="after", damage="no_date"),
    "a reset before": Fault(*MAKE, status=None, times=2),
    "a reset after": Fault(*MAKE, status=None, when="after", times=2),
    "a timeout before": Fault(*MAKE, status=500, delay_s=0.8, times=2),
    "a timeout after": Fault(*MAKE, status=200, when="after", delay_s=0.8, times=2),
    "the key in use": Fault(*MAKE, status=409, code="idempotency_key_in_use", times=2),
    "a page after the effect": Fault(*MAKE, status=502, damage="html", when="after", times=2),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_order_whose_answer_is_lost_is_made_once(
    sandbox: StripeSandbox, gateway: SdkStripeGateway, name: str
) -> None:
    fault = UNREADABLE[name]
    sandbox.fail_next(replace(fault))
    with pytest.raises(StripeUnreachable):
        gateway.create_payment_link(link_params(), KEY)
    assert made(sandbox) == (1 if fault.when == "after" else 0)
    sandbox.simulation.clear_faults()
    link = gateway.create_payment_link(link_params(), KEY)
    assert [there["id"] for there in sandbox.state()["payment_links"]] == [link.id]


def test_a_slow_answer_arrives_piece_by_piece(
    sandbox: StripeSandbox, gateway: SdkStripeGateway
) -> None:
    # Longer than the time limit as a whole, but no single wait is.
    sandbox.fail_next(Fault("GET", "/v1/balance$", status=200, damage="slow", delay_s=0.15))
    began = time.monotonic()
    assert gateway.identify().livemode is False
    assert time.monotonic() - began > 0.4


@pytest.mark.parametrize(("should_retry", "tries"), [(True, 2), (False, 1), (None, 1)])
def test_the_advice_whether_to_retry_is_followed(
    sandbox: StripeSandbox,
    gateway: SdkStripeGateway,
    exchanges: list[Exchange],
    should_retry: bool | None,
    tries: int,
) -> None:
    sandbox.fail_next(Fault("GET", "/v1/balance$", status=429, should_retry=should_retry))
    if tries == 2:
        gateway.identify()
    else:
        with pytest.raises(StripeUnreachable) as caught:
            gateway.identify()
        assert caught.value.rate_limited
    asked = [one.path for one in exchanges]
    assert asked.count("/v1/balance") == tries - 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stored_500_is_replayed_for_its_key_alone(
    sandbox: StripeSandbox, gateway: SdkStripeGateway, when: str
) -> None:
    sandbox.fail_next(Fault(*MAKE, status=500, when=when, stored=True))
    for _ in range(3):
        with pytest.raises(StripeUnreachable) as caught:
            gateway.create_payment_link(link_params(), KEY)
        assert caught.value.http_status == 500
    assert made(sandbox) == (1 if when == "after" else 0)
    gateway.create_payment_link(link_params(), "bd1:link:2")
    sandbox.advance(24 * 3600)
    gateway.create_payment_link(link_params(), KEY)
    assert made(sandbox) == (3 if when == "after" else 2)


def test_the_nth_request_fails(sandbox: StripeSandbox, make_client: MakeClient) -> None:
    sandbox.fail_next(Fault("GET", "/v1/events", status=503, skip=2))
    statuses: list[int | None] = []
    for _ in range(4):
        try:
            make_client(retries=0).v1.events.list()
            statuses.append(200)
        except stripe.StripeError as error:
            statuses.append(error.http_status)
    assert statuses == [200, 200, 503, 200]


def test_a_refusal_is_no_broken_answer(sandbox: StripeSandbox, gateway: SdkStripeGateway) -> None:
    sandbox.act("quirks", has_link=False)
    with pytest.raises(StripeRefused) as caught:
        gateway.create_payment_link(link_params(payment_method_types=["card", "link"]), KEY)
    assert caught.value.param == "payment_method_types"
    assert gateway.create_payment_link(link_params(payment_method_types=["card"]), KEY).active


def test_damage_is_of_a_kind_that_exists() -> None:
    with pytest.raises(ValueError, match="damage is one of"):
        Fault("GET", "/", damage="burnt")  # type: ignore[arg-type] # wrong on purpose


def test_no_failure_tells_the_key(sandbox: StripeSandbox, gateway: SdkStripeGateway) -> None:
    for status in (400, 401, 403, 404, 409, 429, 500, 502, 503):
        sandbox.fail_next(Fault(*MAKE, status=status, times=2))
        with pytest.raises(StripeFailure) as caught:
            gateway.create_payment_link(link_params(), KEY)
        assert sandbox.api_key not in json.dumps([str(caught.value), repr(caught.value)])
        sandbox.simulation.clear_faults()
