"""What a document refers to, as its snapshot names it."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from billdesk.core.db.tables import Document, DocumentReference, DocumentSnapshot
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.snapshot import Snapshot, SnapshotReference, SnapshotTax
from billdesk.core.domain.totals import Deposit, TaxTotals

_NAMED = (
    select(DocumentReference.kind, Document.number, Document.issued_on)
    .join(Document, Document.id == DocumentReference.refers_to_id)
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.document_id == bindparam("of"),
        # Deposits are listed with their amounts instead.
        DocumentReference.kind != DocumentReferenceKind.DEDUCTS_DEPOSIT.value,
        Document.issued_at.is_not(None),
    )
    .order_by(DocumentReference.kind, Document.id)
)


def named_references(
    connection: Connection, company_id: int, document_id: int
) -> tuple[SnapshotReference, ...]:
    """The issued documents this one names."""
    return tuple(
        SnapshotReference(row.kind, row.number, row.issued_on)
        for row in connection.execute(_NAMED, {"company": company_id, "of": document_id})
    )


def named_deposits(
    connection: Connection, company_id: int, deposit_ids: Sequence[int]
) -> tuple[Deposit, ...]:
    """The issued deposit invoices of ``deposit_ids`` in the order they were made."""
    if not deposit_ids:
        return ()
    bodies = connection.scalars(
        select(DocumentSnapshot.body)
        .where(
            DocumentSnapshot.company_id == company_id,
            DocumentSnapshot.document_id.in_(sorted(deposit_ids)),
        )
        .order_by(DocumentSnapshot.document_id)
    )
    frozen = [Snapshot.from_json(body) for body in bodies]
    return tuple(
        Deposit(one.number, one.issued_on, one.total_minor, _rows(one.taxes), _rows(one.withheld))
        for one in frozen
    )


def _rows(rows: Sequence[SnapshotTax]) -> tuple[TaxTotals, ...]:
    return tuple(TaxTotals(row.tax, row.base_minor, row.tax_minor) for row in rows)
