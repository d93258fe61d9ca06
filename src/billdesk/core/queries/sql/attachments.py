"""The files attached to a document."""

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Attachment
from billdesk.core.queries.attachments import AttachmentRow

# ``owner_type`` of files that belong to a document.
OF_DOCUMENT = "document"


def read_attachments(
    connection: Connection, company_id: int, document_id: int
) -> tuple[AttachmentRow, ...]:
    """The files of a document that were not removed, in the order they were added."""
    rows = connection.execute(
        select(Attachment.__table__)
        .where(
            Attachment.company_id == company_id,
            Attachment.owner_type == OF_DOCUMENT,
            Attachment.owner_id == document_id,
            Attachment.deleted_at.is_(None),
        )
        .order_by(Attachment.id)
    )
    return tuple(
        AttachmentRow(
            row.id, row.name, row.media_type, row.size, row.sha256, row.with_mail, row.created_at
        )
        for row in rows
    )
