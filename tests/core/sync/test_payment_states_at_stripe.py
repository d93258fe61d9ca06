"""What becomes of a payment at Stripe: each state's entries, words, and what the owner can do.

Every test names the row it shows of the tables in docs/stripe.md ("What Stripe says, and what the
books do").
"""

from collections.abc import Callable

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.questions import Offer, QuestionKind
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.sql.history_words import words_of
from billdesk.sandbox import SandboxDeclined

DECLINED, NO_FUNDS = "4000000000000002", "4000000000009995"
DEBIT, DEBIT_FAILS = "AT611904300234573201", "AT861904300235473202"
RETURNED_LATER = "AT751904300235473206"
PAID = {"4000": -10_000, "2200": -1_900}
Ask = Callable[..., int]


@pytest.fixture
def asked(online: Shop) -> int:
    """119.00 with 19 % VAT, its link ready, also for debits."""
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, instant_only=False))
    lines = (line("100", tax_rate_ids=(online.rates()[0],)),)
    issued = online.issued(lines=lines, online_payment=True)
    online.work()
    return issued.document_id


@pytest.fixture
def paid(online: Shop, asked: int) -> int:
    """The same, paid by card, its fee known."""
    pay(online, asked)
    online.settle_down()
    assert online.state(asked) is DocumentState.PAID
    return asked


def pay(shop: Shop, document_id: int, card: str = "4242424242424242") -> None:
    shop.sandbox.pay(shop.links(document_id)[-1].url, card=card)


def intent(shop: Shop) -> str:
    return str(shop.one("SELECT payment_intent FROM payment").payment_intent)


def payment(shop: Shop) -> object:
    return shop.one("SELECT * FROM payment")


def told(shop: Shop) -> list[str]:
    """What the timeline says of Stripe's doings, with its detail."""
    rows = shop.rows(
        "SELECT a.action, d.body FROM audit_log a JOIN audit_detail d ON d.company_id ="
        " a.company_id AND d.seq = a.seq WHERE a.action LIKE 'stripe.%' ORDER BY a.seq"
    )
    words = [words_of(row.action, row.body) for row in rows]
    return [f"{one.text}: {one.detail}" if one.detail else one.text for one in words]


def books(shop: Shop) -> dict[str, int]:
    """Balances, Stripe's clearing and fees together: what is left of the money there."""
    found = shop.balances()
    there = found.pop("1160", 0) + found.pop("5100", 0)
    return found | ({"at Stripe": there} if there else {})


# -- what the payer does ---------------------------------------------------------------------


def test_payment_failed_logs_the_attempt_and_books_nothing(online: Shop, asked: int) -> None:
    for card in (DECLINED, NO_FUNDS):
        with pytest.raises(SandboxDeclined):
            pay(online, asked, card)
        online.settle_down()
    assert online.rows("SELECT * FROM payment") == []
    attempts = online.rows("SELECT * FROM payment_attempt ORDER BY at, id")
    assert [row.decline_code for row in attempts] == ["generic_decline", "insufficient_funds"]
    assert {row.document_id for row in attempts} == {asked}
    assert told(online) == [
        "An attempt to pay online was declined: Generic decline",
        "An attempt to pay online was declined: Insufficient funds",
    ]
    assert online.links(asked)[-1].state == "active"
    health = online.app.queries.health()
    assert (health.payments_declined, health.payments_failed, health.warns) == (2, 0, False)
    online.poll(deep=True)
    assert len(online.rows("SELECT * FROM payment_attempt")) == 2
    online.check()


def test_async_payment_failed_is_no_declined_attempt(online: Shop, asked: int) -> None:
    pay(online, asked, DEBIT_FAILS)
    online.settle_down()
    assert payment(online).state == "failed"
    assert online.rows("SELECT * FROM payment_attempt") == []
    assert told(online) == ["Online payment did not go through"]
    online.check()


def test_charge_updated_tells_the_fee_once(online: Shop, paid: int) -> None:
    row = payment(online)
    assert row.method_type == "card"
    movement = online.one("SELECT * FROM balance_transaction")
    assert (movement.source, movement.is_ours, movement.net_minor) == (
        row.charge,
        True,
        row.net_minor,
    )
    assert told(online) == ["Paid online", "Stripe's fee is known"]


