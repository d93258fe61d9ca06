"""Saved cards: consent on the pay page, then one charge at a time, never twice."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from books import Shop
from sqlalchemy import Row

from billdesk.bootstrap import backup_service, companies, open_books, restore_service
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.stripe.cards import ChargeInput
from billdesk.sandbox import Fault, SandboxDeclined, SandboxLinkInactive

ALWAYS_ASKS = "4000002760003184"
INTENTS = r"/v1/payment_intents$"


@pytest.fixture
def online(quick_online: Shop) -> Shop:
    return quick_online


def pay_and_save(shop: Shop, card: str = "4242424242424242", **fields: Any) -> Row[Any]:
    """The card that a customer left with a first invoice."""
    document_id = shop.issued("50", online_payment=True, **fields).document_id
    shop.work()
    shop.sandbox.pay(shop.links(document_id)[-1].url, card=card)
    shop.settle_down()
    return shop.one("SELECT * FROM saved_card WHERE document_id = :id", id=document_id)


@pytest.fixture
def with_cards(online: Shop) -> Shop:
    """A company that may keep cards."""
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
    return online


def next_invoice(shop: Shop, card: Row[Any], price: str = "100", **fields: Any) -> int:
    return shop.issued(price, customer_id=card.customer_id, **fields).document_id


def charge(shop: Shop, document_id: int, card: Row[Any], minor: int | None = None) -> None:
    shop.app.cards.charge(ChargeInput(document_id, card.id, minor))


def order(shop: Shop, document_id: int) -> Row[Any]:
    return shop.rows(
        "SELECT * FROM stripe_order WHERE document_id = :id ORDER BY id DESC", id=document_id
    )[0]


def intents(shop: Shop) -> list[dict[str, Any]]:
    """The payments that saved cards were charged with, as Stripe has them."""
    made: list[dict[str, Any]] = shop.sandbox.state()["payment_intents"]
    return [one for one in made if "billdesk_attempt" in one["metadata"]]


def test_a_card_is_kept_only_with_the_consent_the_link_asked_for(online: Shop) -> None:
    first = online.issued("50", online_payment=True).document_id
    online.work()
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
    online.sandbox.pay(online.links(first)[-1].url)
    online.settle_down()
    assert online.rows("SELECT * FROM saved_card") == []
    card = pay_and_save(online)
    assert (card.brand, card.last4, card.expires_month, card.expires_year) == (
        "visa",
        "4242",
        12,
        2034,
    )
    customer = online.document(card.document_id).customer_id
    assert (card.customer_id, card.livemode) == (customer, False)
    assert "card.saved" in online.audit()
    online.poll(deep=True)
    assert len(online.rows("SELECT * FROM saved_card")) == 1
    online.check()


def test_a_saved_card_pays_the_next_invoice_once_its_link_is_off(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card, online_payment=True)
    shop.work()
    url = shop.links(document_id)[-1].url
    with pytest.raises(SandboxDeclined):
        shop.sandbox.pay(url, card="4000000000000002")
    charge(shop, document_id, card)
    assert shop.state(document_id) is DocumentState.PROCESSING
    shop.check()
    shop.sandbox.fail_next(Fault("POST", INTENTS, status=None, times=2, when="after"))
    shop.work()
    assert [session["status"] for session in shop.sandbox.state()["sessions"]][-1] == "expired"
    assert len(intents(shop)) == 1
    with pytest.raises(SandboxLinkInactive):
        shop.sandbox.pay(url)
    shop.settle_down()
    assert shop.state(document_id) is DocumentState.PAID
    assert order(shop, document_id).state == "done"
    (made,) = intents(shop)
    assert (made["amount_received"], made["description"]) == (10_000, "Invoice INV-00002")
    assert made["id"] == order(shop, document_id).stripe_id
    assert shop.one("SELECT count(*) AS n FROM payment").n == 2
    shop.check()


def test_a_look_that_is_faster_than_the_answer_books_the_charge_once(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    charge(shop, document_id, card, 4_000)
    shop.sandbox.fail_next(Fault("POST", INTENTS, status=None, times=2, when="after"))
    shop.work()
    assert order(shop, document_id).state == "sent"
    shop.pass_time(seconds=5)
    shop.poll()
    assert order(shop, document_id).state == "done"
    assert (shop.document(document_id).open_minor, shop.document(document_id).pending_minor) == (
        6_000,
        0,
    )
    shop.check()
    shop.settle_down()
    assert len(intents(shop)) == 1
    assert shop.document(document_id).open_minor == 6_000
    shop.check()


def test_an_answer_lost_for_a_day_is_looked_for_before_anything_is_sent_again(
    with_cards: Shop,
) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    lost, never = next_invoice(shop, card), next_invoice(shop, card, "30")
    charge(shop, lost, card)
    shop.sandbox.hold_events(drop=100)
    shop.sandbox.fail_next(Fault("POST", INTENTS, status=None, times=2, when="after"))
    shop.work()
    charge(shop, never, card)
    shop.sandbox.fail_next(Fault("POST", INTENTS, status=503, times=2))
    shop.work()
    key = order(shop, never).idempotency_key
    shop.pass_time(hours=24)
    shop.work()
    assert [one["amount_received"] for one in intents(shop)] == [10_000, 3_000]
    assert order(shop, never).idempotency_key != key
    assert {shop.state(lost), shop.state(never)} == {DocumentState.PAID}
    shop.check()


@pytest.mark.parametrize("status", [401, 403])
def test_a_charge_that_stripe_has_is_never_sent_again_whatever_is_refused_after_it(
    with_cards: Shop, status: int
) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    charge(shop, document_id, card)
    shop.sandbox.fail_next(Fault("GET", r"/v1/checkout/sessions$", status=status))
    shop.work()
    assert order(shop, document_id).state == "sent"
    with pytest.raises(NotAllowed):
        shop.app.cards.withdraw(document_id)
    shop.pass_time(days=2)
    shop.settle_down()
    assert [one["amount_received"] for one in intents(shop)] == [10_000]
    assert shop.state(document_id) is DocumentState.PAID
    shop.check()


def test_a_charge_waiting_in_a_backup_is_looked_for_before_it_is_sent(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    shop.settle_down()
    charge(shop, document_id, card)
    paths, secrets, time = shop.books.paths, shop.books.secrets, shop.time
    backup = backup_service(paths, secrets, now=time.now).make()
    shop.settle_down()
    assert len(intents(shop)) == 1
    shop.app.close()
    shop.books.close()
    time.advance(days=2)
    restore_service(paths, now=time.now, today=time.today).restore(backup.file)
    books = open_books(paths, secrets=secrets, now=time.now, today=time.today)
    after = Shop.open(books, companies(books)[0].id, time, stripe=shop.stripe)
    assert order(after, document_id).state == "queued"
    after.work()
    after.settle_down()
    assert len(intents(after)) == 1
    assert after.state(document_id) is DocumentState.PAID
    after.check()
    after.app.close()
    books.close()


def test_a_declined_card_charges_nothing_and_nothing_tries_again(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    shop.at_stripe("card", payment_method=card.payment_method)
    charge(shop, document_id, card)
    shop.settle_down()
    declined = order(shop, document_id)
    assert declined.state == "failed"
    assert "insufficient funds" in declined.error
    assert [one["status"] for one in intents(shop)] == ["canceled"]
    assert shop.one("SELECT decline_code FROM payment_attempt").decline_code == "insufficient_funds"
    assert shop.state(document_id) is DocumentState.ISSUED
    assert shop.links(document_id) == []
    assert shop.app.queries.document(document_id).problems == (declined.error,)
    (task,) = [one for one in shop.app.queries.home().attention if one.kind == "card"]
    assert (task.document_id, task.detail) == (document_id, declined.error)
    assert [one.error for one in shop.app.queries.outbox()] == [declined.error]
    shop.check()
    # The owner may: with another order under another key.
    shop.at_stripe("card", payment_method=card.payment_method, declines=False)
    charge(shop, document_id, card)
    shop.settle_down()
    assert shop.state(document_id) is DocumentState.PAID
    assert order(shop, document_id).idempotency_key != declined.idempotency_key
    assert shop.app.queries.outbox() == ()
    shop.check()


def test_a_card_that_stripe_does_not_know_any_more_is_offered_no_more(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    shop.falsify("UPDATE saved_card SET payment_method = 'pm_gone'")
    charge(shop, document_id, card)
    shop.settle_down()
    assert "does not know this card any more" in order(shop, document_id).error
    assert [one["amount_received"] for one in intents(shop)] in ([], [0])
    assert shop.one("SELECT removed_at FROM saved_card").removed_at is not None
    with pytest.raises(NotAllowed):
        charge(shop, document_id, card)
    shop.check()


def test_a_bank_that_asks_for_the_customer_gets_a_payment_link(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop, ALWAYS_ASKS)
    document_id = next_invoice(shop, card)
    charge(shop, document_id, card)
    shop.settle_down()
    asked = order(shop, document_id)
    assert asked.state == "failed"
    assert "wants the customer to confirm" in asked.error
    assert [one["status"] for one in intents(shop)] == ["canceled"]
    (link,) = shop.links(document_id)
    assert (link.state, link.amount_minor) == ("active", 10_000)
    shop.sandbox.pay(link.url)
    shop.settle_down()
    assert shop.state(document_id) is DocumentState.PAID
    shop.check()


def test_while_something_is_pending_no_card_is_charged_and_the_other_way_round(
    with_cards: Shop,
) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    charge(shop, document_id, card, 6_000)
    refused: tuple[Callable[[], object], ...] = (
        lambda: charge(shop, document_id, card),
        lambda: shop.app.links.request(document_id),
        lambda: shop.app.invoices.void(document_id, "Mistake"),
    )
    for attempt in refused:
        with pytest.raises(NotAllowed, match="under way"):
            attempt()
    # Paid otherwise before it was sent: then it is not sent.
    shop.receive(document_id, 5_000)
    shop.work()
    assert order(shop, document_id).state == "failed"
    assert "Less than that is open" in order(shop, document_id).error
    assert intents(shop) == []
    shop.check()


def test_a_charge_that_was_not_sent_can_be_taken_back(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    charge(shop, document_id, card)
    shop.app.cards.withdraw(document_id)
    shop.settle_down()
    assert intents(shop) == []
    assert shop.state(document_id) is DocumentState.ISSUED
    charge(shop, document_id, card)
    shop.sandbox.fail_next(Fault("POST", INTENTS, status=503, times=2))
    shop.work()
    with pytest.raises(NotAllowed, match="may have been charged"):
        shop.app.cards.withdraw(document_id)
    shop.check()


def test_a_card_is_charged_only_where_it_may_be(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    somebody = shop.issued("100").document_id
    with pytest.raises(NotAllowed, match="another customer"):
        charge(shop, somebody, card)
    for minor in (0, 10_001):
        with pytest.raises(UserError, match="no more than is open"):
            charge(shop, document_id, card, minor)
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True))
    with pytest.raises(NotAllowed, match="Switch saved cards on"):
        charge(shop, document_id, card)
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
    shop.app.cards.remove(card.id)
    with pytest.raises(NotAllowed, match="removed"):
        charge(shop, document_id, card)
    with pytest.raises(NotAllowed, match="already"):
        shop.app.cards.remove(card.id)
    assert shop.rows("SELECT * FROM stripe_order") == []


def test_a_charge_whose_order_the_books_lost_pays_its_invoice(with_cards: Shop) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    document_id = next_invoice(shop, card)
    charge(shop, document_id, card)
    shop.sandbox.fail_next(Fault("POST", INTENTS, status=None, times=2, when="after"))
    shop.work()
    # As in books restored from a copy of before the charge.
    shop.falsify("DELETE FROM outbox WHERE order_id IS NOT NULL")
    shop.falsify("DELETE FROM stripe_order")
    shop.falsify("UPDATE document SET pending_minor = 0")
    shop.settle_down()
    assert shop.state(document_id) is DocumentState.PAID
    shop.check()


def test_cards_go_with_a_merged_customer_and_end_with_an_erased_one(
    with_cards: Shop, tmp_path: Path
) -> None:
    shop = with_cards
    card = pay_and_save(shop)
    into = shop.customer(name="Nordlicht Gruppe AS")
    document_id = shop.issued("100", customer_id=card.customer_id).document_id
    shop.app.customer_merges.merge(card.customer_id, into)
    assert shop.one("SELECT customer_id FROM saved_card").customer_id == into
    charge(shop, document_id, card)
    shop.settle_down()
    assert shop.state(document_id) is DocumentState.PAID
    shop.app.customer_merges.undo(card.customer_id)
    assert shop.one("SELECT customer_id FROM saved_card").customer_id == card.customer_id
    given = shop.app.personal_data.give_out(card.customer_id, tmp_path / "person.zip")
    with zipfile.ZipFile(given.file) as out:
        assert '"last4":"4242"' in out.read("saved_card.jsonl").decode().replace(": ", ":")
    shop.app.personal_data.erase(card.customer_id)
    gone = shop.one("SELECT * FROM saved_card")
    assert (gone.last4, gone.brand, gone.stripe_customer, gone.removed_at is None) == (
        "",
        "",
        "",
        False,
    )
    assert card.payment_method not in gone.payment_method
    shop.check()
