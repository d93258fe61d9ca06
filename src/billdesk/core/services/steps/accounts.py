"""The accounts of a company: those of its chart, and which of them tax rates post to."""

from dataclasses import replace

from sqlalchemy import select

from billdesk.core.db.tables import Account, TaxRate
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.charts import CHARTS, Chart, RateUse
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import InvariantBroken
from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind


def add_chart(tx: Transaction, chart: Chart) -> None:
    """The accounts a new company starts with."""
    accounts = CHARTS[chart]
    tx.session.add_all(
        Account(
            company_id=tx.company_id,
            code=row.code,
            name=row.name,
            kind=row.kind.value,
            role=row.role.value if row.role else None,
        )
        for row in accounts.rows
    )
    tx.session.add_all(
        Account(
            company_id=tx.company_id, code=one.code, name=one.name, kind=one.kind.value, role=None
        )
        for one in accounts.rates
    )
    tx.session.flush()


def role_account(tx: Transaction, role: Role) -> int:
    """The id of the account BillDesk posts to as ``role``."""
    account_id = tx.connection.scalar(
        select(Account.id).where(Account.company_id == tx.company_id, Account.role == role.value)
    )
    if account_id is None:
        raise InvariantBroken(f"the company has no account for {role.value}")
    return account_id


def accounts_of_rate(tx: Transaction, chart: Chart, tax: Tax) -> tuple[int, int | None]:
    """The accounts of a tax rate by the chart: for the tax, and for the sales if it has one."""
    return (
        _of_rate(tx, chart, tax, RateUse.TAX) or role_account(tx, Role.TAX_PAYABLE),
        _of_rate(tx, chart, tax, RateUse.REVENUE),
    )


def _of_rate(tx: Transaction, chart: Chart, tax: Tax, use: RateUse) -> int | None:
    wanted = CHARTS[chart].of_rate(tax, use)
    if wanted is None:
        return None
    return tx.connection.scalar(
        select(Account.id).where(
            Account.company_id == tx.company_id,
            Account.code == wanted.code,
            Account.deleted_at.is_(None),
        )
    )


def tax_of_row(row: TaxRate) -> Tax:
    """What a stored rate is as a tax."""
    return Tax(
        row.name,
        TaxCategory(row.category),
        row.percent,
        row.reason,
        row.reason_code,
        TaxKind(row.kind),
        row.is_compound,
    )


def with_revenue_accounts(tx: Transaction, draft: InvoiceDraft) -> InvoiceDraft:
    """The draft whose lines without an account name the one of their first tax rate, if any."""
    accounts = _revenue_accounts(tx)
    if not accounts:
        return draft
    return replace(
        draft,
        lines=tuple(
            replace(line, account_id=_first(accounts, line.tax_rate_ids))
            if line.account_id is None
            else line
            for line in draft.lines
        ),
    )


def _first(accounts: dict[int, int], rate_ids: tuple[int, ...]) -> int | None:
    return next((accounts[one] for one in rate_ids if one in accounts), None)


def _revenue_accounts(tx: Transaction) -> dict[int, int]:
    if "revenue_accounts" not in tx.memo:
        rows = tx.connection.execute(
            select(TaxRate.id, TaxRate.revenue_account_id).where(
                TaxRate.company_id == tx.company_id, TaxRate.revenue_account_id.is_not(None)
            )
        )
        tx.memo["revenue_accounts"] = {row.id: row.revenue_account_id for row in rows}
    accounts: dict[int, int] = tx.memo["revenue_accounts"]
    return accounts
