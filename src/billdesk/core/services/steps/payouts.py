"""Stripe's money on its way to the bank."""

from datetime import date, timedelta

from sqlalchemy import Row, exists, func, literal, select, update
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import Account, BankLine, LedgerEntry, Posting, StripePayout
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.banking import LineState
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    reversed_postings,
    transfer_postings,
)
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.sql.payouts import SOURCE, is_booking, is_reversed, real_payout
from billdesk.core.services.steps.posting import post, postings_of
from billdesk.core.services.steps.settings import company_row, read_setting

# A bank books a payout from the day it left Stripe until a week and a holiday later.
ARRIVES_WITHIN = timedelta(days=10)
ARRIVES_BEFORE = timedelta(days=1)


def book_payout(
    tx: Transaction,
    payout_id: str,
    currency: str,
    minor: int,
    base_minor: int,
    on: date,
    *,
    memo: str = "",
) -> None:
    """Bank / Stripe clearing for money that arrived; each payout once, unless it was taken back."""
    if stands(tx, payout_id):
        return
    before = tx.connection.scalar(
        select(func.count())
        .select_from(LedgerEntry)
        .where(is_booking(LedgerEntry, tx.company_id, literal(payout_id)))
    )
    # An undone booking keeps its source.
    source = f"{payout_id}:{before + 1}" if before else payout_id
    postings = transfer_postings(
        Role.BANK,
        Role.STRIPE_CLEARING,
        currency=currency,
        minor=minor,
        base_minor=base_minor,
    )
    post(tx, EntryDraft(EntryKind.PAYOUT, SOURCE, source, on, postings, memo=memo))


def clearing_value(tx: Transaction, currency: str, minor: int) -> int:
    """What a payout is worth in the company's currency: its part of what clearing holds.

    Raises ``UserError`` for a currency of which the books know nothing at Stripe.
    """
    if currency == company_row(tx).currency:
        return minor
    held = tx.connection.execute(
        select(func.sum(Posting.minor), func.sum(Posting.base_minor))
        .join(Account, Account.id == Posting.account_id)
        .where(
            Posting.company_id == tx.company_id,
            Account.role == Role.STRIPE_CLEARING.value,
            Posting.currency == currency,
        )
    ).one()
    if not held[0]:
        raise UserError(f"The books know of no {currency} at Stripe.", field="currency")
    return Worth(int(held[0]), int(held[1])).part(minor).base_minor


def stands(tx: Transaction, payout_id: str) -> bool:
    """Whether a payout was booked and not taken back."""
    return _standing(tx, payout_id) is not None


def take_payout_back(tx: Transaction, payout_id: str) -> bool:
    """Reverse a payout; false where there is none to reverse."""
    entry = _standing(tx, payout_id)
    if entry is None:
        return False
    post(
        tx,
        EntryDraft(
            EntryKind.BANK_UNDONE,
            SOURCE,
            entry.source_id,
            tx.today,
            reversed_postings(postings_of(tx, entry.id)),
            reverses_id=entry.id,
        ),
    )
    return True


def books_no_payout(tx: Transaction, row: StripePayout) -> bool:
    """Whether a payout is a test although the company has taken real money since."""
    return not row.livemode and read_setting(tx, OnlinePayment).live_since is not None


def _standing(tx: Transaction, payout_id: str) -> Row[int, str] | None:
    """The id and source of the booking by hand that was not taken back."""
    entry, reversal = aliased(LedgerEntry), aliased(LedgerEntry)
    return tx.connection.execute(
        select(entry.id, entry.source_id).where(
            is_booking(entry, tx.company_id, literal(payout_id)), ~is_reversed(entry, reversal)
        )
    ).one_or_none()


def join_line(tx: Transaction, row: StripePayout) -> None:
    """Remember which line of the bank ``row`` is, if one was booked before it was read."""
    if books_no_payout(tx, row):
        return
    line = tx.connection.scalar(
        select(BankLine.id)
        .join(Account, Account.id == BankLine.account_id)
        .where(
            BankLine.company_id == tx.company_id,
            BankLine.state == LineState.BOOKED.value,
            Account.role == Role.STRIPE_CLEARING.value,
            BankLine.currency == row.currency,
            BankLine.minor == row.amount_minor,
            BankLine.booked_on.between(
                row.available_on - ARRIVES_BEFORE, row.available_on + ARRIVES_WITHIN
            ),
            ~exists().where(
                StripePayout.company_id == tx.company_id, StripePayout.bank_line_id == BankLine.id
            ),
        )
        .order_by(BankLine.booked_on, BankLine.id)
        .limit(1)
    )
    if line is not None:
        row.bank_line_id = line
        row.updated_at = tx.now


def join_payout(tx: Transaction, line: BankLine) -> None:
    """Remember that ``line`` is the payout of its amount that left Stripe just before.

    What was booked for it by hand is taken back: the bank's line is the better evidence.
    """
    row = tx.session.scalar(
        select(StripePayout)
        .where(
            StripePayout.company_id == tx.company_id,
            StripePayout.bank_line_id.is_(None),
            StripePayout.failed_on.is_(None),
            real_payout(tx.connection, tx.company_id),
            StripePayout.currency == line.currency,
            StripePayout.amount_minor == line.minor,
            StripePayout.available_on.between(
                line.booked_on - ARRIVES_WITHIN, line.booked_on + ARRIVES_BEFORE
            ),
        )
        .order_by(StripePayout.available_on, StripePayout.id)
        .limit(1)
    )
    if row is None:
        return
    take_payout_back(tx, row.uid)
    row.bank_line_id = line.id
    row.updated_at = tx.now


def leave_payout(tx: Transaction, line: BankLine) -> None:
    """``line`` is no longer a payout."""
    tx.connection.execute(
        update(StripePayout)
        .where(StripePayout.company_id == tx.company_id, StripePayout.bank_line_id == line.id)
        .values(bank_line_id=None, updated_at=tx.now)
    )
