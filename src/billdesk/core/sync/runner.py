"""What runs by itself: the outbox, what recurs, looks at Stripe and at other desks' changes."""

import logging
import math
import random
import time
from collections.abc import Callable
from threading import Event as Flag
from threading import Lock, Thread

from billdesk.core.bus import Bus
from billdesk.core.domain.correlation import correlated
from billdesk.core.domain.events import (
    CompanyChanged,
    DocumentIssued,
    Event,
    InvoiceCredited,
    InvoiceIssued,
    InvoiceVoided,
    LinkChanged,
    MailChanged,
    OutboxChanged,
    PaymentChanged,
    RecurringChanged,
)
from billdesk.core.domain.outside_services.pacing import (
    AFTER_LINK_S,
    LEAST_GAP_S,
    Attention,
    Pace,
)
from billdesk.core.sync.change_reader import INTERVAL_S, ChangeReader
from billdesk.core.sync.document_look import DocumentLook, DocumentLooker
from billdesk.core.sync.outbox_worker import OutboxWorker
from billdesk.core.sync.policy import backoff_s
from billdesk.core.sync.poller import Poller, PollResult
from billdesk.core.sync.recurring_worker import RecurringWorker
from billdesk.core.sync.waking import SleepAwareWait

log = logging.getLogger(__name__)
# Mails wait up to ten seconds for Undo; a look this often costs one indexed read.
OUTBOX_INTERVAL_S = 1.0
# What recurs is due with a new day, which no event tells.
RECURRING_INTERVAL_S = 300.0
WAKES_OUTBOX = (
    DocumentIssued,
    InvoiceCredited,
    InvoiceIssued,
    InvoiceVoided,
    LinkChanged,
    MailChanged,
    OutboxChanged,
    PaymentChanged,
)


