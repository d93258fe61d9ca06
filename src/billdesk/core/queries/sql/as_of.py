"""Ageing, customer balances and the trial balance as they stood at the end of a day.

What was open is what is open now, less what has happened since: an invoice that was settled later
was open by what settled it, one that was voided later by its total. So a report of today reads the
open invoices only, however many are paid. Each is one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Subquery,
    bindparam,
    case,
    cast,
    func,
    literal_column,
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
from billdesk.core.queries.sql.parameters import COMPANY
from billdesk.core.queries.sql.state import STILL_OPEN

_KINDS = sorted(kind.value for kind in RECEIVABLE_KINDS)
_DAYS_LATE = (30, 60, 90)
_ZERO: ColumnElement[int] = literal_column("0")


# What is asked for, in statements that are kept.
_AS_OF = bindparam("as_of", type_=Date)
_WANTED = group_ids(COMPANY, bindparam("customer_ids", expanding=True, type_=BigInteger))
_DUPLICATE = (
    select(Customer.id)
    .where(Customer.company_id == COMPANY, Customer.merged_into_id.is_not(None))
    .limit(1)
)


# Where amounts of customers stand that no document has open.
_NOT_OPEN = select(Account.id).where(
    Account.company_id == COMPANY,
    Account.role.in_([Role.DISPUTED_RECEIVABLE.value, Role.CUSTOMER_CREDIT.value]),
)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a statement need not look for.

    Nothing was settled or posted ``later`` than the day; no customers are ``duplicates`` of
    others; only ``some`` customers are asked for.
    """

    later: bool
    duplicates: bool
    some: bool


def _facts(connection: Connection, company_id: int, as_of: date, *, some: bool = False) -> _Facts:
    later = (
        select(table.id).where(table.company_id == company_id, table.occurred_on > as_of).limit(1)
        for table in (Allocation, LedgerEntry)
    )
    return _Facts(
        later=any(connection.scalar(one) is not None for one in later),
        duplicates=connection.scalar(_DUPLICATE, {"company_id": company_id}) is not None,
        some=some,
    )


def _sum(amounts: ColumnElement[Any] | Any) -> ColumnElement[int]:
    """A sum of minor units as an integer; PostgreSQL's own is a decimal."""
    return cast(func.sum(amounts), BigInteger)


def read_ageing(connection: Connection, company_id: int, as_of: date) -> Ageing:
    """Who owed what for how long."""
    facts = _facts(connection, company_id, as_of)
    bounds = [as_of, *(as_of - timedelta(days=days) for days in _DAYS_LATE)]
    n = len(bounds) + 1
    given: dict[str, Any] = {f"bound_{i}": bound for i, bound in enumerate(bounds)}
    given |= {"company_id": company_id, "as_of": as_of}
    found = tuple(
        AgeingRow(customer_id, number, name, currency, *_both(late[:n], late[n:]))
        for customer_id, currency, *late, number, name in connection.execute(_ageing(facts), given)
        if any(late)
    )
    return Ageing(as_of, _currency(connection, company_id), found)


def _both(amounts: list[int], base: list[int]) -> tuple[Buckets, Buckets]:
    """In the row's currency and in the company's, which nearly always are one."""
    first = _buckets(*amounts)
    return first, first if base == amounts else _buckets(*base)


def _buckets(all_: int, late: int, over_30: int, over_60: int, over_90: int) -> Buckets:
    """From sums of which each is a part of the one before."""
    return Buckets(all_ - late, late - over_30, over_30 - over_60, over_60 - over_90, over_90)


@cache
def _ageing(facts: _Facts) -> AnySelect:
    """Per customer and currency: all that is open, and what is so and so late, in both values.

    Kept, as the other statements: putting one together takes longer than running it.
    """
    parts = _open_parts(facts)
    bounds = [bindparam(f"bound_{i}", type_=Date) for i in range(len(_DAYS_LATE) + 1)]
    sums = [
        _sum(amounts).label(f"{column.name}_{i}")
        for column in (parts.c.minor, parts.c.base)
        for i, amounts in enumerate(
            [column, *(case((parts.c.due_on < bound, column), else_=_ZERO) for bound in bounds)]
        )
    ]
    of_customer = (
        select(parts.c.customer_id, parts.c.currency, *sums)
        .group_by(parts.c.customer_id, parts.c.currency)
        .subquery()
    )
    return _by_customer(facts, of_customer, [of_customer.c[one.name] for one in sums])


def read_balances(
    connection: Connection, company_id: int, as_of: date, customer_ids: Sequence[int] | None = None
) -> Balances:
    """What every customer owed, or only ``customer_ids`` with the duplicates merged into them."""
    facts = _facts(connection, company_id, as_of, some=customer_ids is not None)
    given = {
        "company_id": company_id,
        "as_of": as_of,
        "customer_ids": list(customer_ids or ()),
        "accounts": connection.scalars(_NOT_OPEN, {"company_id": company_id}).all(),
    }
    found = tuple(
        BalanceRow(customer_id, number, name, currency, owed, disputed, credit, base)
        for customer_id, currency, owed, disputed, credit, base, number, name in connection.execute(
            _balances(facts), given
        )
        if owed or disputed or credit
    )
    return Balances(as_of, _currency(connection, company_id), found)


