"""Invariants of deductions, refunds, exchange differences and customers' deposits."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from billdesk.core.db.tables import (
    Account,
    Allocation,
    Deduction,
    Document,
    DocumentReference,
    LedgerEntry,
    Payment,
    Posting,
    Refund,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.settlement import (
    OUT_OF_PAYMENT,
    DeductionKind,
    DocumentReferenceKind,
    RefundMeaning,
)
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.reading import streamed
from billdesk.core.services.verification.violation import Violation

# What a payment says of its refunds: all at Stripe, those explained, those that left the books.
_WENT_BACK = ("refunded_minor", "explained_minor", "returned_minor")


def deductions(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Each deduction lowers its document's receivable once; undone ones were reversed.

    What customers withheld is in the account for it.
    """
    posted: dict[tuple[str, str], Any] = {}
    rows = connection.execute(_posted_deductions(company_id))
    for row in rows:
        posted[row.source_id, row.kind] = (int(row.minor), int(row.base_minor))
    withheld = 0
    for row in connection.execute(_deductions(company_id)):
        debt = (row.minor, row.base_minor)
        kept = row.undone_at is None
        found = (
            posted.get((row.uid, EntryKind.DEDUCTED)),
            posted.get((row.uid, EntryKind.DEDUCTION_UNDONE)),
        )
        if found != ((-debt[0], -debt[1]), None if kept else debt):
            yield Violation(
                "deduction", f"deduction {row.id}", f"{debt[0]}, the ledger says {found}"
            )
        withheld += row.base_minor if kept and row.kind == DeductionKind.WITHHOLDING else 0
    if withheld != _balance(connection, company_id, Role.WITHHOLDING_RECEIVABLE, "deduction"):
        yield Violation("withholding", "withheld tax", f"{withheld}, the ledger says otherwise")


@cache
def _posted_deductions(company_id: int) -> AnySelect:
    return _entries(company_id, "deduction", Role.RECEIVABLE).add_columns(
        func.sum(Posting.base_minor).label("base_minor")
    )


@cache
def _deductions(company_id: int) -> AnySelect:
    return select(Deduction.__table__).where(Deduction.company_id == company_id)


def taken_with(connection: Connection, company_id: int) -> Iterable[Violation]:
    """What was deducted with a payment stands only while that payment settles the document.

    Nothing settles a document before the day of the document.
    """
    for row in connection.execute(_without_payment(company_id)):
        yield Violation("deduction", f"deduction {row.id}", "its payment settles nothing there")
    for row in streamed(connection, _settled_early(company_id)):
        yield Violation("settled-early", row.number, f"it was settled on {row.occurred_on} already")


@cache
def _without_payment(company_id: int) -> AnySelect:
    paid = (
        select(func.coalesce(func.sum(Allocation.minor), 0))
        .where(
            Allocation.company_id == company_id,
            Allocation.payment_id == Deduction.payment_id,
            Allocation.document_id == Deduction.document_id,
        )
        .scalar_subquery()
    )
    return select(Deduction.id).where(
        Deduction.company_id == company_id,
        Deduction.payment_id.is_not(None),
        Deduction.undone_at.is_(None),
        paid <= 0,
    )


@cache
def _settled_early(company_id: int) -> AnySelect:
    return (
        select(Document.number, Allocation.occurred_on)
        .join(Allocation, Allocation.document_id == Document.id)
        .where(Allocation.company_id == company_id, Allocation.occurred_on < Document.issued_on)
    )


def refund_rows(connection: Connection, company_id: int) -> Iterable[Violation]:
    """What went back of a payment is its refunds'; each refund has its entry.

    Goodwill in the ledger is the refunds that were said to be goodwill.
    """
    rows = streamed(connection, _refunds_off(company_id))
    for row in rows:
        for name in _WENT_BACK:
            stored, expected = getattr(row, name), int(getattr(row, f"{name}_of_rows"))
            if stored != expected:
                yield Violation("refund-rows", f"payment {row.id}", f"{name} {stored}: {expected}")
    entries = {row.source_id for row in connection.execute(_posted_refunds(company_id))}
    goodwill = 0
    for row in connection.execute(_succeeded(company_id)):
        if (row.stripe_refund or row.uid) not in entries:
            yield Violation("refund-rows", f"refund {row.id}", "it was never posted")
        goodwill += row.base_minor if row.meaning == RefundMeaning.GOODWILL else 0
    if goodwill != _balance(connection, company_id, Role.GOODWILL):
        yield Violation("goodwill", "goodwill", f"{goodwill}, the ledger says otherwise")


