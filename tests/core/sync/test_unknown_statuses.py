"""A status this version has never heard of is shown and waited for, never guessed at."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.gateways.stripe import sdk
from billdesk.core.gateways.stripe.facts import PaymentSnapshot

Change = Callable[[PaymentSnapshot], PaymentSnapshot]


def intent(seen: PaymentSnapshot) -> PaymentSnapshot:
    assert seen.intent is not None
    return replace(seen, intent=replace(seen.intent, status="requires_a_song"))


def refunds(seen: PaymentSnapshot) -> PaymentSnapshot:
    return replace(seen, refunds=tuple(replace(r, status="on_a_ship") for r in seen.refunds))


def disputes(seen: PaymentSnapshot) -> PaymentSnapshot:
    return replace(seen, disputes=tuple(replace(d, status="in_heaven") for d in seen.disputes))


@pytest.fixture
def stripe_says(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change | None], None]:
    """Lets the practice Stripe tell what it never would; ``None`` gives it back its own voice."""
    read = sdk.read_payment

    def say(change: Change | None) -> None:
        def told(*given: Any, **more: Any) -> PaymentSnapshot:
            seen = read(*given, **more)
            return seen if change is None else change(seen)

        monkeypatch.setattr(sdk, "read_payment", told)

    return say


@pytest.fixture
def paid(online: Shop) -> int:
    """An invoice over 100.00, paid a moment ago; nobody has looked yet."""
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(seconds=5)
    return issued.document_id


def waiting(shop: Shop) -> list[str]:
    """What the events that are still new are waiting for."""
    return [row.error for row in shop.rows("SELECT error FROM stripe_event WHERE state = 'new'")]


def test_an_unknown_state_of_a_payment_waits_in_the_inbox_until_it_is_known(
    online: Shop, paid: int, stripe_says: Callable[[Change | None], None]
) -> None:
    stripe_says(intent)
    assert online.poll().error == ""
    assert online.rows("SELECT * FROM payment") == []
    assert waiting(online)
    assert all("requires_a_song" in error for error in waiting(online)), waiting(online)
    for _ in range(2):
        online.pass_time(hours=1)
        online.poll()
    # Not a passing state: the owner is told.
    assert "requires_a_song" in " ".join(t.detail for t in online.app.queries.home().attention)
    stripe_says(None)
    online.pass_time(hours=6)
    online.poll()
    assert (waiting(online), online.state(paid)) == ([], DocumentState.PAID)
    online.check()


def test_an_unknown_state_of_a_refund_is_not_money_gone(
    online: Shop, paid: int, stripe_says: Callable[[Change | None], None]
) -> None:
    online.poll()
    payment = online.one("SELECT payment_intent FROM payment").payment_intent
    online.at_stripe("refund", payment_intent=payment, amount=4_000)
    online.pass_time(seconds=5)
    stripe_says(refunds)
    online.poll()
    assert online.rows("SELECT * FROM refund") == []
    assert online.one("SELECT refunded_minor FROM payment").refunded_minor == 0
    assert waiting(online)
    assert all("on_a_ship" in error for error in waiting(online))
    stripe_says(None)
    online.pass_time(hours=6)
    online.poll()
    assert online.one("SELECT refunded_minor FROM payment").refunded_minor == 4_000
    online.check()


def test_an_unknown_state_of_a_dispute_is_not_an_open_one(
    online: Shop, paid: int, stripe_says: Callable[[Change | None], None]
) -> None:
    online.poll()
    payment = online.one("SELECT payment_intent FROM payment").payment_intent
    online.at_stripe("dispute", payment_intent=payment)
    online.pass_time(seconds=5)
    stripe_says(disputes)
    online.poll()
    assert online.one("SELECT state FROM payment").state == "succeeded"
    assert waiting(online)
    assert all("in_heaven" in error for error in waiting(online))
    stripe_says(None)
    online.pass_time(hours=6)
    online.poll()
    assert online.one("SELECT state FROM payment").state == "disputed"
    online.check()


def test_an_unknown_state_met_while_looking_for_a_fee_ends_no_look(
    online: Shop, stripe_says: Callable[[Change | None], None]
) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.poll()
    assert online.one("SELECT fee_state FROM payment").fee_state == "pending"
    online.sandbox.hold_events(delay_s=7_200)
    stripe_says(intent)
    online.pass_time(minutes=2)
    assert online.poll().error == ""
    stripe_says(None)
    online.pass_time(days=1, seconds=1)
    online.poll()
    assert online.one("SELECT fee_state FROM payment").fee_state == "final"
    online.check()
