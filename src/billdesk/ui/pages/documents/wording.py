"""States as people read them, each with its pill colour: the table of document states."""

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.outside import LinkState, MailState
from billdesk.ui.document_state import state_word
from billdesk.ui.text import tr


def full_state_word(state: DocumentState, *, days_overdue: int, part_paid: bool) -> str:
    """The word on the pill; an overdue invoice adds its days, or that part of it is paid."""
    if state is DocumentState.OVERDUE and part_paid:
        return tr("Overdue, part paid")
    return state_word(state, days_overdue=days_overdue)


def link_state(state: LinkState) -> tuple[str, str]:
    """Word and pill kind of a payment link."""
    return {
        LinkState.QUEUED: (tr("Waiting"), "info"),
        LinkState.SENT: (tr("Being made"), "info"),
        LinkState.ACTIVE: (tr("Active"), "ok"),
        LinkState.RETIRING: (tr("Switching off"), "neutral"),
        LinkState.CLOSED: (tr("Switched off"), "neutral"),
        LinkState.FAILED: (tr("Failed"), "bad"),
    }[state]


def mail_state(state: MailState) -> tuple[str, str]:
    """Word and pill kind of a mail."""
    return {
        MailState.QUEUED: (tr("Waiting"), "info"),
        MailState.SENDING: (tr("Sending"), "info"),
        MailState.ACCEPTED: (tr("Accepted"), "ok"),
        MailState.FAILED: (tr("Failed"), "bad"),
        MailState.UNKNOWN: (tr("May have been sent"), "warn"),
        MailState.CANCELLED: (tr("Cancelled"), "neutral"),
    }[state]
