"""What events do not tell, Stripe's lists do: daily, and without any permission for events."""

import pytest
from books import Shop
from calls import catch_up, listed
from in_process_stripe import InProcessStripe
from test_long_away import intent_of, paid

from billdesk.core.domain.documents import DocumentState
from billdesk.sandbox import Fault
from billdesk.sandbox.permissions import SLUGS

DEBIT = "AT611904300234573201"
LISTS = ("checkout/sessions", "payment_intents", "refunds", "disputes")


def lose_all_events(stripe: InProcessStripe) -> None:
    stripe.act("events", lose_types=["*"])


def test_lost_events_are_made_up_for_within_a_day(near: Shop, in_process: InProcessStripe) -> None:
    known = paid(near, in_process, "10")
    slow = paid(near, in_process, "20", DEBIT)
    catch_up(near, in_process)
    lose_all_events(in_process)
    unseen = paid(near, in_process, "30")
    in_process.settle(intent_of(near, in_process, slow))
    in_process.refund(intent_of(near, in_process, known))
    near.pass_time(hours=3)
    near.poll()
    assert near.state(unseen) is DocumentState.ISSUED
    near.pass_time(hours=22)
    catch_up(near, in_process)
    assert near.state(unseen) is DocumentState.PAID
    assert near.state(slow) is DocumentState.PAID
    assert near.one("SELECT state FROM payment WHERE document_id = :d", d=known).state == "refunded"
    near.check()


def test_a_debit_taken_back_weeks_later_without_a_word_is_seen(
    near: Shop, in_process: InProcessStripe
) -> None:
    document = paid(near, in_process, "20", DEBIT)
    catch_up(near, in_process)
    in_process.settle(intent_of(near, in_process, document))
    near.pass_time(minutes=5)
    catch_up(near, in_process)
    lose_all_events(in_process)
    for _ in range(3):
        near.pass_time(days=10)
        catch_up(near, in_process)
    in_process.act("debit/return", payment_intent=intent_of(near, in_process, document))
    near.pass_time(hours=25)
    catch_up(near, in_process)
    assert near.one("SELECT state FROM payment").state == "returned"
    near.check()


def test_a_day_without_news_costs_each_list_once(near: Shop, in_process: InProcessStripe) -> None:
    for price in ("10", "20", "30"):
        paid(near, in_process, price)
    near.pass_time(minutes=5)
    catch_up(near, in_process)
    for _ in range(2):
        near.pass_time(hours=25)
        # Four lists, the events, and what the second look of this helper reads.
        assert catch_up(near, in_process) <= 6
        assert [listed(in_process, f"/v1/{one}") for one in LISTS] == [1, 1, 1, 1]
    near.check()


def test_a_key_that_may_not_read_events_learns_from_the_lists(
    near: Shop, in_process: InProcessStripe
) -> None:
    document = paid(near, in_process, "10")
    near.app.connecting.connect(
        in_process.make_key(sorted(SLUGS - {"rak_event_read", "rak_event_write"}))
    )
    near.pass_time(hours=25)
    result = near.poll()
    assert "rak_event_read" in result.missing
    assert result.error == ""
    assert near.state(document) is DocumentState.PAID
    in_process.calls.clear()
    near.pass_time(minutes=10)
    assert near.poll().missing, "still said, though not asked again within the day"
    assert listed(in_process, "/v1/events") == 0
    near.check()


def test_a_missing_permission_stops_that_list_only(near: Shop, in_process: InProcessStripe) -> None:
    document = paid(near, in_process, "10")
    lost = SLUGS - {"rak_dispute_read", "rak_dispute_write"}
    near.app.connecting.connect(in_process.make_key(sorted(lost)))
    lose_all_events(in_process)
    near.pass_time(hours=25)
    result = near.poll()
    assert (result.error, near.state(document)) == ("", DocumentState.PAID)
    assert "rak_dispute_read" in result.missing
    assert "rak_dispute_read" in near.app.queries.sync_status().error
    cursor = near.one("SELECT last_deep_at, deep_place, failures FROM stripe_cursor")
    assert (cursor.deep_place, cursor.failures) == (None, 0)
    assert cursor.last_deep_at is not None


