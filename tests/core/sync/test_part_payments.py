"""Parts of an invoice by link: a chosen part, and a plan of instalments."""

from datetime import date, timedelta
from typing import Any

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.instalments import Instalment
from billdesk.core.domain.settings import OnlinePayment

DEBIT_OK = "AT611904300234573201"


@pytest.fixture
def online(quick_online: Shop) -> Shop:
    return quick_online


def links(shop: Shop, document_id: int) -> list[tuple[int, bool, str]]:
    return [(link.amount_minor, link.is_part, link.state) for link in shop.links(document_id)]


def url(shop: Shop, document_id: int) -> str:
    return str(shop.links(document_id)[-1].url)


def monthly(shop: Shop, *minors: int) -> tuple[Instalment, ...]:
    today = shop.time.today()
    return tuple(
        Instalment(today + timedelta(days=30 * n), minor) for n, minor in enumerate(minors)
    )


def active(shop: Shop) -> list[dict[str, Any]]:
    return [link for link in shop.sandbox.state()["payment_links"] if link["active"]]


def test_a_chosen_part_is_asked_for_and_then_the_rest(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    online.app.links.request(document_id, 4_000)
    online.work()
    assert links(online, document_id) == [(10_000, False, "closed"), (4_000, True, "active")]
    product = online.sandbox.state()["products"][-1]
    assert product["name"] == "Invoice INV-00001, part payment"
    online.sandbox.pay(url(online, document_id))
    online.settle_down()
    assert online.document(document_id).open_minor == 6_000
    assert online.state(document_id) is DocumentState.PARTIALLY_PAID
    assert links(online, document_id)[-1] == (6_000, False, "active")
    assert len(active(online)) == 1
    online.sandbox.pay(url(online, document_id))
    online.settle_down()
    assert online.state(document_id) is DocumentState.PAID
    assert active(online) == []
    online.check()


def test_a_part_link_stays_as_long_as_that_much_is_open(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.app.links.request(document_id, 4_000)
    online.work()
    first = links(online, document_id)[-1]
    online.receive(document_id, 6_000)
    online.work()
    assert links(online, document_id)[-1] == first == (4_000, True, "active")
    online.check()
    online.receive(document_id, 1_000)
    online.work()
    assert links(online, document_id)[-2:] == [(4_000, True, "closed"), (3_000, False, "active")]
    assert len(active(online)) == 1
    online.check()


@pytest.mark.parametrize("minor", [0, -1, 10_001])
def test_no_part_is_more_than_is_open(online: Shop, minor: int) -> None:
    document_id = online.issued("100").document_id
    with pytest.raises(UserError) as refusal:
        online.app.links.request(document_id, minor)
    assert refusal.value.field == "minor"
    assert online.links(document_id) == []


def test_a_part_by_debit_is_waited_for_before_anything_else_is_asked_for(online: Shop) -> None:
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, instant_only=False))
    document_id = online.issued("100", online_payment=True).document_id
    online.app.links.request(document_id, 4_000)
    online.work()
    online.sandbox.pay(url(online, document_id), card=DEBIT_OK)
    online.pass_time(seconds=5)
    online.poll()
    online.work()
    assert (online.document(document_id).pending_minor, active(online)) == (4_000, [])
    online.settle_down()
    assert online.document(document_id).open_minor == 6_000
    assert links(online, document_id)[-1] == (6_000, False, "active")
    online.check()


def test_instalments_are_asked_for_one_after_the_other(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    online.app.instalments.plan(document_id, monthly(online, 5_000, 2_500, 2_500))
    online.work()
    assert links(online, document_id)[-1] == (5_000, True, "active")
    for rest, asked in ((5_000, 2_500), (2_500, 2_500)):
        online.sandbox.pay(url(online, document_id))
        online.settle_down()
        assert online.document(document_id).open_minor == rest
        assert links(online, document_id)[-1] == (asked, rest != asked, "active")
        assert len(active(online)) == 1
        online.check()
    online.sandbox.pay(url(online, document_id))
    online.settle_down()
    assert online.state(document_id) is DocumentState.PAID
    online.check()


def test_what_is_due_of_a_plan_is_asked_for_and_a_part_may_be_chosen_all_the_same(
    online: Shop,
) -> None:
    document_id = online.issued("100").document_id
    online.app.instalments.plan(document_id, monthly(online, 4_000, 3_000, 3_000))
    assert online.links(document_id) == []
    online.time.advance(days=31)
    online.app.links.request(document_id)
    online.app.links.request(document_id, 1_000)
    online.work()
    assert [one[:2] for one in links(online, document_id)] == [(7_000, True), (1_000, True)]
    online.receive(document_id, 4_000)
    online.app.links.request(document_id)
    online.work()
    assert links(online, document_id)[-1] == (3_000, True, "active")
    online.check()


def test_a_plan_can_be_changed_and_dropped(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    online.app.instalments.plan(document_id, monthly(online, 5_000, 5_000))
    online.app.instalments.plan(document_id, monthly(online, 6_000, 4_000))
    assert links(online, document_id)[-1][:2] == (6_000, True)
    detail = online.app.queries.document(document_id)
    assert [(part.position, part.minor) for part in detail.instalments] == [(1, 6_000), (2, 4_000)]
    online.app.instalments.drop(document_id)
    online.work()
    assert links(online, document_id)[-1] == (10_000, False, "active")
    assert online.rows("SELECT * FROM instalment") == []
    assert [one for one in online.audit() if one.startswith("instalments")] == [
        "instalments.planned",
        "instalments.planned",
        "instalments.dropped",
    ]
    with pytest.raises(NotAllowed, match="no plan"):
        online.app.instalments.drop(document_id)
    online.check()


def test_a_plan_is_refused_where_nothing_can_be_asked_for(online: Shop) -> None:
    document_id = online.issued("100").document_id
    with pytest.raises(UserError, match="make up"):
        online.app.instalments.plan(document_id, monthly(online, 5_000, 4_000))
    online.receive(document_id, 10_000)
    with pytest.raises(NotAllowed, match="Nothing is open"):
        online.app.instalments.plan(document_id, monthly(online, 5_000, 5_000))


def test_a_part_too_small_for_stripe_leaves_no_plan_behind(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    with pytest.raises(UserError, match="no payment below"):
        online.app.instalments.plan(document_id, monthly(online, 30, 9_970))
    assert online.rows("SELECT * FROM instalment") == []
    online.check()


def test_verification_finds_a_link_over_more_than_is_open_and_a_broken_plan(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.app.instalments.plan(document_id, monthly(online, 5_000, 5_000))
    online.work()
    online.check()
    online.falsify("UPDATE payment_link SET is_part = false")
    online.falsify("UPDATE instalment SET due_on = :day", day=date(2026, 1, 1))
    found = {one.rule for one in online.app.verification.run().violations}
    assert {"link-open", "instalments"} <= found
