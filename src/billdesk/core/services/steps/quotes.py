"""What has been invoiced of a quote: recomputed from the documents that bill it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, select

from billdesk.core.db.tables import Document, DocumentReference
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.crediting import Quantities
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import QuoteChanged
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.services.steps.references import is_taken_back, referred
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
_DEDUCTED_BY = (
    select(DocumentReference.document_id)
    .join(Document, Document.id == DocumentReference.document_id)
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.refers_to_id == bindparam("of"),
        DocumentReference.kind == DocumentReferenceKind.DEDUCTS_DEPOSIT.value,
        Document.deleted_at.is_(None),
    )
    .order_by(DocumentReference.document_id)
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
        raise _too_much(quote)
    if quote.invoiced_minor != before:
        quote.updated_at = tx.now
        tx.tell(QuoteChanged(tx.company_id, quote.id))
    tx.session.flush()


def recompute_billed_quotes(tx: Transaction, document: Document) -> None:
    """The quotes ``document`` bills, after it was made, deleted, voided or credited."""
    for quote_id in referred(tx, document.id, DocumentReferenceKind.BILLS_QUOTE):
        recompute_quote(tx, load(tx, Document, quote_id))


def require_within_quotes(tx: Transaction, document: Document) -> None:
    """Raise ``NotAllowed`` where a quote that ``document`` bills is billed beyond its total.

    What deposit invoices asked for counts until a final invoice deducts it.
    """
    tx.session.flush()
    for quote_id in referred(tx, document.id, DocumentReferenceKind.BILLS_QUOTE):
        quote = load(tx, Document, quote_id)
        billed = billings_of(tx, quote)
        if sum(one.minor for one in billed) + asked_minor(tx, billed) > quote.total_minor:
            raise _too_much(quote)


def asked_minor(tx: Transaction, billed: Sequence[Billing]) -> int:
    """What deposit invoices ask for that no final invoice deducts, nor will once it is issued."""
    return sum(
        one.document.total_minor
        for one in billed
        if one.document.kind == DocumentKind.DEPOSIT_INVOICE
        and not _is_deducted(tx, one.document.id)
    )


def _is_deducted(tx: Transaction, deposit_id: int) -> bool:
    given = {"company": tx.company_id, "of": deposit_id}
    finals = tx.connection.scalars(_DEDUCTED_BY, given).all()
    return any(not is_taken_back(tx, load(tx, Document, one)) for one in finals)


def _too_much(quote: Document) -> NotAllowed:
    return NotAllowed(
        f"More than all of {quote.number} would be invoiced then, the deposits asked for included; "
        "void, credit or delete another document of this quote first."
    )
