"""Refunds ordered in the application: paid back once, whatever happens on the way to Stripe."""

from collections.abc import Callable
from typing import Any

import pytest
from books import Shop, line
from sqlalchemy import Row

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.idempotency import KEY_LIFETIME
from billdesk.core.domain.outside import JobKind, PaymentMethod
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.activity import WaitReason
from billdesk.core.services.outbox.order_jobs import OrderJobService
from billdesk.core.services.payments import RefundInput, RefundOrder, Share
from billdesk.core.services.steps.credit import CreditInput
from billdesk.core.services.stripe.payments import StripePaymentService
from billdesk.sandbox import Fault

REFUNDS = r"/v1/refunds$"
PAID = {"4000": -10_000, "2200": -1_900}


@pytest.fixture
def online(quick_online: Shop) -> Shop:
    return quick_online


@pytest.fixture
def document_id(online: Shop) -> int:
    """119.00 with 19 % VAT, paid through its link."""
    return paid_invoice(online)


def paid_invoice(shop: Shop) -> int:
    vat = shop.rates()[0]
    issued = shop.issued(lines=(line("100", tax_rate_ids=(vat,)),), online_payment=True)
    shop.work()
    shop.sandbox.pay(shop.links(issued.document_id)[0].url)
    shop.pass_time(minutes=1)
    shop.poll()
    return issued.document_id


def order(shop: Shop, minor: int = 11_900, **fields: Any) -> int:
    """Order a refund of the last payment."""
    payment = shop.rows("SELECT id FROM payment ORDER BY id DESC")[0].id
    return shop.app.refund_orders.order(RefundOrder(payment, minor, **fields))


def at_stripe(shop: Shop) -> list[dict[str, Any]]:
    """The refunds as Stripe has them."""
    found: list[dict[str, Any]] = shop.sandbox.state()["refunds"]
    return found


def row(shop: Shop) -> Row[Any]:
    """The only refund in the books."""
    return shop.one("SELECT * FROM refund")


def balances(shop: Shop) -> dict[str, int]:
    """Balances without what Stripe keeps for itself."""
    return {code: minor for code, minor in shop.balances().items() if code not in ("5100", "1160")}


def assert_paid_back_once(shop: Shop, document_id: int) -> None:
    """One refund at Stripe, one in the books, said to be what it was ordered as."""
    assert [one["amount"] for one in at_stripe(shop)] == [11_900]
    refund = row(shop)
    assert (refund.state, refund.meaning, refund.stripe_status) == (
        "succeeded",
        "credit_note",
        "succeeded",
    )
    assert refund.stripe_refund == at_stripe(shop)[0]["id"]
    assert shop.one("SELECT state FROM stripe_order").state == "done"
    assert shop.document(refund.credit_note_id).open_minor == 0
    assert balances(shop) == {}
    assert shop.one("SELECT review FROM payment").review == ""
    assert shop.state(document_id) is DocumentState.PAID
    shop.check()


