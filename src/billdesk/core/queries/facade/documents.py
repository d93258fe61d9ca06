"""Documents: their list, what belongs to one, and what it says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Document, DocumentSnapshot
from billdesk.core.domain.documents import DocumentGroup, DocumentKind, FilterTab
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.revision_diff import Diff
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.totals import Deposit
from billdesk.core.queries import revisions
from billdesk.core.queries.as_of import DocumentAsOf
from billdesk.core.queries.attachments import AttachmentRow
from billdesk.core.queries.documents import (
    DocumentDetail,
    DocumentFilter,
    DocumentRow,
    TimelineEntry,
)
from billdesk.core.queries.draft_snapshot import draft_snapshot
from billdesk.core.queries.drafts import read_draft
from billdesk.core.queries.facade.reading import CompanyReading
from billdesk.core.queries.paging import PAGE, Key, Page
from billdesk.core.queries.recurring import RecurringDetail, RecurringRow
from billdesk.core.queries.references import named_deposits, named_references
from billdesk.core.queries.revisions import RevisionRow
from billdesk.core.queries.sql import (
    document_detail,
    document_list,
    history,
    recurring,
    renditions,
)
from billdesk.core.queries.sql.attachments import read_attachments
from billdesk.core.queries.sql.customer_group import merged_into
from billdesk.core.queries.sql.document_as_of import read_document_as_of
from billdesk.core.queries.sql.new_draft import new_draft

DRAFT_NUMBER = "Draft"


class DocumentQueries(CompanyReading):
    """Reads documents."""

    def documents(
        self, wanted: DocumentFilter, after: Key | None = None, limit: int = PAGE
    ) -> Page[DocumentRow]:
        """One page of the list of documents."""
        with self._uow.read() as connection:
            return document_list.document_page(
                connection,
                self._company_id,
                self._today,
                wanted,
                after,
                limit,
                self._duplicates(connection, wanted.customer_id),
            )

    def document_counts(
        self,
        search: str = "",
        customer_id: int | None = None,
        group: DocumentGroup | None = DocumentGroup.INVOICES,
    ) -> dict[FilterTab | None, int]:
        """How many documents each tab holds; ``None`` is all of them."""
        with self._uow.read() as connection:
            return document_list.document_counts(
                connection,
                self._company_id,
                self._today,
                search,
                customer_id,
                group,
                self._duplicates(connection, customer_id),
            )

    def _duplicates(self, connection: Connection, customer_id: int | None) -> tuple[int, ...]:
        if customer_id is None:
            return ()
        return tuple(merged_into(connection, self._company_id, [customer_id]))

    def document(self, document_id: int) -> DocumentDetail:
        """One document with everything that belongs to it. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return document_detail.read_document(
                connection, self._company_id, self._today, document_id, self._uow.now()
            )

    def timeline(self, document_id: int) -> tuple[TimelineEntry, ...]:
        """What happened to a document, newest first. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return history.read_timeline(connection, self._company_id, document_id)

    def revisions(self, document_id: int) -> tuple[RevisionRow, ...]:
        """The versions kept of a draft, newest first."""
        with self._uow.read() as connection:
            return revisions.read_revisions(connection, self._company_id, document_id)

    def revision_diff(self, document_id: int, before: int, after: int) -> Diff:
        """What differs between two versions of a draft. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return revisions.read_diff(connection, self._company_id, document_id, before, after)

    def new_draft(
        self, customer_id: int | None = None, kind: DocumentKind = DocumentKind.INVOICE
    ) -> InvoiceDraft:
        """What a new document starts with. Raises ``NotFound`` for an unknown customer."""
        with self._uow.read() as connection:
            return new_draft(connection, self._company_id, customer_id, kind)

    def pdf(self, document_id: int) -> bytes | None:
        """The best stored PDF: paid copy, else the newest link's, else the original.

        Raises ``ArchiveError`` when its bytes are lost.
        """
        with self._uow.read() as connection:
            found = renditions.best_pdf(connection, self._company_id, document_id)
        return None if found is None else self._archive.get(found.sha256)

    def preview_snapshot(self, document_id: int) -> Snapshot:
        """What an issued document says, or what a draft would say. Raises ``NotFound``."""
        with self._uow.read() as connection:
            row = connection.execute(
                select(Document.number, Document.kind, DocumentSnapshot.body)
                .outerjoin(DocumentSnapshot, DocumentSnapshot.document_id == Document.id)
                .where(Document.company_id == self._company_id, Document.id == document_id)
            ).first()
            if row is None:
                raise NotFound("This document does not exist.")
            if row.body is not None:
                return Snapshot.from_json(row.body)
            draft = read_draft(connection, self._company_id, document_id)
            number = row.number or DRAFT_NUMBER
            kind = DocumentKind(row.kind)
            snapshot = draft_snapshot(
                connection, self._company_id, draft, self._today, number, kind
            )
            return replace(
                snapshot, references=named_references(connection, self._company_id, document_id)
            )

    def snapshot_for(
        self,
        draft: InvoiceDraft,
        number: str = DRAFT_NUMBER,
        kind: DocumentKind = DocumentKind.INVOICE,
    ) -> Snapshot:
        """What ``draft`` would say if it were issued today, however incomplete it is.

        Raises ``UserError`` for amounts that cannot be computed.
        """
        with self._uow.read() as connection:
            return draft_snapshot(connection, self._company_id, draft, self._today, number, kind)

    def deposits(self, deposit_ids: Sequence[int]) -> tuple[Deposit, ...]:
        """The deposit invoices a final invoice deducts, as its totals take them."""
        with self._uow.read() as connection:
            return named_deposits(connection, self._company_id, deposit_ids)

    def document_as_of(self, document_id: int, as_of: date) -> DocumentAsOf:
        """A document's state and amounts at the end of ``as_of``. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return read_document_as_of(connection, self._company_id, document_id, as_of)

    def attachments(self, document_id: int) -> tuple[AttachmentRow, ...]:
        """The files attached to a document."""
        with self._uow.read() as connection:
            return read_attachments(connection, self._company_id, document_id)

    def recurring(self, *, deleted: bool = False) -> tuple[RecurringRow, ...]:
        """What recurs, by name, with the periods that wait; or the deleted templates."""
        with self._uow.read() as connection:
            return recurring.read_templates(
                connection, self._company_id, self._today, deleted=deleted
            )

    def recurring_template(self, template_id: int) -> RecurringDetail:
        """One template with its draft and runs, deleted or not. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return recurring.read_template(connection, self._company_id, self._today, template_id)
