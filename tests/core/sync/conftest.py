"""What the tests of the workers share."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from books import Shop, StillTime
from in_process_stripe import InProcessStripe, Response
from stripe_contract import StripeContract

from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import Exchange, SandboxClock


@pytest.fixture
def open_pay_page() -> Callable[[str], str]:
    """Visits a pay page as a browser does, without paying; the page."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def visit(url: str) -> str:
        with opener.open(url, timeout=10) as answer:
            return str(answer.read(), "utf-8")

    return visit


@pytest.fixture
def in_process(still_time: StillTime) -> Iterator[InProcessStripe]:
    """A Stripe without sockets that counts what it is asked."""
    stripe = InProcessStripe(clock=SandboxClock(still_time.seconds))
    with stripe.connected():
        yield stripe


@pytest.fixture
def near(open_shop: Callable[..., Shop], in_process: InProcessStripe) -> Shop:
    """A company that is connected to it, with payments that may take days."""
    shop = open_shop(stripe=in_process)
    shop.connect()
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True, instant_only=False))
    return shop


@pytest.fixture
def quick_online(
    open_shop: Callable[..., Shop], still_time: StillTime, contract: StripeContract
) -> Iterator[Shop]:
    """A connected company whose Stripe answers from memory, and whose PDFs are not drawn.

    What was asked of Stripe must be what its description allows. A paid copy is ``%PDF-paid``.
    """
    asked: list[Exchange] = []
    stripe = InProcessStripe(clock=SandboxClock(still_time.seconds), on_exchange=asked.append)
    drawn = patch(
        "billdesk.core.documents.invoice_pdf.render_invoice",
        lambda *_given, paid, **_more: b"%PDF-paid" if paid else b"%PDF-open",
    )
    with stripe.connected(), drawn:
        shop = open_shop(stripe=stripe)
        shop.connect()
        yield shop
    for exchange in asked:
        if exchange.status == 200:
            contract.check_request(exchange.method, exchange.path, exchange.params)


@pytest.fixture
def stripe_says(
    in_process: InProcessStripe, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[str, Any], object]], None]:
    """Changes each answer: of a path, its body."""
    answer = in_process._answer

    def say(change: Callable[[str, Any], object]) -> None:
        def changed(limit_s: float, method: str, url: str, *more: Any) -> Response:
            body, status, headers = answer(limit_s, method, url, *more)
            path = url.partition("/v1/")[2]
            told = json.loads(body)
            if status == 200 and method.upper() == "GET":
                change(path, told)
            return json.dumps(told).encode(), status, headers

        monkeypatch.setattr(in_process, "_answer", changed)

    return say
