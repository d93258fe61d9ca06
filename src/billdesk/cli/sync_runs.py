"""What ``billdesk sync`` does: one round, or rounds until a signal."""

import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Any

from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import complain, counted, say, say_json
from billdesk.core.domain.events import Event, StripeChecked

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.core.queries.sync_status import SyncStatus

# How often the waiting main thread lets signals in; Windows would not wake it otherwise.
_SIGNALS_EVERY_S = 1.0


def once(application: "Application", *, as_json: bool) -> int:
    """Do what is due, look at Stripe, and report; the exit code."""
    made = application.sync.make_recurring_now()
    jobs = application.sync.work_outbox_now()
    result = application.sync.poll_now(deep=True)
    # What was just paid has a PDF to draw and perhaps a link to switch off.
    jobs += application.sync.work_outbox_now()
    status = application.queries.sync_status()
    connected = bool(application.queries.company().online_payment.account)
    if as_json:
        say_json(
            {
                "connected": connected,
                "recurring": made,
                "jobs": jobs,
                "events": result.events,
                "applied": result.applied,
                "skipped": result.skipped,
                "error": result.error,
                **_status_json(status),
            }
        )
    else:
        if made:
            say(f"Recurring: {counted(made, 'document', 'documents')} made.")
        say(f"Outbox: {counted(jobs, 'job', 'jobs')} taken. {_outbox_text(status)}")
        if not connected:
            say("Stripe: not connected; Settings, Online payment connects it.")
        elif result.skipped:
            say("Stripe: another program is looking at it right now.")
        elif not result.error:
            say(
                f"Stripe: {counted(result.events, 'event', 'events')} read, "
                f"{counted(result.applied, 'update', 'updates')} booked."
            )
    if result.error:
        complain(result.error)
        return ExitCode.FAILED
    return ExitCode.DONE


def watch(application: "Application", *, as_json: bool) -> int:
    """Let the workers run and report each look at Stripe until SIGINT or SIGTERM; the exit code."""
    heard: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    with _signals_put_none(heard):
        unsubscribe = application.bus.subscribe(heard.put)
        application.sync.start()
        try:
            while (event := _next(heard)) is not None:
                if isinstance(event, StripeChecked):
                    _tell(application, event, as_json=as_json)
        finally:
            unsubscribe()
    return ExitCode.DONE


def _next(heard: "queue.SimpleQueue[Event | None]") -> Event | None:
    while True:
        try:
            return heard.get(timeout=_SIGNALS_EVERY_S)
        except queue.Empty:
            continue


def _tell(application: "Application", event: StripeChecked, *, as_json: bool) -> None:
    status = application.queries.sync_status()
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    if as_json:
        say_json(
            {
                "at": at,
                "applied": event.applied,
                "error": status.error,
                **_status_json(status),
            },
            indent=None,
        )
        return
    looked = status.error or f"{counted(event.applied, 'update', 'updates')} booked."
    say(f"{at} Stripe: {looked} {_outbox_text(status)}")


def _status_json(status: "SyncStatus") -> dict[str, Any]:
    return {
        "last_ok_at": status.last_ok_at.isoformat() if status.last_ok_at else None,
        "failed_events": status.failed_events,
        "outbox_waiting": status.outbox_waiting,
        "outbox_failed": status.outbox_failed,
    }


def _outbox_text(status: "SyncStatus") -> str:
    text = f"{counted(status.outbox_waiting, 'job waits', 'jobs wait')}."
    attention = status.outbox_failed + status.failed_events
    if attention:
        text += f" {counted(attention, 'problem needs', 'problems need')} you: open BillDesk, Home."
    return text


@contextmanager
def _signals_put_none(heard: "queue.SimpleQueue[Event | None]") -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        # SimpleQueue.put is the one queue operation that is safe inside a signal handler.
        heard.put(None)

    previous = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
