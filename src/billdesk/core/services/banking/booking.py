"""A bank line straight to an account: fees, interest, money in transit, payouts."""

from sqlalchemy import select

from billdesk.core.db.tables import Account, BankLine
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.errors import InvariantBroken, UserError
from billdesk.core.domain.ledger import EntryDraft, EntryKind, PostingDraft
from billdesk.core.queries.sql.bank_lines import bookable_accounts
from billdesk.core.services.steps.bank_lines import reverse_entry, source_of
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.payouts import clearing_value, join_payout, leave_payout
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row


def book(tx: Transaction, line: BankLine, account_id: int | None) -> None:
    """Post ``line`` against an account; ``None`` is Stripe clearing: a payout.

    Raises ``UserError`` for an account that is kept by documents and payments, ``NotFound``.
    """
    account = load(tx, Account, _clearing(tx) if account_id is None else account_id)
    allowed = bookable_accounts(tx.connection, tx.company_id)
    if account.id not in {one.account_id for one in allowed}:
        raise UserError(
            "This account follows from invoices and payments; choose another.", field="account_id"
        )
    is_payout = kind_of(account) is EntryKind.PAYOUT
    if is_payout:
        # First: what was booked by hand goes back to clearing, and is part of its value.
        join_payout(tx, line)
    value = clearing_value(tx, line.currency, line.minor) if is_payout else line.minor
    base = company_row(tx).currency
    if line.currency != base and not is_payout:
        raise UserError(
            f"This line is in {line.currency}, the books are in {base}; only payments of invoices "
            "and payouts from Stripe can be in another currency.",
            field="line",
        )
    bank = PostingDraft(Role.BANK, line.currency, line.minor, value)
    other = PostingDraft(
        Role.STRIPE_CLEARING, line.currency, -line.minor, -value, account_id=account.id
    )
    post(
        tx,
        EntryDraft(
            kind_of(account),
            "bank_line",
            source_of(line),
            open_day(tx, line.booked_on),
            (bank, other),
            memo=line.remittance[:300],
        ),
    )
    line.account_id = account.id


def unbook(tx: Transaction, line: BankLine) -> None:
    """Take ``book`` back."""
    if line.account_id is None:
        raise InvariantBroken(f"bank line {line.uid} is booked to no account")
    account = load(tx, Account, line.account_id)
    leave_payout(tx, line)
    reverse_entry(tx, line, kind_of(account))


def kind_of(account: Account) -> EntryKind:
    """What an entry between the bank and ``account`` is."""
    is_payout = account.role == Role.STRIPE_CLEARING
    return EntryKind.PAYOUT if is_payout else EntryKind.BANK_BOOKED


def _clearing(tx: Transaction) -> int:
    return tx.connection.scalars(
        select(Account.id).where(
            Account.company_id == tx.company_id, Account.role == Role.STRIPE_CLEARING.value
        )
    ).one()
