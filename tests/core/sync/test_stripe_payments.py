"""What happens at Stripe arrives in the books once, whatever the order it is told in."""

import json
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
import requests
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.facts import PaymentSnapshot, RootKind
from billdesk.core.gateways.stripe.links import payment_link_params
from billdesk.core.services.stripe.payments import StripePaymentService
from billdesk.sandbox import Fault, SandboxDeclined, StripeSandbox, visitor

DECLINED = "4000000000000002"
DEBIT_OK = "AT611904300234573201"
DEBIT_RETURNED = "AT861904300235473202"
DISPUTED = "4000000000000259"


@pytest.fixture
def document_id(online: Shop) -> int:
    """An invoice over 100.00 with a link that can be paid."""
    issued = online.issued("100", online_payment=True)
    online.work()
    return issued.document_id


@pytest.fixture
def slow_document_id(online: Shop) -> int:
    """An invoice whose link also takes bank debits, which need days to arrive."""
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, instant_only=False))
    issued = online.issued("100", online_payment=True)
    online.work()
    return issued.document_id


def pay(shop: Shop, document_id: int, card: str = "4242424242424242") -> None:
    """Pay the newest link that Stripe knows."""
    url = [link.url for link in shop.links(document_id) if link.url][-1]
    shop.sandbox.pay(url, card=card)


def look(shop: Shop) -> None:
    """Let Stripe's clock reach the next second and look."""
    shop.pass_time(seconds=3)
    result = shop.poll()
    assert result.error == ""
    shop.work()


def intent_of(shop: Shop) -> str:
    return str(
        shop.one("SELECT payment_intent FROM payment WHERE method = 'stripe'").payment_intent
    )


def test_a_declined_card_leaves_no_trace_in_the_books(online: Shop, document_id: int) -> None:
    with pytest.raises(SandboxDeclined):
        pay(online, document_id, DECLINED)
    look(online)
    assert online.rows("SELECT * FROM payment") == []
    assert online.state(document_id) is DocumentState.ISSUED
    assert online.links(document_id)[0].state == "active"
    pay(online, document_id)
    look(online)
    assert online.state(document_id) is DocumentState.PAID
    online.check()


def test_looking_twice_changes_nothing(online: Shop, document_id: int) -> None:
    pay(online, document_id)
    online.settle_down()
    before = online.rows("SELECT * FROM ledger_entry"), online.audit(), online.balances()
    online.pass_time(minutes=1)
    for _ in range(3):
        assert online.poll(deep=True).applied == 0
    assert (online.rows("SELECT * FROM ledger_entry"), online.audit(), online.balances()) == before
    online.check()


def test_a_delayed_payment_is_on_its_way_then_paid(online: Shop, slow_document_id: int) -> None:
    pay(online, slow_document_id, DEBIT_OK)
    look(online)
    row = online.document(slow_document_id)
    assert (row.open_minor, row.pending_minor, row.paid_minor) == (10_000, 10_000, 0)
    assert online.state(slow_document_id) is DocumentState.PROCESSING
    assert online.balances() == {"1200": 10_000, "4000": -10_000}
    with pytest.raises(NotAllowed, match="under way"):
        online.app.invoices.void(slow_document_id, "No")
    with pytest.raises(NotAllowed, match="under way"):
        online.app.links.request(slow_document_id)
    online.check()
    online.sandbox.settle(intent_of(online))
    online.settle_down()
    assert online.state(slow_document_id) is DocumentState.PAID
    assert online.document(slow_document_id).pending_minor == 0
    online.check()


