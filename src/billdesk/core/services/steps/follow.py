"""What has to follow when the balance of an issued document changed."""

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.outside import RenditionKind
from billdesk.core.services.steps.links import live_link, request_link, retire_links
from billdesk.core.services.steps.outbox import enqueue_render


def follow_balance(tx: Transaction, document: Document) -> None:
    """Retire or replace the payment link and ask for the PDFs the new balance needs.

    Imported history asks for nothing by itself.
    """
    link = live_link(tx, document)
    if document.open_minor == 0:
        retire_links(tx, document)
        if document.paid_minor and not document.is_history:
            enqueue_render(tx, document, RenditionKind.PAID_COPY)
    elif link is not None and link.amount_minor != document.open_minor:
        try:
            job = request_link(tx, document)
        except UserError:
            # What is left is too little for Stripe: the money received still counts.
            retire_links(tx, document)
            return
        revision = (live_link(tx, document) or link).revision
        enqueue_render(tx, document, RenditionKind.for_revision(revision), waits_for_id=job)
