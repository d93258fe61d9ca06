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
        InboxState.NEW: (tr("Waiting"), tr("read and not in the books yet")),
        InboxState.APPLIED: (tr("In the books"), ""),
        InboxState.FOREIGN: (tr("Not ours"), tr("of other programs on the same account")),
        InboxState.DEAD: (tr("Came to nothing"), tr("what they are about is not at Stripe")),
    }


def link_words() -> dict[LinkState, tuple[str, str]]:
    """Each state of a payment link, with what it means."""
    return {
        LinkState.QUEUED: (tr("Waiting"), tr("waits in the outbox")),
        LinkState.SENT: (tr("Being made"), tr("Stripe has been asked")),
        LinkState.ACTIVE: (tr("Active"), tr("customers can pay")),
        LinkState.RETIRING: (tr("Switching off"), tr("may still be payable")),
        LinkState.CLOSED: (tr("Switched off"), tr("paid, replaced or no longer wanted")),
        LinkState.FAILED: (tr("Failed"), tr("could not be made")),
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
    return tr("Stripe, live") if livemode else tr("Stripe, test")


def standing_word(standing: Standing) -> tuple[str, str]:
    """How a service does: word and kind of pill."""
    word = {
        Standing.WORKING: tr("Working"),
        Standing.TROUBLED: tr("Some calls fail"),
        Standing.RESTING: tr("Left alone for a while"),
        Standing.TRYING: tr("Trying again"),
        Standing.STOPPED: tr("Stopped"),
    }[standing]
    return word, _STANDING_KINDS[standing]


def job_word(kind: JobKind) -> str:
    """What a job does."""
    return {
        JobKind.CREATE_LINK: tr("Make payment link"),
        JobKind.RETIRE_LINK: tr("Switch payment link off"),
        JobKind.SEND_ORDER: tr("Refund or charge at Stripe"),
        JobKind.RENDER: tr("Make PDF"),
        JobKind.SEND_MAIL: tr("Send mail"),
    }[kind]


def wait_pill(row: OutboxRow) -> tuple[str, str]:
    """Where a job stands: word and kind of pill."""
    word = {
        WaitReason.NEXT: tr("Next"),
        WaitReason.WORKING: tr("Under way"),
        WaitReason.UNDO: tr("Can be undone"),
        WaitReason.BEHIND: tr("In line"),
        WaitReason.INTERNET: tr("No connection"),
        WaitReason.RESTING: tr("Service rests"),
        WaitReason.KEY: tr("Key refused"),
        WaitReason.AGAIN: tr("Tried again"),
        WaitReason.FAILED: tr("Given up"),
    }[row.reason]
    return word, _KINDS[row.reason]


def wait_sentence(desk: Desk, row: OutboxRow, now: datetime) -> str:
    """Why a job waits and since when, as one would say it."""
    since = moment_words(desk, row.since, now)
    if row.reason is WaitReason.NEXT:
        return tr("Is done in a moment, asked for {since}").format(since=since)
    if row.reason is WaitReason.WORKING:
        return tr("Under way, asked for {since}").format(since=since)
    if row.reason is WaitReason.UNDO:
        return tr("Goes out in a few seconds; until then it can be withdrawn")
    if row.reason is WaitReason.BEHIND and row.behind is not None:
        return tr("Waiting since {since} for: {job}").format(
            since=since, job=job_word(row.behind).lower()
        )
    if row.reason is WaitReason.INTERNET:
        return tr("Waiting for the Internet since {since}").format(since=since)
    if row.reason is WaitReason.RESTING:
        return tr("Waiting since {since} for the service to answer again").format(since=since)
    if row.reason is WaitReason.KEY:
        return tr("Waiting since {since} for a key that is allowed to do this").format(since=since)
    if row.reason is WaitReason.FAILED:
        return tr("Given up, asked for {since}").format(since=since)
    tries = trn("tried {count} time", "tried {count} times", row.tries)
    return tr("Waiting since {since}, {tries}").format(since=since, tries=tries)


def moment_words(desk: Desk, at: datetime, now: datetime) -> str:
    """``10:42`` today, with the date on any other day."""
    zone = desk.formats.zone
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return desk.formats.time(at)
    return desk.formats.moment(at)


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