def test_a_delayed_payment_that_fails_can_be_asked_for_again(
    online: Shop, slow_document_id: int
) -> None:
    pay(online, slow_document_id, DEBIT_RETURNED)
    look(online)
    assert online.state(slow_document_id) is DocumentState.PROCESSING
    online.sandbox.settle(intent_of(online), succeed=False)
    look(online)
    payment = online.one("SELECT * FROM payment")
    assert payment.state == "failed"
    assert payment.failure != ""
    assert "new payment link" in payment.review
    assert online.state(slow_document_id) is DocumentState.ISSUED
    assert online.links(slow_document_id)[0].state == "closed"
    online.app.links.request(slow_document_id)
    online.work()
    pay(online, slow_document_id)
    online.settle_down()
    assert online.state(slow_document_id) is DocumentState.PAID
    online.check()


def test_a_delayed_payment_that_failed_unseen_can_be_asked_for_again(
    online: Shop, slow_document_id: int
) -> None:
    """BillDesk was closed from the order to pay until the bank's refusal."""
    pay(online, slow_document_id, DEBIT_RETURNED)
    intent = online.sandbox.state()["payment_intents"][0]["id"]
    online.sandbox.settle(intent, succeed=False)
    online.settle_down()
    assert not online.sandbox.state()["payment_links"][0]["active"]
    assert online.links(slow_document_id)[0].state == "closed"
    payment = online.one("SELECT * FROM payment")
    assert (payment.state, payment.amount_minor) == ("failed", 10_000)
    assert "new payment link" in payment.review
    assert online.state(slow_document_id) is DocumentState.ISSUED
    online.check()


def test_a_stray_link_whose_payment_failed_leaves_the_right_one_open(
    online: Shop, slow_document_id: int
) -> None:
    online.sandbox.pay(forged(online, slow_document_id), card=DEBIT_RETURNED)
    look(online)
    online.sandbox.settle(intent_of(online), succeed=False)
    online.settle_down()
    states = {link.stripe_id: link.state for link in online.links(slow_document_id)}
    assert sorted(states.values()) == ["active", "closed"]
    active = [link["id"] for link in online.sandbox.state()["payment_links"] if link["active"]]
    assert [one for one, state in states.items() if state == "active"] == active
    online.check()


def test_no_new_link_is_made_while_money_is_on_its_way(online: Shop, slow_document_id: int) -> None:
    pay(online, slow_document_id, DEBIT_OK)
    look(online)
    online.receive(slow_document_id, 4_000)
    online.work()
    assert [link.revision for link in online.links(slow_document_id)] == [1]
    online.sandbox.settle(intent_of(online))
    online.settle_down()
    row = online.document(slow_document_id)
    assert (row.paid_minor, row.surplus_minor) == (10_000, 4_000)
    assert online.state(slow_document_id) is DocumentState.OVERPAID
    online.check()


def test_paid_by_hand_after_the_link_was_paid_is_credit(online: Shop, document_id: int) -> None:
    pay(online, document_id)
    online.receive(document_id, 10_000)
    online.settle_down()
    row = online.document(document_id)
    assert (row.open_minor, row.paid_minor, row.surplus_minor) == (0, 10_000, 10_000)
    assert online.state(document_id) is DocumentState.OVERPAID
    payment = online.one("SELECT * FROM payment WHERE method = 'stripe'")
    assert payment.review.startswith("More was paid than was open")
    assert online.balances()["2100"] == -10_000
    online.check()


def test_two_open_pay_pages_paid_both_are_both_recorded(
    online: Shop, document_id: int, open_pay_page: Callable[[str], str]
) -> None:
    url = online.links(document_id)[0].url
    pages = [visitor._parse(open_pay_page(url)) for _ in range(2)]
    form = {
        "email": "a@example.com",
        "name": "A",
        "method": "card",
        "card": "4242424242424242",
        "expiry": "12 / 34",
        "cvc": "123",
    }
    for page in pages:
        answer = requests.post(
            online.sandbox.url + page.action, data=form, timeout=10, allow_redirects=False
        )
        assert answer.status_code == 303
    online.settle_down()
    paid = [row.amount_minor for row in online.rows("SELECT amount_minor FROM payment")]
    row = online.document(document_id)
    if len(paid) == 1:
        assert row.surplus_minor == 0
    assert sum(paid) == row.paid_minor + row.surplus_minor
    assert len(paid) == sum(
        1 for intent in online.sandbox.state()["payment_intents"] if intent["status"] == "succeeded"
    )
    online.check()


