"""What runs by itself starts, hears of work, and stops soon without losing any."""

import threading
import time
from collections.abc import Callable

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.outside_services.pacing import Pace
from billdesk.core.sync import runner as runner_module
from billdesk.core.sync.policy import LONGEST_WAIT_S, backoff_s
from billdesk.sandbox import Fault, MailCatcher
from billdesk.sandbox.permissions import SLUGS

SOON_S = 20.0


def wait_for(condition: Callable[[], object]) -> None:
    """Until ``condition`` holds; an assertion when it does not soon."""
    deadline = time.monotonic() + SOON_S
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        pause.wait(0.02)


def workers() -> list[str]:
    return sorted(t.name for t in threading.enumerate() if t.name.startswith("billdesk-"))


def test_work_is_done_as_soon_as_it_is_asked_for(online: Shop, postbox: MailCatcher) -> None:
    online.app.sync.start()
    names = ("changes", "outbox", "poller", "recurring")
    assert workers() == [f"billdesk-{name}" for name in names]
    issued = online.issued("100", online_payment=True)
    online.app.mail.send(
        issued.document_id, online.app.mail.draft_for(issued.document_id), delay_s=0
    )
    wait_for(lambda: online.state(issued.document_id) is DocumentState.SENT)
    assert len(postbox.messages) == 1
    assert online.app.sync.stop() is True
    assert workers() == []
    online.check()


def test_the_first_look_finds_what_was_paid_while_nobody_looked(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(seconds=3)
    online.app.sync.start()
    wait_for(lambda: online.state(issued.document_id) is DocumentState.PAID)
    wait_for(lambda: online.links(issued.document_id)[0].state == "closed")
    online.app.sync.stop()
    online.check()


def test_what_the_key_may_do_is_found_out_although_looks_fail_for_want_of_it(online: Shop) -> None:
    rows = sorted(SLUGS - {"rak_event_read", "rak_event_write"})
    online.app.connecting.connect(online.sandbox.make_key(rows))
    online.app.sync.start()
    wait_for(lambda: online.app.queries.stripe_access().lacking)
    online.app.sync.stop()
    lacking = online.app.queries.stripe_access().lacking
    assert lacking == "The Stripe key lacks the row “Events: Read”."


def test_stop_finishes_the_step_under_way(online: Shop) -> None:
    online.sandbox.fail_next(
        Fault("POST", r"/v1/payment_links$", status=200, when="after", delay_s=1.0)
    )
    issued = online.issued("100", online_payment=True)
    online.app.sync.start()
    wait_for(lambda: online.links(issued.document_id)[0].state == "sent")
    before = time.monotonic()
    assert online.app.sync.stop() is True
    assert time.monotonic() - before < 5
    (link,) = online.links(issued.document_id)
    assert link.state == "active", "the answer under way was still recorded"
    assert len(online.sandbox.state()["payment_links"]) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_stop_is_heard_at_any_moment(online: Shop, attempt: int) -> None:
    online.app.sync.start()
    if attempt:
        threading.Event().wait(attempt * 0.02)
    before = time.monotonic()
    assert online.app.sync.stop() is True
    assert time.monotonic() - before < 5
    assert workers() == []


def test_what_was_not_done_is_done_by_the_next_program(online: Shop, postbox: MailCatcher) -> None:
    online.app.sync.start()
    online.app.sync.stop()
    issued = online.issued("100", online_payment=True)
    online.app.mail.send(issued.document_id, online.app.mail.draft_for(issued.document_id))
    assert online.rows("SELECT * FROM outbox WHERE state <> 'queued'") == []
    next_desk = Shop.open(online.books, online.app.company_id, online.time, stripe=online.stripe)
    next_desk.app.sync.start()
    wait_for(lambda: online.links(issued.document_id)[0].state == "active")
    online.pass_time(seconds=11)
    wait_for(lambda: len(postbox.messages) == 1)
    next_desk.app.sync.stop()
    online.check()


def test_a_failing_look_does_not_end_the_looking(
    online: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "LEAST_GAP_S", 0.05)
    monkeypatch.setattr(runner_module, "backoff_s", lambda failures: 0.05)
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(seconds=3)
    online.sandbox.fail_next(Fault("GET", "/v1/events", status=500, times=4))
    online.app.sync.start()
    wait_for(lambda: online.state(issued.document_id) is DocumentState.PAID)
    online.app.sync.stop()


def test_the_deep_look_is_not_lost_to_a_lease_of_a_program_that_died(
    online: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "LEAST_GAP_S", 0.05)
    monkeypatch.setattr(Pace, "interval_s", lambda *_: 0.05)
    issued = online.issued("100", online_payment=True)
    online.work()
    online.poll()
    # An event that became visible only long after it happened: one hour back is not enough.
    online.sandbox.hold_events(delay_s=3 * 3600)
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(hours=2)
    online.poll()
    online.pass_time(hours=2)
    until = online.time.now().replace(tzinfo=None).replace(minute=1, second=30)
    online.falsify(
        "UPDATE stripe_cursor SET claimed_by = 'dead', lease_until_at = :until",
        until=f"{until:%Y-%m-%d %H:%M:%S}.000000",
    )
    online.app.sync.start()
    pause = threading.Event()
    pause.wait(0.3)
    assert online.state(issued.document_id) is DocumentState.ISSUED
    online.pass_time(minutes=3)
    wait_for(lambda: online.state(issued.document_id) is DocumentState.PAID)
    online.app.sync.stop()


def test_waits_grow_and_have_an_end() -> None:
    for tries in range(1, 40):
        assert 0 < backoff_s(tries) <= LONGEST_WAIT_S
    assert backoff_s(1) <= 2
    assert backoff_s(30) >= LONGEST_WAIT_S / 2
