"""A desktop's clock that was wrong for a while costs no payment, no mail and no link."""

from collections.abc import Callable, Iterator

import pytest
from books import Shop, StillTime

from billdesk.core.domain.documents import DocumentState
from billdesk.core.services.mail import MailDraft
from billdesk.sandbox import Fault, MailCatcher, SandboxClock, StripeSandbox


@pytest.fixture
def true_time() -> StillTime:
    """The time at Stripe; the shop's own clock is ``still_time``."""
    return StillTime()


@pytest.fixture
def shop(
    open_shop: Callable[..., Shop], true_time: StillTime, postbox: MailCatcher
) -> Iterator[Shop]:
    """A connected company whose Stripe goes by another clock."""
    with StripeSandbox(clock=SandboxClock(true_time.seconds)) as sandbox:
        shop = open_shop(stripe=sandbox)
        shop.connect()
        shop.set_up_mail(postbox)
        yield shop


def pass_both(shop: Shop, true_time: StillTime, **by: float) -> None:
    true_time.advance(**by)
    shop.pass_time(**by)


@pytest.mark.parametrize("days", [365, -365])
def test_what_was_paid_while_the_clock_was_wrong_is_seen(
    shop: Shop, true_time: StillTime, days: int
) -> None:
    document_id = shop.issued("100", online_payment=True).document_id
    shop.work()
    shop.poll()
    shop.time.advance(days=days)
    shop.sandbox.pay(shop.links(document_id)[0].url)
    pass_both(shop, true_time, minutes=5)
    shop.poll()
    pass_both(shop, true_time, days=3)
    shop.poll()
    shop.time.advance(days=-days)
    pass_both(shop, true_time, minutes=5)
    assert shop.poll(deep=True).error == ""
    assert shop.state(document_id) is DocumentState.PAID
    shop.check()


def test_a_look_that_died_under_a_clock_ahead_holds_nobody_up(
    shop: Shop, true_time: StillTime
) -> None:
    document_id = shop.issued("100", online_payment=True).document_id
    shop.work()
    shop.poll()
    shop.falsify(
        "UPDATE stripe_cursor SET claimed_by = 'dead', "
        "lease_until_at = '2027-11-24 12:02:00.000000'"
    )
    shop.sandbox.pay(shop.links(document_id)[0].url)
    pass_both(shop, true_time, minutes=5)
    assert not shop.poll().skipped
    assert shop.state(document_id) is DocumentState.PAID


def test_jobs_queued_under_a_clock_ahead_are_done_when_it_is_right_again(
    shop: Shop, postbox: MailCatcher
) -> None:
    shop.time.advance(days=365)
    document_id = shop.issued("100", online_payment=True).document_id
    shop.app.mail.send(document_id, MailDraft("anna@example.com", "Invoice", "{pay_link}"))
    shop.time.advance(days=-365)
    shop.work()
    assert shop.links(document_id)[0].state == "active"
    assert len(postbox.messages) == 1


def test_a_job_whose_worker_died_under_a_clock_ahead_is_taken_again(shop: Shop) -> None:
    document_id = shop.issued("100", online_payment=True).document_id
    shop.falsify(
        "UPDATE outbox SET state = 'working', claimed_by = 'dead', tries = 1, "
        "lease_until_at = '2027-11-24 12:02:00.000000' WHERE kind = 'create_link'"
    )
    shop.work()
    assert shop.links(document_id)[0].state == "active"


def test_a_fee_put_off_under_a_clock_ahead_is_looked_up_when_it_is_right_again(
    shop: Shop, true_time: StillTime
) -> None:
    document_id = shop.issued("100", online_payment=True).document_id
    shop.work()
    shop.sandbox.pay(shop.links(document_id)[0].url)
    shop.poll()
    assert shop.one("SELECT fee_state FROM payment").fee_state == "pending"
    shop.falsify("UPDATE payment SET fee_next_try_at = '2028-01-01 00:00:00.000000'")
    shop.falsify("UPDATE stripe_event SET next_try_at = '2028-01-01 00:00:00.000000'")
    pass_both(shop, true_time, seconds=10)
    shop.poll()
    assert shop.one("SELECT fee_state FROM payment").fee_state == "final"


def test_a_key_under_a_clock_set_back_makes_no_second_link(
    shop: Shop, true_time: StillTime
) -> None:
    """Stripe forgets a key after a day of its own time, whatever the desktop thinks."""
    answer_lost = Fault("POST", "/v1/payment_links$", status=None, times=2, when="after")
    shop.sandbox.fail_next(answer_lost)
    document_id = shop.issued("100", online_payment=True).document_id
    shop.work()
    assert shop.links(document_id)[0].state == "sent"
    true_time.advance(hours=30)
    shop.time.advance(hours=-48)
    shop.work()
    shop.time.advance(hours=49)
    shop.work()
    (there,) = shop.sandbox.state()["payment_links"]
    (link,) = shop.links(document_id)
    assert (link.state, link.stripe_id) == ("active", there["id"])
    shop.check()


def test_a_key_is_not_given_up_because_the_clock_runs_ahead(
    shop: Shop, true_time: StillTime
) -> None:
    shop.sandbox.fail_next(Fault("POST", "/v1/payment_links$", status=503, times=2))
    document_id = shop.issued("100", online_payment=True).document_id
    shop.work()
    shop.time.advance(days=30)
    true_time.advance(minutes=5)
    shop.work()
    (link,) = shop.links(document_id)
    assert (link.state, link.revision) == ("active", 1)