def test_the_old_link_paid_at_the_last_moment_counts_towards_the_invoice(
    online: Shop, document_id: int
) -> None:
    pay(online, document_id)
    # Before BillDesk looks, a part arrives by bank and the link is replaced.
    online.receive(document_id, 4_000)
    online.settle_down()
    row = online.document(document_id)
    assert (row.open_minor, row.paid_minor, row.surplus_minor) == (0, 10_000, 4_000)
    assert {link.state for link in online.links(document_id)} == {"closed"}
    assert not any(link["active"] for link in online.sandbox.state()["payment_links"])
    online.check()


def test_money_for_a_void_invoice_is_kept_as_credit_with_a_task(
    online: Shop, document_id: int
) -> None:
    pay(online, document_id)
    online.app.invoices.void(document_id, "Too late")
    online.settle_down()
    assert online.state(document_id) is DocumentState.VOID
    payment = online.one("SELECT * FROM payment")
    assert (payment.state, payment.unallocated_minor) == ("succeeded", 10_000)
    assert "void" in payment.review
    assert online.balances()["2100"] == -10_000
    online.check()


def test_a_refund_in_the_dashboard_is_booked_and_waits_for_a_word(
    online: Shop, document_id: int
) -> None:
    pay(online, document_id)
    online.settle_down()
    clearing = online.balances()["1160"]
    online.sandbox.refund(intent_of(online), 2_500)
    online.settle_down()
    payment = online.one("SELECT * FROM payment")
    assert (payment.state, payment.refunded_minor) == ("partially_refunded", 2_500)
    assert "went back" in payment.review
    assert online.state(document_id) is DocumentState.REFUNDED
    row = online.document(document_id)
    assert (row.open_minor, row.paid_minor) == (0, 10_000), "a refund never makes a debt by itself"
    assert online.balances()["1220"] == 2_500
    assert online.balances()["1160"] == clearing - 2_500
    with pytest.raises(NotAllowed):
        online.app.links.request(document_id)
    online.sandbox.refund(intent_of(online))
    online.settle_down()
    payment = online.one("SELECT * FROM payment")
    assert (payment.state, payment.refunded_minor) == ("refunded", 10_000)
    assert online.balances()["1220"] == 10_000
    online.check()


def test_a_refund_that_fails_is_taken_back(online: Shop, document_id: int) -> None:
    pay(online, document_id)
    online.settle_down()
    clearing = online.balances()["1160"]
    refund = online.sandbox.refund(intent_of(online))
    online.settle_down()
    online.at_stripe("refund/fail", refund=refund)
    online.settle_down()
    payment = online.one("SELECT * FROM payment")
    assert (payment.state, payment.refunded_minor) == ("succeeded", 0)
    assert payment.review == ""
    assert "1220" not in online.balances()
    assert online.balances()["1160"] == clearing
    assert online.state(document_id) is DocumentState.PAID
    online.check()


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_takes_the_money_and_a_won_one_brings_it_back(
    online: Shop, document_id: int, won: bool
) -> None:
    pay(online, document_id)
    online.settle_down()
    before = online.balances()
    dispute = online.at_stripe("dispute", payment_intent=intent_of(online))
    online.settle_down()
    assert online.state(document_id) is DocumentState.DISPUTED
    payment = online.one("SELECT * FROM payment")
    assert (payment.state, payment.disputed_minor) == ("disputed", 10_000)
    assert online.balances()["1210"] == 10_000
    online.at_stripe("dispute/close", dispute=dispute["id"], won=won)
    online.settle_down()
    payment = online.one("SELECT * FROM payment")
    after = online.balances()
    if won:
        assert (payment.state, payment.disputed_minor) == ("succeeded", 0)
        assert online.state(document_id) is DocumentState.PAID
        assert "1210" not in after
        assert after["1160"] + after["5100"] == before["1160"] + before["5100"]
    else:
        assert (payment.state, payment.disputed_minor) == ("lost", 10_000)
        assert after["1210"] == 10_000
    online.check()


