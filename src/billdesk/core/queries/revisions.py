"""The versions that were kept of a draft, and how two of them differ."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from billdesk.core.db.tables import DocumentRevision
from billdesk.core.domain.canonical import from_json
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.revision_diff import Diff, diff


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A version: who saved it, and when that began."""

    version: int
    actor: str
    saved_at: datetime


def read_revisions(
    connection: Connection, company_id: int, document_id: int
) -> tuple[RevisionRow, ...]:
    """The versions kept of a document, newest first."""
    rows = connection.execute(
        select(DocumentRevision.version, DocumentRevision.actor, DocumentRevision.saved_at)
        .where(
            DocumentRevision.company_id == company_id,
            DocumentRevision.document_id == document_id,
        )
        .order_by(DocumentRevision.version.desc())
    )
    return tuple(RevisionRow(row.version, row.actor, row.saved_at) for row in rows)


def read_revision(
    connection: Connection, company_id: int, document_id: int, version: int
) -> InvoiceDraft:
    """The content of a version. Raises ``NotFound``."""
    body = connection.scalar(
        select(DocumentRevision.body).where(
            DocumentRevision.company_id == company_id,
            DocumentRevision.document_id == document_id,
            DocumentRevision.version == version,
        )
    )
    if body is None:
        raise NotFound("This version does not exist.")
    return from_json(InvoiceDraft, body)


def read_diff(
    connection: Connection, company_id: int, document_id: int, before: int, after: int
) -> Diff:
    """What differs between two versions. Raises ``NotFound``."""
    return diff(
        read_revision(connection, company_id, document_id, before),
        read_revision(connection, company_id, document_id, after),
    )
