"""Documents that are drafted (invoices of all kinds, quotes, credit notes) from draft to void."""

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.actions import NOUNS, Action
from billdesk.core.domain.documents import DRAFTED_KINDS, DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import (
    DraftDeleted,
    DraftRestored,
    DraftSaved,
)
from billdesk.core.domain.texts import clean_paragraphs
from billdesk.core.queries.drafts import read_draft
from billdesk.core.queries.revisions import read_revision
from billdesk.core.services.documents.results import Issued, Saved
from billdesk.core.services.steps.documents import action_family, require
from billdesk.core.services.steps.drafts import write_draft
from billdesk.core.services.steps.issue import issue
from billdesk.core.services.steps.new_drafts import begin_draft
from billdesk.core.services.steps.numbers import lock_series_of
from billdesk.core.services.steps.quotes import recompute_billed_quotes, require_within_quotes
from billdesk.core.services.steps.revisions import keep_revision
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.voiding import void_document


class InvoiceService:
    """Create, edit, duplicate, delete, issue and void invoices and what is drafted like them.

    Void takes back any issued document, also one that was made in one step.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, draft: InvoiceDraft, kind: DocumentKind = DocumentKind.INVOICE) -> Saved:
        """Store a new draft. Raises ``UserError`` with the field that cannot be stored."""
        if kind not in DRAFTED_KINDS:
            raise NotAllowed(f"A {NOUNS[kind]} is made in one step, without a draft.")
        with self._uow.write() as tx:
            document = begin_draft(tx, kind, draft)
            return Saved(document.id, document.version)

    @use_case
    def save(self, document_id: int, version: int, draft: InvoiceDraft) -> Saved:
        """Store the draft's new content.

        Raises ``UserError``, ``NotAllowed`` once issued, ``StaleVersion`` when it was saved
        elsewhere.
        """
        with self._uow.write() as tx:
            document = self._draft(tx, document_id, version)
            write_draft(tx, document, draft)
            keep_revision(tx, document, read_draft(tx.connection, tx.company_id, document.id))
            # Autosave runs every second or so: the audit keeps that it happened, not each letter.
            tx.audit(
                f"{action_family(document.kind)}.saved",
                f"document:{document.uid}",
                after={"total_minor": document.total_minor, "lines": len(draft.lines)},
            )
            tx.tell(DraftSaved(tx.company_id, document.id))
            tx.session.flush()
            return Saved(document.id, document.version)

    @use_case
    def restore_revision(self, document_id: int, version: int, revision: int) -> Saved:
        """Give a draft the content of an earlier version of it; today's stays as a version too.

        Raises ``NotFound`` for a version that was not kept, ``NotAllowed`` once issued,
        ``StaleVersion``, ``UserError`` where what it names is gone.
        """
        with self._uow.write() as tx:
            document = self._draft(tx, document_id, version)
            content = read_revision(tx.connection, tx.company_id, document_id, revision)
            write_draft(tx, document, content)
            keep_revision(tx, document, content, apart=True)
            tx.audit(
                f"{action_family(document.kind)}.revision_restored",
                f"document:{document.uid}",
                after={"revision": revision},
            )
            tx.tell(DraftSaved(tx.company_id, document.id))
            tx.session.flush()
            return Saved(document.id, document.version)

    @use_case
    def duplicate(self, document_id: int) -> Saved:
        """A new draft with the content of any document that is drafted, of the same kind.

        Raises ``NotAllowed`` for other kinds.
        """
        with self._uow.write() as tx:
            source = load(tx, Document, document_id)
            require(tx, Action.DUPLICATE, source)
            draft = read_draft(tx.connection, tx.company_id, source.id).copy_for_new_invoice()
            document = begin_draft(tx, DocumentKind(source.kind), draft)
            return Saved(document.id, document.version)

    @use_case
    def delete(self, document_id: int) -> None:
        """Put a draft away; it can be restored. Raises ``NotAllowed`` for an issued one."""
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            require(tx, Action.DELETE, document)
            if document.deleted_at is None:
                document.deleted_at = tx.now
                recompute_billed_quotes(tx, document)
                action = f"{action_family(document.kind)}.draft_deleted"
                tx.audit(action, f"document:{document.uid}")
                tx.tell(DraftDeleted(tx.company_id, document.id))

    @use_case
    def restore(self, document_id: int) -> None:
        """Bring a deleted draft back.

        Raises ``NotAllowed`` where another document bills its part of a quote by now.
        """
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            if document.deleted_at is not None:
                document.deleted_at = None
                recompute_billed_quotes(tx, document)
                require_within_quotes(tx, document)
                action = f"{action_family(document.kind)}.draft_restored"
                tx.audit(action, f"document:{document.uid}")
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
            issue(tx, document, read_draft(tx.connection, tx.company_id, document.id))
            require_within_quotes(tx, document)
            return Issued.of(document)

    @use_case
    def void(self, document_id: int, reason: str) -> None:
        """Take an issued document back: it keeps its number, its entry is reversed.

        Raises ``NotAllowed`` when money has touched it or another document rests on it,
        ``UserError`` without a reason.
        """
        reason = clean_paragraphs(reason, "reason").strip()
        if not reason:
            raise UserError("Say why the document is void; it stays in the books.", field="reason")
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            void_document(tx, document, reason, tx.today)

    @staticmethod
    def _draft(tx: Transaction, document_id: int, version: int) -> Document:
        document = load(tx, Document, document_id, version=version)
        require(tx, Action.EDIT, document)
        if document.deleted_at is not None:
            raise NotAllowed("This draft was deleted; restore it first.")
        return document
