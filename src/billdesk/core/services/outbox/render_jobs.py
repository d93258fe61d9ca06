"""Stored PDFs from the worker's side: read what to draw, keep what was drawn."""

from dataclasses import dataclass

from sqlalchemy import insert, select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Company, Document, DocumentSnapshot, PaymentLink, Rendition
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.documents.content import PaidStamp
from billdesk.core.domain.events import RenditionStored
from billdesk.core.domain.outside import JobState, LinkState, RenditionKind
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.services.outbox.jobs import Job, finish
from billdesk.core.services.steps.rows import load


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """Everything a PDF is drawn from."""

    snapshot: Snapshot
    payment_url: str | None
    paid: PaidStamp | None
    test_mode: bool

    def draw(self, archive: Archive) -> bytes:
        """The PDF's bytes."""
        # Slow to import, and the first list is shown without it.
        from billdesk.core.documents.invoice_pdf import render_invoice

        logo = self.snapshot.seller.logo_sha256
        return render_invoice(
            self.snapshot,
            payment_url=self.payment_url,
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
        """What to draw; ``None`` for the paid copy of a document whose payment was undone."""
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
            link = connection.execute(
                select(PaymentLink.url, PaymentLink.livemode).where(
                    PaymentLink.company_id == self._uow.company_id,
                    PaymentLink.document_id == document_id,
                    PaymentLink.state == LinkState.ACTIVE.value,
                )
            ).first()
        paid = None
        if RenditionKind.is_paid(kind):
            if row.settled_on is None:
                return None
            paid = PaidStamp(row.settled_on)
        return RenderRequest(
            Snapshot.from_json(row.body),
            link.url if link and paid is None else None,
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
