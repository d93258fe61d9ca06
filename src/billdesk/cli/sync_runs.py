"""What ``billdesk sync`` does: one round, or rounds until a signal, or one invoice."""

import queue
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Any

from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import complain, counted, say, say_json
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import Event, StripeChecked
from billdesk.core.queries.documents import DocumentFilter

if TYPE_CHECKING:
    from billdesk.cli.books import OpenCompany
    from billdesk.core.queries.documents import DocumentRow
    from billdesk.core.queries.sync_status import SyncStatus
    from billdesk.core.sync.poller import PollResult

# How often the waiting main thread lets signals in; Windows would not wake it otherwise.
_SIGNALS_EVERY_S = 1.0
# Half a million events; a catch-up that is longer goes on with the next run.
_MOST_LOOKS = 100


def once(companies: Sequence["OpenCompany"], *, as_json: bool) -> int:
    """Do what is due, look at Stripe, and report, company by company; the exit code."""
    codes = {_once(company, alone=len(companies) == 1, as_json=as_json) for company in companies}
    # What failed says more than what waits.
    if ExitCode.FAILED in codes:
        return ExitCode.FAILED
    return ExitCode.ATTENTION if ExitCode.ATTENTION in codes else ExitCode.DONE


def _once(company: "OpenCompany", *, alone: bool, as_json: bool) -> ExitCode:
    application = company.application
    made = application.sync.make_recurring_now()
    jobs = application.sync.work_outbox_now()
    result = _looks(company)
    # What was just paid has a PDF to draw and perhaps a link to switch off.
    jobs += application.sync.work_outbox_now()
    if not (result.error or result.skipped):
        application.stripe_permissions.probe_daily()
    status = application.queries.sync_status()
    connected = bool(application.queries.company().online_payment.account)
    if as_json:
        say_json(
            {
                "company": company.entry.name,
                "connected": connected,
                "recurring": made,
                "jobs": jobs,
                "events": result.events,
                "applied": result.applied,
                "skipped": result.skipped,
                "error": result.error,
                "missing_permission": result.missing,
                **_status_json(status),
            },
            indent=2 if alone else None,
        )
    else:
        if not alone:
            say(f"{company.entry.name}:")
        _say_round(made, jobs, status, result, connected=connected)
    if result.error or result.missing:
        who = "" if alone else f"{company.entry.name}: "
        complain(who + (result.error or result.missing))
    if result.error:
        return ExitCode.FAILED
    waits = result.missing or status.failed_events or status.outbox_failed
    return ExitCode.ATTENTION if waits else ExitCode.DONE


def _looks(company: "OpenCompany") -> "PollResult":
    """Look until everything has been read; what all the looks brought together."""
    sync = company.application.sync
    result = sync.poll_now(deep=True)
    for _ in range(_MOST_LOOKS):
        if not result.is_more or result.error:
            break
        further = sync.poll_now()
        result = replace(
            further,
            events=result.events + further.events,
            applied=result.applied + further.applied,
            missing=result.missing or further.missing,
        )
    return result


def _say_round(
    made: int, jobs: int, status: "SyncStatus", result: "PollResult", *, connected: bool
) -> None:
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


def look_at_invoice(companies: Sequence["OpenCompany"], number: str, *, as_json: bool) -> int:
    """Compare one invoice with Stripe now; the exit code. Raises ``UserError``."""
    found = [(one, row) for one in companies if (row := _invoice(one, number)) is not None]
    if not found:
        raise UserError(f"There is no invoice {number} in these books.")
    if len(found) > 1:
        names = ", ".join(one.entry.name for one, _ in found)
        raise UserError(f"{number} is an invoice of {names}; choose one with --company.")
    ((company, row),) = found
    look = company.application.sync.look_at(row.id)
    company.application.sync.work_outbox_now()
    detail = company.application.queries.document(row.id)
    if as_json:
        say_json(
            {
                "company": company.entry.name,
                "invoice": number,
                "payments": look.payments,
                "state": detail.state.value,
                "open_minor": detail.open_minor,
                "error": look.error,
            }
        )
    elif not look.error:
        read = counted(look.payments, "payment", "payments")
        say(f"{number}: {read} at Stripe. It is {detail.state.value.replace('_', ' ')}.")
    if look.error:
        complain(look.error)
    return ExitCode.FAILED if look.error else ExitCode.DONE


def _invoice(company: "OpenCompany", number: str) -> "DocumentRow | None":
    page = company.application.queries.documents(DocumentFilter(search=number))
    return next((row for row in page.rows if row.number == number), None)


def watch(companies: Sequence["OpenCompany"], *, as_json: bool) -> int:
    """Let the workers run and report each look at Stripe until SIGINT or SIGTERM; the exit code."""
    heard: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    by_id = {company.application.company_id: company for company in companies}
    stops: list[Callable[[], None]] = []
    with _signals_put_none(heard):
        try:
            for company in companies:
                stops.append(company.application.bus.subscribe(heard.put))
                company.application.sync.start()
            while (event := _next(heard)) is not None:
                if isinstance(event, StripeChecked):
                    _tell(by_id[event.company_id], event, alone=len(by_id) == 1, as_json=as_json)
        finally:
            for stop in stops:
                stop()
    return ExitCode.DONE


def _next(heard: "queue.SimpleQueue[Event | None]") -> Event | None:
    while True:
        try:
            return heard.get(timeout=_SIGNALS_EVERY_S)
        except queue.Empty:
            continue


def _tell(company: "OpenCompany", event: StripeChecked, *, alone: bool, as_json: bool) -> None:
    status = company.application.queries.sync_status()
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    if as_json:
        say_json(
            {
                "at": at,
                "company": company.entry.name,
                "applied": event.applied,
                "error": status.error,
                **_status_json(status),
            },
            indent=None,
        )
        return
    who = "" if alone else f"{company.entry.name}: "
    looked = status.error or f"{counted(event.applied, 'update', 'updates')} booked."
    say(f"{at} {who}Stripe: {looked} {_outbox_text(status)}")


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
