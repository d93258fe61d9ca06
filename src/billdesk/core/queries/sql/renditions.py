"""The stored PDFs of a document, and where it can be paid now."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Document, PaymentLink, Rendition
from billdesk.core.domain.outside import LinkState, RenditionKind


@dataclass(frozen=True, slots=True)
class PayLink:
    """A link that can be paid: its address, and what it asks for in the document's currency."""

    url: str
    minor: int
    revision: int
    livemode: bool


@dataclass(frozen=True, slots=True)
class StoredPdf:
    """A stored PDF; ``shows_dead_link`` when it invites to a page where nobody can pay any more.

    ``revision`` is that of the link it was made with.
    """

    kind: str
    sha256: str
    revision: int
    shows_dead_link: bool


def active_link(connection: Connection, company_id: int, document_id: int) -> PayLink | None:
    """Where a document can be paid right now."""
    row = connection.execute(
        select(
            PaymentLink.url, PaymentLink.amount_minor, PaymentLink.revision, PaymentLink.livemode
        ).where(
            PaymentLink.company_id == company_id,
            PaymentLink.document_id == document_id,
            PaymentLink.state == LinkState.ACTIVE.value,
        )
    ).first()
    if row is None or not row.url:
        return None
    return PayLink(row.url, row.amount_minor, row.revision, row.livemode)


def best_pdf(connection: Connection, company_id: int, document_id: int) -> StoredPdf | None:
    """The stored PDF to show.

    The paid copy while the document is settled, else the newest revision of the payment link, else
    the original. A payment that was undone leaves its paid copy stored, but no longer true.
    """
    found = connection.execute(
        select(Rendition.kind, Rendition.sha256, Rendition.created_at, Document.open_minor)
        .join(Document, Document.id == Rendition.document_id)
        .where(Rendition.company_id == company_id, Rendition.document_id == document_id)
        .order_by(Rendition.id)
    ).all()
    true = [row for row in found if row.open_minor == 0 or not RenditionKind.is_paid(row.kind)]
    if not true:
        return None
    best = max(true, key=lambda row: _rank(row.kind))
    revision = RenditionKind.number_of(best.kind)
    dead = False
    if RenditionKind.has_link(best.kind):
        link = connection.execute(
            select(PaymentLink.url, PaymentLink.state, PaymentLink.created_at).where(
                PaymentLink.company_id == company_id,
                PaymentLink.document_id == document_id,
                PaymentLink.revision == revision,
            )
        ).first()
        # One without an address was never on a PDF, nor one that was asked for after this PDF.
        dead = (
            link is not None
            and bool(link.url)
            and link.state != LinkState.ACTIVE.value
            and best.created_at >= link.created_at
        )
    return StoredPdf(best.kind, best.sha256, revision, dead)


def _rank(kind: str) -> tuple[bool, int, bool, bool]:
    return (
        RenditionKind.is_paid(kind),
        RenditionKind.number_of(kind),
        not RenditionKind.has_link(kind),
        kind != RenditionKind.ORIGINAL,
    )