@cache
def _balances(facts: _Facts) -> AnySelect:
    documents = _open_parts(facts)
    parts = union_all(
        select(
            documents.c.customer_id,
            documents.c.currency,
            documents.c.minor.label("open"),
            _ZERO.label("disputed"),
            _ZERO.label("credit"),
            documents.c.base,
        ),
        _posted(facts),
    ).subquery()
    names = ("open", "disputed", "credit", "base")
    of_customer = (
        select(
            parts.c.customer_id,
            parts.c.currency,
            *(_sum(parts.c[name]).label(name) for name in names),
        )
        .group_by(parts.c.customer_id, parts.c.currency)
        .subquery()
    )
    return _by_customer(facts, of_customer, [of_customer.c[name] for name in names])


def read_trial_balance(connection: Connection, company_id: int, as_of: date) -> TrialBalance:
    """The balance of every account: all postings, less those of later days."""
    facts = _facts(connection, company_id, as_of)
    rows = connection.execute(_trial_balance(facts), {"company_id": company_id, "as_of": as_of})
    return TrialBalance(
        as_of,
        _currency(connection, company_id),
        tuple(
            TrialBalanceRow(row.id, row.code, row.name, AccountKind(row.kind), row.base)
            for row in rows
            if row.base
        ),
    )


@cache
def _trial_balance(facts: _Facts) -> AnySelect:
    accounts = select(Account.id).where(Account.company_id == COMPANY)
    everything = (
        select(Posting.account_id, _sum(Posting.base_minor).label("base"))
        .where(Posting.account_id.in_(accounts))
        .group_by(Posting.account_id)
    )
    later = (
        select(Posting.account_id, _sum(-Posting.base_minor).label("base"))
        .select_from(LedgerEntry)
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .where(LedgerEntry.company_id == COMPANY, LedgerEntry.occurred_on > _AS_OF)
        .group_by(Posting.account_id)
    )
    parts = (union_all(everything, later) if facts.later else everything).subquery()
    return (
        select(
            Account.id, Account.code, Account.name, Account.kind, _sum(parts.c.base).label("base")
        )
        .join(parts, parts.c.account_id == Account.id)
        .where(Account.company_id == COMPANY)
        .group_by(Account.id, Account.code, Account.name, Account.kind)
        .order_by(Account.code, Account.id)
    )


def _open_parts(facts: _Facts) -> Subquery:
    """Amounts whose sum per document is what it had open; a document may have several rows.

    Where nothing has happened since, as nearly always on the day itself, that is what is open now.
    """
    wanted = [
        Document.company_id == COMPANY,
        Document.kind.in_(_KINDS),
        Document.issued_on <= _AS_OF,
    ]
    if facts.some:
        wanted.append(Document.customer_id.in_(_WANTED))
    columns = (Document.customer_id, Document.currency, Document.due_on)
    still_open = select(
        *columns, Document.open_minor.label("minor"), Document.open_base_minor.label("base")
    ).where(*wanted, STILL_OPEN)
    if not facts.later:
        return still_open.subquery()
    settled_later = (
        select(*columns, Allocation.minor.label("minor"), Allocation.base_minor.label("base"))
        .select_from(Allocation)
        .join(Document, Document.id == Allocation.document_id)
        .where(Allocation.company_id == COMPANY, Allocation.occurred_on > _AS_OF, *wanted)
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
            LedgerEntry.company_id == COMPANY,
            LedgerEntry.occurred_on > _AS_OF,
            LedgerEntry.source_type == "document",
            LedgerEntry.kind == EntryKind.VOIDED.value,
            *wanted,
        )
    )
    return union_all(still_open, settled_later, voided_later).subquery()


def _posted(facts: _Facts) -> AnySelect:
    """Disputed receivables and customer credit, which no document has open.

    The accounts are named, so that a server sees how little is posted to them.
    """
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
        .where(
            Account.company_id == COMPANY,
            Posting.account_id.in_(bindparam("accounts", expanding=True, type_=BigInteger)),
            Posting.customer_id.is_not(None),
        )
    )
    if facts.later:
        entry = LedgerEntry.id == Posting.entry_id
        statement = statement.join(LedgerEntry, entry).where(LedgerEntry.occurred_on <= _AS_OF)
    if facts.some:
        statement = statement.where(Posting.customer_id.in_(_WANTED))
    return statement


def _by_customer(facts: _Facts, sums: Subquery, columns: Sequence[Any]) -> AnySelect:
    """``sums`` per customer, duplicates that were merged together, with number and name."""
    if not facts.duplicates:
        return (
            select(sums.c.customer_id, sums.c.currency, *columns, Customer.number, Customer.name)
            .join(Customer, Customer.id == sums.c.customer_id)
            .where(Customer.company_id == COMPANY)
            .order_by(Customer.sort_name, Customer.id, sums.c.currency)
        )
    merged = (
        select(
            ROOT.label("customer_id"),
            sums.c.currency,
            *(_sum(column).label(column.name) for column in columns),
        )
        .join(Customer, Customer.id == sums.c.customer_id)
        .where(Customer.company_id == COMPANY)
        .group_by(ROOT, sums.c.currency)
        .subquery()
    )
    return (
        select(merged, Customer.number, Customer.name)
        .join(Customer, Customer.id == merged.c.customer_id)
        .where(Customer.company_id == COMPANY)
        .order_by(Customer.sort_name, Customer.id, merged.c.currency)
    )


def _currency(connection: Connection, company_id: int) -> str:
    return str(connection.scalar(select(Company.currency).where(Company.id == company_id)))
