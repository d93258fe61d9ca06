"""Stripe under watch: left alone when it does not answer, found working again, and counted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from books import Shop, StillTime

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.outside_services.circuit import FAILURES_TO_OPEN, LONGEST_WAIT
from billdesk.core.domain.outside_services.policy import Standing
from billdesk.core.domain.outside_services.read_budget import CAPACITY, MOST_BORROWED, PER_PAYMENT
from billdesk.core.queries.health import ServiceHealth
from billdesk.core.services.mail import MailDraft
from billdesk.sandbox import Exchange, Fault, MailCatcher, SandboxClock, StripeSandbox


@pytest.fixture
def exchanges() -> list[Exchange]:
    """What has been asked of Stripe."""
    return []


@pytest.fixture
def stripe_sandbox(still_time: StillTime, exchanges: list[Exchange]) -> Iterator[StripeSandbox]:
    """A Stripe that keeps what it is asked."""
    clock = SandboxClock(still_time.seconds)
    with StripeSandbox(clock=clock, on_exchange=exchanges.append) as sandbox:
        yield sandbox


def stripe(shop: Shop) -> ServiceHealth:
    """How Stripe does."""
    service, _mail = shop.app.queries.health().services
    return service


def break_it(shop: Shop) -> None:
    """Look until Stripe is left alone."""
    # The SDK asks twice each time.
    shop.sandbox.fail_next(Fault("GET", "/v1/events", status=500, times=2 * FAILURES_TO_OPEN))
    for _ in range(FAILURES_TO_OPEN):
        assert shop.poll().error


def test_after_failures_in_a_row_nothing_is_sent_until_one_call_tries(
    online: Shop, exchanges: list[Exchange]
) -> None:
    break_it(online)
    assert stripe(online).standing is Standing.RESTING
    exchanges.clear()
    result = online.poll()
    assert "tried again in" in result.error
    assert 0 < result.wait_s <= LONGEST_WAIT.total_seconds()
    issued = online.issued("100", online_payment=True)
    online.work()
    assert exchanges == [], "nothing was sent"
    (link,) = online.links(issued.document_id)
    assert (link.state, link.tries) == ("queued", 0), "and no try was lost"
    online.pass_time(seconds=LONGEST_WAIT.total_seconds())
    assert stripe(online).standing is Standing.TRYING
    assert online.poll().error == ""
    assert stripe(online).standing is Standing.WORKING
    online.settle_down()
    assert online.links(issued.document_id)[0].state == "active"
    online.check()


def test_other_desks_and_the_next_start_know_that_stripe_rests(
    online: Shop, exchanges: list[Exchange]
) -> None:
    break_it(online)
    exchanges.clear()
    other = Shop.open(online.books, online.app.company_id, online.time, stripe=online.stripe)
    assert "tried again in" in other.poll().error
    assert exchanges == []
    other.app.close()


def test_the_owner_may_look_whatever_happened_before(online: Shop) -> None:
    break_it(online)
    # The wait is for BillDesk, not for its owner.
    assert online.app.sync.poll_now(by_hand=True).error == ""
    assert stripe(online).standing is Standing.WORKING


def test_two_wishes_within_seconds_are_one_look(online: Shop, exchanges: list[Exchange]) -> None:
    first = online.app.sync.look()
    exchanges.clear()
    assert online.app.sync.look() is first
    assert exchanges == []


def test_a_rejected_key_is_not_sent_again_until_it_is_changed(
    online: Shop, exchanges: list[Exchange]
) -> None:
    issued = online.issued("100", online_payment=True)
    online.sandbox.fail_next(Fault("GET", "/v1/events", status=401, times=1))
    assert online.poll().error
    assert stripe(online).standing is Standing.STOPPED
    online.pass_time(hours=23)
    exchanges.clear()
    assert online.poll().wait_s == 3600
    online.work()
    assert exchanges == []
    online.connect()
    assert stripe(online).standing is Standing.WORKING
    online.settle_down()
    assert online.links(issued.document_id)[-1].state == "active"


def set_reads(online: Shop, left: int) -> None:
    online.falsify(
        "UPDATE service_state SET tokens_milli = :left, tokens_at = :now",
        left=left * 1_000,
        now=f"{online.time.now():%Y-%m-%d %H:%M:%S}.000000",
    )


def test_a_payment_brings_the_reads_that_it_takes(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(hours=1)
    set_reads(online, 0)
    online.settle_down()
    assert online.state(issued.document_id) is DocumentState.PAID
    assert 0 < stripe(online).reads_left <= PER_PAYMENT
    taken = stripe(online).reads_left
    online.pass_time(minutes=1)
    online.poll(deep=True)
    assert stripe(online).reads_left <= taken, "once"


def test_reads_are_counted_and_looks_pause_when_there_are_none_left(
    online: Shop, exchanges: list[Exchange]
) -> None:
    before = stripe(online).reads_left if online.poll() else 0
    exchanges.clear()
    online.poll()
    reads = sum(one.method == "GET" for one in exchanges)
    assert reads
    assert stripe(online).reads_left == pytest.approx(before - reads, abs=1)
    set_reads(online, 0)
    exchanges.clear()
    result = online.poll()
    assert (result.skipped, result.low_budget, exchanges) == (True, True, [])
    assert online.poll(deep=True).error == "", "catching up takes in advance"
    set_reads(online, -MOST_BORROWED)
    assert online.poll(deep=True).skipped
    online.pass_time(hours=1)
    assert not online.poll().skipped, "an hour later one look is made in any case"
    online.pass_time(days=30)
    online.poll()
    assert stripe(online).reads_left <= CAPACITY


def test_health_counts_calls_failures_and_events(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(seconds=60)
    online.settle_down()
    assert online.state(issued.document_id) is DocumentState.PAID
    health = online.app.queries.health()
    service = health.services[0]
    assert service.calls > 3
    assert (service.failed, service.error) == (0, "")
    assert service.mean_ms <= (service.p95_ms or 0)
    assert (health.payments_processed, health.payments_failed) == (1, 0)
    assert health.events.polled >= health.events.applied > 0
    assert health.events.oldest_new_at is None
    assert 0 < health.events.mean_delay_s <= health.events.p95_delay_s
    assert health.outbox_depth == 0
    assert not health.warns
    online.sandbox.fail_next(Fault("GET", "/v1/events", status=500, times=4))
    for _ in range(2):
        online.poll()
    health = online.app.queries.health()
    assert health.services[0].failed == 2
    assert health.services[0].error
    assert health.failure_percent == pytest.approx(100 * 2 / health.attempts)
    online.pass_time(days=3)
    assert online.app.queries.health().services[0].calls == 0
    assert online.app.queries.health(timedelta(days=7)).services[0].calls == service.calls + 2


def test_what_was_called_tells_when_it_answered_and_what_was_not_says_so(
    online: Shop, postbox: MailCatcher
) -> None:
    stripe, mail = online.app.queries.health().services
    assert (stripe.is_used, mail.is_used) == (False, False)
    online.poll()
    looked_at = online.time.now()
    stripe, mail = online.app.queries.health().services
    assert (stripe.answered_at, mail.is_used) == (looked_at, False)
    break_it(online)
    online.pass_time(seconds=20)
    # The owner's wish takes nothing of what has happened away.
    online.app.waiting_jobs.try_now()
    stripe, mail = online.app.queries.health().services
    assert stripe.standing is Standing.WORKING
    assert stripe.answered_at == looked_at
    assert stripe.error
    assert stripe.failed_at == looked_at
    issued = online.issued("100")
    draft = online.app.mail.draft_for(issued.document_id)
    online.app.mail.send(
        issued.document_id, MailDraft(draft.recipient, draft.subject, draft.body), delay_s=0
    )
    online.work()
    assert len(postbox.messages) == 1
    _, mail = online.app.queries.health().services
    assert (mail.calls, mail.failed, mail.error) == (1, 0, "")
    assert mail.answered_at == online.time.now()


def test_a_mail_server_that_fails_is_left_alone_and_loses_no_mail(
    online: Shop, postbox: MailCatcher
) -> None:
    issued = online.issued("100")
    draft = online.app.mail.draft_for(issued.document_id)
    wanted = MailDraft(draft.recipient, draft.subject, draft.body)
    postbox.stop()
    for _ in range(FAILURES_TO_OPEN + 1):
        online.app.mail.send(issued.document_id, wanted, delay_s=0)
    online.work()
    _, mail = online.app.queries.health().services
    assert (mail.standing, mail.failed) == (Standing.RESTING, FAILURES_TO_OPEN)
    assert mail.error
    # The one left over waits for the server and was not tried for nothing.
    tries = online.rows("SELECT tries FROM outbox WHERE kind = 'send_mail' ORDER BY id")
    assert [row.tries for row in tries] == [1] * FAILURES_TO_OPEN + [0]
