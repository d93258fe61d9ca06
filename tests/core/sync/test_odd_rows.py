"""A row of Stripe's lists that cannot be read is shown, and holds up no other."""

from collections.abc import Callable
from typing import Any

from books import Shop
from calls import catch_up
from in_process_stripe import InProcessStripe
from test_lists_tell import LISTS, lose_all_events
from test_long_away import intent_of, paid

from billdesk.core.domain.documents import DocumentState
from billdesk.core.queries.home import AttentionKind
from billdesk.sandbox import Fault

Change = Callable[[str, Any], object]
HALF_A_PAIR = "\ud83d"
# Of a list, a row that nobody can read.
ODD_ROWS: list[Any] = ["no object", {}, {"id": HALF_A_PAIR}, {"id": "x" * 81, "metadata": []}]


def tasks(shop: Shop) -> list[str]:
    found = shop.app.queries.stripe_activity().tasks
    return [one.detail for one in found if one.kind is AttentionKind.INBOX]


def waiting(shop: Shop) -> list[Any]:
    return shop.rows("SELECT * FROM stripe_event WHERE state = 'new' ORDER BY id")


def with_rows(of: str, rows: list[Any]) -> Change:
    """Each page of a list begins with these rows."""

    def altered(path: str, body: Any) -> None:
        if path.partition("?")[0] == of:
            body["data"] = [*rows, *body["data"]]

    return altered


def test_odd_rows_of_the_lists_are_shown_and_the_others_are_found(
    near: Shop, in_process: InProcessStripe, stripe_says: Callable[[Change], None]
) -> None:
    lose_all_events(in_process)
    document = paid(near, in_process, "10")
    near.pass_time(hours=25)
    spoil = [with_rows(of, ODD_ROWS) for of in LISTS]
    stripe_says(lambda path, body: [one(path, body) for one in spoil])
    assert near.poll().error == ""
    assert near.state(document) is DocumentState.PAID
    assert near.one("SELECT deep_place FROM stripe_cursor").deep_place is None
    assert len(waiting(near)) == len(LISTS) * len(ODD_ROWS)
    assert "could not be understood (at “id”)" in tasks(near)[0]
    # Nothing of it can be read for itself, and nothing is tried.
    assert not near.app.sync.poll_now().applied


def test_a_row_that_can_be_read_after_all_is_nobodys_task_any_more(
    near: Shop, in_process: InProcessStripe, stripe_says: Callable[[Change], None]
) -> None:
    document = paid(near, in_process, "10")
    catch_up(near, in_process)
    near.pass_time(days=8)
    in_process.act("payout")

    def altered(path: str, body: Any) -> None:
        for row in body.get("data", ()) if path.startswith("balance_transactions") else ():
            if row["type"] == "payout":
                row["fee"] = "much"

    stripe_says(altered)
    assert near.poll().error == ""
    (odd,) = waiting(near)
    assert odd.object_id.startswith("txn_")
    assert odd.object_id in tasks(near)[0]
    assert "(at “fee”)" in tasks(near)[0]
    assert near.rows("SELECT * FROM stripe_payout") == []
    near.check()
    stripe_says(lambda _path, _body: None)
    near.pass_time(hours=25)
    assert near.poll().error == ""
    assert (waiting(near), tasks(near)) == ([], [])
    assert near.one("SELECT is_listed FROM stripe_payout").is_listed
    assert near.state(document) is DocumentState.PAID
    near.check()


def test_what_a_payout_is_made_of_is_known_but_for_an_odd_row(
    near: Shop, in_process: InProcessStripe, stripe_says: Callable[[Change], None]
) -> None:
    paid(near, in_process, "10")
    catch_up(near, in_process)
    near.pass_time(days=8)
    in_process.act("payout")
    of_payout = with_rows("balance_transactions", [{"id": "txn_odd", "object": "?"}])
    stripe_says(lambda path, body: of_payout(path, body) if "payout=" in path else None)
    assert near.poll().error == ""
    assert near.one("SELECT payout FROM balance_transaction WHERE is_ours").payout
    assert "txn_odd" in tasks(near)[0]
    near.check()


def test_an_odd_link_holds_up_no_other_after_a_gap(
    near: Shop, in_process: InProcessStripe, stripe_says: Callable[[Change], None]
) -> None:
    """Of three links one cannot be read, and at Stripe there is one without any sense."""
    lose_all_events(in_process)
    documents = [near.issued(price, online_payment=True).document_id for price in "123"]
    near.work()
    odd = near.links(documents[0])[0]
    for document in documents[1:]:
        in_process.pay(near.links(document)[0].url)
    near.pass_time(days=29)
    there = with_rows("payment_links", ["no link"])

    def altered(path: str, body: Any) -> None:
        there(path, body)
        if path.startswith(f"payment_links/{odd.stripe_id}"):
            body["url"] = 7

    stripe_says(altered)
    for _ in range(3):
        assert near.app.sync.poll_now().error == ""
    assert [near.state(one) for one in documents[1:]] == [DocumentState.PAID] * 2
    assert near.one("SELECT deep_place FROM stripe_cursor").deep_place is None
    assert {row.object_id for row in waiting(near)} == {"", odd.stripe_id}


def test_a_stray_link_that_stripe_will_not_switch_off_is_shown(
    near: Shop, in_process: InProcessStripe
) -> None:
    near.issued("10", online_payment=True)
    near.work()
    (link,) = near.rows("SELECT * FROM payment_link")
    near.falsify("UPDATE payment_link SET state = 'closed'")
    near.pass_time(days=29)
    in_process.fail_next(Fault("POST", f"/v1/payment_links/{link.stripe_id}", status=400))
    assert near.app.sync.poll_now().error == ""
    assert near.one("SELECT deep_place FROM stripe_cursor").deep_place is None
    assert "could not be switched off" in tasks(near)[0]
    assert link.stripe_id in tasks(near)[0]


def test_a_refund_without_a_sound_id_is_found_by_its_payment(
    near: Shop, in_process: InProcessStripe, stripe_says: Callable[[Change], None]
) -> None:
    document = paid(near, in_process, "10")
    catch_up(near, in_process)
    lose_all_events(in_process)
    in_process.refund(intent_of(near, in_process, document))
    near.pass_time(hours=25)

    def altered(path: str, body: Any) -> None:
        if path.startswith("refunds") and "payment_intent=" not in path:
            for row in body["data"]:
                row["id"], row["metadata"] = 7, []

    stripe_says(altered)
    assert near.poll().error == ""
    assert near.one("SELECT state FROM payment").state == "refunded"
    assert waiting(near) == []
    near.check()
