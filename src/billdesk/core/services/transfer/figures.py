"""What must be the same in both books after a move: counts, sums, balances, the audit head."""

from typing import Any

from sqlalchemy import BigInteger, Connection, func, select

from billdesk.core.db.tables import Account, AuditHead, LedgerEntry, Posting
from billdesk.core.services.transfer.company_tables import company_tables, of_company

Figures = dict[str, Any]


def figures_of(connection: Connection, company_id: int) -> Figures:
    """Rows and sums of every table, the trial balance by account code, and the audit head.

    Amounts are minor units; the trial balance is by account and currency, with the amount in the
    company's currency behind it.
    """
    tables = {}
    for table in company_tables():
        sums = [
            column
            for column in table.columns
            if column.name.endswith("minor") and isinstance(column.type, BigInteger)
        ]
        row = connection.execute(
            select(func.count(), *(func.coalesce(func.sum(column), 0) for column in sums))
            .select_from(table)
            .where(of_company(table, company_id))
        ).one()
        totals = {column.name: int(value) for column, value in zip(sums, row[1:], strict=True)}
        tables[table.name] = {"rows": int(row[0]), "sums": totals}
    return {
        "tables": tables,
        "trial_balance": _trial_balance(connection, company_id),
        "audit": _audit(connection, company_id),
    }


def _trial_balance(connection: Connection, company_id: int) -> dict[str, list[int]]:
    rows = connection.execute(
        select(
            Account.code,
            Posting.currency,
            func.sum(Posting.minor),
            func.sum(Posting.base_minor),
        )
        .join(Account, Account.id == Posting.account_id)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(Posting.company_id == company_id)
        .group_by(Account.code, Posting.currency)
    )
    return {
        f"{code} {currency}": [int(minor), int(base)]
        for code, currency, minor, base in sorted(rows)
    }


def _audit(connection: Connection, company_id: int) -> dict[str, Any]:
    row = connection.execute(
        select(AuditHead.seq, AuditHead.hash).where(AuditHead.company_id == company_id)
    ).first()
    return {"seq": row.seq, "head": row.hash} if row else {"seq": 0, "head": ""}
