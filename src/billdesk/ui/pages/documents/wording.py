"""The states of links and mails as people read them, each with its pill colour."""

from billdesk.core.domain.outside import LinkState, MailState
from billdesk.ui.text import tr


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
