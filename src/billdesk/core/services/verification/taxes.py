"""Invariants of tax: due when it is paid, and given back once.

Computed from documents, deductions and issue entries, not by the steps that post.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from billdesk.core.db.tables import (
    Account,
    Allocation,
    Deduction,
    Document,
    DocumentReference,
    LedgerEntry,
    Posting,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.rounding import round_fraction
from billdesk.core.domain.settlement import LOWERS_TAX, DeductionKind, DocumentReferenceKind
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.violation import Violation

_NOTHING = Worth(0, 0)
_PerRate = Mapping[int, Worth]
_TAKES_BACK = (DocumentReferenceKind.CREDITS.value, DocumentReferenceKind.DEDUCTS_DEPOSIT.value)


@dataclass(slots=True)
class _Taxed:
    """What the books know of the tax of one valid document; debits are positive."""

    row: Any
    issued: _PerRate
    deducted: _PerRate
    lowered: int = 0
    withheld: int = 0
    notes: list[tuple["_Taxed", int]] = field(default_factory=list)
    deposits: list["_Taxed"] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """What the customer was asked for."""
        return int(self.row.total_minor - self.row.prepaid_minor)


def given_back(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Deductions and credit notes together take back at most the tax that a document charged."""
    for taxed in _documents(connection, company_id).values():
        if taxed.row.kind == DocumentKind.CREDIT_NOTE:
            continue
        taken = [taxed.deducted, *(note.issued for note, _ in taxed.notes)]
        for rate_id in sorted({rate_id for one in taken for rate_id in one}):
            own = -taxed.issued.get(rate_id, _NOTHING).minor
            # A final invoice's lines carry the tax that its deposits charged as well, until the
            # last credit note takes the deduction back with the rest.
            of_deposits = -sum(one.issued.get(rate_id, _NOTHING).minor for one in taxed.deposits)
            bounds = (0, own, own + of_deposits)
            back = sum(one.get(rate_id, _NOTHING).minor for one in taken)
            if not min(bounds) <= back <= max(bounds):
                yield Violation(
                    "tax-given-back", taxed.row.number, f"{back} of {own} was given back"
                )


