"""States of work with the outside in plain words."""

from datetime import datetime

from billdesk.core.domain.outside import InboxState, JobKind, LinkState
from billdesk.core.domain.outside_services.policy import Service, Standing
from billdesk.core.queries.activity import OutboxRow, WaitReason
from billdesk.core.queries.home import AttentionItem, AttentionKind
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr, trn

_KINDS = {
    WaitReason.NEXT: "info",
    WaitReason.WORKING: "info",
    WaitReason.UNDO: "info",
    WaitReason.BEHIND: "neutral",
    WaitReason.INTERNET: "warn",
    WaitReason.RESTING: "warn",
    WaitReason.KEY: "bad",
    WaitReason.AGAIN: "warn",
    WaitReason.FAILED: "bad",
}
_STANDING_KINDS = {
    Standing.WORKING: "ok",
    Standing.TROUBLED: "warn",
    Standing.RESTING: "warn",
    Standing.TRYING: "warn",
    Standing.STOPPED: "bad",
}


def inbox_words() -> dict[InboxState, tuple[str, str]]:
    """Each state of a message from Stripe, with what it means."""
    return {
        InboxState.NEW: (tr("Still to be entered"), tr("A few seconds each, as a rule.")),
        InboxState.APPLIED: (tr("In the books"), tr("Nothing is left to do.")),
        InboxState.FOREIGN: (
            tr("Not about your invoices"),
            tr("From other programs that use the same Stripe account."),
        ),
        InboxState.DEAD: (
            tr("Could not be entered"),
            tr("What they are about is no longer at Stripe."),
        ),
    }


def link_words() -> dict[LinkState, tuple[str, str]]:
    """Each state of a payment link, with what it means."""
    return {
        LinkState.QUEUED: (
            tr("Still to be made"),
            tr("Made as soon as Stripe can be reached; the Outbox says why if not."),
        ),
        LinkState.SENT: (tr("Being made"), tr("Stripe was asked; its answer is awaited.")),
        LinkState.ACTIVE: (tr("Can be paid"), tr("Customers who open them can pay.")),
        LinkState.RETIRING: (
            tr("Being switched off"),
            tr("Can still be paid until Stripe has switched them off."),
        ),
        LinkState.CLOSED: (tr("Switched off"), tr("Paid, replaced or no longer wanted.")),
        LinkState.FAILED: (tr("Could not be made"), tr("The reason stands at the invoice.")),
    }


def advice_of(item: AttentionItem) -> str:
    """What is to be done about a task at Stripe."""
    if item.kind is AttentionKind.KEY:
        return tr("Change the key in Stripe or enter another one in Settings.")
    if item.kind is AttentionKind.LINK:
        return tr("Ask for a new link, or do without one.")
    if item.kind is AttentionKind.INBOX:
        return tr(
            "Nothing is lost at Stripe. If a payment is missing, open its invoice and check that "
            "invoice; if this stays, look for a newer BillDesk."
        )
    return ""


def service_word(service: Service, *, livemode: bool) -> str:
    """The name of a service and, of Stripe, its mode."""
    if service is Service.MAIL:
        return tr("Mail server")
    return tr("Stripe, real money") if livemode else tr("Stripe, test money")


def standing_word(standing: Standing) -> tuple[str, str]:
    """How a service does: word and kind of pill."""
    word = {
        Standing.WORKING: tr("Working"),
        Standing.TROUBLED: tr("Some requests fail"),
        Standing.RESTING: tr("Not answering"),
        Standing.TRYING: tr("Being tried again"),
        Standing.STOPPED: tr("Stopped"),
    }[standing]
    return word, _STANDING_KINDS[standing]


def standing_meaning(standing: Standing) -> str:
    """What BillDesk does about it, and the owner where there is something to do."""
    return {
        Standing.WORKING: "",
        Standing.TROUBLED: tr("What failed is tried again by itself."),
        Standing.RESTING: tr(
            "It failed several times in a row. BillDesk waits before it asks again."
        ),
        Standing.TRYING: tr("The next request shows whether it works again."),
        Standing.STOPPED: tr("The key was refused. Enter a working one in Settings."),
    }[standing]


