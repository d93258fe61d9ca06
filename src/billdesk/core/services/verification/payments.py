"""Invariants of payments."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Allocation, Document, LedgerEntry, Payment
from billdesk.core.domain.outside import RECEIVED, PaymentMethod, PaymentState
from billdesk.core.services.verification.violation import Violation


def posted_once(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Money received has exactly one entry; its allocations stay within its amount."""
    entries = dict(
        connection.execute(
            select(LedgerEntry.source_id, func.count())
            .where(
                LedgerEntry.company_id == company_id,
                LedgerEntry.source_type.in_(("payment", "charge")),
                LedgerEntry.kind.in_(("received", "charged")),
            )
            .group_by(LedgerEntry.source_id)
        ).all()
    )
    allocated = dict(
        connection.execute(
            select(Allocation.payment_id, func.sum(Allocation.minor))
            .join(Document, Document.id == Allocation.document_id)
            .where(Allocation.company_id == company_id)
            .group_by(Allocation.payment_id)
        ).all()
    )
    rows = connection.execute(select(Payment.__table__).where(Payment.company_id == company_id))
    for row in rows:
        stripe = row.method == PaymentMethod.STRIPE
        source = row.charge if stripe else row.uid
        received = row.state in RECEIVED
        expected = 1 if received or (row.state == PaymentState.UNDONE and not stripe) else 0
        if entries.get(source or "", 0) != expected:
            yield Violation(
                "payment-posted",
                f"payment {row.id}",
                f"{entries.get(source or '', 0)} entries instead of {expected}",
            )
        money = row.amount_minor if received else 0
        if allocated.get(row.id, 0) + row.unallocated_minor != money:
            yield Violation(
                "payment-allocated",
                f"payment {row.id}",
                f"{allocated.get(row.id, 0)} allocated and {row.unallocated_minor} left of {money}",
            )
