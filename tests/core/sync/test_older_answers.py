"""An answer of Stripe that was fetched before another and is applied after it changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from books import Shop
from sqlalchemy import Row

from billdesk.core.domain.documents import DocumentState
from billdesk.core.gateways.stripe.facts import PaymentSnapshot, RootKind
from billdesk.core.services.payments import RefundOrder
from billdesk.core.services.stripe.payments import StripePaymentService


@pytest.fixture
def online(quick_online: Shop) -> Shop:
    return quick_online


@pytest.fixture
def document_id(online: Shop) -> int:
    """100.00, paid through its link."""
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.settle_down()
    return issued.document_id


def payment(shop: Shop) -> Row[Any]:
    return shop.one("SELECT * FROM payment")


def due(shop: Shop) -> int:
    return len(shop.rows("SELECT id FROM stripe_event WHERE state = 'new'"))


Sleep = Callable[..., None]


@pytest.fixture
def sleep(online: Shop, monkeypatch: pytest.MonkeyPatch) -> Sleep:
    """The next answer is applied only after something happened that another desk has booked."""
    apply = StripePaymentService.apply

    def fall_asleep(at_stripe: Callable[[], object], then: Callable[[], object] = int) -> None:
        def late(self: StripePaymentService, seen: PaymentSnapshot, **more: Any) -> Any:
            monkeypatch.setattr(StripePaymentService, "apply", apply)
            at_stripe()
            online.pass_time(minutes=1)
            assert seen.intent is not None
            gateway = online.app.sync._poller._stripe.open(online.app.company_uid, livemode=False)
            newer = gateway.fetch_payment(
                RootKind.PAYMENT_INTENT, seen.intent.id, refunds=True, disputes=True
            )
            self.apply(newer, livemode=False)
            then()
            return self.apply(seen, **more)

        monkeypatch.setattr(StripePaymentService, "apply", late)

    return fall_asleep


def test_a_refund_stays_refunded(online: Shop, document_id: int, sleep: Sleep) -> None:
    sleep(lambda: online.sandbox.refund(payment(online).payment_intent))
    look = online.app.sync.look_at(document_id)
    assert (look.payments, look.error) == (1, "")
    assert payment(online).state == "refunded"
    assert online.state(document_id) is DocumentState.REFUNDED
    online.check()


def test_events_stay_due_until_a_newer_answer_is_applied(
    online: Shop, document_id: int, sleep: Sleep
) -> None:
    online.sandbox.refund(payment(online).payment_intent, 5_000)
    online.pass_time(minutes=1)
    sleep(lambda: online.sandbox.refund(payment(online).payment_intent, 2_500))
    online.poll()
    assert due(online)
    assert payment(online).refunded_minor == 7_500
    online.settle_down()
    assert not due(online)
    assert payment(online).refunded_minor == 7_500
    online.check()


def test_an_order_is_finished_with_a_newer_answer(
    online: Shop, document_id: int, sleep: Sleep
) -> None:
    refund = online.app.refund_orders.order(RefundOrder(payment(online).id, 4_000))
    sleep(lambda: online.sandbox.refund(payment(online).payment_intent, 2_500))
    online.work()
    assert online.rows("SELECT id FROM outbox WHERE order_id IS NOT NULL AND state = 'queued'")
    online.settle_down()
    assert not online.rows("SELECT id FROM outbox WHERE state IN ('queued', 'working')")
    assert payment(online).refunded_minor == 6_500
    assert online.one("SELECT state FROM refund WHERE id = :i", i=refund).state == "succeeded"
    online.check()


def test_a_dispute_stays_won(online: Shop, document_id: int, sleep: Sleep) -> None:
    dispute = online.at_stripe("dispute", payment_intent=payment(online).payment_intent)
    online.settle_down()
    sleep(lambda: online.at_stripe("dispute/close", dispute=dispute["id"], won=True))
    online.app.sync.look_at(document_id)
    assert (payment(online).state, payment(online).disputed_minor) == ("succeeded", 0)
    assert online.state(document_id) is DocumentState.PAID
    online.check()


def test_a_written_off_dispute_is_not_paid_again(
    online: Shop, document_id: int, sleep: Sleep
) -> None:
    intent = payment(online).payment_intent
    dispute = online.at_stripe("dispute", payment_intent=intent, moves=False)
    online.settle_down()

    def at_stripe() -> None:
        online.at_stripe("dispute/move", dispute=dispute["id"])
        online.at_stripe("dispute/close", dispute=dispute["id"], won=False)

    sleep(
        at_stripe,
        lambda: online.app.deductions.dispute_lost(payment(online).id, bad_debt=True),
    )
    online.app.sync.look_at(document_id)
    assert (payment(online).state, payment(online).unallocated_minor) == ("lost", 0)
    assert online.state(document_id) is DocumentState.WRITTEN_OFF
    online.check()


def test_movements_that_are_not_told_any_more_still_count(
    online: Shop, document_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute = online.at_stripe("dispute", payment_intent=payment(online).payment_intent)
    online.at_stripe("dispute/close", dispute=dispute["id"], won=False)
    online.settle_down()
    online.app.deductions.dispute_lost(payment(online).id, bad_debt=True)
    apply = StripePaymentService.apply

    def untold(self: StripePaymentService, seen: PaymentSnapshot, **more: Any) -> Any:
        disputes = tuple(replace(one, movements=()) for one in seen.disputes)
        return apply(self, replace(seen, disputes=disputes), **more)

    monkeypatch.setattr(StripePaymentService, "apply", untold)
    assert online.app.sync.look_at(document_id).payments == 1
    assert (payment(online).state, payment(online).unallocated_minor) == ("lost", 0)
    assert online.state(document_id) is DocumentState.WRITTEN_OFF
    online.check()
