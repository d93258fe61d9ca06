"""What ties a bank line to the books: entries, payment or refund, and how they come undone."""

from sqlalchemy import select

from billdesk.core.db.tables import BankLine, Payment, Refund
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.banking import LineState
from billdesk.core.domain.errors import InvariantBroken
from billdesk.core.domain.events import BankChanged
from billdesk.core.domain.ledger import EntryDraft, EntryKind, reversed_postings
from billdesk.core.services.steps.posting import find_entry, post, postings_of


def source_of(line: BankLine) -> str:
    """What entries of ``line`` are known by: its present booking, as an undone one keeps its."""
    return f"{line.uid}:{line.bookings}"


def reverse_entry(tx: Transaction, line: BankLine, kind: EntryKind) -> None:
    """Post the opposite of the line's entry of ``kind``, today."""
    source = source_of(line)
    entry = find_entry(tx, "bank_line", source, kind)
    if entry is None:
        raise InvariantBroken(f"the {kind.value} entry of bank line {source} is missing")
    post(
        tx,
        EntryDraft(
            EntryKind.BANK_UNDONE,
            "bank_line",
            source,
            tx.today,
            reversed_postings(postings_of(tx, entry)),
            reverses_id=entry,
        ),
    )


def reopen(tx: Transaction, line: BankLine) -> None:
    """Put ``line`` back into the queue; what it did has been taken back."""
    before = {
        "state": line.state,
        "payment": line.payment_id,
        "refund": line.refund_id,
        "note": line.note,
    }
    if line.fee_minor:
        reverse_entry(tx, line, EntryKind.FEE)
    line.state = LineState.OPEN.value
    line.payment_id = line.refund_id = line.account_id = line.duplicate_of_id = None
    line.fee_minor = 0
    line.note = ""
    line.updated_at = tx.now
    tx.audit("bank.undone", f"bank_line:{line.uid}", before=before)
    tx.tell(BankChanged(tx.company_id))


def line_of(tx: Transaction, money: Payment | Refund) -> BankLine | None:
    """The line that a payment or refund is at the bank, locked."""
    is_money = (
        BankLine.payment_id == money.id
        if isinstance(money, Payment)
        else BankLine.refund_id == money.id
    )
    return tx.session.scalars(
        select(BankLine).where(BankLine.company_id == tx.company_id, is_money).with_for_update()
    ).first()


def reopen_line_of(tx: Transaction, money: Payment | Refund) -> None:
    """The line that a payment or refund was, if any, waits again: that has been undone."""
    line = line_of(tx, money)
    if line is not None:
        reopen(tx, line)