def test_a_failed_debit_switches_its_link_off_at_stripe(
    online: Shop, slow_document_id: int
) -> None:
    """Whether Stripe counts a session whose payment failed is not written down anywhere."""
    pay(online, slow_document_id, DEBIT_RETURNED)
    online.pass_time(minutes=10)
    link = online.links(slow_document_id)[0]
    gateway = online.app.settings._stripe.open(online.app.company_uid, livemode=False)
    at = f"/v1/payment_links/{link.stripe_id}"
    assert gateway._stripe.post(at, {"active": True}).body["active"]
    online.sandbox.fail_next(Fault("POST", at, status=503, times=2))
    look(online)
    assert online.one("SELECT state FROM payment").state == "failed"
    assert online.links(slow_document_id)[0].state == "retiring"
    # Not before the old one is surely off.
    online.app.links.request(slow_document_id)
    assert online.links(slow_document_id)[1].state == "queued"
    online.work()
    assert online.links(slow_document_id)[1].state == "queued"
    online.pass_time(minutes=6)
    online.work()
    assert [one.state for one in online.links(slow_document_id)] == ["closed", "active"]
    assert [there["active"] for there in online.sandbox.state()["payment_links"]] == [False, True]
    online.check()


def clearing(shop: Shop) -> int:
    """What the books say lies at Stripe, in minor units."""
    return shop.balances().get("1160", 0)


def balance_at_stripe(shop: Shop) -> int:
    """What Stripe says lies there: amounts less fees of everything that moved."""
    return sum(int(moved["net"]) for moved in shop.sandbox.state()["balance_transactions"])


def test_the_clearing_account_is_the_balance_at_stripe(online: Shop, document_id: int) -> None:
    pay(online, document_id)
    online.settle_down()
    (charged,) = online.sandbox.state()["balance_transactions"]
    assert charged["fee"] > 0
    assert online.balances() == {
        "1160": charged["net"],
        "4000": -10_000,
        "5100": charged["fee"],
    }
    online.sandbox.refund(intent_of(online), 1_500)
    dispute = online.at_stripe("dispute", payment_intent=intent_of(online))
    online.settle_down()
    fees = sum(int(moved["fee"]) for moved in online.sandbox.state()["balance_transactions"])
    assert fees > charged["fee"]
    assert online.balances()["5100"] == fees
    assert clearing(online) == balance_at_stripe(online) < 0
    online.at_stripe("dispute/close", dispute=dispute["id"], won=True)
    online.settle_down()
    assert clearing(online) == balance_at_stripe(online) > 0
    online.check()


def test_a_payment_made_days_before_the_first_look_is_found(online: Shop, document_id: int) -> None:
    pay(online, document_id)
    online.pass_time(days=3)
    assert online.poll().applied > 0
    assert online.state(document_id) is DocumentState.PAID
    online.check()


def test_what_came_in_a_closed_period_is_booked_on_an_open_day(
    online: Shop, document_id: int
) -> None:
    pay(online, document_id)
    online.pass_time(days=2)
    # Closed while the payment lay at Stripe unread.
    online.falsify("UPDATE company SET locked_through = '2026-11-25'")
    online.settle_down()
    days = online.rows("SELECT kind, occurred_on FROM ledger_entry WHERE kind <> 'issued'")
    assert {row.kind for row in days} == {"charged", "fee"}
    assert {row.occurred_on for row in days} == {"2026-11-26"}
    assert online.one("SELECT received_on FROM payment").received_on == "2026-11-26"
    online.check()


