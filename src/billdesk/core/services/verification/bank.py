"""Invariants of bank lines."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Account, BankLine, LedgerEntry, Payment, Posting, Refund
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.banking import LineState
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.outside import PaymentState
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.violation import Violation

_MONEY = (LineState.MATCHED.value, LineState.RECOGNISED.value)
_BOOKED = (EntryKind.BANK_BOOKED.value, EntryKind.PAYOUT.value)


def lines(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Each decided line is in the books once, with its own amount; no other is."""
    on_bank = _on_bank(connection, company_id)
    lines_of: dict[str, list[int]] = defaultdict(list)
    rows = connection.execute(_lines(company_id))
    for row in rows:
        subject = f"bank line {row.id}"
        money = [
            f"{kind} {one}"
            for kind, one in (("payment", row.payment_id), ("refund", row.refund_id))
            if one is not None
        ]
        for one in money:
            lines_of[one].append(row.id)
        if len(money) != (row.state in _MONEY):
            yield Violation("bank-line", subject, f"is {row.state}, {' and '.join(money) or None}")
        elif row.state in _MONEY:
            if row.money_state == PaymentState.UNDONE:
                yield Violation("bank-line", subject, f"{money[0]} was undone")
            elif (row.minor + row.fee_minor, row.currency) != (row.moved, row.moved_in):
                moved = f"{row.moved} {row.moved_in}"
                yield Violation("bank-line", subject, f"{money[0]} has {moved}")
        booked = row.state == LineState.BOOKED
        posted = on_bank.get(f"{row.uid}:{row.bookings}")
        if posted != (row.minor if booked else None):
            yield Violation("bank-line", subject, f"is {row.state}, posted {posted}")
    for one, found in lines_of.items():
        if len(found) > 1:
            yield Violation("bank-line", one, f"is {len(found)} bank lines")


@cache
def _lines(company_id: int) -> AnySelect:
    return (
        select(
            BankLine.id,
            BankLine.uid,
            BankLine.state,
            BankLine.minor,
            BankLine.currency,
            BankLine.fee_minor,
            BankLine.bookings,
            BankLine.payment_id,
            BankLine.refund_id,
            BankLine.account_id,
            func.coalesce(Payment.state, Refund.state).label("money_state"),
            func.coalesce(
                Payment.received_minor, Payment.amount_minor, -Refund.paid_minor, -Refund.minor
            ).label("moved"),
            func.coalesce(
                Payment.received_currency, Payment.currency, Refund.paid_currency, Refund.currency
            ).label("moved_in"),
        )
        .outerjoin(Payment, Payment.id == BankLine.payment_id)
        .outerjoin(Refund, Refund.id == BankLine.refund_id)
        .where(BankLine.company_id == company_id)
    )


def _on_bank(connection: Connection, company_id: int) -> dict[str, int]:
    """What entries of bank lines that stand put on the bank account, by source."""
    rows = connection.execute(_posted_lines(company_id))
    return {row.source_id: int(row.minor) for row in rows}


@cache
def _posted_lines(company_id: int) -> AnySelect:
    reversed_ = select(LedgerEntry.reverses_id).where(
        LedgerEntry.company_id == company_id, LedgerEntry.reverses_id.is_not(None)
    )
    return (
        select(LedgerEntry.source_id, func.sum(Posting.minor).label("minor"))
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.source_type == "bank_line",
            LedgerEntry.kind.in_(_BOOKED),
            LedgerEntry.id.not_in(reversed_),
            Account.role == Role.BANK.value,
        )
        .group_by(LedgerEntry.source_id)
    )
