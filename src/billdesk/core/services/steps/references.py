"""Documents that refer to one another: what credits, deducts, bills or corrects what."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, insert, select

from billdesk.core.db.tables import Document, DocumentReference
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.queries.sql.credited import is_credited

_REFERRING = (
    select(DocumentReference.document_id)
    .join(Document, Document.id == DocumentReference.document_id)
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.refers_to_id == bindparam("of"),
        DocumentReference.kind == bindparam("kind"),
        Document.issued_at.is_not(None),
        Document.voided_at.is_(None),
    )
    .order_by(DocumentReference.document_id)
)
_REFERRED = (
    select(DocumentReference.refers_to_id)
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.document_id == bindparam("of"),
        DocumentReference.kind == bindparam("kind"),
    )
    .order_by(DocumentReference.refers_to_id)
)


def refer(
    tx: Transaction,
    document: Document,
    kind: DocumentReferenceKind,
    refers_to_ids: Iterable[int],
    minor: int = 0,
    quantities: str = "",
) -> None:
    """Record why ``document``, which is not issued yet, refers to others."""
    rows = [
        {
            "document_id": document.id,
            "refers_to_id": one,
            "kind": kind.value,
            "company_id": tx.company_id,
            "minor": minor,
            "quantities": quantities,
        }
        for one in refers_to_ids
    ]
    if rows:
        tx.connection.execute(insert(DocumentReference), rows)


def forget(tx: Transaction, document: Document, kind: DocumentReferenceKind) -> None:
    """Take the references of a draft back, to be written anew."""
    tx.connection.execute(
        delete(DocumentReference).where(
            DocumentReference.company_id == tx.company_id,
            DocumentReference.document_id == document.id,
            DocumentReference.kind == kind.value,
        )
    )


def referring(tx: Transaction, document_id: int, kind: DocumentReferenceKind) -> list[int]:
    """The valid issued documents that refer to ``document_id``, oldest first."""
    given = {"company": tx.company_id, "of": document_id, "kind": kind.value}
    return list(tx.connection.scalars(_REFERRING, given))


def referred(tx: Transaction, document_id: int, kind: DocumentReferenceKind) -> list[int]:
    """The documents that ``document_id`` refers to, oldest first."""
    given = {"company": tx.company_id, "of": document_id, "kind": kind.value}
    return list(tx.connection.scalars(_REFERRED, given))


def is_taken_back(tx: Transaction, document: Document) -> bool:
    """Whether a document counts no more: void, or credited as a whole."""
    if document.voided_at is not None:
        return True
    return is_credited(tx.connection, tx.company_id, document.id, document.total_minor)
