"""From a document's row to the facts its rules are about."""

from billdesk.core.db.tables import Document
from billdesk.core.domain.documents import DocumentFacts


def facts_of(document: Document) -> DocumentFacts:
    """The stored facts the rules of documents are read from."""
    return DocumentFacts(
        issued=document.issued_at is not None,
        total_minor=document.total_minor,
        open_minor=document.open_minor,
        due_on=document.due_on,
        sent=document.sent_at is not None,
        voided=document.voided_at is not None,
        paid_minor=document.paid_minor,
        credited_minor=document.credited_minor,
        written_off_minor=document.written_off_minor,
        pending_minor=document.pending_minor,
        disputed_minor=document.disputed_minor,
        unexplained_refund_minor=document.unexplained_refund_minor,
        surplus_minor=document.surplus_minor,
    )
