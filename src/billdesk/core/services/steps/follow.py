"""What has to follow when the balance of an issued document changed."""

from sqlalchemy import func, select

from billdesk.core.db.tables import Allocation, Document, PaymentLink
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.outside import LinkState, RenditionKind
from billdesk.core.services.steps.links import (
    live_link,
    renders_wait_for,
    request_link,
    retire_links,
)
from billdesk.core.services.steps.outbox import enqueue_render
from billdesk.core.services.steps.renditions import (
    do_without_link,
    is_stored,
    render_link,
    render_without_link,
)


def follow_balance(
    tx: Transaction, document: Document, *, paid_through: PaymentLink | None = None
) -> None:
    """Retire or replace the payment link and ask for the PDFs the new balance needs.

    A link over a part is kept as long as that much is open; ``paid_through`` is one that has just
    brought its part, so that the next is asked for. Imported history asks for nothing by itself.
    """
    if document.open_minor == 0:
        retire_links(tx, document)
        renders_wait_for(tx, document, None)
        if not document.paid_minor:
            render_without_link(tx, document)
        elif not document.is_history:
            kind = RenditionKind.for_settlement(settlements(tx, document))
            if not is_stored(tx, document, kind):
                enqueue_render(tx, document, kind)
        return
    link = live_link(tx, document) or paid_through
    if link is None:
        # Owed again after it was paid: the PDF from before may show a link that is off.
        render_without_link(tx, document)
        return
    if document.pending_minor or document.unexplained_refund_minor:
        # Money is on its way or went back: nobody is asked to pay until that is settled. The link
        # it came through is used up; one that was not asked for yet need not be.
        if link.amount_minor != document.open_minor or link.state == LinkState.QUEUED:
            do_without_link(tx, document)
        return
    enough = link.amount_minor <= document.open_minor
    if link is not paid_through and (
        link.amount_minor == document.open_minor or (link.is_part and enough)
    ):
        return
    renew_link(tx, document)


def renew_link(tx: Transaction, document: Document, minor: int | None = None) -> None:
    """Replace the document's link by one over what is to be asked for now (or ``minor`` of it).

    By none while nobody may pay.
    """
    if document.open_minor <= 0 or document.pending_minor or document.unexplained_refund_minor:
        do_without_link(tx, document)
        return
    try:
        job = request_link(tx, document, minor)
    except UserError:
        # What is left is too little for Stripe: the money received still counts.
        do_without_link(tx, document)
        return
    render_link(tx, document, job)


def settlements(tx: Transaction, document: Document) -> int:
    """How often the document has been settled, counting this time: each undo opened it again."""
    undone = tx.connection.scalar(
        select(func.count())
        .select_from(Allocation)
        .where(
            Allocation.company_id == tx.company_id,
            Allocation.document_id == document.id,
            Allocation.minor < 0,
        )
    )
    return 1 + int(undone or 0)
