"""A reconciliation that stops half-way and goes on after a long while misses nothing between."""

from books import Shop
from calls import catch_up
from in_process_stripe import InProcessStripe
from test_lists_tell import lose_all_events
from test_long_away import paid

from billdesk.core.domain.documents import DocumentState
from billdesk.sandbox import Fault


def stopped_before_refunds(shop: Shop, stripe: InProcessStripe) -> None:
    """Sessions and payment intents are compared; the list behind them cannot be read."""
    stripe.fail_next(Fault("GET", "/v1/refunds", status=500, times=9))
    assert shop.app.sync.poll_now(deep=True).error
    assert ":refunds:" in shop.one("SELECT deep_place FROM stripe_cursor").deep_place
    stripe.simulation.clear_faults()


def test_paid_while_nobody_looked_for_longer_than_events_are_kept(
    near: Shop, in_process: InProcessStripe
) -> None:
    catch_up(near, in_process)
    near.pass_time(days=40)
    switched_off = near.issued("20", online_payment=True, terms_days=500).document_id
    near.work()
    stopped_before_refunds(near, in_process)
    unseen = paid(near, in_process, "10")
    in_process.act("link", link=near.links(switched_off)[0].stripe_id, active=False)
    near.pass_time(days=40)
    catch_up(near, in_process)
    assert near.state(unseen) is DocumentState.PAID
    assert "switched off at Stripe" in near.links(switched_off)[0].error
    near.check()


def test_paid_between_without_an_event(near: Shop, in_process: InProcessStripe) -> None:
    catch_up(near, in_process)
    near.pass_time(hours=25)
    lose_all_events(in_process)
    stopped_before_refunds(near, in_process)
    unseen = paid(near, in_process, "10")
    near.pass_time(days=10)
    catch_up(near, in_process)
    near.pass_time(hours=25)
    catch_up(near, in_process)
    assert near.state(unseen) is DocumentState.PAID
    near.check()
