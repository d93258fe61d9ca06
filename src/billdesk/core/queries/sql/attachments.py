"""The files attached to a document or kept at a customer."""

from sqlalchemy import ColumnElement, Connection, select

from billdesk.core.db.tables import Attachment
from billdesk.core.queries.attachments import AttachmentRow
from billdesk.core.queries.sql.customer_group import group_ids

# ``owner_type`` of files, by what they belong to.
OF_DOCUMENT = "document"
OF_CUSTOMER = "customer"


def read_attachments(
    connection: Connection, company_id: int, document_id: int
) -> tuple[AttachmentRow, ...]:
    """The files of a document that were not removed, in the order they were added."""
    return _rows(connection, company_id, OF_DOCUMENT, Attachment.owner_id == document_id)


def read_customer_attachments(
    connection: Connection, company_id: int, customer_id: int
) -> tuple[AttachmentRow, ...]:
    """As above, of a customer with the duplicates merged into it."""
    group = group_ids(company_id, [customer_id])
    return _rows(connection, company_id, OF_CUSTOMER, Attachment.owner_id.in_(group))


def _rows(
    connection: Connection, company_id: int, owner_type: str, of: ColumnElement[bool]
) -> tuple[AttachmentRow, ...]:
    rows = connection.execute(
        select(Attachment.__table__)
        .where(
            Attachment.company_id == company_id,
            Attachment.owner_type == owner_type,
            of,
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