def test_money_is_booked_on_the_day_it_moved_not_the_day_it_was_read(
    online: Shop, document_id: int
) -> None:
    pay(online, document_id)
    online.pass_time(days=2)
    online.settle_down()
    online.sandbox.refund(intent_of(online), 2_500)
    online.pass_time(days=3)
    online.settle_down()
    rows = online.rows("SELECT kind, occurred_on FROM ledger_entry ORDER BY id")
    days = {row.kind: row.occurred_on for row in rows}
    assert days == {
        "issued": "2026-11-24",
        "charged": "2026-11-24",
        "fee": "2026-11-24",
        "refunded": "2026-11-26",
    }
    assert online.one("SELECT received_on FROM payment").received_on == "2026-11-24"
    online.check()


@pytest.mark.parametrize("seed", range(3))
def test_events_late_twice_and_in_any_order_end_in_the_same_books(
    online: Shop, document_id: int, seed: int
) -> None:
    chance = random.Random(seed)
    online.sandbox.hold_events(delay_s=chance.choice((0, 40, 600)), copies=chance.choice((1, 3)))
    pay(online, document_id)
    for _ in range(4):
        look(online)
        online.pass_time(minutes=4)
    online.settle_down()
    # Whatever was told: the same events once more, in another order, as if never seen.
    ids = [row.id for row in online.rows("SELECT id FROM stripe_event WHERE state = 'applied'")]
    chance.shuffle(ids)
    before = online.balances(), online.rows("SELECT * FROM ledger_entry")
    for one in ids:
        online.falsify(
            "UPDATE stripe_event SET state = 'new', next_try_at = received_at WHERE id = :id",
            id=one,
        )
        online.poll()
    assert (online.balances(), online.rows("SELECT * FROM ledger_entry")) == before
    assert online.state(document_id) is DocumentState.PAID
    assert len(online.rows("SELECT * FROM payment")) == 1
    online.check()


def test_an_event_that_stripe_never_listed_is_made_up_for_by_another(
    online: Shop, document_id: int
) -> None:
    online.sandbox.hold_events(drop=1)
    pay(online, document_id)
    online.settle_down()
    assert online.state(document_id) is DocumentState.PAID
    online.check()


def test_a_payment_that_cannot_be_read_now_is_read_later(online: Shop, document_id: int) -> None:
    pay(online, document_id)
    online.sandbox.fail_next(Fault("GET", "/v1/(checkout|payment_intents)", status=500, times=8))
    online.pass_time(seconds=3)
    online.poll()
    waiting = online.rows("SELECT state, tries, error FROM stripe_event WHERE state = 'new'")
    assert waiting
    assert all(row.tries > 0 and row.error for row in waiting)
    online.settle_down()
    assert online.state(document_id) is DocumentState.PAID
    online.check()


def test_one_event_that_cannot_be_applied_does_not_hold_up_the_others(
    online: Shop, document_id: int
) -> None:
    stuck = online.issued("55", online_payment=True)
    online.work()
    pay(online, stuck.document_id)
    online.pass_time(seconds=2)
    pay(online, document_id)
    # A row nobody but an attacker would write: applying the first payment breaks on it.
    online.falsify(
        "UPDATE document SET exchange_rate = 'torn' WHERE id = :id", id=stuck.document_id
    )
    online.pass_time(seconds=3)
    result = online.poll()
    assert result.error == ""
    assert online.state(document_id) is DocumentState.PAID
    assert online.rows("SELECT * FROM stripe_event WHERE state = 'new' AND error <> ''")


