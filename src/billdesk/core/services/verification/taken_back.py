"""Invariants of documents that take others back, deduct them or bill them.

Computed from the documents' own rows, not by the steps that refuse what would break them.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Account, Document, DocumentReference, Posting
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.violation import Violation

_CREDITS, _DEDUCTS, _BILLS = (
    DocumentReferenceKind.CREDITS,
    DocumentReferenceKind.DEDUCTS_DEPOSIT,
    DocumentReferenceKind.BILLS_QUOTE,
)

_COLUMNS = (
    Document.id,
    Document.kind,
    Document.number,
    Document.total_minor,
    Document.prepaid_minor,
    Document.issued_at,
    Document.voided_at,
    Document.deleted_at,
)


def credited(connection: Connection, company_id: int) -> Iterable[Violation]:
    """What valid credit notes take back is no more than was billed, and nothing of a void one."""
    notes: dict[int, list[Any]] = defaultdict(list)
    for note in _references(connection, company_id, _CREDITS):
        if note.issued_at is not None and note.voided_at is None:
            notes[note.refers_to_id].append(note)
    for row in _referred(connection, company_id, _CREDITS):
        if not notes[row.id]:
            continue
        names = ", ".join(note.number for note in notes[row.id])
        if row.voided_at is not None:
            yield Violation("credited", row.number, f"it is void, but {names} takes it back")
            continue
        back = sum(note.total_minor - note.prepaid_minor for note in notes[row.id])
        asked = row.total_minor - row.prepaid_minor
        total = sum(note.total_minor for note in notes[row.id])
        if back > asked or total > row.total_minor:
            yield Violation("credited", row.number, f"{names}: {back} credited of {asked} asked")


def deducted_once(connection: Connection, company_id: int) -> Iterable[Violation]:
    """A deposit stands in one valid final invoice, and no more is deducted than was taken."""
    whole = _wholly_credited(connection, company_id)
    finals: dict[int, list[str]] = defaultdict(list)
    for row in _references(connection, company_id, _DEDUCTS):
        if row.issued_at is not None and row.voided_at is None and row.id not in whole:
            finals[row.refers_to_id].append(row.number)
    for deposit in _referred(connection, company_id, _DEDUCTS):
        if not finals[deposit.id]:
            continue
        names = ", ".join(finals[deposit.id])
        if len(finals[deposit.id]) > 1:
            yield Violation("deposit-once", deposit.number, f"it is deducted in {names}")
        if deposit.voided_at is not None or deposit.id in whole:
            yield Violation("deposit-once", deposit.number, f"{names} deducts it, it is no more")
    for currency, minor in connection.execute(_overdrawn_deposits(company_id)).all():
        yield Violation("deposit-once", "customers' deposits", f"{minor} {currency} too much taken")


@cache
def _overdrawn_deposits(company_id: int) -> AnySelect:
    return (
        select(Posting.currency, func.sum(Posting.minor))
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.company_id == company_id, Account.role == Role.CUSTOMER_DEPOSITS.value)
        .group_by(Posting.currency)
        .having(func.sum(Posting.minor) > 0)
    )


def billed(connection: Connection, company_id: int) -> Iterable[Violation]:
    """The parts of a quote and the deposits asked for it come to no more than its total."""
    whole = _wholly_credited(connection, company_id)
    # A deposit stops counting with the first final invoice that was to deduct it.
    taken = {row.refers_to_id for row in _references(connection, company_id, _DEDUCTS)}
    parts: dict[int, int] = defaultdict(int)
    for row in _references(connection, company_id, _BILLS):
        if row.voided_at is not None or row.deleted_at is not None or row.id in whole:
            continue
        parts[row.refers_to_id] += row.part_minor
        is_deposit = row.kind == DocumentKind.DEPOSIT_INVOICE
        if is_deposit and row.issued_at is not None and row.id not in taken:
            parts[row.refers_to_id] += row.total_minor
    for quote in _referred(connection, company_id, _BILLS):
        if parts[quote.id] > quote.total_minor:
            yield Violation(
                "quote", quote.number, f"{parts[quote.id]} of {quote.total_minor} is billed"
            )


def _references(
    connection: Connection, company_id: int, kind: DocumentReferenceKind
) -> Iterable[Any]:
    """Who refers to what, with the part of it that is meant."""
    return connection.execute(_referring(company_id, kind)).all()


@cache
def _referring(company_id: int, kind: DocumentReferenceKind) -> AnySelect:
    return (
        select(
            *_COLUMNS, DocumentReference.refers_to_id, DocumentReference.minor.label("part_minor")
        )
        .join(DocumentReference, DocumentReference.document_id == Document.id)
        .where(Document.company_id == company_id, DocumentReference.kind == kind.value)
        .order_by(Document.id)
    )


def _referred(connection: Connection, company_id: int, kind: DocumentReferenceKind) -> list[Any]:
    """The documents that others refer to."""
    return list(connection.execute(_referred_to(company_id, kind)))


@cache
def _referred_to(company_id: int, kind: DocumentReferenceKind) -> AnySelect:
    referred = select(DocumentReference.refers_to_id).where(
        DocumentReference.company_id == company_id, DocumentReference.kind == kind.value
    )
    return (
        select(*_COLUMNS)
        .where(Document.company_id == company_id, Document.id.in_(referred))
        .order_by(Document.id)
    )


def _wholly_credited(connection: Connection, company_id: int) -> frozenset[int]:
    """The documents of which valid credit notes took back all."""
    back: dict[int, int] = defaultdict(int)
    for note in _references(connection, company_id, _CREDITS):
        if note.issued_at is not None and note.voided_at is None:
            back[note.refers_to_id] += note.total_minor
    return frozenset(
        row.id
        for row in _referred(connection, company_id, _CREDITS)
        if 0 < row.total_minor <= back[row.id]
    )
