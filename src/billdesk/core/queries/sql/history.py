"""What happened: the history of one document, and the latest news of all."""

from typing import Any

from sqlalchemy import Connection, and_, select

from billdesk.core.db.tables import AuditDetail, AuditLog, Document, Mail
from billdesk.core.domain.errors import NotFound
from billdesk.core.queries.documents import TimelineEntry
from billdesk.core.queries.home import RecentItem
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.history_words import SILENT_ACTIONS, words_of

LONGEST_HISTORY = 500
# Steps on the way that the news of the day can do without.
_NO_NEWS = (
    *SILENT_ACTIONS,
    "invoice.created",
    "quote.created",
    "credit_note.created",
    "rendition.stored",
    "mail.queued",
    "link.requested",
    "link.expired",
    "link.created",
    "link.retired",
)
_SUBJECT = "document:"


def read_timeline(
    connection: Connection, company_id: int, document_id: int
) -> tuple[TimelineEntry, ...]:
    """The history of a document, newest first. Raises ``NotFound``."""
    document = connection.execute(
        select(Document.uid, Document.currency).where(
            Document.company_id == company_id, Document.id == document_id
        )
    ).first()
    if document is None:
        raise NotFound("This document does not exist.")
    recipients = {
        row.message_id: row.recipient
        for row in connection.execute(
            select(Mail.message_id, Mail.recipient).where(
                Mail.company_id == company_id, Mail.document_id == document_id
            )
        )
    }
    rows = connection.execute(
        _audit_rows(company_id)
        .where(
            AuditLog.subject == f"{_SUBJECT}{document.uid}",
            AuditLog.action.not_in(SILENT_ACTIONS),
        )
        .limit(LONGEST_HISTORY)
    )
    return tuple(_entry(row, document.currency, recipients) for row in rows)


def read_recent(connection: Connection, company_id: int, limit: int) -> tuple[RecentItem, ...]:
    """The latest news about documents, newest first."""
    rows = connection.execute(
        _audit_rows(company_id)
        .where(
            AuditLog.subject.startswith(_SUBJECT),
            AuditLog.action.not_in(_NO_NEWS),
        )
        .limit(limit)
    ).all()
    uids = {row.subject.removeprefix(_SUBJECT) for row in rows}
    documents = {
        document.uid: document
        for document in connection.execute(
            select(
                Document.uid,
                Document.id,
                Document.number,
                Document.customer_name,
                Document.currency,
            ).where(Document.company_id == company_id, Document.uid.in_(uids))
        )
    }
    found = ((row, documents.get(row.subject.removeprefix(_SUBJECT))) for row in rows)
    return tuple(_news(row, document) for row, document in found if document is not None)


def _audit_rows(company_id: int) -> AnySelect:
    return (
        select(
            AuditLog.seq,
            AuditLog.at,
            AuditLog.action,
            AuditLog.actor,
            AuditLog.subject,
            AuditDetail.body,
        )
        # The detail may have been erased; the row in the chain stays.
        .outerjoin(
            AuditDetail,
            and_(AuditDetail.company_id == AuditLog.company_id, AuditDetail.seq == AuditLog.seq),
        )
        .where(AuditLog.company_id == company_id)
        .order_by(AuditLog.seq.desc())
    )


def _entry(row: Any, currency: str, recipients: dict[str, str]) -> TimelineEntry:
    words = words_of(row.action, row.body)
    return TimelineEntry(
        at=row.at,
        kind=row.action,
        text=words.text,
        tone=words.tone,
        detail=words.detail or recipients.get(words.message_id, ""),
        actor=row.actor,
        amount_minor=words.amount_minor,
        currency="" if words.amount_minor is None else words.currency or currency,
    )


def _news(row: Any, document: Any) -> RecentItem:
    words = words_of(row.action, row.body)
    return RecentItem(
        at=row.at,
        text=words.text,
        document_id=document.id,
        kind=row.action,
        tone=words.tone,
        number=document.number,
        customer_name=document.customer_name,
        amount_minor=words.amount_minor,
        currency="" if words.amount_minor is None else words.currency or document.currency,
    )
