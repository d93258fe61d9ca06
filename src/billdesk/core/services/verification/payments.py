"""Invariants of payments."""

from collections.abc import Iterable

from sqlalchemy import Connection, case, func, select

from billdesk.core.db.tables import Account, Allocation, Document, LedgerEntry, Payment, Posting
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import RECEIVABLE_KINDS
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
        used = allocated.get(row.id, 0) + row.returned_minor
        if used + row.unallocated_minor != money:
            yield Violation(
                "payment-allocated",
                f"payment {row.id}",
                f"{used} used and {row.unallocated_minor} left of {money}",
            )


def states_of_documents(connection: Connection, company_id: int) -> Iterable[Violation]:
    """What a document says of money pending, disputed, gone back or too much, payments say."""
    pending = case((Payment.state == PaymentState.PENDING.value, Payment.amount_minor), else_=0)
    sums = {
        "pending_minor": func.sum(pending),
        "surplus_minor": func.sum(Payment.unallocated_minor),
        "unexplained_refund_minor": func.sum(Payment.refunded_minor - Payment.explained_minor),
        "disputed_minor": func.sum(Payment.disputed_minor),
    }
    named = (
        select(Payment.document_id, *(total.label(name) for name, total in sums.items()))
        .where(Payment.company_id == company_id)
        .group_by(Payment.document_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            Document.number,
            *(Document.__table__.c[name] for name in sums),
            *(func.coalesce(named.c[name], 0).label(f"{name}_paid") for name in sums),
        )
        .outerjoin(named, named.c.document_id == Document.id)
        .where(
            Document.company_id == company_id,
            Document.issued_at.is_not(None),
            Document.kind.in_(sorted(RECEIVABLE_KINDS)),
        )
    )
    for row in rows:
        for name in sums:
            stored, expected = getattr(row, name), getattr(row, f"{name}_paid")
            if stored != expected:
                yield Violation("document-state", row.number, f"{name} {stored} is {expected}")


def refunds(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Refunds to explain in the ledger are what the payments of each document gave back."""
    posted = dict(
        connection.execute(
            select(Posting.document_id, func.sum(Posting.minor))
            .join(Account, Account.id == Posting.account_id)
            .where(Posting.company_id == company_id, Account.role == Role.REFUNDS_TO_EXPLAIN.value)
            .group_by(Posting.document_id)
        ).all()
    )
    given_back = dict(
        connection.execute(
            select(Payment.document_id, func.sum(Payment.refunded_minor - Payment.explained_minor))
            .where(Payment.company_id == company_id)
            .group_by(Payment.document_id)
        ).all()
    )
    for document_id in posted.keys() | given_back.keys():
        ledger, paid = posted.get(document_id, 0), given_back.get(document_id, 0)
        if ledger != paid:
            yield Violation(
                "refund-entry", f"document {document_id}", f"{paid}, the ledger says {ledger}"
            )
