"""What has been invoiced of a quote: recomputed from the documents that bill it."""

from sqlalchemy import bindparam, select

from billdesk.core.db.tables import Document, DocumentReference
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.events import QuoteChanged
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.services.steps.references import is_taken_back
from billdesk.core.services.steps.rows import load

_BILLING = (
    select(DocumentReference.document_id, DocumentReference.minor)
    .join(Document, Document.id == DocumentReference.document_id)
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.refers_to_id == bindparam("of"),
        DocumentReference.kind == DocumentReferenceKind.BILLS_QUOTE.value,
        Document.deleted_at.is_(None),
    )
    .order_by(DocumentReference.document_id)
)
_BILLED = (
    select(DocumentReference.refers_to_id)
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.document_id == bindparam("of"),
        DocumentReference.kind == DocumentReferenceKind.BILLS_QUOTE.value,
    )
    .order_by(DocumentReference.refers_to_id)
)


def recompute_quote(tx: Transaction, quote: Document) -> None:
    """Derive ``invoiced_minor``: void, deleted and wholly credited documents bill nothing."""
    tx.session.flush()
    before = quote.invoiced_minor
    quote.invoiced_minor = sum(
        row.minor
        for row in tx.connection.execute(_BILLING, {"company": tx.company_id, "of": quote.id})
        if not is_taken_back(tx, load(tx, Document, row.document_id))
    )
    if quote.invoiced_minor != before:
        quote.updated_at = tx.now
        tx.tell(QuoteChanged(tx.company_id, quote.id))
    tx.session.flush()


def recompute_billed_quotes(tx: Transaction, document: Document) -> None:
    """The quotes ``document`` bills, after it was made, deleted, voided or credited."""
    billed = tx.connection.scalars(_BILLED, {"company": tx.company_id, "of": document.id}).all()
    for quote_id in billed:
        recompute_quote(tx, load(tx, Document, quote_id))
