"""Stored PDFs from the worker's side: read what to draw, keep what was drawn."""

from dataclasses import dataclass

from sqlalchemy import insert, select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Company, Document, DocumentSnapshot, Rendition
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.documents.content import PaidStamp
from billdesk.core.domain.events import RenditionStored
from billdesk.core.domain.outside import JobState, RenditionKind
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.queries.sql.renditions import PayLink, active_link
from billdesk.core.services.outbox.jobs import Job, finish
from billdesk.core.services.steps.rows import load


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """Everything a PDF is drawn from."""

    snapshot: Snapshot
    link: PayLink | None
    paid: PaidStamp | None
    test_mode: bool

    def draw(self, archive: Archive) -> bytes:
        """The PDF's bytes."""
        # Slow to import, and the first list is shown without it.
        from billdesk.core.documents.invoice_pdf import render_invoice

        logo = self.snapshot.seller.logo_sha256
        return render_invoice(
            self.snapshot,
            payment_url=self.link.url if self.link else None,
            asked_minor=self.link.minor if self.link else None,
            paid=self.paid,
            logo=archive.get(logo) if logo else None,
            test_mode=self.test_mode,
        )


class RenderJobService:
    """Render a document once per kind and keep the bytes for ever."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    def run(self, job: Job) -> None:
        """Draw, archive and record one rendition; drawing happens outside the transaction."""
        kind = job.rendition or RenditionKind.ORIGINAL.value
        request = self._request(job.document_id, kind)
        if request is None:
            self._withdraw(job)
            return
        pdf = request.draw(self._archive)
        # The bytes are on disk before anything refers to them.
        sha256 = self._archive.put(pdf)
        self._store(job, kind, sha256, len(pdf), request.snapshot.sha256())

    def _request(self, document_id: int, kind: str) -> RenderRequest | None:
        """What to draw; ``None`` for what is not true any more.

        That is the paid copy of a document whose payment was undone, and a PDF without a link
        where there is one again.
        """
        with self._uow.read() as connection:
            row = connection.execute(
                select(DocumentSnapshot.body, Document.settled_on, Company.is_practice)
                .join(Document, Document.id == DocumentSnapshot.document_id)
                .join(Company, Company.id == Document.company_id)
                .where(
                    DocumentSnapshot.document_id == document_id,
                    DocumentSnapshot.company_id == self._uow.company_id,
                )
            ).one()
            link = active_link(connection, self._uow.company_id, document_id)
        paid = None
        if RenditionKind.is_paid(kind):
            if row.settled_on is None:
                return None
            paid = PaidStamp(row.settled_on)
        if link is not None and not RenditionKind.has_link(kind) and paid is None:
            # Another link was made meanwhile; the PDF with it is the one to show.
            return None
        return RenderRequest(
            Snapshot.from_json(row.body),
            link if paid is None else None,
            paid,
            test_mode=row.is_practice or (link is not None and not link.livemode),
        )

    @use_case
    def _withdraw(self, job: Job) -> None:
        with self._uow.write() as tx:
            finish(tx, job, JobState.CANCELLED)

    @use_case
    def _store(self, job: Job, kind: str, sha256: str, size: int, snapshot_sha256: str) -> None:
        with self._uow.write() as tx:
            document = load(tx, Document, job.document_id)
            exists = tx.connection.scalar(
                select(Rendition.id).where(
                    Rendition.company_id == tx.company_id,
                    Rendition.document_id == document.id,
                    Rendition.kind == kind,
                )
            )
            if exists is None:
                tx.connection.execute(
                    insert(Rendition).values(
                        company_id=tx.company_id,
                        document_id=document.id,
                        kind=kind,
                        snapshot_sha256=snapshot_sha256,
                        sha256=sha256,
                        size=size,
                        created_at=tx.now,
                    )
                )
                tx.audit(
                    "rendition.stored",
                    f"document:{document.uid}",
                    after={"kind": kind, "sha256": sha256},
                )
            finish(tx, job, JobState.DONE)
            tx.tell(RenditionStored(tx.company_id, document.id))
