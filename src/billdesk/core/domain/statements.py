"""What the entries of a customer's account are called, and how their balance runs."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.snapshot import StatementEntry


class EntryWord(StrEnum):
    """What a line of a statement is; the document's language has a word for each."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    REMINDER = "reminder"
    CANCELLED = "cancelled"
    PAYMENT = "payment"
    PAID_BACK = "paid_back"
    REDUCTION = "reduction"
    OPENING = "opening"
    OTHER = "other"


_WORDS = {
    EntryKind.VOIDED: EntryWord.CANCELLED,
    EntryKind.RECEIVED: EntryWord.PAYMENT,
    EntryKind.CHARGED: EntryWord.PAYMENT,
    EntryKind.BANK_BOOKED: EntryWord.PAYMENT,
    EntryKind.SUSPENSE_CLEARED: EntryWord.PAYMENT,
    EntryKind.REFUNDED: EntryWord.PAID_BACK,
    EntryKind.REFUND_EXPLAINED: EntryWord.PAID_BACK,
    EntryKind.DEDUCTED: EntryWord.REDUCTION,
    EntryKind.OPENING: EntryWord.OPENING,
}


def word_of(kind: str, document_kind: str | None) -> EntryWord:
    """The word for a ledger entry; ``document_kind`` of the document it was posted for."""
    if kind == EntryKind.ISSUED:
        words = {"credit_note": EntryWord.CREDIT_NOTE, "reminder": EntryWord.REMINDER}
        return words.get(document_kind or "", EntryWord.INVOICE)
    known = {one.value: word for one, word in _WORDS.items()}
    return known.get(kind, EntryWord.OTHER)


def run_balance(
    opening_minor: int, movements: Iterable[tuple[date, EntryWord, str, int]]
) -> tuple[StatementEntry, ...]:
    """The movements in order, each with what is owed after it."""
    balance = opening_minor
    entries = []
    for on, word, number, minor in movements:
        balance += minor
        entries.append(StatementEntry(on, word.value, number, minor, balance))
    return tuple(entries)
