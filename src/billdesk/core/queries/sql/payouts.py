"""Payouts from Stripe with what they paid out and where they arrived."""

from typing import Any

from sqlalchemy import Connection, ScalarSelect, and_, case, func, select
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import BalanceTransaction, LedgerEntry, StripePayout
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.stripe_states import SENT_BACK
from billdesk.core.queries.payouts import PayoutRow


def read_payouts(connection: Connection, company_id: int, limit: int) -> tuple[PayoutRow, ...]:
    """The newest ``limit`` payouts."""
    sent_back = BalanceTransaction.type.in_(sorted(SENT_BACK))
    foreign = case((BalanceTransaction.is_ours | sent_back, 0), else_=BalanceTransaction.net_minor)
    booked = _entries(company_id, EntryKind.PAYOUT)
    undone = _entries(company_id, EntryKind.BANK_UNDONE)
    rows = connection.execute(
        select(
            StripePayout.__table__,
            _of_parts(company_id, func.coalesce(func.sum(foreign), 0)).label("others_minor"),
            _of_parts(company_id, func.count()).label("movements"),
            and_(booked > 0, undone == 0).label("by_hand"),
        )
        .where(StripePayout.company_id == company_id)
        .order_by(StripePayout.available_on.desc(), StripePayout.id.desc())
        .limit(limit)
    )
    return tuple(
        PayoutRow(
            row.id,
            row.uid,
            row.stripe_payout,
            row.livemode,
            row.available_on,
            row.failed_on,
            row.currency,
            row.amount_minor,
            int(row.others_minor),
            int(row.movements),
            bool(row.by_hand) or row.bank_line_id is not None,
            row.bank_line_id,
        )
        for row in rows
    )


def _of_parts(company_id: int, value: Any) -> ScalarSelect[Any]:
    """``value`` over what a payout paid out, its own movement left out."""
    return (
        select(value)
        .where(
            BalanceTransaction.company_id == company_id,
            BalanceTransaction.payout == StripePayout.stripe_payout,
            BalanceTransaction.id != StripePayout.balance_transaction,
        )
        .scalar_subquery()
    )


def _entries(company_id: int, kind: EntryKind) -> ScalarSelect[int]:
    entry = aliased(LedgerEntry)
    return (
        select(func.count())
        .select_from(entry)
        .where(
            entry.company_id == company_id,
            entry.source_type == "payout",
            entry.source_id == StripePayout.uid,
            entry.kind == kind.value,
        )
        .scalar_subquery()
    )