def job_word(kind: JobKind) -> str:
    """What a job does."""
    return {
        JobKind.CREATE_LINK: tr("Make the payment link"),
        JobKind.RETIRE_LINK: tr("Switch off the payment link"),
        JobKind.SEND_ORDER: tr("Refund or charge at Stripe"),
        JobKind.RENDER: tr("Make the PDF"),
        JobKind.SEND_MAIL: tr("Send the mail"),
    }[kind]


def _behind_sentence(kind: JobKind) -> str:
    return {
        JobKind.CREATE_LINK: tr("Waits until the payment link is made."),
        JobKind.RETIRE_LINK: tr("Waits until the old payment link is switched off."),
        JobKind.SEND_ORDER: tr("Waits until the refund or charge is made."),
        JobKind.RENDER: tr("Waits until the PDF is made."),
        JobKind.SEND_MAIL: tr("Waits until the mail before it is sent."),
    }[kind]


def wait_pill(row: OutboxRow) -> tuple[str, str]:
    """Where a job stands: word and kind of pill."""
    word = {
        WaitReason.NEXT: tr("Next"),
        WaitReason.WORKING: tr("Under way"),
        WaitReason.UNDO: tr("Can be undone"),
        WaitReason.BEHIND: tr("In line"),
        WaitReason.INTERNET: tr("No connection"),
        WaitReason.RESTING: tr("No answer"),
        WaitReason.KEY: tr("Key refused"),
        WaitReason.AGAIN: tr("Tried again"),
        WaitReason.FAILED: tr("Given up"),
    }[row.reason]
    return word, _KINDS[row.reason]


def wait_sentence(row: OutboxRow) -> str:
    """Why a job waits, as one would say it."""
    if row.reason is WaitReason.BEHIND and row.behind is not None:
        return _behind_sentence(row.behind)
    if row.reason is WaitReason.RESTING:
        if row.kind is JobKind.SEND_MAIL:
            return tr("The mail server does not answer. BillDesk waits before it tries again.")
        return tr("Stripe does not answer. BillDesk waits before it tries again.")
    return {
        WaitReason.NEXT: tr("Comes next, within seconds."),
        WaitReason.WORKING: tr("Is being done right now."),
        WaitReason.UNDO: tr("Goes out in a few seconds; until then you can withdraw it."),
        WaitReason.BEHIND: tr("Waits for what comes before it."),
        WaitReason.INTERNET: tr("Stripe cannot be reached. Done as soon as the Internet is back."),
        WaitReason.KEY: tr("Stripe refuses the key. Enter a working one in Settings."),
        WaitReason.AGAIN: trn(
            "Did not work the first time and is tried again by itself.",
            "Did not work {count} times and is tried again by itself.",
            max(1, row.tries),
        ),
        WaitReason.FAILED: tr("Given up: it is for you to decide."),
    }[row.reason]


def next_try(desk: Desk, row: OutboxRow, now: datetime) -> str:
    """When it is tried again, where that is known; else nothing."""
    if row.next_at is None or row.reason in (WaitReason.UNDO, WaitReason.FAILED):
        return ""
    return tr("Next try at {time}.").format(time=moment_words(desk, row.next_at, now))


def within_words(mean: str, p95: str) -> str:
    """How long something takes: ``0.2 s on average, 95 of 100 within 0.3 s``."""
    return tr("{mean} on average, 95 of 100 within {time}").format(mean=mean, time=p95)


def moment_words(desk: Desk, at: datetime, now: datetime) -> str:
    """``10:42`` today, with the date on any other day."""
    formats = desk.formats
    day = at.astimezone(formats.zone).date()
    if day == now.astimezone(formats.zone).date():
        return formats.time(at)
    return tr("{date}, {time}").format(date=formats.date(day), time=formats.time(at))


def duration_words(seconds: float) -> str:
    """A span of time, rounded for reading: ``40 s``, ``5 min``, ``2 h``."""
    if 0 < seconds < 0.1:
        return tr("less than 0.1 s")
    if seconds < 10:
        return tr("{seconds} s").format(seconds=f"{seconds:.1f}".rstrip("0").rstrip("."))
    if seconds < 90:
        return tr("{seconds} s").format(seconds=round(seconds))
    if seconds < 5_400:
        return tr("{minutes} min").format(minutes=round(seconds / 60))
    return tr("{hours} h").format(hours=round(seconds / 3_600))
