"""Ask for the stored PDF that says the truth about where a document can be paid."""

from sqlalchemy import select

from billdesk.core.db.tables import Document, Rendition
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import RenditionKind
from billdesk.core.queries.sql.renditions import active_link, best_pdf
from billdesk.core.services.steps.links import live_link, renders_wait_for, retire_links
from billdesk.core.services.steps.outbox import enqueue_render


def render_link(tx: Transaction, document: Document, job_id: int) -> None:
    """Ask for a PDF with the link that ``job_id`` makes."""
    link = live_link(tx, document)
    kind = _kind_with_link(tx, document, link.revision if link is not None else 1)
    enqueue_render(tx, document, kind, waits_for_id=job_id)


def render_without_link(tx: Transaction, document: Document) -> int | None:
    """Ask for a PDF without the link that the stored one shows, where that is off; the job's id."""
    tx.session.flush()
    pdf = best_pdf(tx.connection, tx.company_id, document.id)
    if pdf is None or not pdf.shows_dead_link:
        return None
    link = active_link(tx.connection, tx.company_id, document.id)
    if link is not None:
        return enqueue_render(tx, document, _kind_with_link(tx, document, link.revision))
    return enqueue_render(tx, document, RenditionKind.without_link(pdf.revision))


def do_without_link(tx: Transaction, document: Document) -> None:
    """Switch off whatever of the document can be paid; its PDFs come without it."""
    retire_links(tx, document)
    renders_wait_for(tx, document, None)
    render_without_link(tx, document)


def is_stored(tx: Transaction, document: Document, kind: str) -> bool:
    """Whether the document has a PDF of this kind."""
    found = tx.connection.scalar(
        select(Rendition.id).where(
            Rendition.company_id == tx.company_id,
            Rendition.document_id == document.id,
            Rendition.kind == kind,
        )
    )
    return found is not None


def _kind_with_link(tx: Transaction, document: Document, revision: int) -> str:
    """The original shows the first link, unless it was stored before there was any."""
    kind = RenditionKind.for_revision(revision)
    if kind == RenditionKind.ORIGINAL and is_stored(tx, document, kind):
        return RenditionKind.with_link(revision)
    return kind
