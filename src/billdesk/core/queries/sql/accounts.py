"""The chart of accounts with what posts to each account."""

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Account, Company, Item, Posting, TaxRate
from billdesk.core.domain.accounts import AccountKind, Role
from billdesk.core.domain.charts import CHARTS, Chart
from billdesk.core.queries.accounts import LedgerAccount, ProposedName, RateAccounts


def read_accounts(connection: Connection, company_id: int) -> tuple[LedgerAccount, ...]:
    """Every account by code, retired ones too."""
    rates = (
        select(func.count())
        .where(
            TaxRate.company_id == company_id,
            TaxRate.deleted_at.is_(None),
            (TaxRate.account_id == Account.id) | (TaxRate.revenue_account_id == Account.id),
        )
        .scalar_subquery()
    )
    items = (
        select(func.count())
        .where(
            Item.company_id == company_id,
            Item.deleted_at.is_(None),
            Item.account_id == Account.id,
        )
        .scalar_subquery()
    )
    posted = (
        select(Posting.entry_id)
        .where(Posting.company_id == company_id, Posting.account_id == Account.id)
        .exists()
    )
    rows = connection.execute(
        select(
            Account.id,
            Account.code,
            Account.name,
            Account.kind,
            Account.role,
            Account.deleted_at,
            (rates + items).label("used_by"),
            posted.label("is_posted"),
        )
        .where(Account.company_id == company_id)
        .order_by(Account.code, Account.id)
    )
    return tuple(
        LedgerAccount(
            row.id,
            row.code,
            row.name,
            AccountKind(row.kind),
            Role(row.role) if row.role else None,
            row.deleted_at is not None,
            int(row.used_by),
            bool(row.is_posted),
        )
        for row in rows
    )


def read_rate_accounts(connection: Connection, company_id: int) -> tuple[RateAccounts, ...]:
    """Which accounts the tax rates on offer post to."""
    rows = connection.execute(
        select(
            TaxRate.id,
            TaxRate.version,
            TaxRate.name,
            TaxRate.account_id,
            TaxRate.revenue_account_id,
        )
        .where(TaxRate.company_id == company_id, TaxRate.deleted_at.is_(None))
        .order_by(TaxRate.name, TaxRate.id)
    )
    return tuple(
        RateAccounts(row.id, row.version, row.name, row.account_id, row.revenue_account_id)
        for row in rows
    )


def propose_names(
    connection: Connection, company_id: int, chart: Chart
) -> tuple[ProposedName, ...]:
    """What the accounts of the company's chart are called in ``chart``, where it has them."""
    current = Chart(
        connection.scalar(select(Company.chart).where(Company.id == company_id)) or Chart.GENERIC
    )
    keys = {one.code: one.key for one in CHARTS[current].rates}
    rates = {one.key: (one.code, one.name) for one in CHARTS[chart].rates}
    roles = {row.role: (row.code, row.name) for row in CHARTS[chart].rows}
    proposed = []
    for row in read_accounts(connection, company_id):
        name = roles.get(row.role) if row.role else None
        if row.role is None and row.code in keys:
            name = rates.get(keys[row.code])
        if name is not None and name != (row.code, row.name):
            proposed.append(ProposedName(row.id, row.code, row.name, *name))
    return tuple(proposed)