def test_events_are_forgotten_after_two_months(near: Shop, in_process: InProcessStripe) -> None:
    paid(near, in_process, "10")
    catch_up(near, in_process)
    assert near.rows("SELECT * FROM stripe_event")
    near.falsify("UPDATE stripe_event SET state = 'dead' WHERE type = 'payment_intent.succeeded'")
    for days in (35, 35):
        near.pass_time(days=days)
        catch_up(near, in_process)
    kept = {row.state for row in near.rows("SELECT state FROM stripe_event")}
    assert kept == {"dead"}, "what needs attention stays"


def test_a_payment_whose_marks_were_removed_is_known_by_its_link(
    near: Shop, in_process: InProcessStripe
) -> None:
    document = near.issued("10", online_payment=True).document_id
    near.work()
    session = in_process.open_page(near.links(document)[0].url)
    with in_process.simulation.running() as account:
        account.store.get("checkout.session", session)["metadata"] = {}
    in_process.submit(session, "4242424242424242")
    with in_process.simulation.running() as account:
        for intent in account.store.oldest_first("payment_intent"):
            intent["metadata"] = {}
    near.pass_time(seconds=5)
    catch_up(near, in_process)
    payment = near.one("SELECT * FROM payment")
    assert (payment.document_id, payment.state) == (document, "succeeded")
    assert "signed" in payment.review
    near.check()


def test_what_cannot_be_fetched_now_is_kept_and_fetched_later(
    near: Shop, in_process: InProcessStripe
) -> None:
    lose_all_events(in_process)
    document = paid(near, in_process, "10")
    near.pass_time(hours=25)
    in_process.fail_next(Fault("GET", "/v1/checkout/sessions/.+", status=500, times=2))
    near.poll()
    assert near.state(document) is DocumentState.ISSUED
    (found,) = near.rows("SELECT * FROM stripe_event WHERE state = 'new'")
    assert found.id.startswith("found_session_pi_")
    near.settle_down()
    assert near.state(document) is DocumentState.PAID


@pytest.mark.parametrize("hours", [5, 30])
def test_a_rolled_key_of_an_account_nobody_may_name_sees_what_lay_before_it(
    near: Shop, in_process: InProcessStripe, hours: int
) -> None:
    """The books cannot tell that the account is the same: their only link is gone at Stripe."""
    may = sorted(SLUGS - {"rak_accounts_kyc_basic_read", "rak_accounts_kyc_basic_write"})
    near.app.connecting.connect(in_process.make_key(may))
    near.poll()
    document = near.issued("10", online_payment=True).document_id
    near.work()
    in_process.pay(near.links(document)[0].url)
    near.pass_time(hours=hours)
    link = near.links(document)[0].stripe_id
    in_process.fail_next(Fault("GET", f"/v1/payment_links/{link}", status=404, times=9))
    near.app.connecting.connect(in_process.make_key(may))
    in_process.simulation.clear_faults()
    catch_up(near, in_process)
    assert near.state(document) is DocumentState.PAID
    begun = near.rows("SELECT connected_at, read_through_at FROM stripe_cursor")
    assert len(begun) >= 2
    near.check()


def test_a_word_nobody_knows_stays_in_the_inbox(near: Shop, in_process: InProcessStripe) -> None:
    lose_all_events(in_process)
    document = paid(near, in_process, "10")
    intent = intent_of(near, in_process, document)
    in_process.simulation.account.store.get("payment_intent", intent)["status"] = "invented"
    near.pass_time(hours=25)
    assert near.poll().error == ""
    (found,) = near.rows("SELECT * FROM stripe_event WHERE state = 'new'")
    assert "“invented”" in found.error
    assert near.rows("SELECT * FROM payment") == []
    near.pass_time(hours=25)
    near.poll()
    assert len(near.rows("SELECT * FROM stripe_event WHERE state = 'new'")) == 1
    in_process.simulation.account.store.get("payment_intent", intent)["status"] = "succeeded"
    near.pass_time(hours=25)
    catch_up(near, in_process)
    assert near.state(document) is DocumentState.PAID
    near.check()
