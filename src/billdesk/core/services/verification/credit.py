"""Invariants of money that settles nothing: customer credit, suspense, credit notes."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import (
    Account,
    Allocation,
    Document,
    LedgerEntry,
    Payment,
    Posting,
    Refund,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.outside import PaymentState
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.violation import Violation

# Customer and currency; no customer is suspense.
_Owner = tuple[int | None, str]
_NOTHING = Worth(0, 0)


def customer_credit(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Customer credit in the ledger is what payments and credit notes have left, in both values.

    Money without a home is in suspense likewise. The bank's own bookings are not payments.
    """
    posted: dict[_Owner, Worth] = {}
    rows = connection.execute(_posted_credit(company_id))
    for row in rows:
        posted[row.customer_id, row.currency] = Worth(int(row.minor), int(row.base_minor))
    left = _left_of_payments(connection, company_id)
    for owner, worth in _left_of_notes(connection, company_id).items():
        left[owner] = _plus(left[owner], worth)
    for owner in sorted(posted.keys() | left.keys(), key=str):
        ledger, money = posted.get(owner, _NOTHING), left.get(owner, _NOTHING)
        if ledger != money:
            customer_id, currency = owner
            home = "suspense" if customer_id is None else f"customer {customer_id}"
            yield Violation(
                "suspense" if customer_id is None else "customer-credit",
                home,
                f"{currency} {money.minor} ({money.base_minor} in company currency) is not "
                f"allocated, the ledger says {ledger.minor} ({ledger.base_minor})",
            )


@cache
def _posted_credit(company_id: int) -> AnySelect:
    return (
        select(
            Posting.customer_id,
            Posting.currency,
            func.sum(-Posting.minor).label("minor"),
            func.sum(-Posting.base_minor).label("base_minor"),
        )
        .join(Account, Account.id == Posting.account_id)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(
            Posting.company_id == company_id,
            Account.role.in_((Role.CUSTOMER_CREDIT.value, Role.SUSPENSE.value)),
            LedgerEntry.source_type != "bank_line",
        )
        .group_by(Posting.customer_id, Posting.currency)
    )


def credit_notes(connection: Connection, company_id: int) -> Iterable[Violation]:
    """What a credit note has open is its total less what it settled and what was paid out."""
    rows = connection.execute(_notes_and_their_use(company_id))
    for row in rows:
        rest = row.total_minor - row.prepaid_minor - row.given - row.out
        expected = 0 if row.voided_at is not None else rest
        if row.open_minor != expected or row.open_minor < 0:
            yield Violation(
                "credit-note", row.number, f"open {row.open_minor}, recomputed {expected}"
            )


@cache
def _notes_and_their_use(company_id: int) -> AnySelect:
    given = (
        select(func.coalesce(func.sum(Allocation.minor), 0))
        .where(Allocation.credit_note_id == Document.id)
        .scalar_subquery()
    )
    out = (
        select(func.coalesce(func.sum(Refund.minor), 0))
        .where(Refund.credit_note_id == Document.id, Refund.state == PaymentState.SUCCEEDED.value)
        .scalar_subquery()
    )
    return _notes(company_id).add_columns(
        Document.number,
        Document.voided_at,
        Document.total_minor,
        Document.prepaid_minor,
        given.label("given"),
        out.label("out"),
    )


def _left_of_payments(connection: Connection, company_id: int) -> dict[_Owner, Worth]:
    found: dict[_Owner, Worth] = defaultdict(lambda: _NOTHING)
    rows = connection.execute(_payments_with_a_rest(company_id))
    for row in rows:
        rest = Worth(row.amount_minor, row.base_minor).part(row.unallocated_minor)
        owner = (row.customer_id, row.currency)
        found[owner] = _plus(found[owner], rest)
    return found


@cache
def _payments_with_a_rest(company_id: int) -> AnySelect:
    return select(
        Payment.customer_id,
        Payment.currency,
        Payment.amount_minor,
        Payment.base_minor,
        Payment.unallocated_minor,
    ).where(Payment.company_id == company_id, Payment.unallocated_minor != 0)


def _left_of_notes(connection: Connection, company_id: int) -> dict[_Owner, Worth]:
    found: dict[_Owner, Worth] = defaultdict(lambda: _NOTHING)
    for row in connection.execute(_notes_with_a_rest(company_id)):
        owner = (row.customer_id, row.currency)
        found[owner] = _plus(found[owner], Worth(row.open_minor, row.open_base_minor))
    return found


@cache
def _notes_with_a_rest(company_id: int) -> AnySelect:
    return _notes(company_id).where(Document.open_minor != 0)


def _notes(company_id: int) -> AnySelect:
    return select(
        Document.customer_id, Document.currency, Document.open_minor, Document.open_base_minor
    ).where(
        Document.company_id == company_id,
        Document.kind == DocumentKind.CREDIT_NOTE.value,
        Document.issued_at.is_not(None),
    )


def _plus(one: Worth, other: Worth) -> Worth:
    return Worth(one.minor + other.minor, one.base_minor + other.base_minor)
