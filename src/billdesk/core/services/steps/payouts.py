"""Stripe's money on its way to the bank."""

from datetime import date, timedelta

from sqlalchemy import func, select, update

from billdesk.core.db.tables import Account, BankLine, Posting, StripePayout
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    reversed_postings,
    transfer_postings,
)
from billdesk.core.domain.movements import Worth
from billdesk.core.services.steps.posting import find_entry, is_posted, post, postings_of
from billdesk.core.services.steps.settings import company_row

SOURCE = "payout"
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
    """Bank / Stripe clearing for money that arrived; each payout once, by its id."""
    if is_posted(tx, SOURCE, payout_id, EntryKind.PAYOUT):
        return
    postings = transfer_postings(
        Role.BANK,
        Role.STRIPE_CLEARING,
        currency=currency,
        minor=minor,
        base_minor=base_minor,
    )
    post(tx, EntryDraft(EntryKind.PAYOUT, SOURCE, payout_id, on, postings, memo=memo))


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
    booked = is_posted(tx, SOURCE, payout_id, EntryKind.PAYOUT)
    return booked and not is_posted(tx, SOURCE, payout_id, EntryKind.BANK_UNDONE)


def take_payout_back(tx: Transaction, payout_id: str) -> bool:
    """Reverse a payout; false where there is none to reverse."""
    entry = find_entry(tx, SOURCE, payout_id, EntryKind.PAYOUT)
    if entry is None or is_posted(tx, SOURCE, payout_id, EntryKind.BANK_UNDONE):
        return False
    post(
        tx,
        EntryDraft(
            EntryKind.BANK_UNDONE,
            SOURCE,
            payout_id,
            tx.today,
            reversed_postings(postings_of(tx, entry)),
            reverses_id=entry,
        ),
    )
    return True


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
