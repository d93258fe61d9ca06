"""Test money beside real money: nothing of Stripe's test mode settles anything after going live."""

from dataclasses import replace

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.gateways.stripe.facts import AccountIdentity
from billdesk.core.services.payments import RefundOrder
from billdesk.core.services.steps.settings import read_setting, write_setting
from billdesk.sandbox import Fault


def go_live(shop: Shop, *, then_live: bool = False) -> None:
    """A live key was connected once; the practice Stripe goes on with its test key."""
    identity = AccountIdentity(
        livemode=True, account_id=None, name="", fingerprint="live", from_account=True
    )
    with shop.app.settings._uow.write() as tx:
        before = read_setting(tx, OnlinePayment)
    shop.app.connecting._store_connection(identity, "live", None, switch_off=False)
    if not then_live:
        with shop.app.settings._uow.write() as tx:
            live = read_setting(tx, OnlinePayment)
            write_setting(tx, replace(before, live_since=live.live_since))


def paid(shop: Shop) -> int:
    """119.00 with VAT, paid through its link."""
    lines = (line("100", tax_rate_ids=(shop.rates()[0],)),)
    issued = shop.issued(lines=lines, online_payment=True)
    shop.work()
    shop.sandbox.pay(shop.links(issued.document_id)[-1].url)
    shop.settle_down()
    return issued.document_id


def intent(shop: Shop, document_id: int) -> str:
    row = shop.one("SELECT payment_intent FROM payment WHERE document_id = :d", d=document_id)
    return str(row.payment_intent)


def test_test_money_never_settles_after_going_live(online: Shop) -> None:
    go_live(online)
    document = paid(online)
    payment = online.one("SELECT * FROM payment")
    assert (payment.state, payment.amount_minor, payment.charge) == ("test", 11_900, None)
    assert online.document(document).open_minor == 11_900
    assert online.balances() == {"1200": 11_900, "2200": -1_900, "4000": -10_000}
    assert online.rows("SELECT * FROM balance_transaction") == []
    (told, *_) = online.app.queries.timeline(document)
    assert told.text.startswith("Test payment, no real money")
    online.check()
    # A refund of it is no more real.
    online.sandbox.refund(intent(online, document), 1_000)
    online.settle_down()
    assert online.rows("SELECT * FROM refund") == []
    assert [row.amount_minor for row in online.rows("SELECT * FROM payment")] == [11_900]
    online.check()


def test_going_live_takes_every_test_payment_back(online: Shop) -> None:
    plain, refunded, disputed, returned = (paid(online) for _ in range(4))
    online.sandbox.refund(intent(online, refunded), 2_380)
    at_bank = online.at_stripe("dispute", payment_intent=intent(online, disputed))
    online.at_stripe("dispute", payment_intent=intent(online, returned), amount=5_000)
    online.settle_down()
    (refund,) = online.rows("SELECT id FROM refund")
    note = online.app.refunds.explain(refund.id, RefundMeaning.CREDIT_NOTE)
    online.at_stripe("dispute/close", dispute=at_bank["id"], won=False)
    online.settle_down()
    lost = online.one("SELECT id FROM payment WHERE document_id = :d", d=disputed).id
    online.app.deductions.dispute_lost(lost, bad_debt=False)
    online.check()
    assert len(online.app.queries.trial_payments()) == 4
    with pytest.raises(NotAllowed, match="Connect your live key first"):
        online.app.trial_money.take_back()
    go_live(online)
    online.check()
    assert online.app.trial_money.take_back() == 4
    assert online.app.queries.trial_payments() == ()
    documents = [plain, refunded, disputed, returned]
    # What was credited stays credited: the credit note settles its part of the invoice now.
    open_now = [online.document(one).open_minor for one in documents]
    assert open_now == [11_900, 9_520, 11_900, 11_900]
    assert note is not None
    assert online.document(note).open_minor == 0
    assert online.balances() == {"1200": 45_220, "2200": -7_220, "4000": -38_000}
    assert online.state(plain) is DocumentState.ISSUED
    assert {row.state for row in online.rows("SELECT state FROM payment")} == {"test"}
    online.check()
    online.settle_down()
    assert online.app.trial_money.take_back() == 0
    online.check()


@pytest.mark.parametrize("sent", ["never", "unanswered", "while live"])
def test_a_refund_on_its_way_ends_with_its_test_payment(quick_online: Shop, sent: str) -> None:
    shop = quick_online
    document = paid(shop)
    lost = Fault("POST", r"/v1/refunds$", status=None, times=2, when="after")
    shop.app.refund_orders.order(RefundOrder(shop.one("SELECT id FROM payment").id, 11_900))
    if sent == "unanswered":
        shop.sandbox.fail_next(lost)
        shop.work()
        assert shop.one("SELECT state FROM stripe_order").state == "sent"
    go_live(shop)
    if sent == "while live":
        shop.work()
        refund = shop.one("SELECT * FROM refund")
        assert (refund.state, refund.stripe_refund) == ("undone", None)
        assert shop.one("SELECT state FROM stripe_order").state == "done"
    assert shop.app.trial_money.take_back() == 1
    shop.settle_down(20)
    refund = shop.one("SELECT * FROM refund")
    assert refund.state == "undone"
    assert "no real money" in refund.note
    assert shop.one("SELECT state FROM stripe_order").state in ("cancelled", "done")
    assert not shop.rows("SELECT id FROM outbox WHERE state IN ('queued', 'working')")
    assert shop.one("SELECT state FROM payment").state == "test"
    # The sale was taken back by its credit note, which settles the invoice now.
    assert shop.document(document).open_minor == 0
    assert shop.balances() == {}
    shop.check()


def test_a_test_payment_booked_after_going_live_is_found(online: Shop) -> None:
    paid(online)
    go_live(online)
    online.falsify("UPDATE payment SET created_at = '2027-01-01 00:00:00.000000'")
    violations = online.app.verification.run().violations
    assert [one.rule for one in violations] == ["test-payment"]
