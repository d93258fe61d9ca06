"""Money that goes back long after the fee of its payment was read, with every event of it lost."""

from books import Shop
from calls import catch_up, listed
from in_process_stripe import InProcessStripe
from test_lists_tell import lose_all_events
from test_long_away import intent_of, paid, the_state


def a_day_later(shop: Shop, stripe: InProcessStripe) -> None:
    shop.pass_time(hours=25)
    catch_up(shop, stripe)
    shop.check()


def test_late_refunds_and_disputes_are_found_without_their_events(
    near: Shop, in_process: InProcessStripe
) -> None:
    kept, given_back, disputed = (paid(near, in_process, "100") for _ in range(3))
    catch_up(near, in_process)
    near.pass_time(minutes=5)
    catch_up(near, in_process)
    fees = near.rows("SELECT fee_state FROM payment")
    assert [row.fee_state for row in fees] == ["final"] * 3
    near.pass_time(days=8)
    near.at_stripe("payout")
    # Longer than any list is read back for, and nothing is open or waited for.
    for days in (1, 20, 20):
        near.pass_time(days=days)
        catch_up(near, in_process)
    lose_all_events(in_process)

    of = {one: intent_of(near, in_process, one) for one in (kept, given_back, disputed)}
    coming_back = in_process.refund(of[kept], 3_000)
    in_process.refund(of[given_back], 2_000)
    dispute = in_process.act("dispute", payment_intent=of[disputed])
    a_day_later(near, in_process)
    assert the_state(near) == {
        kept: ("partially_refunded", 3_000, 0),
        given_back: ("partially_refunded", 2_000, 0),
        disputed: ("disputed", 0, 10_000),
    }
    near.pass_time(days=20)
    catch_up(near, in_process)
    in_process.act("refund/fail", refund=coming_back)
    in_process.refund(of[given_back], 8_000)
    in_process.act("dispute/close", dispute=dispute["id"], won=False)
    a_day_later(near, in_process)
    assert the_state(near) == {
        kept: ("succeeded", 0, 0),
        given_back: ("refunded", 10_000, 0),
        disputed: ("lost", 0, 10_000),
    }
    moved = near.rows(
        "SELECT amount_minor FROM balance_transaction WHERE is_ours AND amount_minor < 0"
    )
    assert sorted(row.amount_minor for row in moved) == [-10_000, -8_000, -3_000, -2_000]
    fees = near.rows("SELECT fee_state FROM payment")
    assert [row.fee_state for row in fees] == ["final"] * 3


def test_a_refund_that_was_given_up_is_no_news_any_more(
    near: Shop, in_process: InProcessStripe
) -> None:
    document = paid(near, in_process, "100")
    catch_up(near, in_process)
    near.pass_time(minutes=5)
    refund = in_process.refund(intent_of(near, in_process, document), 3_000)
    in_process.act("refund/fail", refund=refund)
    catch_up(near, in_process)
    near.app.refund_orders.take_back(near.one("SELECT id FROM refund").id)
    near.pass_time(hours=25)
    catch_up(near, in_process)
    assert listed(in_process, "/v1/refunds") == 1, "the list, and nothing because of it"
    assert near.one("SELECT state FROM refund").state == "undone"
    near.check()
