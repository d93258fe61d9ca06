"""Documents that refer to one another, seen from one of them."""

from datetime import date

from sqlalchemy import Connection, literal, select, union_all

from billdesk.core.db.tables import Document, DocumentReference
from billdesk.core.domain.documents import DocumentKind, settled_part, state_of
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.queries.documents import RelatedDocument
from billdesk.core.queries.sql.state import FACT_COLUMNS, facts_of


def related_documents(
    connection: Connection, company_id: int, today: date, document_id: int
) -> tuple[RelatedDocument, ...]:
    """What the document refers to, then what refers to it; deleted drafts are left out."""
    here, there = DocumentReference.document_id, DocumentReference.refers_to_id
    pairs = union_all(
        *(
            select(
                other.label("other_id"),
                DocumentReference.kind.label("reference"),
                DocumentReference.minor,
                literal(refers_here).label("refers_here"),
            ).where(DocumentReference.company_id == company_id, own == document_id)
            for own, other, refers_here in ((here, there, False), (there, here, True))
        )
    ).subquery()
    rows = connection.execute(
        select(Document.id, Document.number, *FACT_COLUMNS, pairs)
        .join(pairs, pairs.c.other_id == Document.id)
        .where(Document.company_id == company_id, Document.deleted_at.is_(None))
        .order_by(pairs.c.refers_here, Document.id)
    )
    return tuple(
        RelatedDocument(
            row.id,
            DocumentKind(row.kind),
            row.number,
            DocumentReferenceKind(row.reference),
            bool(row.refers_here),
            state_of(facts_of(row), today),
            settled_part(facts_of(row)),
            row.minor,
        )
        for row in rows
    )
