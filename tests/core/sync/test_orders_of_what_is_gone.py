"""Orders about a customer or a payment that Stripe has no more do not wait for ever."""

import pytest
from books import Shop
from test_refund_order_once import at_stripe, paid_invoice
from test_refund_order_once import order as order_refund
from test_saved_cards import INTENTS, charge, intents, next_invoice, order, pay_and_save

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import Fault

CUSTOMER_GONE = Fault("GET", INTENTS, status=400, code="resource_missing", times=99)


@pytest.fixture
def with_cards(quick_online: Shop) -> Shop:
    """A company that may keep cards."""
    quick_online.app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
    return quick_online


def test_a_charge_of_a_customer_who_was_deleted_at_stripe_is_refused(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    shop.falsify("UPDATE saved_card SET stripe_customer = 'cus_gone'")
    charge(shop, document_id, card)
    shop.sandbox.fail_next(CUSTOMER_GONE)
    shop.work()
    assert order(shop, document_id).state == "failed"
    assert "does not know this card any more" in order(shop, document_id).error
    assert shop.document(document_id).pending_minor == 0
    assert shop.one("SELECT removed_at FROM saved_card").removed_at is not None
    assert intents(shop) == []
    shop.check()


def test_a_charge_made_before_its_customer_was_deleted_is_not_made_again(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    charge(shop, document_id, card)
    shop.sandbox.fail_next(Fault("POST", INTENTS, status=None, times=2, when="after"))
    shop.work()
    shop.pass_time(hours=25)
    shop.sandbox.fail_next(CUSTOMER_GONE)
    shop.work()
    assert [one["amount_received"] for one in intents(shop)] == [10_000]
    assert order(shop, document_id).state == "sent", "the payment is still waited for"
    shop.sandbox.simulation.clear_faults()
    shop.settle_down()
    assert shop.state(document_id) is DocumentState.PAID
    assert order(shop, document_id).state == "done"
    shop.check()


def test_a_refund_of_a_payment_that_is_gone_is_refused(quick_online: Shop) -> None:
    shop = quick_online
    paid_invoice(shop)
    order_refund(shop)
    gone = Fault("*", r"/v1/refunds$", status=404, code="resource_missing", times=99)
    shop.sandbox.fail_next(gone)
    shop.work()
    assert shop.one("SELECT state FROM stripe_order").state == "failed"
    refund = shop.one("SELECT state, note, credit_note_id FROM refund")
    assert refund.state == "failed"
    assert "does not know this payment any more" in refund.note
    assert shop.document(refund.credit_note_id).open_minor == 11_900
    assert at_stripe(shop) == []
    shop.check()
