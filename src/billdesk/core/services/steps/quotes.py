"""What has been invoiced of a quote: recomputed from the documents that bill it."""

import json
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, select

from billdesk.core.db.tables import Document, DocumentReference
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.crediting import Quantities
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import QuoteChanged
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.services.steps.references import is_taken_back
from billdesk.core.services.steps.rows import load

_BILLING = (
    select(DocumentReference.document_id, DocumentReference.minor, DocumentReference.quantities)
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


@dataclass(frozen=True, slots=True)
class Billing:
    """A document made from a quote: what of the quote's total it bills, and of which lines."""

    document: Document
    minor: int
    quantities: Quantities


def billings_of(tx: Transaction, quote: Document) -> list[Billing]:
    """The drafts and issued documents that bill ``quote`` and still count, oldest first."""
    rows = tx.connection.execute(_BILLING, {"company": tx.company_id, "of": quote.id}).all()
    found = [(load(tx, Document, row.document_id), row) for row in rows]
    return [
        Billing(document, row.minor, quantities_from_json(row.quantities))
        for document, row in found
        if not is_taken_back(tx, document)
    ]


def quantities_from_json(text: str) -> Quantities:
    """Lines and quantities as a reference keeps them; none where a share of all was billed."""
    stored = json.loads(text) if text else {}
    return {int(index): Decimal(quantity) for index, quantity in stored.items()}


def recompute_quote(tx: Transaction, quote: Document) -> None:
    """Derive ``invoiced_minor``: void, deleted and wholly credited documents bill nothing."""
    tx.session.flush()
    before = quote.invoiced_minor
    quote.invoiced_minor = sum(one.minor for one in billings_of(tx, quote))
    if quote.invoiced_minor > quote.total_minor:
        raise NotAllowed(f"More than all of {quote.number} would be invoiced then.")
    if quote.invoiced_minor != before:
        quote.updated_at = tx.now
        tx.tell(QuoteChanged(tx.company_id, quote.id))
    tx.session.flush()


def recompute_billed_quotes(tx: Transaction, document: Document) -> None:
    """The quotes ``document`` bills, after it was made, deleted, voided or credited."""
    billed = tx.connection.scalars(_BILLED, {"company": tx.company_id, "of": document.id}).all()
    for quote_id in billed:
        recompute_quote(tx, load(tx, Document, quote_id))