def test_payments_of_other_programs_are_left_alone(online: Shop, document_id: int) -> None:
    gateway = online.app.settings._stripe.open(online.app.company_uid, livemode=False)
    params = payment_link_params(
        title="Somebody's shop",
        amount_minor=500,
        currency="EUR",
        description="Mug",
        metadata={"shop": "7"},
        inactive_message="gone",
        confirmation_message="thanks",
        instant_only=True,
    )
    foreign = gateway.create_payment_link(params, "foreign-key")
    online.sandbox.pay(foreign.url)
    online.settle_down()
    assert online.rows("SELECT * FROM payment") == []
    states = {row.state for row in online.rows("SELECT state FROM stripe_event")}
    assert states == {"foreign"}
    pay(online, document_id)
    online.sandbox.refund(online.sandbox.state()["payment_intents"][0]["id"])
    online.settle_down()
    assert len(online.rows("SELECT * FROM payment")) == 1
    online.check()


def forged(shop: Shop, document_id: int, **changes: str) -> str:
    """A link somebody with the Dashboard made, marked as ours; its address."""
    params = json.loads(shop.links(document_id)[0].params)
    amount = int(changes.pop("amount", params["line_items"][0]["price_data"]["unit_amount"]))
    params["line_items"][0]["price_data"]["unit_amount"] = amount
    for marks in (params["metadata"], params["payment_intent_data"]["metadata"]):
        marks.update(changes)
    gateway = shop.app.settings._stripe.open(shop.app.company_uid, livemode=False)
    return str(gateway.create_payment_link(params, f"forged-{amount}-{changes}").url)


def test_a_second_link_of_the_same_request_is_adopted_and_switched_off(
    online: Shop, document_id: int
) -> None:
    online.sandbox.pay(forged(online, document_id))
    online.settle_down()
    assert online.state(document_id) is DocumentState.PAID
    assert not any(link["active"] for link in online.sandbox.state()["payment_links"])
    assert {link.state for link in online.links(document_id)} == {"closed"}
    online.check()


def test_a_stray_link_paid_slowly_still_settles_the_invoice(
    online: Shop, slow_document_id: int
) -> None:
    online.sandbox.pay(forged(online, slow_document_id), card=DEBIT_OK)
    look(online)
    assert online.state(slow_document_id) is DocumentState.PROCESSING
    online.sandbox.settle(intent_of(online))
    online.settle_down()
    assert online.state(slow_document_id) is DocumentState.PAID
    assert online.one("SELECT review FROM payment").review == ""
    online.check()


@pytest.mark.parametrize(
    ("changes", "review"),
    [
        ({"amount": "100"}, "not the amount"),
        ({"ref": "0" * 64}, "not the one BillDesk signed"),
    ],
    ids=["amount", "reference"],
)
def test_money_that_does_not_fit_its_link_is_kept_but_settles_nothing(
    online: Shop, document_id: int, changes: dict[str, str], review: str
) -> None:
    online.sandbox.pay(forged(online, document_id, **changes))
    online.settle_down()
    payment = online.one("SELECT * FROM payment")
    assert review in payment.review
    assert payment.unallocated_minor == payment.amount_minor > 0
    row = online.document(document_id)
    assert (row.open_minor, row.paid_minor) == (10_000, 0)
    online.check()


@pytest.mark.parametrize("mark", ["install", "company"])
def test_marks_of_another_install_or_company_are_foreign(
    online: Shop, document_id: int, mark: str
) -> None:
    online.sandbox.pay(forged(online, document_id, **{mark: "somebody-else"}))
    online.settle_down()
    assert online.rows("SELECT * FROM payment") == []
    assert online.state(document_id) is DocumentState.ISSUED
    online.check()


def fetched(shop: Shop) -> PaymentSnapshot:
    """What Stripe says about the only payment."""
    (session,) = shop.sandbox.state()["sessions"]
    gateway = shop.app.settings._stripe.open(shop.app.company_uid, livemode=False)
    return gateway.fetch_payment(RootKind.SESSION, session["id"])


@pytest.fixture
def payments(online: Shop) -> StripePaymentService:
    """The use case that applies a snapshot, for snapshots the practice Stripe never gives."""
    return online.app.sync._poller._inbox._payments


