"""What the tests of the workers share."""

import urllib.request
from collections.abc import Callable, Iterator

import pytest
from books import Shop, StillTime
from in_process_stripe import InProcessStripe

from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import SandboxClock


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