@cache
def _refunds_off(company_id: int) -> AnySelect:
    succeeded = Refund.state == PaymentState.SUCCEEDED.value
    at_stripe = Refund.stripe_refund.is_not(None)
    said = Refund.meaning != RefundMeaning.UNEXPLAINED.value
    out = Refund.meaning.in_(sorted(OUT_OF_PAYMENT))
    parts = (succeeded & at_stripe, succeeded & at_stripe & said, succeeded & out)
    sums = (func.sum(case((part, Refund.minor), else_=0)) for part in parts)
    found = (
        select(
            Refund.payment_id,
            *(total.label(name) for name, total in zip(_WENT_BACK, sums, strict=True)),
        )
        .where(Refund.company_id == company_id)
        .group_by(Refund.payment_id)
        .subquery()
    )
    stored_in = {name: Payment.__table__.c[name] for name in _WENT_BACK}
    summed = {name: func.coalesce(found.c[name], 0) for name in _WENT_BACK}
    return (
        select(
            Payment.id,
            *stored_in.values(),
            *(amount.label(f"{name}_of_rows") for name, amount in summed.items()),
        )
        .outerjoin(found, found.c.payment_id == Payment.id)
        .where(
            Payment.company_id == company_id,
            or_(*(stored_in[name] != summed[name] for name in _WENT_BACK)),
        )
    )


@cache
def _posted_refunds(company_id: int) -> AnySelect:
    return select(LedgerEntry.source_id).where(
        LedgerEntry.company_id == company_id,
        LedgerEntry.source_type.in_(("refund", "dispute_lost")),
        LedgerEntry.kind.in_((EntryKind.REFUNDED.value, EntryKind.DISPUTE_LOST.value)),
    )


@cache
def _succeeded(company_id: int) -> AnySelect:
    return select(Refund.__table__).where(
        Refund.company_id == company_id, Refund.state == PaymentState.SUCCEEDED.value
    )


def exchange(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Exchange differences have a value only; what is converted comes to nothing."""
    rows = connection.execute(_differences_that_moved(company_id))
    for row in rows:
        yield Violation("exchange", f"entry {row.entry_id}", "an exchange difference moved money")
    converted = connection.execute(_conversions_off(company_id))
    for row in converted:
        yield Violation("exchange", f"entry {row.entry_id}", "what was converted lost its value")


@cache
def _differences_that_moved(company_id: int) -> AnySelect:
    return (
        select(Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            Posting.company_id == company_id,
            Account.role.in_((Role.EXCHANGE_GAIN.value, Role.EXCHANGE_LOSS.value)),
            Posting.minor != 0,
        )
    )


@cache
def _conversions_off(company_id: int) -> AnySelect:
    return (
        select(Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.company_id == company_id, Account.role == Role.CURRENCY_CONVERSION.value)
        .group_by(Posting.entry_id)
        .having(func.sum(Posting.base_minor) != 0)
    )


def deposits(connection: Connection, company_id: int) -> Iterable[Violation]:
    """A final invoice takes exactly the deposits it deducts out of customers' deposits."""
    posted: dict[str, int] = defaultdict(int)
    for row in streamed(connection, _posted_deposits(company_id)):
        posted[row.source_id] += int(row.minor)
    deducted: dict[tuple[str, str], int] = defaultdict(int)
    for row in connection.execute(_deducted_deposits(company_id)):
        deducted[row.uid, row.number] -= posted[row.deposit_uid]
    for (uid, number), minor in deducted.items():
        if posted[uid] != minor:
            yield Violation(
                "deposits", number, f"it deducts {minor}, the ledger says {posted[uid]}"
            )


@cache
def _posted_deposits(company_id: int) -> AnySelect:
    return _entries(company_id, "document", Role.CUSTOMER_DEPOSITS).where(
        LedgerEntry.kind == EntryKind.ISSUED.value
    )


@cache
def _deducted_deposits(company_id: int) -> AnySelect:
    deposit = Document.__table__.alias("deposit")
    return (
        select(Document.uid, Document.number, deposit.c.uid.label("deposit_uid"))
        .join(DocumentReference, DocumentReference.document_id == Document.id)
        .join(deposit, deposit.c.id == DocumentReference.refers_to_id)
        .where(
            Document.company_id == company_id,
            Document.issued_at.is_not(None),
            DocumentReference.kind == DocumentReferenceKind.DEDUCTS_DEPOSIT.value,
        )
    )


def _entries(company_id: int, source_type: str, role: Role) -> AnySelect:
    """One row per entry of ``source_type``: what it posts to the account of ``role``."""
    return (
        select(
            LedgerEntry.source_id,
            LedgerEntry.kind,
            func.sum(Posting.minor).label("minor"),
        )
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.source_type == source_type,
            Account.role == role.value,
        )
        .group_by(LedgerEntry.id, LedgerEntry.source_id, LedgerEntry.kind)
    )


def _balance(
    connection: Connection, company_id: int, role: Role, source_type: str | None = None
) -> int:
    """The balance of an account in the company's currency, perhaps of one source only."""
    return int(connection.scalar(_balance_of(company_id, role, source_type)) or 0)


@cache
def _balance_of(company_id: int, role: Role, source_type: str | None) -> AnySelect:
    found = (
        select(func.coalesce(func.sum(Posting.base_minor), 0))
        .join(Account, Account.id == Posting.account_id)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(
            Posting.company_id == company_id,
            Account.role == role.value,
            LedgerEntry.source_type != "bank_line",
        )
    )
    if source_type is not None:
        found = found.where(LedgerEntry.source_type == source_type)
    return found