def not_yet_due(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Tax waits only for documents on cash basis, in proportion to what is unpaid of them."""
    documents = _documents(connection, company_id)
    names = {one: taxed.row.number for one, taxed in documents.items()}
    waiting = _waiting(connection, company_id)
    for document_id in sorted(waiting.keys() | documents.keys(), key=lambda one: one or 0):
        found = waiting.get(document_id, {})
        taxed = documents.get(document_id) if document_id is not None else None
        wanted = _should_wait(taxed) if taxed is not None and taxed.row.cash_basis else {}
        for rate_id in found.keys() | wanted.keys():
            has, should = found.get(rate_id, _NOTHING), wanted.get(rate_id, _NOTHING)
            if has != should:
                yield Violation(
                    "tax-not-due",
                    names.get(document_id or 0) or "no document",
                    f"{-has.minor} ({-has.base_minor} in company currency) waits instead of "
                    f"{-should.minor} ({-should.base_minor})",
                )


def _should_wait(taxed: _Taxed) -> dict[int, Worth]:
    """Of what is left of each tax, the part of the money still to come that has not come."""
    to_come = taxed.asked - taxed.lowered - taxed.withheld
    left = {
        rate_id: _plus(worth, taxed.deducted, rate_id) for rate_id, worth in taxed.issued.items()
    }
    for note, settles in taxed.notes:
        to_come -= settles
        for rate_id, worth in note.issued.items():
            if rate_id in left and settles:
                taken = worth.part(_share(worth.minor, settles, note.asked))
                left[rate_id] = _plus(left[rate_id], {rate_id: taken}, rate_id)
    still = taxed.row.open_minor
    if not still or not to_come:
        return {}
    return {
        rate_id: worth.part(_share(worth.minor, still, to_come)) for rate_id, worth in left.items()
    }


def _concerned(company_id: int) -> ColumnElement[bool]:
    """Documents something was taken back of, what took it back, and those whose tax may wait.

    Of all others nothing is to be said here, so that their number costs no memory.
    """
    takes_back = (
        DocumentReference.company_id == company_id,
        DocumentReference.kind.in_(_TAKES_BACK),
    )
    return or_(
        Document.id.in_(select(Deduction.document_id).where(Deduction.company_id == company_id)),
        Document.id.in_(select(DocumentReference.refers_to_id).where(*takes_back)),
        Document.id.in_(select(DocumentReference.document_id).where(*takes_back)),
        and_(Document.cash_basis.is_(True), Document.open_minor != 0),
    )


def _documents(connection: Connection, company_id: int) -> dict[int, _Taxed]:
    """The valid documents that are concerned; a credit note without tax settles as others do."""
    issued = _issued(connection, company_id)
    deducted = _deducted(connection, company_id)
    found = {
        row.id: _Taxed(row, issued.get(row.uid, {}), deducted.get(row.id, {}))
        for row in connection.execute(_concerned_documents(company_id))
    }
    for row in connection.execute(_deductions_by_kind(company_id)):
        taxed = found.get(row.document_id)
        if taxed is not None and DeductionKind(row.kind) in LOWERS_TAX:
            taxed.lowered += int(row.minor)
        elif taxed is not None and row.kind == DeductionKind.WITHHOLDING:
            taxed.withheld += int(row.minor)
    settles = {
        (row.credit_note_id, row.document_id): int(row.minor)
        for row in connection.execute(_settled_by_notes(company_id))
    }
    for named in connection.execute(_taking_back(company_id)):
        one, other = found.get(named.document_id), found.get(named.refers_to_id)
        if one is None or other is None:
            continue
        if named.kind == DocumentReferenceKind.DEDUCTS_DEPOSIT:
            one.deposits.append(other)
        else:
            other.notes.append((one, settles.get((one.row.id, other.row.id), 0)))
    return found


@cache
def _concerned_documents(company_id: int) -> AnySelect:
    return select(
        Document.id,
        Document.uid,
        Document.number,
        Document.kind,
        Document.cash_basis,
        Document.total_minor,
        Document.prepaid_minor,
        Document.open_minor,
    ).where(
        Document.company_id == company_id,
        Document.issued_at.is_not(None),
        Document.voided_at.is_(None),
        _concerned(company_id),
    )


@cache
def _deductions_by_kind(company_id: int) -> AnySelect:
    return (
        select(Deduction.document_id, Deduction.kind, func.sum(Deduction.minor).label("minor"))
        .where(Deduction.company_id == company_id, Deduction.undone_at.is_(None))
        .group_by(Deduction.document_id, Deduction.kind)
    )


@cache
def _settled_by_notes(company_id: int) -> AnySelect:
    return (
        select(
            Allocation.credit_note_id,
            Allocation.document_id,
            func.sum(Allocation.minor).label("minor"),
        )
        .where(Allocation.company_id == company_id, Allocation.credit_note_id.is_not(None))
        .group_by(Allocation.credit_note_id, Allocation.document_id)
    )


@cache
def _taking_back(company_id: int) -> AnySelect:
    return (
        select(
            DocumentReference.document_id, DocumentReference.refers_to_id, DocumentReference.kind
        )
        .join(Document, Document.id == DocumentReference.document_id)
        .where(
            Document.company_id == company_id,
            DocumentReference.kind.in_(_TAKES_BACK),
        )
        .order_by(DocumentReference.document_id)
    )


def _issued(connection: Connection, company_id: int) -> dict[str, dict[int, Worth]]:
    """Tax per rate in the entry of each document, by its uid."""
    return _grouped(connection.execute(_issued_taxes(company_id)))


@cache
def _issued_taxes(company_id: int) -> AnySelect:
    return (
        _per_rate(company_id, LedgerEntry.source_id)
        .join(Document, Document.uid == LedgerEntry.source_id)
        .where(
            Document.company_id == company_id,
            _concerned(company_id),
            LedgerEntry.source_type == "document",
            LedgerEntry.kind == EntryKind.ISSUED.value,
            Posting.tax_rate_id.is_not(None),
        )
        .group_by(LedgerEntry.source_id, Posting.tax_rate_id)
    )


def _deducted(connection: Connection, company_id: int) -> dict[int, dict[int, Worth]]:
    """Tax per rate that deductions took away and their undoing gave back, by document id."""
    return _grouped(connection.execute(_deducted_taxes(company_id)))


@cache
def _deducted_taxes(company_id: int) -> AnySelect:
    return (
        _per_rate(company_id, Deduction.document_id)
        .join(Deduction, Deduction.uid == LedgerEntry.source_id)
        .where(LedgerEntry.source_type == "deduction", Posting.tax_rate_id.is_not(None))
        .group_by(Deduction.document_id, Posting.tax_rate_id)
    )


def _waiting(connection: Connection, company_id: int) -> dict[int | None, dict[int, Worth]]:
    """What is in "tax not yet due" per rate, by document id."""
    return _grouped(connection.execute(_waiting_taxes(company_id)))


@cache
def _waiting_taxes(company_id: int) -> AnySelect:
    return (
        _per_rate(company_id, Posting.document_id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.role == Role.TAX_NOT_DUE.value, LedgerEntry.source_type != "bank_line")
        .group_by(Posting.document_id, Posting.tax_rate_id)
        .having((func.sum(Posting.minor) != 0) | (func.sum(Posting.base_minor) != 0))
    )


def _per_rate(company_id: int, owner: Any) -> AnySelect:
    return (
        select(
            owner.label("owner"),
            Posting.tax_rate_id,
            func.sum(Posting.minor).label("minor"),
            func.sum(Posting.base_minor).label("base_minor"),
        )
        .select_from(LedgerEntry)
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .where(LedgerEntry.company_id == company_id)
    )


def _grouped(rows: Iterable[Any]) -> dict[Any, dict[int, Worth]]:
    found: dict[Any, dict[int, Worth]] = defaultdict(dict)
    for row in rows:
        found[row.owner][row.tax_rate_id] = Worth(int(row.minor), int(row.base_minor))
    return dict(found)


def _plus(worth: Worth, others: _PerRate, rate_id: int) -> Worth:
    other = others.get(rate_id, _NOTHING)
    return Worth(worth.minor + other.minor, worth.base_minor + other.base_minor)


def _share(minor: int, part: int, whole: int) -> int:
    return round_fraction(Fraction(minor * part, whole)) if whole else 0
