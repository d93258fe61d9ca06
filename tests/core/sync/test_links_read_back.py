"""A link is shown only when Stripe has it as it was asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import Fault, SandboxLinkInactive

ONE_LINK = r"/v1/payment_links/plink_"


@pytest.fixture
def online(quick_online: Shop) -> Shop:
    return quick_online


def asked(shop: Shop, **fields: object) -> int:
    return shop.issued("100", online_payment=True, **fields).document_id


def there(shop: Shop) -> list[dict[str, Any]]:
    links: list[dict[str, Any]] = shop.sandbox.state()["payment_links"]
    return links


def unread(shop: Shop) -> int:
    """An invoice whose link was made, but could not be read back yet."""
    shop.sandbox.fail_next(Fault("GET", ONE_LINK, status=503, times=2))
    document_id = asked(shop)
    shop.work()
    (link,) = shop.links(document_id)
    assert (link.state, link.url, link.stripe_id, len(there(shop))) == ("sent", None, None, 1)
    return document_id


def falsify(shop: Shop, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Let Stripe have made something else."""
    with shop.sandbox.simulation.running() as account:
        (link,) = account.store.oldest_first("payment_link")
        change(account.store.line_items[link["id"]])
        account.store.touch(link)


def test_a_link_is_read_back_before_it_is_shown(online: Shop) -> None:
    document_id = unread(online)
    assert online.app.queries.document(document_id).link.url is None
    online.pass_time(minutes=6)
    online.work()
    (link,) = online.links(document_id)
    (made,) = there(online)
    assert (link.state, link.url) == ("active", made["url"])
    online.check()


def test_a_link_that_asks_for_something_else_is_never_shown(online: Shop) -> None:
    document_id = unread(online)
    falsify(online, lambda items: items[0].update(amount_total=99_00))
    online.pass_time(minutes=6)
    online.work()
    (link,) = online.links(document_id)
    assert (link.state, link.url) == ("closed", None)
    with pytest.raises(SandboxLinkInactive):
        online.sandbox.pay(there(online)[0]["url"])
    (problem,) = online.app.queries.document(document_id).problems
    assert "asks for EUR 99.00 instead of EUR 100.00" in problem
    # The PDF waits for the owner, who may do without or ask again.
    assert online.rows("SELECT * FROM rendition") == []
    online.app.links.continue_without(document_id)
    online.work()
    assert len(online.rows("SELECT * FROM rendition")) == 1
    assert online.app.queries.document(document_id).problems == ()
    online.check()


def test_an_account_without_link_is_asked_for_cards_once_and_for_all(online: Shop) -> None:
    online.at_stripe("quirks", has_link=False)
    first, second = asked(online), asked(online)
    online.work()
    assert [link["payment_method_types"] for link in there(online)] == [["card"], ["card"]]
    assert [row.state for row in online.links(first)] == ["closed", "active"]
    # The second was queued before anybody knew; the next is not refused first.
    third = asked(online)
    online.work()
    assert [row.state for row in online.links(third)] == ["active"]
    assert online.links(second)[-1].state == "active"
    online.check()


def test_an_account_that_takes_no_cards_is_told_and_not_asked_for_ever(online: Shop) -> None:
    fault = Fault("POST", r"/v1/payment_links$", status=400, times=2)
    online.at_stripe("quirks", has_link=False)
    online.sandbox.fail_next(Fault("POST", r"/v1/payment_links$", status=200, skip=1))
    online.sandbox.fail_next(fault)
    document_id = asked(online)
    online.work()
    assert online.links(document_id)[-1].state == "failed"


def test_paid_while_it_was_being_replaced_is_known_before_anything_new_is_asked_for(
    online: Shop,
) -> None:
    document_id = asked(online)
    online.work()
    (link,) = online.links(document_id)
    online.sandbox.pay(link.url)
    online.receive(document_id, 4_000)
    online.pass_time(seconds=5)
    online.work()
    # Without any look at the events: what was paid is booked, nothing is asked for on top of it.
    assert [one.state for one in online.links(document_id)] == ["closed", "closed"]
    assert len(there(online)) == 1
    assert online.state(document_id) is DocumentState.OVERPAID
    online.settle_down()
    assert online.one("SELECT count(*) AS n FROM payment WHERE method = 'stripe'").n == 1
    online.check()


def test_a_debit_on_its_way_while_it_was_being_replaced_asks_for_nothing_new(online: Shop) -> None:
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, instant_only=False))
    document_id = asked(online)
    online.work()
    online.sandbox.pay(online.links(document_id)[0].url, card="AT611904300234573201")
    online.receive(document_id, 4_000)
    online.work()
    assert len(there(online)) == 1
    assert online.document(document_id).pending_minor == 10_000
    online.check()


def test_a_replaced_link_that_somebody_switched_on_again_is_switched_off_again(
    online: Shop,
) -> None:
    document_id = asked(online)
    online.work()
    online.receive(document_id, 4_000)
    online.work()
    old = online.links(document_id)[0]
    online.at_stripe("link", link=old.stripe_id, active=True)
    online.settle_down()
    assert [link["active"] for link in there(online)] == [False, True]
    assert "link.switched_off_again" in online.audit()
    online.check()


def test_a_link_still_waiting_for_stripe_expires_too(online: Shop) -> None:
    online.sandbox.fail_next(Fault("POST", r"/v1/payment_links$", status=503, times=2))
    document_id = asked(online, terms_days=0)
    online.time.advance(days=31)
    online.poll()
    online.work()
    assert [link.state for link in online.links(document_id)] == ["closed"]
    assert there(online) == []
    # Its PDF does not wait for a link that never comes.
    assert len(online.rows("SELECT * FROM rendition")) == 1
    online.check()


@pytest.mark.parametrize("days", [30, 0])
def test_a_link_asked_for_when_its_invoice_is_long_due_can_be_paid(online: Shop, days: int) -> None:
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, expiry_days=days))
    document_id = online.issued("50", terms_days=0).document_id
    online.time.advance(days=80)
    online.app.links.request(document_id)
    online.work()
    online.poll()
    online.work()
    assert [link.state for link in online.links(document_id)] == ["active"]
    online.time.advance(days=days, hours=23)
    online.poll()
    assert [link.state for link in online.links(document_id)][-1] == (
        "active" if days == 0 else "retiring"
    )
    online.time.advance(hours=2)
    online.poll()
    online.work()
    assert [link["active"] for link in there(online)] == [False]
    online.check()


def test_before_a_company_is_closed_all_its_links_can_be_switched_off_at_once(
    online: Shop,
) -> None:
    asked(online)
    asked(online)
    online.work()
    asked(online)
    assert online.app.links.switch_all_off() == 3
    online.work()
    assert online.app.links.switch_all_off() == 0
    assert [link["active"] for link in there(online)] == [False, False]
    live = "SELECT * FROM payment_link WHERE state <> 'closed'"
    assert online.rows(live) == []
    online.check()
