"""Kinds and states of documents: the one table every page and filter refers to.

What may be done with a document in a state is ``domain.actions``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is. Each kind has its own number series."""

    QUOTE = "quote"
    INVOICE = "invoice"
    DEPOSIT_INVOICE = "deposit_invoice"
    FINAL_INVOICE = "final_invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    STATEMENT = "statement"
    DELIVERY_NOTE = "delivery_note"
    REMINDER = "reminder"


INVOICE_KINDS = frozenset(
    {DocumentKind.INVOICE, DocumentKind.DEPOSIT_INVOICE, DocumentKind.FINAL_INVOICE}
)


class DocumentGroup(StrEnum):
    """The lists documents are shown in; invoices of all kinds stand together."""

    INVOICES = "invoices"
    QUOTES = "quotes"
    CREDIT_NOTES = "credit_notes"
    DELIVERY_NOTES = "delivery_notes"
    REMINDERS = "reminders"
    RECEIPTS = "receipts"
    STATEMENTS = "statements"


# What is written as a draft first; the others are made in one step from what they are about.
DRAFTED_KINDS = INVOICE_KINDS | {DocumentKind.QUOTE, DocumentKind.CREDIT_NOTE}
# What a customer owes money on; a reminder's total is its late fee.
RECEIVABLE_KINDS = INVOICE_KINDS | {DocumentKind.REMINDER}
KINDS_IN: dict[DocumentGroup, frozenset[DocumentKind]] = {
    DocumentGroup.INVOICES: INVOICE_KINDS,
    DocumentGroup.QUOTES: frozenset({DocumentKind.QUOTE}),
    DocumentGroup.CREDIT_NOTES: frozenset({DocumentKind.CREDIT_NOTE}),
    DocumentGroup.DELIVERY_NOTES: frozenset({DocumentKind.DELIVERY_NOTE}),
    DocumentGroup.REMINDERS: frozenset({DocumentKind.REMINDER}),
    DocumentGroup.RECEIPTS: frozenset({DocumentKind.RECEIPT}),
    DocumentGroup.STATEMENTS: frozenset({DocumentKind.STATEMENT}),
}
# What is posted to the ledger when it is issued.
POSTED_KINDS = RECEIVABLE_KINDS | {DocumentKind.CREDIT_NOTE}


class DocumentState(StrEnum):
    """The state shown to people; derived from stored facts and today's date, never stored."""

    VOID = "void"
    DRAFT = "draft"
    DISPUTED = "disputed"
    REFUNDED = "refunded"
    PROCESSING = "processing"
    OVERPAID = "overpaid"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    NOTHING_DUE = "nothing_due"
    OVERDUE = "overdue"
    PARTIALLY_PAID = "partially_paid"
    SENT = "sent"
    ISSUED = "issued"
    # Of quotes.
    INVOICED = "invoiced"
    PARTLY_INVOICED = "partly_invoiced"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    # Of credit notes.
    OPEN_CREDIT = "open_credit"
    PARTLY_USED = "partly_used"
    SETTLED = "settled"


class SettledPart(StrEnum):
    """By what a part of a document that is still open was settled, as people should read it.

    To the table of states part is part; a word that says "paid" must not stand where no money came.
    """

    NONE = "none"
    PAID = "paid"
    CREDITED = "credited"
    # A deduction; of a credit note what was used.
    OTHER = "other"


class FilterTab(StrEnum):
    """The tabs above the list of documents.

    A quote that expired stands with what is overdue, one that is invoiced and a credit note that
    is used up with what is paid, one that was declined with what is void.
    """

    DRAFT = "draft"
    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    VOID = "void"


