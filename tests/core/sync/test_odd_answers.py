"""One odd thing at Stripe holds up nothing else, and a visit to a pay page costs nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from books import Shop
from calls import listed
from in_process_stripe import InProcessStripe

from billdesk.core.domain.documents import DocumentState
from billdesk.core.gateways.stripe import sdk
from billdesk.core.gateways.stripe.errors import StripeKeyRejected

Change = Callable[[str, Any], None]
HALF_A_PAIR = "\ud83d"
BALANCE = {
    "id": "txn_odd",
    "object": "balance_transaction",
    "type": "charge",
    "amount": 1_000,
    "fee": 40,
    "currency": "eur",
    "created": 1_780_000_000,
    "available_on": 1_780_000_000,
}


def paid(shop: Shop, stripe: InProcessStripe, price: str) -> int:
    """An invoice whose link has just been paid; nobody has looked."""
    document_id = shop.issued(price, online_payment=True).document_id
    shop.work()
    stripe.pay(shop.links(document_id)[0].url)
    shop.pass_time(seconds=3)
    return document_id


@pytest.fixture
def slow_fees(in_process: InProcessStripe) -> None:
    """Stripe tells a fee minutes after the payment."""
    in_process.simulation.account.settle_delay_s = 60


def intents(stripe: InProcessStripe) -> list[str]:
    rows = stripe.simulation.account.store.oldest_first("payment_intent")
    return [str(row["id"]) for row in rows]


def waiting(shop: Shop) -> list[Any]:
    return shop.rows("SELECT tries, error FROM stripe_event WHERE state = 'new'")


def test_visits_that_end_unpaid_cost_no_reads(near: Shop, in_process: InProcessStripe) -> None:
    document_id = near.issued("100", online_payment=True, terms_days=90).document_id
    near.work()
    url = near.links(document_id)[0].url
    assert near.poll().error == ""
    for _ in range(5):
        in_process.open_page(url)
    near.pass_time(hours=25)
    in_process.calls.clear()
    assert near.poll().error == ""
    visits = near.rows("SELECT * FROM stripe_event WHERE type = 'checkout.session.expired'")
    assert [row.state for row in visits] == ["applied"] * 5
    assert all(row.applied_at for row in visits)
    read = [path for _, path in in_process.calls if path.startswith("/v1/checkout/sessions/")]
    assert read == []
    in_process.pay(url)
    near.settle_down()
    assert near.state(document_id) is DocumentState.PAID
    near.check()


@pytest.mark.parametrize("odd_fact", [{"exchange_rate": "a lot"}, {"exchange_rate": float("nan")}])
def test_a_payment_that_cannot_be_read_waits_and_the_others_go_on(
    near: Shop,
    in_process: InProcessStripe,
    stripe_says: Callable[[Change], None],
    odd_fact: dict[str, object],
) -> None:
    odd, well = paid(near, in_process, "10"), paid(near, in_process, "20")
    (about_odd, _) = intents(in_process)

    def altered(_path: str, body: Any) -> None:
        for intent in (body, body.get("payment_intent")):
            if isinstance(intent, dict) and intent.get("id") == about_odd:
                intent["latest_charge"]["balance_transaction"] = {**BALANCE, **odd_fact}

    stripe_says(altered)
    assert near.poll().error == ""
    assert (near.state(odd), near.state(well)) == (DocumentState.ISSUED, DocumentState.PAID)
    assert waiting(near)
    assert all(row.tries > 0 and "could not be understood" in row.error for row in waiting(near))
    stripe_says(lambda _path, _body: None)
    near.settle_down()
    assert near.state(odd) is DocumentState.PAID
    near.check()


def test_a_bug_while_one_payment_is_fetched_holds_up_no_other(
    near: Shop, in_process: InProcessStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, well = paid(near, in_process, "10"), paid(near, in_process, "20")
    (first, _) = intents(in_process)
    read = sdk.read_payment

    def trips(*given: Any, **more: Any) -> Any:
        seen = read(*given, **more)
        if seen.intent is not None and seen.intent.id == first:
            raise ZeroDivisionError
        return seen

    monkeypatch.setattr(sdk, "read_payment", trips)
    assert near.poll().error == ""
    assert (near.state(odd), near.state(well)) == (DocumentState.ISSUED, DocumentState.PAID)
    assert {row.error for row in waiting(near)} == {
        "Internal error (ZeroDivisionError); see the log."
    }
    assert {row.tries for row in waiting(near)} == {1}


def broken_id(event: Any) -> None:
    event["id"] = HALF_A_PAIR


def long_id(event: Any) -> None:
    event["id"] = "evt_" + "x" * 80


def no_type(event: Any) -> None:
    del event["type"]


def textual_time(event: Any) -> None:
    event["created"] = "yesterday"


def nul(event: Any) -> None:
    event["data"]["object"]["id"] += "\0"


def long_object(event: Any) -> None:
    event["data"]["object"]["id"] = "cs_" + "x" * 200


def broken_link(event: Any) -> None:
    event["data"]["object"]["payment_link"] = HALF_A_PAIR


def spoiled(event: Any, spoil: Callable[[Any], None]) -> Any:
    copy = json.loads(json.dumps(event))
    spoil(copy)
    return copy


def test_events_that_cannot_be_read_are_left_out(
    near: Shop,
    in_process: InProcessStripe,
    stripe_says: Callable[[Change], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    document_id = paid(near, in_process, "10")
    spoils = (broken_id, long_id, no_type, textual_time, nul, long_object, broken_link)

    def altered(path: str, body: Any) -> None:
        if path.startswith("events") and body["data"]:
            bad = [spoiled(body["data"][0], spoil) for spoil in spoils]
            body["data"] = [*bad, *body["data"], "no event"]

    stripe_says(altered)
    assert near.poll().error == ""
    said = [record.message for record in caplog.records if "is left out" in record.message]
    assert len(said) == len(spoils) + 1
    assert not any("example.com" in message for message in said)
    assert near.one("SELECT read_through_at FROM stripe_cursor").read_through_at is not None
    near.settle_down()
    assert near.state(document_id) is DocumentState.PAID
    near.check()


def test_a_page_that_ends_with_an_odd_event_is_gone_on_from(
    near: Shop, in_process: InProcessStripe, stripe_says: Callable[[Change], None]
) -> None:
    document_id = paid(near, in_process, "10")
    asked: list[str] = []

    def altered(path: str, body: Any) -> None:
        if not path.startswith("events"):
            return
        asked.append(path)
        if "starting_after" in path:
            return
        kept = body["data"][:1]
        body["data"], body["has_more"] = [*kept, {**kept[0], "id": HALF_A_PAIR}], True

    stripe_says(altered)
    assert near.poll().error == ""
    assert len(asked) == 2
    assert near.state(document_id) is DocumentState.PAID


@pytest.mark.usefixtures("slow_fees")
@pytest.mark.parametrize("fee", [2**70, "much"])
def test_an_odd_fee_is_put_off_and_the_others_are_completed(
    near: Shop, in_process: InProcessStripe, stripe_says: Callable[[Change], None], fee: object
) -> None:
    paid(near, in_process, "10")
    paid(near, in_process, "20")
    odd, well = intents(in_process)
    assert near.poll().error == ""
    assert {row.fee_state for row in near.rows("SELECT fee_state FROM payment")} == {"pending"}
    near.pass_time(hours=1)

    def altered(_path: str, body: Any) -> None:
        if body.get("id") == odd:
            charge = body["latest_charge"]
            charge["balance_transaction"] = {**BALANCE, "fee": fee}

    stripe_says(altered)
    assert near.poll().error == ""
    states = {
        row.payment_intent: row.fee_state
        for row in near.rows("SELECT payment_intent, fee_state FROM payment")
    }
    assert states == {odd: "pending", well: "final"}
    # Until tomorrow it costs no more reads.
    in_process.calls.clear()
    assert near.poll().error == ""
    assert listed(in_process, f"/v1/payment_intents/{odd}") == 0


@pytest.mark.usefixtures("slow_fees")
def test_a_bug_while_a_fee_is_completed_ends_no_look(
    near: Shop, in_process: InProcessStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(near, in_process, "10")
    assert near.poll().error == ""
    near.pass_time(hours=1)
    monkeypatch.setattr(sdk, "read_payment", lambda *_given, **_more: 1 / 0)
    assert near.poll().error == ""
    assert near.one("SELECT fee_state FROM payment").fee_state == "pending"
    monkeypatch.undo()
    near.pass_time(days=1)
    near.settle_down()
    assert near.one("SELECT fee_state FROM payment").fee_state == "final"
    near.check()


@pytest.mark.usefixtures("slow_fees")
def test_a_key_that_is_refused_while_a_fee_is_looked_up_ends_the_look(
    near: Shop, in_process: InProcessStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(near, in_process, "10")
    assert near.poll().error == ""
    near.pass_time(hours=1)

    def refused(*_given: Any, **_more: Any) -> Any:
        raise StripeKeyRejected("Stripe does not accept the API key any more.")

    monkeypatch.setattr(sdk, "read_payment", refused)
    assert "any more" in near.poll().error