def test_refund_with_its_credit_note_is_one_transaction(
    online: Shop, document_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(online.audit())
    with monkeypatch.context() as patched:
        step = dying(OrderJobService.done, "before")
        patched.setattr("billdesk.core.services.steps.orders.enqueue", step)
        with pytest.raises(Died):
            order(online)
    assert online.rows("SELECT id FROM document WHERE kind = 'credit_note'") == []
    assert online.rows("SELECT id FROM refund") == []
    assert len(online.audit()) == before
    order(online, text="Goods came back.")
    refund = row(online)
    assert (refund.state, refund.stripe_refund) == ("ordered", None)
    assert online.document(refund.credit_note_id).open_minor == 11_900
    assert at_stripe(online) == [], "nothing leaves before it is written down"
    assert balances(online) == {"2100": -11_900}, "the customer has credit until the money is gone"
    online.check()
    online.settle_down()
    assert_paid_back_once(online, document_id)
    stated = at_stripe(online)[0]
    assert stated["reason"] == "requested_by_customer"
    assert {"refund.ordered", "refund.accepted", "stripe.refunded"} <= set(online.audit())


@pytest.mark.parametrize(("when", "status"), [("before", None), ("after", None), ("after", 503)])
def test_refund_order_once(online: Shop, document_id: int, when: Any, status: int | None) -> None:
    online.sandbox.fail_next(Fault("POST", REFUNDS, status=status, times=2, when=when))
    order(online)
    online.work()
    assert online.one("SELECT state FROM stripe_order").state == "sent"
    online.settle_down()
    assert_paid_back_once(online, document_id)


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_order_whose_key_has_grown_old_is_looked_for_first(
    online: Shop, document_id: int, when: Any
) -> None:
    online.sandbox.fail_next(Fault("POST", REFUNDS, status=None, times=2, when=when))
    order(online)
    online.work()
    key = online.one("SELECT idempotency_key FROM stripe_order").idempotency_key
    online.pass_time(seconds=KEY_LIFETIME.total_seconds() + 7_200)
    online.work()
    renewed = online.one("SELECT idempotency_key FROM stripe_order").idempotency_key != key
    assert renewed == (when == "before")
    online.settle_down()
    assert_paid_back_once(online, document_id)


def test_books_restored_to_before_it_was_sent_pay_back_once(online: Shop, document_id: int) -> None:
    """What the books believe never sent may be there, under a key that Stripe has forgotten."""
    online.sandbox.fail_next(Fault("POST", REFUNDS, status=None, times=2, when="after"))
    order(online)
    online.work()
    online.falsify(
        "UPDATE stripe_order SET state = 'queued', tries = 0, first_try_server_at = NULL"
    )
    online.pass_time(days=2)
    online.settle_down()
    assert_paid_back_once(online, document_id)


def test_a_failure_stored_with_the_key_is_not_waited_for(online: Shop, document_id: int) -> None:
    online.sandbox.fail_next(Fault("POST", REFUNDS, status=500, stored=True))
    order(online)
    for _ in range(6):
        online.pass_time(minutes=6)
        online.work()
    online.settle_down()
    assert_paid_back_once(online, document_id)


class Died(BaseException):
    """The process is gone."""


DEATHS = [
    (OrderJobService, "begin", "before"),
    (OrderJobService, "sending", "before"),
    (OrderJobService, "sending", "after"),
    (OrderJobService, "done", "before"),
    (OrderJobService, "done", "after"),
    (StripePaymentService, "apply", "before"),
    (StripePaymentService, "apply", "after"),
    (OrderJobService, "finished", "before"),
]


def test_an_order_outlives_the_desk_that_sends_it(
    online: Shop, document_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at each commit, for minutes or days: each part is paid back once."""
    for number, (owner, step, moment) in enumerate(DEATHS):
        order(online, 1_000 + number, meaning=RefundMeaning.GOODWILL)
        with monkeypatch.context() as patched:
            patched.setattr(owner, step, dying(getattr(owner, step), moment))
            with pytest.raises(Died):
                online.work()
        online.pass_time(days=2 * (number % 2), minutes=5)
        online.work()
        online.poll()
        parts = [one["amount"] for one in at_stripe(online)]
        assert parts == [1_000 + part for part in range(number + 1)], (step, moment)
    online.settle_down()
    kept = online.rows("SELECT state, meaning FROM refund")
    assert {tuple(one) for one in kept} == {("succeeded", "goodwill")}
    assert {one.state for one in online.rows("SELECT state FROM stripe_order")} == {"done"}
    assert balances(online) == {**PAID, "5400": sum(1_000 + part for part in range(len(DEATHS)))}
    online.check()


def dying(step: Callable[..., Any], moment: str) -> Callable[..., Any]:
    """The process dies before or after ``step`` is committed."""

    def die(*args: Any, **kw: Any) -> Any:
        if moment == "after":
            step(*args, **kw)
        raise Died

    return die


def test_refund_of_the_second_payment_leaves_it_paid(online: Shop) -> None:
    """Two customers' tabs pay one invoice: the later payment goes back, the first settles it."""
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    url = online.links(document_id)[0].url
    customers: Any = online.sandbox
    for tab in [customers.open_page(url) for _ in range(2)]:
        customers.submit(tab, "4242424242424242")
    online.settle_down()
    assert online.state(document_id) is DocumentState.OVERPAID
    second = online.one("SELECT * FROM payment WHERE unallocated_minor > 0")
    online.app.refund_orders.order(RefundOrder(second.id, 10_000, RefundMeaning.CREDIT_RETURNED))
    other = online.issued("50", customer_id=second.customer_id).document_id
    with pytest.raises(NotAllowed, match="under way"):
        online.app.allocations.use_payment(second.id, Share(other, 1))
    online.settle_down()
    assert online.state(document_id) is DocumentState.PAID
    assert online.document(document_id).paid_minor == 10_000
    assert online.rows("SELECT review FROM payment WHERE review <> ''") == []
    assert [one["payment_intent"] for one in at_stripe(online)] == [second.payment_intent]
    online.check()


@pytest.mark.parametrize(
    ("meaning", "left"),
    [(RefundMeaning.REOPENED, {**PAID, "1200": 2_000}), (RefundMeaning.GOODWILL, {"5400": 2_000})],
)
def test_a_part_can_mean_something_else_than_a_credit_note(
    online: Shop, document_id: int, meaning: RefundMeaning, left: dict[str, int]
) -> None:
    order(online, 2_000, meaning=meaning)
    assert balances(online) == PAID
    online.settle_down()
    assert balances(online) == {**PAID, **left}
    assert row(online).meaning == meaning
    assert online.document(document_id).open_minor == left.get("1200", 0)
    assert online.one("SELECT state FROM payment").state == "partially_refunded"
    online.check()


def test_never_more_than_was_paid(online: Shop, document_id: int) -> None:
    with pytest.raises(UserError, match="less than that"):
        order(online, 11_901)
    order(online, 8_000)
    with pytest.raises(UserError, match=r"39\.00"):
        order(online, 4_000)
    note = row(online).credit_note_id
    by_hand = RefundInput(8_000, PaymentMethod.BANK, online.time.today(), credit_note_id=note)
    with pytest.raises(NotAllowed, match="under way"):
        online.app.refunds.refund(by_hand)
    with pytest.raises(NotAllowed, match="under way"):
        online.app.invoices.void(note, "Wrong")
    online.settle_down()
    order(online, 3_900)
    online.settle_down()
    assert sum(one["amount"] for one in at_stripe(online)) == 11_900
    assert balances(online) == {}
    with pytest.raises(UserError, match=r"0\.00"):
        order(online, 1)
    online.check()


def test_a_refused_refund_keeps_the_credit(online: Shop, document_id: int) -> None:
    """In the Dashboard somebody was faster: the order comes to nothing, the credit note stays."""
    order(online, 11_900)
    note = row(online).credit_note_id
    intent = online.one("SELECT payment_intent FROM payment").payment_intent
    online.sandbox.refund(intent, 11_900)
    online.work()
    ordered, other = online.rows("SELECT * FROM refund ORDER BY id")
    assert (ordered.state, ordered.stripe_refund) == ("failed", None)
    assert "paid all of this payment back already" in ordered.note
    assert (other.meaning, other.state) == ("unexplained", "succeeded"), "seen at once, and asked"
    assert online.document(note).open_minor == 11_900
    online.check()
    with pytest.raises(NotAllowed, match="what the earlier refund"):
        order(online, 1)
    assert online.app.refunds.explain(other.id) == note
    online.settle_down()
    assert len(at_stripe(online)) == 1
    assert balances(online) == {}
    online.check()


def test_a_refund_that_fails_later_gives_the_credit_back(online: Shop, document_id: int) -> None:
    order(online, 11_900)
    online.settle_down()
    note = row(online).credit_note_id
    online.at_stripe("refund/fail", refund=at_stripe(online)[0]["id"])
    online.settle_down()
    assert (row(online).state, row(online).stripe_status) == ("failed", "failed")
    assert "Pay it back another way" in row(online).note
    assert online.document(note).open_minor == 11_900
    online.check()
    by_hand = RefundInput(11_900, PaymentMethod.BANK, online.time.today(), credit_note_id=note)
    online.app.refunds.refund(by_hand)
    online.check()


def test_an_order_is_under_way_until_the_money_has_gone(online: Shop, document_id: int) -> None:
    online.at_stripe("quirks", refund_outcome="pending")

    def under_way() -> int:
        (payment,) = online.app.queries.document(document_id).payments
        return payment.refund_under_way_minor

    assert under_way() == 0
    order(online, 4_000)
    assert under_way() == 4_000
    online.settle_down()
    assert under_way() == 4_000
    (refund,) = at_stripe(online)
    online.at_stripe("refund/change", refund=refund["id"], status="succeeded")
    online.settle_down()
    assert under_way() == 0


def test_an_order_made_offline_can_be_taken_back(online: Shop, document_id: int) -> None:
    online.books.secrets.delete(*online.key_entry())
    refund = order(online, 5_000)
    online.work()
    waiting = online.one("SELECT * FROM stripe_order")
    assert (waiting.state, waiting.error[:40]) == (
        "queued",
        "This computer has no Stripe key for this",
    )
    online.app.refund_orders.take_back(refund)
    online.connect()
    online.settle_down()
    assert (row(online).state, at_stripe(online)) == ("undone", [])
    order(online, 5_000)
    online.settle_down()
    assert [one["amount"] for one in at_stripe(online)] == [5_000]
    assert len(online.rows("SELECT id FROM document WHERE kind = 'credit_note'")) == 1
    with pytest.raises(NotAllowed, match="no order"):
        online.app.refund_orders.take_back(online.rows("SELECT id FROM refund")[1].id)
    online.check()


def test_nothing_is_sent_once_the_payment_is_disputed(online: Shop, document_id: int) -> None:
    order(online, 11_900)
    intent = online.one("SELECT payment_intent FROM payment").payment_intent
    online.at_stripe("dispute", payment_intent=intent)
    online.pass_time(minutes=1)
    online.poll()
    online.work()
    assert row(online).state == "failed"
    assert "disputes" in row(online).note
    (given_up,) = online.app.queries.outbox()
    assert (given_up.kind, given_up.reason) == (JobKind.SEND_ORDER, WaitReason.FAILED)
    assert "disputes" in given_up.error
    assert at_stripe(online) == []
    with pytest.raises(NotAllowed, match="disputes"):
        order(online, 1, meaning=RefundMeaning.GOODWILL)
    online.check()


def test_an_order_belongs_to_the_account_it_was_made_for(online: Shop, document_id: int) -> None:
    order(online, 5_000, meaning=RefundMeaning.GOODWILL)
    online.app.connecting.connect(online.sandbox.open_account("Other Ltd"))
    online.work()
    assert row(online).state == "failed"
    assert "another account" in row(online).note
    with pytest.raises(NotAllowed, match="another Stripe account"):
        order(online, 5_000)
    online.check()


def test_a_credit_note_that_was_made_before_is_what_is_paid_out(
    online: Shop, document_id: int
) -> None:
    note = online.app.credit_notes.credit(CreditInput(document_id, amount_minor=2_380)).document_id
    order(online, 2_380)
    assert row(online).credit_note_id == note
    order(online, 2_380)
    assert online.rows("SELECT credit_note_id FROM refund")[1].credit_note_id != note
    online.settle_down()
    assert balances(online) == {"4000": -6_000, "2200": -1_140}
    online.check()
