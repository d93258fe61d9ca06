"""Invoices from draft to void."""

from dataclasses import dataclass

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.documents import (
    DocumentKind,
    require_draft,
    require_voidable,
)
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import (
    DraftDeleted,
    DraftRestored,
    DraftSaved,
    InvoiceIssued,
    InvoiceVoided,
)
from billdesk.core.domain.ledger import EntryDraft, EntryKind, reversed_postings
from billdesk.core.domain.texts import clean_paragraphs
from billdesk.core.queries.drafts import read_draft
from billdesk.core.services.steps.documents import facts_of
from billdesk.core.services.steps.drafts import write_draft
from billdesk.core.services.steps.issue import issue
from billdesk.core.services.steps.links import renders_wait_for, retire_links
from billdesk.core.services.steps.mail import cancel_waiting_mail
from billdesk.core.services.steps.new_drafts import begin_draft
from billdesk.core.services.steps.numbers import lock_series_of
from billdesk.core.services.steps.posting import find_entry, post, postings_of
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settlement import recompute_document


@dataclass(frozen=True, slots=True)
class Saved:
    """A stored draft and the version to give with the next save."""

    document_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Issued:
    """What was issued; ``total_minor`` in minor units of ``currency``."""

    document_id: int
    number: str
    total_minor: int
    currency: str


class InvoiceService:
    """Create, edit, duplicate, delete, issue and void invoices."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, draft: InvoiceDraft) -> Saved:
        """Store a new draft. Raises ``UserError`` with the field that cannot be stored."""
        with self._uow.write() as tx:
            return self._create(tx, draft)

    @use_case
    def save(self, document_id: int, version: int, draft: InvoiceDraft) -> Saved:
        """Store the draft's new content.

        Raises ``UserError``, ``NotAllowed`` once issued, ``StaleVersion`` when it was saved
        elsewhere.
        """
        with self._uow.write() as tx:
            document = self._draft(tx, document_id, version)
            write_draft(tx, document, draft)
            # Autosave runs every second or so: the audit keeps that it happened, not each letter.
            tx.audit(
                "invoice.saved",
                f"document:{document.uid}",
                after={"total_minor": document.total_minor, "lines": len(draft.lines)},
            )
            tx.tell(DraftSaved(tx.company_id, document.id))
            tx.session.flush()
            return Saved(document.id, document.version)

    @use_case
    def duplicate(self, document_id: int) -> Saved:
        """A new draft with the content of any invoice."""
        with self._uow.write() as tx:
            source = load(tx, Document, document_id)
            draft = read_draft(tx.connection, source.id).copy_for_new_invoice()
            return self._create(tx, draft)

    @use_case
    def delete(self, document_id: int) -> None:
        """Put a draft away; it can be restored. Raises ``NotAllowed`` for an issued one."""
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            require_draft(facts_of(document))
            if document.deleted_at is None:
                document.deleted_at = tx.now
                tx.audit("invoice.draft_deleted", f"document:{document.uid}")
                tx.tell(DraftDeleted(tx.company_id, document.id))

    @use_case
    def restore(self, document_id: int) -> None:
        """Bring a deleted draft back."""
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            if document.deleted_at is not None:
                document.deleted_at = None
                tx.audit("invoice.draft_restored", f"document:{document.uid}")
                tx.tell(DraftRestored(tx.company_id, document.id))

    @use_case
    def issue(self, document_id: int, version: int) -> Issued:
        """Give the draft its number, freeze it and post it: one transaction.

        Raises ``UserError`` naming what is missing, ``NotAllowed`` when it is issued already,
        ``StaleVersion``.
        """
        with self._uow.write() as tx:
            lock_series_of(tx, document_id)
            document = self._draft(tx, document_id, version)
            issue(tx, document, read_draft(tx.connection, document.id))
            tx.tell(InvoiceIssued(tx.company_id, document.id))
            return Issued(
                document.id, document.number or "", document.total_minor, document.currency
            )

    @use_case
    def void(self, document_id: int, reason: str) -> None:
        """Take an issued invoice back: it keeps its number, its entry is reversed.

        Raises ``NotAllowed`` when money has touched it, ``UserError`` without a reason.
        """
        reason = clean_paragraphs(reason, "reason").strip()
        if not reason:
            raise UserError("Say why the invoice is void; it stays in the books.", field="reason")
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            require_voidable(facts_of(document))
            entry = find_entry(tx, "document", document.uid, EntryKind.ISSUED)
            document.voided_at = tx.now
            if entry is not None:
                post(
                    tx,
                    EntryDraft(
                        EntryKind.VOIDED,
                        "document",
                        document.uid,
                        max(tx.today, document.issued_on or tx.today),
                        reversed_postings(postings_of(tx, entry)),
                        memo=f"{document.number} void",
                        reverses_id=entry,
                    ),
                )
            recompute_document(tx, document)
            retire_links(tx, document)
            renders_wait_for(tx, document, None)
            cancel_waiting_mail(tx, document)
            tx.audit("invoice.voided", f"document:{document.uid}", after={"reason": reason})
            tx.tell(InvoiceVoided(tx.company_id, document.id))

    @staticmethod
    def _create(tx: Transaction, draft: InvoiceDraft) -> Saved:
        document = begin_draft(tx, DocumentKind.INVOICE, draft)
        return Saved(document.id, document.version)

    @staticmethod
    def _draft(tx: Transaction, document_id: int, version: int) -> Document:
        document = load(tx, Document, document_id, version=version)
        require_draft(facts_of(document))
        if document.deleted_at is not None:
            raise NotAllowed("This draft was deleted; restore it first.")
        return document
