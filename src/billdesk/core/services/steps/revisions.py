"""Keep versions of a draft: one for each actor and ten minutes, not one for each letter."""

from datetime import timedelta

from sqlalchemy import bindparam, insert, select, update

from billdesk.core.db.tables import Document, DocumentRevision
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.drafts import InvoiceDraft

APART = timedelta(minutes=10)
_NEWEST = (
    select(DocumentRevision.version, DocumentRevision.actor, DocumentRevision.saved_at)
    .where(
        DocumentRevision.company_id == bindparam("company"),
        DocumentRevision.document_id == bindparam("document"),
    )
    .order_by(DocumentRevision.version.desc())
    .limit(1)
)


def keep_revision(
    tx: Transaction, document: Document, content: InvoiceDraft, *, apart: bool = False
) -> None:
    """Keep ``content``, what ``document`` says from now on, as its newest version.

    It takes the place of the same actor's version of the last ten minutes; ``saved_at`` stays
    where that began, so that hours of editing leave a version every ten minutes. ``apart`` keeps
    it beside the one before, whoever made that.
    """
    tx.session.flush()
    given = {"company": tx.company_id, "document": document.id}
    newest = tx.connection.execute(_NEWEST, given).first()
    body = canonical_json(content)
    same_sitting = (
        newest is not None
        and not apart
        and newest.actor == tx.actor.name
        and tx.now - newest.saved_at < APART
    )
    # Where nothing changed, the document still has the version that was kept.
    if newest is not None and (same_sitting or newest.version == document.version):
        tx.connection.execute(
            update(DocumentRevision)
            .where(
                DocumentRevision.company_id == tx.company_id,
                DocumentRevision.document_id == document.id,
                DocumentRevision.version == newest.version,
            )
            .values(version=document.version, body=body)
        )
        return
    tx.connection.execute(
        insert(DocumentRevision).values(
            document_id=document.id,
            version=document.version,
            company_id=tx.company_id,
            body=body,
            actor=tx.actor.name,
            saved_at=tx.now,
        )
    )
