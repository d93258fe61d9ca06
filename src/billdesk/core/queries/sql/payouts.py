"""Payouts from Stripe with what they paid out and where they arrived."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from billdesk.core.db.tables import BalanceTransaction, LedgerEntry, StripePayout
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.stripe_states import SENT_BACK
from billdesk.core.queries.payouts import PayoutRow
from billdesk.core.queries.settings import stored_setting

# What entries made by hand are known by: the payout's uid, later ones with their count.
SOURCE = "payout"


def real_payout(connection: Connection, company_id: int) -> ColumnElement[bool]:
    """Whether a payout is one to the bank: while trying out any, then none of test mode."""
    live = stored_setting(connection, company_id, OnlinePayment).live_since is not None
    return StripePayout.livemode.is_(True) if live else true()


def read_payouts(connection: Connection, company_id: int, limit: int) -> tuple[PayoutRow, ...]:
    """The newest ``limit`` payouts."""
    sent_back = BalanceTransaction.type.in_(sorted(SENT_BACK))
    foreign = case((BalanceTransaction.is_ours | sent_back, 0), else_=BalanceTransaction.net_minor)
    entry, reversal = aliased(LedgerEntry), aliased(LedgerEntry)
    by_hand = exists().where(
        is_booking(entry, company_id, StripePayout.uid), ~is_reversed(entry, reversal)
    )
    rows = connection.execute(
        select(
            StripePayout.__table__,
            _of_parts(company_id, func.coalesce(func.sum(foreign), 0)).label("others_minor"),
            _of_parts(company_id, func.count()).label("movements"),
            by_hand.label("by_hand"),
            real_payout(connection, company_id).label("is_real"),
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
            bool(row.is_real),
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


def is_booking(
    entry: type[LedgerEntry], company_id: int, uid: ColumnElement[str] | InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """Whether ``entry`` books the payout ``uid`` by hand, for the first time or after an undo."""
    start = func.substr(entry.source_id, 1, func.length(uid) + 1)
    return and_(
        entry.company_id == company_id,
        entry.source_type == SOURCE,
        entry.kind == EntryKind.PAYOUT.value,
        or_(entry.source_id == uid, start == uid + ":"),
    )


def is_reversed(entry: type[LedgerEntry], reversal: type[LedgerEntry]) -> ColumnElement[bool]:
    """Whether ``entry`` was taken back; ``reversal`` is an alias of its own."""
    return exists().where(reversal.company_id == entry.company_id, reversal.reverses_id == entry.id)
