"""What the ledger says about the tax of a document, per rate."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, select

from billdesk.core.db.tables import (
    Account,
    Allocation,
    Deduction,
    Document,
    DocumentReference,
    LedgerEntry,
    Posting,
    TaxRate,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.settlement import LOWERS_TAX, DeductionKind, DocumentReferenceKind

NOTHING = Worth(0, 0)


@dataclass(frozen=True, slots=True)
class IssuedTax:
    """Tax that was posted when a document was issued, for one rate; debits are positive."""

    tax_rate_id: int
    account_id: int
    worth: Worth


_KINDS_OF_ISSUE = (EntryKind.ISSUED.value, EntryKind.VOIDED.value)


def _sums(*columns: Any) -> Select[Any]:
    return select(
        *columns,
        func.sum(Posting.minor).label("minor"),
        func.sum(Posting.base_minor).label("base_minor"),
    ).join(LedgerEntry, LedgerEntry.id == Posting.entry_id)


# Built once: building a statement takes SQLAlchemy three times as long as running it.
_ISSUED = (
    _sums(Posting.tax_rate_id, TaxRate.account_id)
    .join(TaxRate, TaxRate.id == Posting.tax_rate_id)
    .where(
        LedgerEntry.company_id == bindparam("company"),
        LedgerEntry.source_type == "document",
        LedgerEntry.source_id == bindparam("of"),
        LedgerEntry.kind.in_(_KINDS_OF_ISSUE),
    )
    .group_by(Posting.tax_rate_id, TaxRate.account_id)
    .order_by(Posting.tax_rate_id)
)
_WAITING = (
    _sums(
        Posting.tax_rate_id,
        case((LedgerEntry.kind == EntryKind.TAX_DUE.value, True), else_=False).label("moved"),
    )
    .join(Account, Account.id == Posting.account_id)
    .where(
        Posting.company_id == bindparam("company"),
        Posting.document_id == bindparam("of"),
        Account.role == Role.TAX_NOT_DUE.value,
    )
    .group_by(Posting.tax_rate_id, "moved")
)
_DEDUCTED = (
    _sums(Posting.tax_rate_id)
    .where(
        Posting.company_id == bindparam("company"),
        Posting.document_id == bindparam("of"),
        Posting.tax_rate_id.is_not(None),
        LedgerEntry.kind.in_((EntryKind.DEDUCTED.value, EntryKind.DEDUCTION_UNDONE.value)),
    )
    .group_by(Posting.tax_rate_id)
)
# Credit notes that take this document back, and how much of it they settle.
_OWN_CREDIT_NOTES = (
    select(
        Document.id,
        Document.uid,
        (Document.total_minor - Document.prepaid_minor).label("whole_minor"),
        func.coalesce(func.sum(Allocation.minor), 0).label("settles_minor"),
    )
    .join(DocumentReference, DocumentReference.document_id == Document.id)
    .outerjoin(
        Allocation,
        (Allocation.credit_note_id == Document.id)
        & (Allocation.document_id == DocumentReference.refers_to_id),
    )
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.refers_to_id == bindparam("of"),
        DocumentReference.kind == DocumentReferenceKind.CREDITS.value,
        Document.issued_at.is_not(None),
        Document.voided_at.is_(None),
    )
    .group_by(Document.id, Document.uid, Document.total_minor, Document.prepaid_minor)
    .order_by(Document.id)
)


def _deducted_as(kinds: Iterable[DeductionKind]) -> Select[Any]:
    return (
        select(func.coalesce(func.sum(Allocation.minor), 0))
        .join(Deduction, Deduction.id == Allocation.deduction_id)
        .where(
            Allocation.company_id == bindparam("company"),
            Allocation.document_id == bindparam("of"),
            Deduction.kind.in_(sorted(kind.value for kind in kinds)),
        )
    )


_LOWERED_BY_DEDUCTIONS = _deducted_as(LOWERS_TAX)
_WITHHELD = _deducted_as([DeductionKind.WITHHOLDING])


@dataclass(frozen=True, slots=True)
class OwnCreditNote:
    """A credit note that takes a document back, in minor units of the document's currency.

    ``settles_minor`` of its ``whole_minor`` settle that very document.
    """

    taxes: Sequence[IssuedTax]
    whole_minor: int
    settles_minor: int


@dataclass(frozen=True, slots=True)
class LeftTaxes:
    """What is left of a document beside its credit notes, in minor units of its currency.

    ``minor`` is the tax per rate, ``accounts`` where it was posted.
    """

    whole_minor: int
    minor: Mapping[int, int]
    accounts: Mapping[int, int]


def issued_taxes(connection: Connection, company_id: int, uid: str) -> list[IssuedTax]:
    """The tax of a document as it was posted when it was issued; empty once it is void."""
    rows = connection.execute(_ISSUED, {"company": company_id, "of": uid})
    return [
        IssuedTax(row.tax_rate_id, row.account_id, Worth(int(row.minor), int(row.base_minor)))
        for row in rows
        if row.minor or row.base_minor
    ]


def own_credit_notes(
    connection: Connection, company_id: int, document_id: int
) -> list[OwnCreditNote]:
    """The credit notes that take a document back."""
    return [
        OwnCreditNote(
            issued_taxes(connection, company_id, row.uid), row.whole_minor, int(row.settles_minor)
        )
        for row in connection.execute(
            _OWN_CREDIT_NOTES, {"company": company_id, "of": document_id}
        ).all()
    ]


def left_taxes(connection: Connection, company_id: int, document: Document) -> LeftTaxes:
    """What credit notes left of a document and of its tax; what deductions took is still in it."""
    whole = document.total_minor - document.prepaid_minor
    left: dict[int, int] = defaultdict(int)
    accounts: dict[int, int] = {}
    issued = issued_taxes(connection, company_id, document.uid)
    notes = own_credit_notes(connection, company_id, document.id)
    for tax in [*issued, *(tax for note in notes for tax in note.taxes)]:
        left[tax.tax_rate_id] -= tax.worth.minor
        accounts[tax.tax_rate_id] = tax.account_id
    return LeftTaxes(whole - sum(note.whole_minor for note in notes), left, accounts)


def waiting_taxes(
    connection: Connection, company_id: int, document_id: int
) -> dict[int, tuple[Worth, Worth]]:
    """Tax not yet due per rate: what issue and deductions left, and what was moved since."""
    found: dict[int, tuple[Worth, Worth]] = defaultdict(lambda: (NOTHING, NOTHING))
    for row in connection.execute(_WAITING, {"company": company_id, "of": document_id}):
        left, moved = found[row.tax_rate_id]
        worth = Worth(int(row.minor), int(row.base_minor))
        found[row.tax_rate_id] = (left, worth) if row.moved else (worth, moved)
    return dict(found)


def deducted_taxes(connection: Connection, company_id: int, document_id: int) -> dict[int, int]:
    """Tax per rate that deductions took away so far."""
    rows = connection.execute(_DEDUCTED, {"company": company_id, "of": document_id})
    return {row.tax_rate_id: int(row.minor) for row in rows}


def lowered_by_deductions(connection: Connection, company_id: int, document_id: int) -> int:
    """How much of a document fell away with its tax."""
    return int(
        connection.scalar(_LOWERED_BY_DEDUCTIONS, {"company": company_id, "of": document_id}) or 0
    )


def withheld_of(connection: Connection, company_id: int, document_id: int) -> int:
    """How much of a document the customer keeps back for the tax office."""
    return int(connection.scalar(_WITHHELD, {"company": company_id, "of": document_id}) or 0)
