"""Stripe's money on its way to the bank."""

from datetime import date

from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    reversed_postings,
    transfer_postings,
)
from billdesk.core.services.steps.posting import find_entry, is_posted, post, postings_of

SOURCE = "payout"


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
