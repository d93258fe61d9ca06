"""Credit notes: take an issued invoice back in part or whole, or correct it."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from billdesk.core.db.tables import Document, DocumentReference
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.queries.drafts import read_draft
from billdesk.core.services.documents.results import Issued, Saved
from billdesk.core.services.steps.credit import (
    CreditInput,
    CreditLeft,
    left_to_credit,
    make_credit_note,
)
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.new_drafts import begin_draft
from billdesk.core.services.steps.numbers import lock_series
from billdesk.core.services.steps.quotes import recompute_billed_quotes
from billdesk.core.services.steps.references import refer
from billdesk.core.services.steps.rows import load


@dataclass(frozen=True, slots=True)
class Corrected:
    """The credit note of the wrong invoice, and the draft that is to take its place."""

    credit_note: Issued
    draft: Saved


class CreditNoteService:
    """Credit invoices. A credit note that stands alone is drafted like an invoice."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def left(self, invoice_id: int) -> CreditLeft:
        """What can still be credited of an invoice. Nothing is changed.

        Raises ``NotAllowed`` where it cannot be credited, ``NotFound``.
        """
        with self._uow.write() as tx:
            return left_to_credit(tx, invoice_id)

    @use_case
    def credit(self, given: CreditInput) -> Issued:
        """Issue a credit note of an invoice: of lines, of an amount, or of all that is left.

        It settles the invoice as far as that is open; the rest is customer credit. Raises
        ``UserError`` with the field, ``NotAllowed`` where the invoice cannot be credited.
        """
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.CREDIT_NOTE)
            return Issued.of(make_credit_note(tx, given))

    @use_case
    def correct(self, invoice_id: int, reason: str = "") -> Corrected:
        """Credit all that is left of an invoice and begin a draft with its content.

        The draft bills the same quotes and, for a final invoice, deducts the same deposits.
        Raises ``NotAllowed`` where the invoice cannot be credited.
        """
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.CREDIT_NOTE)
            invoice = load(tx, Document, invoice_id)
            require(tx, Action.CORRECT, invoice)
            note = make_credit_note(tx, CreditInput(invoice_id, reason=reason))
            content = read_draft(tx.connection, tx.company_id, invoice_id)
            draft = begin_draft(
                tx,
                DocumentKind(invoice.kind),
                replace(_supplied_as_before(invoice, content), issued_on=None, due_on=None),
            )
            refer(tx, draft, DocumentReferenceKind.CORRECTS, [invoice_id])
            _bill_the_same(tx, invoice, draft)
            return Corrected(Issued.of(note), Saved(draft.id, draft.version))


def _supplied_as_before(invoice: Document, content: InvoiceDraft) -> InvoiceDraft:
    """What was supplied on the day of the wrong invoice still was: its tax rates stay."""
    if invoice.kind == DocumentKind.DEPOSIT_INVOICE or content.service_from or content.service_to:
        return content
    return replace(content, service_from=invoice.issued_on)


def _bill_the_same(tx: Transaction, invoice: Document, draft: Document) -> None:
    rows = tx.connection.execute(
        select(
            DocumentReference.refers_to_id, DocumentReference.minor, DocumentReference.quantities
        ).where(
            DocumentReference.company_id == tx.company_id,
            DocumentReference.document_id == invoice.id,
            DocumentReference.kind == DocumentReferenceKind.BILLS_QUOTE.value,
        )
    ).all()
    for row in rows:
        refer(
            tx,
            draft,
            DocumentReferenceKind.BILLS_QUOTE,
            [row.refers_to_id],
            row.minor,
            row.quantities,
        )
    recompute_billed_quotes(tx, draft)
