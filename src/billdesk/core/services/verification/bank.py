"""Invariants of bank lines."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Account, BankLine, LedgerEntry, Payment, Posting
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.banking import LineState
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.outside import PaymentState
from billdesk.core.services.verification.violation import Violation

_PAID = (LineState.MATCHED.value, LineState.RECOGNISED.value)
_BOOKED = (EntryKind.BANK_BOOKED.value, EntryKind.PAYOUT.value)


def lines(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Each decided line is in the books once, with its own amount; no other is."""
    on_bank = _on_bank(connection, company_id)
    lines_of: dict[int, list[int]] = defaultdict(list)
    rows = connection.execute(
        select(
            BankLine.id,
            BankLine.uid,
            BankLine.state,
            BankLine.minor,
            BankLine.currency,
            BankLine.fee_minor,
            BankLine.bookings,
            BankLine.payment_id,
            BankLine.account_id,
            Payment.state.label("payment_state"),
            func.coalesce(Payment.received_minor, Payment.amount_minor).label("paid"),
            func.coalesce(Payment.received_currency, Payment.currency).label("paid_in"),
        )
        .outerjoin(Payment, Payment.id == BankLine.payment_id)
        .where(BankLine.company_id == company_id)
    )
    for row in rows:
        subject = f"bank line {row.id}"
        if row.payment_id is not None:
            lines_of[row.payment_id].append(row.id)
        if (row.payment_id is not None) != (row.state in _PAID):
            yield Violation("bank-line", subject, f"is {row.state}, payment {row.payment_id}")
        elif row.state in _PAID:
            if row.payment_state == PaymentState.UNDONE:
                yield Violation("bank-line", subject, "its payment was undone")
            elif (row.minor + row.fee_minor, row.currency) != (row.paid, row.paid_in):
                yield Violation("bank-line", subject, f"its payment has {row.paid} {row.paid_in}")
        booked = row.state == LineState.BOOKED
        posted = on_bank.get(f"{row.uid}:{row.bookings}")
        if posted != (row.minor if booked else None):
            yield Violation("bank-line", subject, f"is {row.state}, posted {posted}")
    for payment_id, found in lines_of.items():
        if len(found) > 1:
            yield Violation("bank-line", f"payment {payment_id}", f"is {len(found)} bank lines")


def _on_bank(connection: Connection, company_id: int) -> dict[str, int]:
    """What entries of bank lines that stand put on the bank account, by source."""
    reversed_ = select(LedgerEntry.reverses_id).where(
        LedgerEntry.company_id == company_id, LedgerEntry.reverses_id.is_not(None)
    )
    rows = connection.execute(
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
    return {row.source_id: int(row.minor) for row in rows}
