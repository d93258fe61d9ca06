"""Why there is no pay page yet, in words that say what to do."""

from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.outside import LinkState
from billdesk.core.queries.documents import DocumentDetail, LinkWait
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr


def why_no_link(desk: Desk, detail: DocumentDetail, *, can_make: bool) -> str:
    """Why there is nothing to copy or open."""
    link = detail.link
    if detail.state is DocumentState.DRAFT:
        return tr("The payment link is made when the invoice is issued.")
    if link is not None and link.wait is not None:
        return _waiting(desk, link.wait, link.state)
    if link is not None and link.state in (LinkState.QUEUED, LinkState.SENT):
        return tr("The payment link is being made; try again in a moment.")
    if link is not None and link.state is LinkState.FAILED:
        return tr("The payment link could not be made: {reason}").format(reason=link.error)
    if link is not None and link.state is LinkState.RETIRING:
        return tr("The payment link is being switched off; until then it may still be paid.")
    if detail.open_minor <= 0:
        return tr("Nothing is open on this invoice, so its payment link is switched off.")
    if not can_make:
        return tr("Connect Stripe in Settings to let customers pay online.")
    if detail.why_not_online:
        return detail.why_not_online
    if Action.LINK not in detail.allowed:
        return tr("This invoice has no payment link.")
    return tr("This invoice has no payment link. Choose “New payment link” to make one.")


def _waiting(desk: Desk, wait: LinkWait, state: LinkState) -> str:
    formats = desk.formats
    is_today = wait.since_at.astimezone(formats.zone).date() == desk.app.today()
    since = formats.time(wait.since_at) if is_today else formats.moment(wait.since_at)
    if wait.offline:
        text = tr("Waiting for the Internet since {time}; the link is made by itself then.")
        if state is LinkState.RETIRING:
            text = tr("Waiting for the Internet since {time}; then the link is switched off.")
        return text.format(time=since)
    text = tr("Waiting since {time}: {reason}")
    return text.format(time=since, reason=wait.reason)
