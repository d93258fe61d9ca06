"""Ageing, customer balances and the trial balance as they stood at the end of a day.

What was open is what is open now, less what has happened since: an invoice that was settled later
was open by what settled it, one that was voided later by its total. So a report of today reads the
open invoices only, however many are paid. Each is one statement.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from billdesk.core.db.tables import (
    Account,
    Allocation,
    Company,
    Customer,
    Document,
    LedgerEntry,
    Posting,
)
from billdesk.core.domain.accounts import AccountKind, Role
from billdesk.core.domain.documents import RECEIVABLE_KINDS
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.queries.as_of import (
    Ageing,
    AgeingRow,
    BalanceRow,
    Balances,
    Buckets,
    TrialBalance,
    TrialBalanceRow,
)
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.customer_group import ROOT, group_ids
from billdesk.core.queries.sql.state import STILL_OPEN

_KINDS = sorted(kind.value for kind in RECEIVABLE_KINDS)
_DAYS_LATE = (30, 60, 90)
_ZERO: ColumnElement[int] = literal_column("0")


def read_ageing(connection: Connection, company_id: int, as_of: date) -> Ageing:
    """Who owed what for how long."""
    parts = _open_parts(company_id, as_of)
    bounds = [as_of, *(as_of - timedelta(days=days) for days in _DAYS_LATE)]
    groups = (
        or_(parts.c.due_on.is_(None), parts.c.due_on >= bounds[0]),
        *(
            and_(parts.c.due_on < upper, parts.c.due_on >= lower)
            for upper, lower in pairwise(bounds)
        ),
        parts.c.due_on < bounds[-1],
    )
    sums = [
        func.sum(case((group, column), else_=0)).label(f"{column.name}_{i}")
        for column in (parts.c.minor, parts.c.base)
        for i, group in enumerate(groups)
    ]
    of_customer = (
        select(parts.c.customer_id, parts.c.currency, *sums)
        .group_by(parts.c.customer_id, parts.c.currency)
        .subquery()
    )
    columns = [of_customer.c[one.name] for one in sums]
    rows = connection.execute(_by_customer(company_id, of_customer, columns))
    found = [
        AgeingRow(
            row.customer_id,
            row.number,
            row.name,
            row.currency,
            Buckets(*(int(getattr(row, f"minor_{i}")) for i in range(len(groups)))),
            Buckets(*(int(getattr(row, f"base_{i}")) for i in range(len(groups)))),
        )
        for row in rows
    ]
    return Ageing(
        as_of,
        _currency(connection, company_id),
        tuple(row for row in found if row.open != Buckets() or row.base != Buckets()),
    )


def read_balances(
    connection: Connection, company_id: int, as_of: date, customer_ids: Sequence[int] | None = None
) -> Balances:
    """What every customer owed, or only ``customer_ids`` with the duplicates merged into them."""
    documents = _open_parts(company_id, as_of, customer_ids)
    ledger = _posted(company_id, as_of, customer_ids)
    parts = union_all(
        select(
            documents.c.customer_id,
            documents.c.currency,
            documents.c.minor.label("open"),
            _ZERO.label("disputed"),
            _ZERO.label("credit"),
            documents.c.base,
        ),
        ledger,
    ).subquery()
    names = ("open", "disputed", "credit", "base")
    of_customer = (
        select(
            parts.c.customer_id,
            parts.c.currency,
            *(func.sum(parts.c[name]).label(name) for name in names),
        )
        .group_by(parts.c.customer_id, parts.c.currency)
        .subquery()
    )
    rows = connection.execute(
        _by_customer(company_id, of_customer, [of_customer.c[name] for name in names])
    )
    found = [
        BalanceRow(
            row.customer_id,
            row.number,
            row.name,
            row.currency,
            int(row.open),
            int(row.disputed),
            int(row.credit),
            int(row.base),
        )
        for row in rows
    ]
    return Balances(
        as_of,
        _currency(connection, company_id),
        tuple(row for row in found if row.open_minor or row.disputed_minor or row.credit_minor),
    )


def read_trial_balance(connection: Connection, company_id: int, as_of: date) -> TrialBalance:
    """The balance of every account: all postings, less those of later days."""
    accounts = select(Account.id).where(Account.company_id == company_id)
    everything = (
        select(Posting.account_id, func.sum(Posting.base_minor).label("base"))
        .where(Posting.account_id.in_(accounts))
        .group_by(Posting.account_id)
    )
    later = (
        select(Posting.account_id, func.sum(-Posting.base_minor).label("base"))
        .select_from(LedgerEntry)
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .where(LedgerEntry.company_id == company_id, LedgerEntry.occurred_on > as_of)
        .group_by(Posting.account_id)
    )
    parts = union_all(everything, later).subquery()
    rows = connection.execute(
        select(
            Account.id,
            Account.code,
            Account.name,
            Account.kind,
            func.sum(parts.c.base).label("base"),
        )
        .join(parts, parts.c.account_id == Account.id)
        .where(Account.company_id == company_id)
        .group_by(Account.id, Account.code, Account.name, Account.kind)
        .order_by(Account.code, Account.id)
    )
    return TrialBalance(
        as_of,
        _currency(connection, company_id),
        tuple(
            TrialBalanceRow(row.id, row.code, row.name, AccountKind(row.kind), int(row.base))
            for row in rows
            if row.base
        ),
    )


def _open_parts(
    company_id: int, as_of: date, customer_ids: Sequence[int] | None = None
) -> Subquery:
    """Amounts whose sum per document is what it had open; a document may have several rows."""
    wanted = [
        Document.company_id == company_id,
        Document.kind.in_(_KINDS),
        Document.issued_on <= as_of,
    ]
    if customer_ids is not None:
        wanted.append(Document.customer_id.in_(group_ids(company_id, customer_ids)))
    columns = (Document.customer_id, Document.currency, Document.due_on)
    still_open = select(
        *columns, Document.open_minor.label("minor"), Document.open_base_minor.label("base")
    ).where(*wanted, STILL_OPEN)
    settled_later = (
        select(*columns, Allocation.minor.label("minor"), Allocation.base_minor.label("base"))
        .select_from(Allocation)
        .join(Document, Document.id == Allocation.document_id)
        .where(Allocation.company_id == company_id, Allocation.occurred_on > as_of, *wanted)
    )
    voided_later = (
        select(
            *columns,
            (Document.total_minor - Document.prepaid_minor).label("minor"),
            (Document.base_total_minor - Document.prepaid_base_minor).label("base"),
        )
        .select_from(LedgerEntry)
        .join(Document, Document.uid == LedgerEntry.source_id)
        .where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.occurred_on > as_of,
            LedgerEntry.source_type == "document",
            LedgerEntry.kind == EntryKind.VOIDED.value,
            *wanted,
        )
    )
    return union_all(still_open, settled_later, voided_later).subquery()


def _posted(company_id: int, as_of: date, customer_ids: Sequence[int] | None) -> AnySelect:
    """Disputed receivables and customer credit, which no document has open."""
    disputed = Account.role == Role.DISPUTED_RECEIVABLE.value
    statement = (
        select(
            Posting.customer_id,
            Posting.currency,
            _ZERO.label("open"),
            case((disputed, Posting.minor), else_=0).label("disputed"),
            case((disputed, 0), else_=-Posting.minor).label("credit"),
            Posting.base_minor.label("base"),
        )
        .select_from(Account)
        .join(Posting, Posting.account_id == Account.id)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(
            Account.company_id == company_id,
            Account.role.in_([Role.DISPUTED_RECEIVABLE.value, Role.CUSTOMER_CREDIT.value]),
            LedgerEntry.occurred_on <= as_of,
            Posting.customer_id.is_not(None),
        )
    )
    if customer_ids is not None:
        statement = statement.where(Posting.customer_id.in_(group_ids(company_id, customer_ids)))
    return statement


def _by_customer(company_id: int, sums: Subquery, columns: Sequence[Any]) -> AnySelect:
    """``sums`` per customer, duplicates that were merged together, with number and name."""
    merged = (
        select(
            ROOT.label("customer_id"),
            sums.c.currency,
            *(func.sum(column).label(column.name) for column in columns),
        )
        .join(Customer, Customer.id == sums.c.customer_id)
        .where(Customer.company_id == company_id)
        .group_by(ROOT, sums.c.currency)
        .subquery()
    )
    return (
        select(merged, Customer.number, Customer.name)
        .join(Customer, Customer.id == merged.c.customer_id)
        .where(Customer.company_id == company_id)
        .order_by(Customer.sort_name, Customer.id, merged.c.currency)
    )


def _currency(connection: Connection, company_id: int) -> str:
    return str(connection.scalar(select(Company.currency).where(Company.id == company_id)))
