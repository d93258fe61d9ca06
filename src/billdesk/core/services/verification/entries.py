"""What ledger entries say about the documents, payments and fees they come from."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Subquery, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from billdesk.core.db.tables import (
    Account,
    BalanceTransaction,
    Deduction,
    Document,
    LedgerEntry,
    Payment,
    Posting,
    Refund,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import MONEY_ACCOUNT
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.reading import streamed
from billdesk.core.services.verification.violation import Violation

# What entries are about, and where it stands.
_SOURCES: dict[str, InstrumentedAttribute[Any]] = {
    "document": Document.uid,
    "payment": Payment.uid,
    "charge": Payment.charge,
    "fee": Payment.balance_transaction,
    "deduction": Deduction.uid,
    "settled": BalanceTransaction.id,
    "return_fee": BalanceTransaction.id,
    "refund_fee": BalanceTransaction.id,
}


def issue_entries(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Revenue, tax, day and customer of an issued document are the same in the ledger.

    Deposits are earned with the final invoice that deducts them, or given back with its credit
    note; there they stand against revenue on an account of their own.
    """
    rows = streamed(connection, _issued_and_posted(company_id))
    for row in rows:
        rounded = row.total_minor - row.net_minor - row.tax_minor
        # A credit note turns everything round.
        sign = -1 if row.kind == DocumentKind.CREDIT_NOTE else 1
        revenue, tax, deposits = sign * row.revenue, sign * row.tax, sign * row.deposits
        if row.prepaid_minor:
            tax += row.prepaid_minor + deposits
        else:
            revenue += deposits
        rounding = sign * row.rounding
        facts = {
            f"revenue {row.net_minor}, the ledger says {revenue}": row.net_minor == revenue,
            f"tax {row.tax_minor}, the ledger says {tax}": row.tax_minor == tax,
            f"rounding {rounded}, the ledger says {rounding}": rounded == rounding,
            f"the ledger has it on {row.posted_on}": row.issued_on == row.posted_on,
            # Nothing is owed on a document over nothing.
            "the ledger names another customer": row.owing_id in (row.customer_id, None),
        }
        for sentence, holds in facts.items():
            if not holds:
                yield Violation("issue-entry", row.number, sentence)


@cache
def _issued_and_posted(company_id: int) -> AnySelect:
    taxed = Posting.tax_rate_id.is_not(None)
    own = Posting.document_id.is_not(None)
    deposit = Account.role == Role.CUSTOMER_DEPOSITS.value
    rounding = Account.role == Role.ROUNDING.value
    parts = (
        select(
            LedgerEntry.source_id.label("uid"),
            LedgerEntry.occurred_on,
            func.sum(case((taxed, -Posting.minor), else_=0)).label("tax"),
            func.sum(case((rounding, -Posting.minor), else_=0)).label("rounding"),
            func.sum(case((taxed | rounding | own | deposit, 0), else_=-Posting.minor)).label(
                "revenue"
            ),
            func.sum(case((deposit, -Posting.minor), else_=0)).label("deposits"),
            func.max(case((own, Posting.customer_id))).label("customer_id"),
        )
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.source_type == "document",
            LedgerEntry.kind == EntryKind.ISSUED.value,
        )
        .group_by(LedgerEntry.source_id, LedgerEntry.occurred_on)
        .subquery()
    )
    return (
        select(
            Document.number,
            Document.kind,
            Document.issued_on,
            Document.customer_id,
            Document.net_minor,
            Document.tax_minor,
            Document.total_minor,
            Document.prepaid_minor,
            parts.c.occurred_on.label("posted_on"),
            parts.c.revenue,
            parts.c.deposits,
            parts.c.tax,
            parts.c.rounding,
            parts.c.customer_id.label("owing_id"),
        )
        .join(parts, parts.c.uid == Document.uid)
        .where(Document.company_id == company_id)
    )


def money_entries(connection: Connection, company_id: int) -> Iterable[Violation]:
    """A payment's entry is on its day, of its amount, and on the account of its method."""
    for source_type, kind in (("payment", EntryKind.RECEIVED), ("charge", EntryKind.CHARGED)):
        rows = streamed(connection, _payments_and_posted(company_id, source_type, kind))
        for row in rows:
            account = MONEY_ACCOUNT[PaymentMethod(row.method)].value
            wanted = (account, row.amount_minor, row.base_minor, row.received_on)
            posted = (row.role, row.minor, row.posted_base, row.occurred_on)
            if wanted != posted:
                yield Violation(
                    "payment-entry",
                    f"payment {row.id}",
                    f"{_words(*wanted)}, the ledger says {_words(*posted)}",
                )