def test_money_received_is_never_taken_back_by_an_older_story(
    online: Shop, document_id: int, payments: StripePaymentService
) -> None:
    pay(online, document_id)
    online.settle_down()
    told = fetched(online)
    assert told.intent is not None
    before = online.balances()
    for status in ("processing", "requires_payment_method", "canceled"):
        older = replace(told, intent=replace(told.intent, status=status), charge=None)
        payments.apply(older, livemode=False)
        assert online.one("SELECT state FROM payment").state == "succeeded"
    assert online.balances() == before
    assert online.state(document_id) is DocumentState.PAID
    online.check()


def test_what_counts_is_what_was_received_not_what_was_asked(
    online: Shop, document_id: int, payments: StripePaymentService
) -> None:
    pay(online, document_id)
    told = fetched(online)
    assert told.intent is not None
    less = replace(told, intent=replace(told.intent, amount_received_minor=9_000))
    payments.apply(less, livemode=False)
    payment = online.one("SELECT * FROM payment")
    assert (payment.amount_minor, payment.unallocated_minor) == (9_000, 9_000)
    assert "not the amount" in payment.review
    assert online.document(document_id).open_minor == 10_000
    online.check()


@pytest.mark.parametrize(
    ("changes", "review"),
    [({"currency": "USD"}, "another currency"), ({}, "A discount")],
    ids=["currency", "discount"],
)
def test_money_of_another_kind_is_kept_for_the_owner_to_look_at(
    online: Shop,
    document_id: int,
    payments: StripePaymentService,
    changes: dict[str, str],
    review: str,
) -> None:
    pay(online, document_id)
    told = fetched(online)
    assert told.intent is not None
    assert told.session is not None
    odd = replace(
        told,
        intent=replace(told.intent, **changes),
        session=told.session if changes else replace(told.session, discount_minor=1),
    )
    payments.apply(odd, livemode=False)
    payment = online.one("SELECT * FROM payment")
    assert review in payment.review
    assert payment.unallocated_minor == 10_000
    assert online.state(document_id) is DocumentState.ISSUED
    online.check()


def test_a_payment_of_the_other_mode_is_foreign(
    online: Shop, document_id: int, payments: StripePaymentService
) -> None:
    pay(online, document_id)
    told = replace(fetched(online), livemode=True)
    assert payments.apply(told, livemode=False).foreign
    assert payments.apply(told, livemode=True).foreign
    assert online.rows("SELECT * FROM payment") == []


def test_two_companies_on_one_stripe_account_stay_apart(
    open_shop: Callable[..., Shop], stripe_sandbox: StripeSandbox
) -> None:
    shops = [open_shop(name, stripe=stripe_sandbox) for name in ("One", "Other")]
    documents = []
    for shop in shops:
        shop.connect()
        documents.append(shop.issued("100", online_payment=True).document_id)
        shop.work()
    pay(shops[1], documents[1])
    for shop in shops:
        shop.settle_down()
    assert shops[0].state(documents[0]) is DocumentState.ISSUED
    assert shops[1].state(documents[1]) is DocumentState.PAID
    stripe_sandbox.refund(stripe_sandbox.state()["payment_intents"][0]["id"])
    for shop in shops:
        shop.settle_down()
    assert shops[1].state(documents[1]) is DocumentState.REFUNDED
    payments = shops[0].rows("SELECT company_id FROM payment")
    assert [row.company_id for row in payments] == [shops[1].app.company_id]
    for shop in shops:
        shop.check()


def test_a_look_that_died_holds_up_the_next_one_no_longer_than_its_lease(
    online: Shop, document_id: int
) -> None:
    online.poll()
    pay(online, document_id)
    online.falsify(
        "UPDATE stripe_cursor SET claimed_by = 'dead', "
        "lease_until_at = '2026-11-24 12:02:00.000000'"
    )
    assert online.poll().skipped
    online.pass_time(minutes=2)
    assert not online.poll().skipped
    assert online.state(document_id) is DocumentState.PAID
