"""A customer's account: every movement of what they owe, read from the ledger."""

from dataclasses import astuple
from datetime import date

from sqlalchemy import Connection, and_, func, select

from billdesk.core.db.tables import Account, Document, LedgerEntry, Posting
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.snapshot import SnapshotStatement
from billdesk.core.domain.statements import run_balance, word_of
from billdesk.core.queries.sql.as_of import read_ageing
from billdesk.core.queries.sql.customer_group import group_ids

# What a customer owes: receivables, disputed ones as well, less what they have to their credit.
_OWED = (Role.RECEIVABLE, Role.DISPUTED_RECEIVABLE, Role.CUSTOMER_CREDIT)


def read_statement(
    connection: Connection,
    company_id: int,
    customer_id: int,
    currency: str,
    first_on: date,
    last_on: date,
) -> SnapshotStatement:
    """The account of a customer (with merged duplicates) from ``first_on`` to ``last_on``.

    Movements that only shift what was paid from one invoice to another are left out.
    """
    moved = func.sum(Posting.minor)
    rows = connection.execute(
        select(
            LedgerEntry.occurred_on,
            LedgerEntry.kind,
            LedgerEntry.memo,
            Document.kind.label("document_kind"),
            Document.number,
            moved.label("minor"),
        )
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .join(Account, Account.id == Posting.account_id)
        .outerjoin(
            Document,
            and_(
                LedgerEntry.source_type == "document",
                Document.uid == LedgerEntry.source_id,
                Document.company_id == company_id,
            ),
        )
        .where(
            Posting.company_id == company_id,
            Posting.customer_id.in_(group_ids(company_id, [customer_id])),
            Posting.currency == currency,
            Account.role.in_([role.value for role in _OWED]),
            LedgerEntry.occurred_on <= last_on,
        )
        .group_by(
            LedgerEntry.id,
            LedgerEntry.occurred_on,
            LedgerEntry.kind,
            LedgerEntry.memo,
            Document.kind,
            Document.number,
        )
        .having(moved != 0)
        .order_by(LedgerEntry.occurred_on, LedgerEntry.id)
    ).all()
    opening = sum(int(row.minor) for row in rows if row.occurred_on < first_on)
    entries = run_balance(
        opening,
        (
            (
                row.occurred_on,
                word_of(row.kind, row.document_kind),
                row.number or row.memo,
                int(row.minor),
            )
            for row in rows
            if row.occurred_on >= first_on
        ),
    )
    return SnapshotStatement(
        first_on,
        last_on,
        opening,
        entries[-1].balance_minor if entries else opening,
        entries,
        _ageing(connection, company_id, customer_id, currency, last_on),
    )


def _ageing(
    connection: Connection, company_id: int, customer_id: int, currency: str, as_of: date
) -> tuple[int, ...]:
    for row in read_ageing(connection, company_id, as_of).rows:
        if (row.customer_id, row.currency) == (customer_id, currency):
            return astuple(row.open)
    return ()
