"""Never two desks look at Stripe at once: the cursor has a lease that a slow one can lose."""

from collections.abc import Iterator
from typing import Any

import pytest
from books import Shop, StillTime

from billdesk.core.gateways.stripe import sdk
from billdesk.core.gateways.stripe.facts import EventPage
from billdesk.core.services.steps.stripe.cursor import LeaseLost
from billdesk.core.services.stripe.window import StripeWindowService


@pytest.fixture
def windows(online: Shop) -> StripeWindowService:
    return online.app.sync._poller._windows


def cursor(shop: Shop) -> Any:
    return shop.one("SELECT * FROM stripe_cursor")


def page_of(shop: Shop) -> EventPage:
    gateway = shop.app.settings._stripe.open(shop.app.company_uid, livemode=False)
    return gateway.list_events(created_gte=shop.time.now())


def test_a_desk_too_slow_for_its_lease_changes_nothing_of_the_next_one(
    online: Shop, windows: StripeWindowService
) -> None:
    slow = windows.begin("slow", deep=False)
    assert slow is not None
    assert windows.begin("quick", deep=False) is None
    online.pass_time(minutes=3)
    assert windows.begin("quick", deep=False) is not None
    before = tuple(cursor(online))
    page = page_of(online)
    with pytest.raises(LeaseLost):
        windows.store(slow, page.events, through_at=page.server_at, goes_on_after=None)
    with pytest.raises(LeaseLost):
        windows.forget_place(slow)
    with pytest.raises(LeaseLost):
        windows.keep(slow)
    windows.end(slow, applied=0, error="too slow")
    assert tuple(cursor(online)) == before, "the lease of the other desk"


@pytest.fixture
def slow_stripe(monkeypatch: pytest.MonkeyPatch, still_time: StillTime) -> Iterator[None]:
    """Every payment takes a minute and a half to be read."""
    read = sdk.read_payment

    def slowly(*given: Any, **more: Any) -> Any:
        still_time.advance(seconds=90)
        return read(*given, **more)

    monkeypatch.setattr(sdk, "read_payment", slowly)
    yield
    monkeypatch.undo()


def paid(shop: Shop, price: str) -> None:
    issued = shop.issued(price, online_payment=True)
    shop.work()
    shop.sandbox.pay(shop.links(issued.document_id)[0].url)


def test_the_lease_is_kept_while_what_was_read_is_applied(
    online: Shop, windows: StripeWindowService, slow_stripe: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for price in ("10", "20", "30"):
        paid(online, price)
    online.pass_time(seconds=5)
    apply = online.app.sync._poller._inbox._payments.apply
    others: list[object] = []

    def look_as_another(*given: Any, **more: Any) -> Any:
        others.append(windows.begin("another desk", deep=False))
        return apply(*given, **more)

    monkeypatch.setattr(online.app.sync._poller._inbox._payments, "apply", look_as_another)
    result = online.poll()
    assert (result.error, result.applied >= 3) == ("", True)
    assert others == [None] * len(others)
    assert cursor(online).claimed_by is None
    online.check()


def test_a_desk_that_lost_its_lease_stops_and_says_nothing_went_wrong(
    online: Shop, monkeypatch: pytest.MonkeyPatch, windows: StripeWindowService
) -> None:
    for price in ("10", "20"):
        paid(online, price)
    online.pass_time(seconds=5)
    apply = online.app.sync._poller._inbox._payments.apply

    def overtaken(*given: Any, **more: Any) -> Any:
        online.time.advance(minutes=3)
        assert windows.begin("another desk", deep=False) is not None
        return apply(*given, **more)

    monkeypatch.setattr(online.app.sync._poller._inbox._payments, "apply", overtaken)
    result = online.poll()
    assert (result.applied, result.error, result.skipped) == (1, "", True)
    assert cursor(online).claimed_by == "another desk"
    assert cursor(online).error == ""
