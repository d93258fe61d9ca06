"""Nobody looked for a month, or a year: whatever happened meanwhile is in the books afterwards."""

from typing import Any

import pytest
from books import Shop
from calls import catch_up, tell
from in_process_stripe import InProcessStripe

from billdesk.core.domain.documents import DocumentState

VISA, DEBIT, RETURNED = "4242424242424242", "AT611904300234573201", "AT861904300235473202"


def paid(shop: Shop, stripe: InProcessStripe, price: str, card: str = VISA) -> int:
    """A new invoice that is paid through its link; nobody looks."""
    issued = shop.issued(price, online_payment=True, terms_days=500)
    shop.work()
    stripe.pay(shop.links(issued.document_id)[0].url, card=card)
    return issued.document_id


def the_state(shop: Shop) -> Any:
    rows = shop.rows("SELECT document_id, state, refunded_minor, disputed_minor FROM payment")
    return {row.document_id: tuple(row)[1:] for row in rows}


def intent_of(shop: Shop, stripe: InProcessStripe, document_id: int) -> str:
    uid = shop.document(document_id).uid
    store = stripe.simulation.account.store
    return next(
        str(one["id"])
        for one in store.oldest_first("payment_intent")
        if one["metadata"]["invoice"] == uid
    )


@pytest.mark.parametrize(("days", "most_calls"), [(33, 60), (400, 60)], ids=["month", "year"])
def test_a_month_away_or_a_year(
    near: Shop,
    in_process: InProcessStripe,
    days: int,
    most_calls: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = paid(near, in_process, "10")
    slow, returned = (paid(near, in_process, price, DEBIT) for price in ("20", "30"))
    lost_later = paid(near, in_process, "40")
    catch_up(near, in_process)
    before = {one: intent_of(near, in_process, one) for one in (known, slow, returned, lost_later)}
    # From here on nobody looks, though links are made and paid.
    in_process.settle(before[slow])
    in_process.settle(before[returned], succeed=False)
    in_process.refund(before[known], 300)
    unseen = paid(near, in_process, "50")
    given_back = paid(near, in_process, "60")
    still_open = near.issued("70", online_payment=True, terms_days=500).document_id
    switched_off = near.issued("80", online_payment=True, terms_days=500).document_id
    near.work()
    in_process.act("link", link=near.links(switched_off)[0].stripe_id, active=False)
    near.pass_time(days=days - 2)
    in_process.refund(intent_of(near, in_process, given_back))
    in_process.act("dispute", payment_intent=before[lost_later])
    near.pass_time(days=2)

    calls = catch_up(near, in_process)
    assert the_state(near) == {
        known: ("partially_refunded", 300, 0),
        slow: ("succeeded", 0, 0),
        returned: ("failed", 0, 0),
        lost_later: ("disputed", 0, 4_000),
        unseen: ("succeeded", 0, 0),
        given_back: ("refunded", 6_000, 0),
    }
    assert near.state(unseen) is DocumentState.PAID
    assert near.links(still_open)[0].state == "active"
    assert "switched off at Stripe" in near.links(switched_off)[0].error
    tell(capsys, f"{days} days away, 8 links, 6 payments", calls, most_calls)
    cursor = near.one("SELECT deep_place, last_deep_at, last_ok_server_at FROM stripe_cursor")
    assert cursor.deep_place is None
    assert cursor.last_deep_at is not None
    near.check()
    # Nothing is left to find: the next look costs what any look costs.
    near.pass_time(hours=1)
    assert catch_up(near, in_process) <= 3


def test_a_look_that_is_cut_short_goes_on_in_the_list_where_it_stopped(
    near: Shop, in_process: InProcessStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billdesk.core.sync.reconciler.MOST_STEPS", 2)
    document = paid(near, in_process, "10")
    near.pass_time(days=40)
    first = near.app.sync.poll_now(deep=True)
    assert first.is_more
    place = near.one("SELECT deep_place FROM stripe_cursor").deep_place
    assert place is not None
    second = near.app.sync.poll_now()
    assert near.one("SELECT deep_place FROM stripe_cursor").deep_place != place
    assert second.error == ""
    catch_up(near, in_process)
    assert near.state(document) is DocumentState.PAID
    near.check()