@cache
def _payments_and_posted(company_id: int, source_type: str, kind: EntryKind) -> AnySelect:
    source = Payment.uid if kind is EntryKind.RECEIVED else Payment.charge
    entries = _side(company_id, source_type, kind, MONEY_ACCOUNT.values())
    return (
        select(
            Payment.id,
            Payment.method,
            func.coalesce(Payment.received_minor, Payment.amount_minor).label("amount_minor"),
            Payment.base_minor,
            Payment.received_on,
            entries.c.role,
            entries.c.minor,
            entries.c.base_minor.label("posted_base"),
            entries.c.occurred_on,
        )
        .join(entries, entries.c.source_id == source)
        .where(Payment.company_id == company_id)
    )


def refund_entries(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Money given back by hand left the account of its method, in its amount and at its value.

    No more of it was given back of a payment than the payment brought.
    """
    given: dict[int, int] = defaultdict(int)
    brought: dict[int, int] = {}
    rows = connection.execute(_given_and_posted(company_id))
    for row in rows:
        account = MONEY_ACCOUNT[PaymentMethod(row.method)].value
        left = row.minor if row.paid_minor is None else row.paid_minor
        wanted = (account, -left, -row.base_minor, row.refunded_on)
        posted = (row.role, row.posted, row.posted_base, row.occurred_on)
        if wanted != posted:
            yield Violation(
                "refund-money",
                f"refund {row.id}",
                f"{_words(*wanted)}, the ledger says {_words(*posted)}",
            )
        if row.payment_id is not None and row.state == PaymentState.SUCCEEDED:
            given[row.payment_id] += row.minor
            brought[row.payment_id] = row.amount_minor
    for payment_id, minor in given.items():
        if minor > brought[payment_id]:
            yield Violation(
                "refund-money",
                f"payment {payment_id}",
                f"{minor} of {brought[payment_id]} went back",
            )


@cache
def _given_and_posted(company_id: int) -> AnySelect:
    entries = _side(company_id, "refund", EntryKind.REFUNDED, MONEY_ACCOUNT.values())
    return (
        select(
            Refund.id,
            Refund.method,
            Refund.state,
            Refund.minor,
            Refund.base_minor,
            Refund.paid_minor,
            Refund.refunded_on,
            Refund.payment_id,
            Payment.amount_minor,
            entries.c.role,
            entries.c.minor.label("posted"),
            entries.c.base_minor.label("posted_base"),
            entries.c.occurred_on,
        )
        .outerjoin(entries, entries.c.source_id == Refund.uid)
        .outerjoin(Payment, Payment.id == Refund.payment_id)
        .where(Refund.company_id == company_id, Refund.method != PaymentMethod.STRIPE.value)
    )


def fee_entries(connection: Connection, company_id: int) -> Iterable[Violation]:
    """The fee of a Stripe payment is the one in the ledger."""
    rows = streamed(connection, _fees_and_posted(company_id))
    for row in rows:
        if row.fee_minor != row.posted:
            yield Violation(
                "fee-entry",
                f"payment {row.id}",
                f"a fee of {row.fee_minor}, the ledger says {row.posted}",
            )


@cache
def _fees_and_posted(company_id: int) -> AnySelect:
    entries = _side(company_id, "fee", EntryKind.FEE, [Role.PAYMENT_FEES])
    return (
        select(Payment.id, Payment.fee_minor, func.coalesce(entries.c.minor, 0).label("posted"))
        .outerjoin(entries, entries.c.source_id == Payment.balance_transaction)
        .where(Payment.company_id == company_id, Payment.balance_transaction.is_not(None))
    )


def entries_have_a_source(connection: Connection, company_id: int) -> Iterable[Violation]:
    """No entry about a document, payment, charge or fee that the books do not have."""
    for source_type in _SOURCES:
        rows = connection.execute(_without_source(company_id, source_type))
        for row in rows:
            yield Violation("entry-source", f"entry {row.id}", f"its {source_type} does not exist")


@cache
def _without_source(company_id: int, source_type: str) -> AnySelect:
    column = _SOURCES[source_type]
    owner = column.class_
    return (
        select(LedgerEntry.id)
        .outerjoin(owner, (column == LedgerEntry.source_id) & (owner.company_id == company_id))
        .where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.source_type == source_type,
            column.is_(None),
        )
    )


def _side(company_id: int, source_type: str, kind: EntryKind, roles: Iterable[Role]) -> Subquery:
    """One row per entry of ``kind``: its posting to an account of ``roles``."""
    return (
        select(
            LedgerEntry.source_id,
            LedgerEntry.occurred_on,
            Account.role,
            Posting.minor,
            Posting.base_minor,
        )
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.source_type == source_type,
            LedgerEntry.kind == kind.value,
            Account.role.in_([role.value for role in roles]),
        )
        .subquery()
    )


def _words(role: str, minor: int, base_minor: int, on: object) -> str:
    return f"{minor} ({base_minor} in company currency) on {on}, account “{role}”"