TAB_OF: dict[DocumentState, FilterTab] = {
    DocumentState.VOID: FilterTab.VOID,
    DocumentState.DRAFT: FilterTab.DRAFT,
    DocumentState.DISPUTED: FilterTab.OPEN,
    DocumentState.REFUNDED: FilterTab.OPEN,
    DocumentState.PROCESSING: FilterTab.OPEN,
    DocumentState.OVERPAID: FilterTab.PAID,
    DocumentState.PAID: FilterTab.PAID,
    DocumentState.CREDITED: FilterTab.PAID,
    DocumentState.WRITTEN_OFF: FilterTab.PAID,
    DocumentState.NOTHING_DUE: FilterTab.PAID,
    DocumentState.OVERDUE: FilterTab.OVERDUE,
    DocumentState.PARTIALLY_PAID: FilterTab.OPEN,
    DocumentState.SENT: FilterTab.OPEN,
    DocumentState.ISSUED: FilterTab.OPEN,
    DocumentState.INVOICED: FilterTab.PAID,
    DocumentState.PARTLY_INVOICED: FilterTab.OPEN,
    DocumentState.DECLINED: FilterTab.VOID,
    DocumentState.ACCEPTED: FilterTab.OPEN,
    DocumentState.EXPIRED: FilterTab.OVERDUE,
    DocumentState.OPEN_CREDIT: FilterTab.OPEN,
    DocumentState.PARTLY_USED: FilterTab.OPEN,
    DocumentState.SETTLED: FilterTab.PAID,
}


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The stored facts a state is read from. Amounts in minor units of the document's currency.

    ``paid_minor`` is what payments were allocated, ``pending_minor`` what delayed payments under
    way would bring, ``surplus_minor`` the customer credit left on payments that named this
    document, ``unexplained_refund_minor`` money that went back without a reason given yet,
    ``prepaid_minor`` what deposit invoices were deducted, ``withheld_minor`` the taxes it says the
    customer keeps back, ``invoiced_minor`` what of a quote was
    billed. What a credit note has open is neither used nor paid out.
    """

    issued: bool
    total_minor: int
    open_minor: int
    due_on: date | None
    sent: bool = False
    voided: bool = False
    paid_minor: int = 0
    credited_minor: int = 0
    written_off_minor: int = 0
    pending_minor: int = 0
    disputed_minor: int = 0
    unexplained_refund_minor: int = 0
    surplus_minor: int = 0
    prepaid_minor: int = 0
    withheld_minor: int = 0
    kind: DocumentKind = DocumentKind.INVOICE
    valid_until: date | None = None
    accepted: bool = False
    declined: bool = False
    invoiced_minor: int = 0

    @property
    def payable_minor(self) -> int:
        """What was to be paid when it was issued: the total less deposits and taxes withheld."""
        return self.total_minor - self.prepaid_minor - self.withheld_minor


def settled_part(facts: DocumentFacts) -> SettledPart:
    """By what part of an issued document is settled; ``NONE`` while nothing is, or all of it."""
    is_part = 0 < facts.open_minor < facts.payable_minor
    if not facts.issued or facts.voided or not is_part:
        return SettledPart.NONE
    if facts.paid_minor > 0:
        return SettledPart.PAID
    return SettledPart.CREDITED if facts.credited_minor > 0 else SettledPart.OTHER


_Row = tuple[bool, DocumentState]


def state_of(facts: DocumentFacts, today: date) -> DocumentState:
    """The state on ``today``; the first row of the kind's table that fits wins."""
    first: Sequence[_Row] = (
        (facts.voided, DocumentState.VOID),
        (not facts.issued, DocumentState.DRAFT),
    )
    last: Sequence[_Row] = ((facts.sent, DocumentState.SENT), (True, DocumentState.ISSUED))
    for fits, state in (*first, *_rows_of_kind(facts, today), *last):
        if fits:
            return state
    raise AssertionError("the last row fits everything")


def _rows_of_kind(facts: DocumentFacts, today: date) -> Sequence[_Row]:
    if facts.kind is DocumentKind.QUOTE:
        return _quote_rows(facts, today)
    if facts.kind is DocumentKind.CREDIT_NOTE:
        return _credit_note_rows(facts)
    if facts.kind in INVOICE_KINDS or owes_fee(facts):
        return _receivable_rows(facts, today)
    return ()


def owes_fee(facts: DocumentFacts) -> bool:
    """Whether it is a reminder with a late fee, which is owed like an invoice."""
    return facts.kind is DocumentKind.REMINDER and facts.total_minor > 0


def _receivable_rows(facts: DocumentFacts, today: date) -> Sequence[_Row]:
    settled = facts.open_minor == 0
    return (
        (facts.disputed_minor > 0, DocumentState.DISPUTED),
        (facts.unexplained_refund_minor > 0, DocumentState.REFUNDED),
        (not settled and facts.pending_minor >= facts.open_minor, DocumentState.PROCESSING),
        (settled and facts.surplus_minor > 0, DocumentState.OVERPAID),
        (settled and facts.paid_minor > 0, DocumentState.PAID),
        (settled and facts.credited_minor > 0, DocumentState.CREDITED),
        (settled and facts.written_off_minor > 0, DocumentState.WRITTEN_OFF),
        (settled, DocumentState.NOTHING_DUE),
        (facts.due_on is not None and facts.due_on < today, DocumentState.OVERDUE),
        (0 < facts.open_minor < facts.payable_minor, DocumentState.PARTIALLY_PAID),
    )


def _quote_rows(facts: DocumentFacts, today: date) -> Sequence[_Row]:
    expired = facts.valid_until is not None and facts.valid_until < today
    return (
        (0 < facts.total_minor <= facts.invoiced_minor, DocumentState.INVOICED),
        (facts.invoiced_minor > 0, DocumentState.PARTLY_INVOICED),
        (facts.declined, DocumentState.DECLINED),
        (facts.accepted, DocumentState.ACCEPTED),
        (expired, DocumentState.EXPIRED),
    )


def _credit_note_rows(facts: DocumentFacts) -> Sequence[_Row]:
    return (
        (facts.open_minor == 0, DocumentState.SETTLED),
        (facts.open_minor < facts.payable_minor, DocumentState.PARTLY_USED),
        (True, DocumentState.OPEN_CREDIT),
    )
