"""What is more than one look can read is read by the next one, which follows at once."""

from typing import Any

import pytest
from books import Shop
from in_process_stripe import InProcessStripe
from test_long_away import paid
from test_sync_runner import wait_for

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.outside_services.pacing import Pace
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.core.sync import poller as poller_module
from billdesk.sandbox import Fault


@pytest.fixture
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look reads one page of three events."""
    read = SdkStripeGateway.list_events

    def three(gateway: SdkStripeGateway, **asked: Any) -> Any:
        return read(gateway, **{**asked, "limit": 3})

    monkeypatch.setattr(SdkStripeGateway, "list_events", three)
    monkeypatch.setattr(poller_module, "MOST_PAGES", 1)
    monkeypatch.setattr(Pace, "interval_s", lambda *_: 3_600.0)


def test_a_catch_up_does_not_wait_between_its_looks(
    near: Shop, in_process: InProcessStripe, short_looks: None
) -> None:
    documents = [paid(near, in_process, price) for price in ("10", "20", "30")]
    near.pass_time(seconds=5)
    first = near.poll()
    assert (first.is_more, first.events) == (True, 3)
    near.app.sync.start()
    wait_for(lambda: all(near.state(one) is DocumentState.PAID for one in documents))
    wait_for(lambda: near.one("SELECT resume_after FROM stripe_cursor").resume_after is None)
    near.app.sync.stop()
    near.settle_down()
    near.check()


def test_links_expire_although_stripe_cannot_be_reached(
    near: Shop, in_process: InProcessStripe
) -> None:
    document = near.issued("10", online_payment=True, terms_days=0).document_id
    near.work()
    near.pass_time(days=45)
    in_process.fail_next(Fault("GET", ".*", status=500, times=50))
    assert near.poll().error
    assert near.links(document)[0].state == "retiring"
    in_process.simulation.clear_faults()
    near.settle_down()
    assert near.links(document)[0].state == "closed"