# -- a debit that comes back -----------------------------------------------------------------


@pytest.fixture
def debited(online: Shop, asked: int) -> int:
    """Paid by a debit that has arrived."""
    pay(online, asked, DEBIT)
    online.settle_down()
    assert online.state(asked) is DocumentState.PAID
    return asked


def test_charge_failed_after_it_succeeded_takes_the_money_back(online: Shop, debited: int) -> None:
    online.pass_time(days=20)
    online.at_stripe("debit/return", payment_intent=intent(online))
    online.settle_down()
    row = payment(online)
    assert (row.state, row.unallocated_minor, row.fee_state) == ("returned", 0, "final")
    assert "invoice is open again" in row.review
    assert online.document(debited).open_minor == 11_900
    assert books(online) == {**PAID, "1200": 11_900}
    entry = online.one("SELECT * FROM ledger_entry WHERE kind = 'charge_returned'")
    assert (entry.source_id, entry.reverses_id is not None) == (row.charge, True)
    assert told(online)[-1] == "The bank took the online payment back"
    online.check()
    online.poll(deep=True)
    online.check()
    online.app.links.request(debited)
    online.work()
    pay(online, debited)
    online.settle_down()
    assert online.state(debited) is DocumentState.PAID
    online.check()


def test_a_debit_seen_only_after_it_came_back_settles_nothing(online: Shop, asked: int) -> None:
    pay(online, asked, RETURNED_LATER)
    store = online.sandbox.simulation.account.store
    (made,) = store.oldest_first("payment_intent")
    online.pass_time(hours=1)
    online.at_stripe("debit/return", payment_intent=made["id"])
    online.settle_down()
    assert payment(online).state == "returned"
    assert online.document(asked).open_minor == 11_900
    assert books(online) == {**PAID, "1200": 11_900}
    online.check()


def test_a_debit_that_comes_back_reopens_what_its_credit_settled(
    online: Shop, debited: int
) -> None:
    """Moved to another invoice, with a refund by hand and one said to be the debt again."""
    from billdesk.core.domain.outside import PaymentMethod
    from billdesk.core.services.payments import RefundInput, Share

    mine = payment(online)
    other = online.issued("50", customer_id=mine.customer_id).document_id
    online.app.allocations.move(mine.id, debited, Share(other, 5_000))
    online.app.allocations.take_off(mine.id, debited, 1_000)
    by_hand = RefundInput(400, PaymentMethod.BANK, online.time.today(), mine.id)
    online.app.refunds.refund(by_hand)
    online.at_stripe("debit/return", payment_intent=intent(online))
    online.settle_down()
    row = payment(online)
    assert (row.state, row.unallocated_minor, row.returned_minor) == ("returned", 0, 400)
    assert [online.document(one).open_minor for one in (debited, other)] == [11_900, 5_000]
    # What the customer was given by hand is lost with the payment.
    assert online.balances()["5200"] == 400
    online.check()


# -- money that goes back --------------------------------------------------------------------


def test_refund_pending_then_failed_says_each_step(online: Shop, paid: int) -> None:
    refund = online.at_stripe(
        "refund", payment_intent=intent(online), amount=2_380, status="pending"
    )
    online.settle_down()
    row = online.one("SELECT * FROM refund")
    assert (row.state, row.stripe_status) == ("succeeded", "pending")
    assert books(online) == {**PAID, "1220": 2_380, "at Stripe": 9_520}
    online.app.refunds.explain(row.id, RefundMeaning.REOPENED)
    online.at_stripe("refund/change", refund=refund["id"], status="failed")
    online.settle_down()
    row = online.one("SELECT * FROM refund")
    assert (row.state, row.stripe_status) == ("failed", "failed")
    assert books(online) == {**PAID, "at Stripe": 11_900}
    assert "The refund is on its way" in told(online)
    assert any(one.startswith("The refund failed") for one in told(online))
    online.check()


# -- disputes --------------------------------------------------------------------------------


def objected(shop: Shop, **given: object) -> str:
    """The customer's bank asks for the money, or about it."""
    made = shop.at_stripe("dispute", payment_intent=intent(shop), **given)
    shop.settle_down()
    shop.check()
    return str(made["id"])


