"""Test and live share a company, never their money: what came in one mode waits for that mode."""

from dataclasses import replace

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe import sdk
from billdesk.core.gateways.stripe.errors import StripeUnreachable
from billdesk.core.services.steps.settings import read_setting, write_setting


@pytest.fixture
def waiting(online: Shop, monkeypatch: pytest.MonkeyPatch) -> int:
    """An invoice that was paid in test mode; what Stripe told of it could not be applied yet."""
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(seconds=5)
    with monkeypatch.context() as patched:
        patched.setattr(sdk, "read_payment", _unreachable)
        online.poll()
    online.pass_time(minutes=10)
    return issued.document_id


def _unreachable(*_given: object, **_more: object) -> None:
    raise StripeUnreachable("Stripe cannot be reached.")


def switch(shop: Shop, *, livemode: bool) -> None:
    """Turn the company over; a live key never reaches a practice Stripe, so by hand."""
    uow = shop.app.settings._uow
    with uow.write() as tx:
        write_setting(tx, replace(read_setting(tx, OnlinePayment), livemode=livemode))
    shop.books.secrets.set(*shop.key_entry("live"), shop.sandbox.api_key)


def new_events(shop: Shop) -> int:
    return int(shop.one("SELECT count(*) AS n FROM stripe_event WHERE state = 'new'").n)


def test_what_waits_in_one_mode_is_applied_when_that_mode_is_back(
    online: Shop, waiting: int
) -> None:
    before = new_events(online)
    assert before > 0
    switch(online, livemode=True)
    assert online.app.queries.company().online_payment.livemode
    result = online.poll()
    assert (result.applied, result.error) == (0, "")
    assert new_events(online) == before
    assert online.rows("SELECT * FROM stripe_event WHERE state = 'dead'") == []
    switch(online, livemode=False)
    for _ in range(6):
        online.pass_time(minutes=10)
        online.poll()
    assert (new_events(online), online.state(waiting)) == (0, DocumentState.PAID)
    online.check()


def test_fees_of_one_mode_do_not_take_the_turn_of_the_other(online: Shop) -> None:
    fees = online.app.sync._poller._inbox._fees
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.poll()
    assert online.one("SELECT fee_state FROM payment").fee_state == "pending"
    online.pass_time(minutes=15)
    intent = online.one("SELECT payment_intent FROM payment").payment_intent
    assert fees.payments_without_fee(livemode=True) == ()
    assert fees.payments_without_fee(livemode=False) == (intent,)
