"""PDFs to look at: of a draft as it would be issued, and of an issued document."""

from sqlalchemy import select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Company, Document, DocumentSnapshot
from billdesk.core.db.unit_of_work import UnitOfWork
from billdesk.core.documents.content import PaidStamp
from billdesk.core.domain.documents import RECEIVABLE_KINDS, DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.queries.draft_snapshot import draft_snapshot
from billdesk.core.queries.sql.renditions import active_link, best_pdf


class PreviewService:
    """Draws without storing; blocks for some milliseconds, so call it off the GUI thread."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    def draft(self, draft: InvoiceDraft, kind: DocumentKind = DocumentKind.INVOICE) -> bytes:
        """The PDF ``draft`` would give, marked as a draft.

        Raises ``UserError`` for amounts that cannot be computed.
        """
        # Slow to import, and the first list is shown without it.
        from billdesk.core.documents.invoice_pdf import render_invoice

        with self._uow.read() as connection:
            snapshot = draft_snapshot(
                connection, self._uow.company_id, draft, self._uow.today(), "Draft", kind
            )
        return render_invoice(
            snapshot, payment_url=None, paid=None, logo=self._logo(snapshot), draft=True
        )

    def document(self, document_id: int) -> bytes:
        """The best stored PDF of an issued document, or one drawn from its snapshot.

        One that still shows a payment link that is off is drawn anew, without it.

        Raises ``NotFound`` for a draft or an unknown document.
        """
        with self._uow.read() as connection:
            stored = best_pdf(connection, self._uow.company_id, document_id)
            link = active_link(connection, self._uow.company_id, document_id)
            frozen = connection.execute(
                select(DocumentSnapshot.body, Document.settled_on, Company.is_practice)
                .join(Document, Document.id == DocumentSnapshot.document_id)
                .join(Company, Company.id == Document.company_id)
                .where(Document.id == document_id, Document.company_id == self._uow.company_id)
            ).first()
        if stored is not None and not stored.shows_dead_link:
            return self._archive.get(stored.sha256)
        if frozen is None:
            raise NotFound("This document has not been issued.")
        # Slow to import, and the first list is shown without it.
        from billdesk.core.documents.invoice_pdf import render_invoice

        snapshot = Snapshot.from_json(frozen.body)
        # A credit note that was used is no payment.
        owed = snapshot.kind in RECEIVABLE_KINDS
        paid = PaidStamp(frozen.settled_on) if frozen.settled_on and owed else None
        return render_invoice(
            snapshot,
            payment_url=link.url if link else None,
            asked_minor=link.minor if link else None,
            paid=paid,
            logo=self._logo(snapshot),
            test_mode=frozen.is_practice or (link is not None and not link.livemode),
        )

    def _logo(self, snapshot: Snapshot) -> bytes | None:
        sha256 = snapshot.seller.logo_sha256
        return self._archive.get(sha256) if sha256 else None