def decided(shop: Shop, dispute: str, status: str) -> None:
    shop.at_stripe("dispute/change", dispute=dispute, status=status)
    shop.settle_down()
    shop.check()


def test_dispute_created_as_a_warning_moves_no_money(online: Shop, paid: int) -> None:
    dispute = objected(online, status="warning_needs_response")
    row = online.one("SELECT * FROM dispute")
    assert (row.status, row.held_minor, row.is_refundable) == ("warning_needs_response", 0, True)
    assert row.due_at is not None
    assert (payment(online).state, payment(online).disputed_minor) == ("succeeded", 0)
    assert "asks about this payment" in payment(online).review
    assert "stripe.succeeded" not in online.audit()[-2:]
    assert books(online) == {**PAID, "at Stripe": 11_900}
    assert told(online)[-1].startswith("The customer's bank asks about the online payment: Fraud")
    assert "answer by 2026-12-" in told(online)[-1]
    ((question,),) = online.app.queries.payment_questions([payment(online).id]).values()
    assert question.offers == (Offer.ANSWER_AT_STRIPE, Offer.REFUND)
    (told_of,) = online.app.queries.disputes([payment(online).id])
    assert question.answer_by == told_of.due_at
    decided(online, dispute, "warning_closed")
    assert online.app.queries.payment_questions([payment(online).id]) == {}
    assert payment(online).review == ""
    assert online.one("SELECT closed_at FROM dispute").closed_at is not None
    assert told(online)[-1] == "The bank's question was closed"


def test_an_inquiry_that_becomes_a_dispute_holds_the_money(online: Shop, paid: int) -> None:
    dispute = objected(online, status="warning_needs_response")
    decided(online, dispute, "needs_response")
    assert online.one("SELECT held_minor FROM dispute").held_minor == 11_900
    assert online.state(paid) is DocumentState.DISPUTED
    decided(online, dispute, "won")
    assert online.state(paid) is DocumentState.PAID
    assert told(online)[-1] == "The dispute over the online payment was won"
    assert payment(online).review == ""


def test_dispute_won_keeps_its_fee_a_cost(online: Shop, paid: int) -> None:
    fee = online.balances()["5100"]
    dispute = objected(online)
    assert books(online) == {**PAID, "1210": 11_900}
    (question,) = online.app.queries.payment(payment(online).id).questions
    assert question.kind is QuestionKind.DISPUTE
    assert question.answer_by is not None
    decided(online, dispute, "won")
    assert (payment(online).state, payment(online).disputed_minor) == ("succeeded", 0)
    assert online.app.queries.payment(payment(online).id).questions == ()
    assert books(online) == {**PAID, "at Stripe": 11_900}
    assert online.balances()["5100"] > fee


def test_dispute_lost_is_asked_only_when_it_is_lost(online: Shop, paid: int) -> None:
    dispute = objected(online)
    decided(online, dispute, "under_review")
    assert "Answer at Stripe" in payment(online).review
    assert told(online)[-1] == "The dispute is being decided"
    decided(online, dispute, "lost")
    assert "Say what becomes of the invoice" in payment(online).review
    assert told(online).count("The dispute over the online payment was lost") == 1
    online.app.deductions.dispute_lost(payment(online).id, bad_debt=False)
    assert (payment(online).state, payment(online).disputed_minor) == ("lost", 0)
    assert books(online) == {**PAID, "1200": 11_900}
    online.check()


def test_several_partial_disputes_are_lost_and_won_apart(online: Shop, paid: int) -> None:
    first, second = objected(online, amount=6_000), objected(online, amount=4_000)
    assert payment(online).disputed_minor == 10_000
    decided(online, first, "lost")
    decided(online, second, "under_review")
    online.app.deductions.dispute_lost(payment(online).id, bad_debt=False)
    assert payment(online).disputed_minor == 4_000, "the other one is not decided yet"
    assert online.document(paid).open_minor == 6_000
    online.check()
    # The bank thinks again of the first, while the second still holds its part.
    decided(online, first, "won")
    assert online.document(paid).open_minor == 0
    assert payment(online).disputed_minor == 4_000
    decided(online, second, "won")
    assert payment(online).disputed_minor == 0
    assert books(online) == {**PAID, "at Stripe": 11_900}