class SyncRunner:
    """Starts and stops the workers; each sleeps until something is due or asked for."""

    def __init__(
        self,
        outbox: OutboxWorker,
        poller: Poller,
        recurring: RecurringWorker,
        changes: ChangeReader,
        bus: Bus,
        *,
        documents: DocumentLooker,
        retire_expired: Callable[[], int],
        is_busy: Callable[[], bool],
        daily: Callable[[], object],
    ) -> None:
        """``retire_expired`` has links switched off whose time is over.

        ``daily`` is called after each look; it knows whether it is due.
        """
        self._outbox = outbox
        self._recurring = recurring
        self._poller = poller
        self._changes = changes
        self._bus = bus
        self._documents = documents
        self._retire_expired = retire_expired
        self._is_busy = is_busy
        self._daily = daily
        self._wait = SleepAwareWait()
        self._stopping = Flag()
        self._outbox_wanted = Flag()
        self._poll_wanted = Flag()
        self._recurring_wanted = Flag()
        self._link_touched_at: float | None = None
        self._last_look = (-math.inf, PollResult())
        self._looked_at: dict[int, tuple[float, DocumentLook]] = {}
        self._resumed = False
        self._next_look_at = math.inf
        self._attention = Attention.BACKGROUND
        self._threads: list[Thread] = []
        self._polling = Lock()
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Start working; returns at once."""
        self._unsubscribe = self._bus.subscribe(self._heard)
        for target, name in (
            (self._run_outbox, "outbox"),
            (self._run_poller, "poller"),
            (self._run_recurring, "recurring"),
            (self._run_changes, "changes"),
        ):
            thread = Thread(target=target, name=f"billdesk-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout_s: float = 35.0) -> bool:
        """Finish the step under way and stop; ``True`` when all workers ended in time.

        What was not done stays in the outbox and the inbox.
        """
        self._stopping.set()
        self._outbox_wanted.set()
        self._poll_wanted.set()
        self._recurring_wanted.set()
        if self._unsubscribe is not None:
            self._unsubscribe()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        # For work that was asked for on this thread.
        self._outbox.close()
        self._poller.close()
        return not any(thread.is_alive() for thread in self._threads)

    def link_touched(self) -> None:
        """A link was opened, copied or sent: look more often for a while.

        Many of them, as of a hundred mails, bring no more looks than one.
        """
        now = time.monotonic()
        self._link_touched_at = now
        if self._next_look_at - now > AFTER_LINK_S:
            self._poll_wanted.set()

    def work_outbox_now(self) -> int:
        """Do what is due right now, on the calling thread; how many jobs were taken."""
        return self._outbox.run_due()

    def make_recurring_now(self) -> int:
        """Make the recurring documents that are due right now; how many were made."""
        return self._recurring.run_due()

    def poll_now(self, *, deep: bool = False, by_hand: bool = False) -> PollResult:
        """Look at Stripe right now, on the calling thread."""
        with self._polling, correlated():
            try:
                result = self._poller.poll(deep=deep, by_hand=by_hand)
            finally:
                # After what was paid is known, where it can be; but not only then.
                self._retire_expired()
            self._last_look = time.monotonic(), result
            return result

    def look_at(self, document_id: int) -> DocumentLook:
        """Compare one document's payments with Stripe right now, on the calling thread.

        A look at it that has just ended answers this one as well.
        """
        with self._polling, correlated():
            looked_at, look = self._looked_at.get(document_id, (-math.inf, DocumentLook()))
            if time.monotonic() - looked_at >= LEAST_GAP_S:
                look = self._documents.look_at(document_id)
                self._looked_at = {document_id: (time.monotonic(), look)}
            return look

    def look(self) -> PollResult:
        """The owner wants a look now; one that has just ended answers it as well."""
        with self._polling:
            looked_at, result = self._last_look
        if time.monotonic() - looked_at < LEAST_GAP_S:
            return result
        return self.poll_now(by_hand=True)

    def network_up(self) -> None:
        """The network is back: do at once what waits for it."""
        self._resumed = True
        self._outbox_wanted.set()
        self._poll_wanted.set()

    @property
    def next_look_s(self) -> float | None:
        """Seconds until the next look of this desk; ``None`` while one is made or none planned."""
        left = self._next_look_at - time.monotonic()
        return left if 0 <= left < math.inf else None

    def attend(self, attention: Attention) -> None:
        """Whether somebody has the window before them; a look follows when they are back."""
        back = attention is Attention.ACTIVE and self._attention is not attention
        self._attention = attention
        if back:
            self._poll_wanted.set()

    def _heard(self, event: Event) -> None:
        if isinstance(event, WAKES_OUTBOX):
            self._outbox_wanted.set()
        if isinstance(event, (LinkChanged, MailChanged)):
            self.link_touched()
        if isinstance(event, RecurringChanged):
            self._recurring_wanted.set()
        if isinstance(event, CompanyChanged):
            self._poll_wanted.set()

    def _run_outbox(self) -> None:
        self._keep_doing(
            self._outbox.run_due,
            self._outbox_wanted,
            OUTBOX_INTERVAL_S,
            "the outbox could not be worked",
        )
        self._outbox.close()

    def _run_recurring(self) -> None:
        self._keep_doing(
            self._recurring.run_due,
            self._recurring_wanted,
            RECURRING_INTERVAL_S,
            "what recurs could not be made",
        )

    def _keep_doing(
        self, work: Callable[[], object], wanted: Flag, interval_s: float, failed: str
    ) -> None:
        while not self._stopping.is_set():
            wanted.clear()
            try:
                work()
            except Exception:
                # The disk may be full or the database locked: say so and go on later.
                log.exception(failed)
            wanted.wait(interval_s)

    def _run_poller(self) -> None:
        deep = True
        failures = 0
        result = PollResult()
        while not self._stopping.is_set():
            self._poll_wanted.clear()
            resumed, self._resumed = self._resumed, False
            deep = deep or resumed
            try:
                # What failed while there was no network says nothing any more.
                result = self.poll_now(deep=deep, by_hand=resumed)
                # Only the first look, and that after a sleep, goes far back: what happened while
                # nobody looked. One that failed or was left to another desk does not count.
                deep = deep and (result.skipped or bool(result.error))
                failures = failures + 1 if result.error else 0
                busy = self._is_busy()
                if not result.skipped:
                    self._daily()
            except Exception:
                log.exception("looking at Stripe failed")
                failures += 1
                busy = True
            if result.is_more and not failures:
                continue
            # Not woken before: the flag may have been cleared after ``stop`` had set it.
            if self._stopping.wait(LEAST_GAP_S):
                break
            interval_s = self._interval_s(result, failures, busy)
            self._next_look_at = time.monotonic() + interval_s
            slept = self._wait.wait(self._poll_wanted, max(0.0, interval_s - LEAST_GAP_S))
            self._resumed = self._resumed or slept
        self._poller.close()

    def _run_changes(self) -> None:
        while not self._stopping.is_set():
            try:
                self._changes.read()
            except Exception:
                # A server may be away for a while; what was missed is read when it is back.
                log.exception("other desks' changes could not be read")
            self._stopping.wait(INTERVAL_S)

    def _interval_s(self, result: PollResult, failures: int, busy: bool) -> float:
        if failures:
            return max(result.wait_s, backoff_s(failures))
        touched = self._link_touched_at
        since = None if touched is None else time.monotonic() - touched
        pace = Pace(self._attention, since, awaiting=busy, low_budget=result.low_budget)
        return pace.interval_s(random.random())  # noqa: S311 - spreads load, guards nothing
