"""Invariants of documents and their snapshots."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import (
    Account,
    Allocation,
    Document,
    DocumentSnapshot,
    LedgerEntry,
    Posting,
    Rendition,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import POSTED_KINDS, RECEIVABLE_KINDS, DocumentKind
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.reading import streamed
from billdesk.core.services.verification.violation import Violation


def totals(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Total = net + tax + rounding = sum of the parts, in document, snapshot and ledger."""
    rows = streamed(connection, _documents_and_posted(company_id))
    for row in rows:
        if row.body is None:
            yield Violation("totals", row.number, "it was issued without a snapshot")
            continue
        try:
            frozen = Snapshot.from_json(row.body)
        except (ValueError, TypeError, KeyError):
            yield Violation("totals", row.number, "its snapshot cannot be read")
            continue
        parts = frozen.net_minor + frozen.tax_minor + frozen.rounding_minor
        adjusted = frozen.subtotal_minor + sum(a.effect_minor for a in frozen.adjustments)
        facts = {
            "number": frozen.number == row.number,
            "currency": frozen.currency == row.currency,
            "date of issue": frozen.issued_on == row.issued_on,
            "due date": frozen.due_on == row.due_on,
            "parts": frozen.total_minor == parts,
            "lines": frozen.subtotal_minor == sum(line.amount_minor for line in frozen.lines),
            "net and discounts": frozen.price_mode == "gross" or adjusted == frozen.net_minor,
            "tax rows": frozen.tax_minor == sum(tax.tax_minor for tax in frozen.taxes),
            "document": (frozen.net_minor, frozen.tax_minor, frozen.total_minor)
            == (row.net_minor, row.tax_minor, row.total_minor),
            "kind": frozen.kind == row.kind,
            "deposits": frozen.prepaid_minor
            == row.prepaid_minor
            == sum(one.total_minor for one in frozen.deposits),
            "taxes withheld": row.kind not in RECEIVABLE_KINDS
            or row.withheld_minor == max(0, frozen.withheld_minor),
            "what is due": frozen.due_minor
            == frozen.total_minor - frozen.prepaid_minor - frozen.withheld_minor,
            "ledger": row.posted == _owed(row),
        }
        for name, holds in facts.items():
            if not holds:
                yield Violation("totals", row.number, f"{name} and total do not agree")


@cache
def _documents_and_posted(company_id: int) -> AnySelect:
    posted = (
        select(LedgerEntry.source_id.label("uid"), func.sum(Posting.minor).label("minor"))
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.source_type == "document",
            LedgerEntry.kind == EntryKind.ISSUED.value,
            Account.role.in_((Role.RECEIVABLE.value, Role.CUSTOMER_CREDIT.value)),
        )
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    return (
        select(
            Document.kind,
            Document.number,
            Document.currency,
            Document.issued_on,
            Document.net_minor,
            Document.tax_minor,
            Document.total_minor,
            Document.prepaid_minor,
            Document.withheld_minor,
            Document.due_on,
            DocumentSnapshot.body,
            func.coalesce(posted.c.minor, 0).label("posted"),
        )
        .outerjoin(DocumentSnapshot, DocumentSnapshot.document_id == Document.id)
        .outerjoin(posted, posted.c.uid == Document.uid)
        .where(Document.company_id == company_id, Document.issued_at.is_not(None))
    )


def _owed(row: Any) -> int:
    """What the customer owes by the document's entry; a credit note is owed to them."""
    if row.kind not in POSTED_KINDS:
        return 0
    due: int = row.total_minor - row.prepaid_minor
    return -due if row.kind == DocumentKind.CREDIT_NOTE else due


def open_amounts(connection: Connection, company_id: int) -> Iterable[Violation]:
    """``open_minor`` is total minus allocations, never negative, zero for a void document."""
    rows = streamed(connection, _documents_and_allocated(company_id))
    for row in rows:
        parts = row.paid_minor + row.credited_minor + row.written_off_minor
        expected = (
            row.total_minor - row.prepaid_minor - row.allocated,
            row.base_total_minor - row.prepaid_base_minor - row.allocated_base,
        )
        if row.voided_at is not None:
            expected = (0, 0)
        if (row.open_minor, row.open_base_minor) != expected or parts != row.allocated:
            yield Violation(
                "open-amount", row.number, f"open {row.open_minor}, recomputed {expected[0]}"
            )
        if row.open_minor < 0:
            yield Violation("open-amount", row.number, "more was allocated than its total")


@cache
def _documents_and_allocated(company_id: int) -> AnySelect:
    allocated = (
        select(
            Allocation.document_id,
            func.sum(Allocation.minor).label("minor"),
            func.sum(Allocation.base_minor).label("base"),
        )
        .where(Allocation.company_id == company_id)
        .group_by(Allocation.document_id)
        .subquery()
    )
    return (
        select(
            Document.number,
            Document.total_minor,
            Document.base_total_minor,
            Document.open_minor,
            Document.open_base_minor,
            Document.paid_minor,
            Document.credited_minor,
            Document.written_off_minor,
            Document.prepaid_minor,
            Document.prepaid_base_minor,
            Document.voided_at,
            func.coalesce(allocated.c.minor, 0).label("allocated"),
            func.coalesce(allocated.c.base, 0).label("allocated_base"),
        )
        .outerjoin(allocated, allocated.c.document_id == Document.id)
        .where(
            Document.company_id == company_id,
            Document.issued_at.is_not(None),
            Document.kind.in_(sorted(RECEIVABLE_KINDS)),
        )
    )


def renditions(connection: Connection, company_id: int) -> Iterable[tuple[str, str]]:
    """Number and hash of every stored PDF."""
    rows = streamed(connection, _renditions(company_id))
    for row in rows:
        yield row.number, row.sha256


@cache
def _renditions(company_id: int) -> AnySelect:
    return (
        select(Document.number, Rendition.sha256)
        .join(Document, Document.id == Rendition.document_id)
        .where(Rendition.company_id == company_id)
    )


def count_issued(connection: Connection, company_id: int) -> int:
    """How many documents were issued."""
    return connection.scalar(_number_of_issued(company_id)) or 0


@cache
def _number_of_issued(company_id: int) -> AnySelect:
    return (
        select(func.count())
        .select_from(Document)
        .where(Document.company_id == company_id, Document.issued_at.is_not(None))
    )
