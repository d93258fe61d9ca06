"""Kinds, states and transitions of documents: the one table every page and filter refers to."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billdesk.core.domain.errors import NotAllowed


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


# What a customer owes money on; a reminder's total is its late fee.
RECEIVABLE_KINDS = frozenset(
    {
        DocumentKind.INVOICE,
        DocumentKind.DEPOSIT_INVOICE,
        DocumentKind.FINAL_INVOICE,
        DocumentKind.REMINDER,
    }
)
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


class FilterTab(StrEnum):
    """The tabs above the list of documents."""

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
}


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The stored facts a state is read from. Amounts in minor units of the document's currency.

    ``paid_minor`` is what payments were allocated, ``pending_minor`` what delayed payments under
    way would bring, ``surplus_minor`` the customer credit left on payments that named this
    document, ``unexplained_refund_minor`` money that went back without a reason given yet.
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


def state_of(facts: DocumentFacts, today: date) -> DocumentState:
    """The state on ``today``; the first row of the table that fits wins."""
    settled = facts.open_minor == 0
    rows = (
        (facts.voided, DocumentState.VOID),
        (not facts.issued, DocumentState.DRAFT),
        (facts.disputed_minor > 0, DocumentState.DISPUTED),
        (facts.unexplained_refund_minor > 0, DocumentState.REFUNDED),
        (not settled and facts.pending_minor >= facts.open_minor, DocumentState.PROCESSING),
        (settled and facts.surplus_minor > 0, DocumentState.OVERPAID),
        (settled and facts.paid_minor > 0, DocumentState.PAID),
        (settled and facts.credited_minor > 0, DocumentState.CREDITED),
        (settled and facts.written_off_minor > 0, DocumentState.WRITTEN_OFF),
        (settled, DocumentState.NOTHING_DUE),
        (facts.due_on is not None and facts.due_on < today, DocumentState.OVERDUE),
        (0 < facts.open_minor < facts.total_minor, DocumentState.PARTIALLY_PAID),
        (facts.sent, DocumentState.SENT),
    )
    for fits, state in rows:
        if fits:
            return state
    return DocumentState.ISSUED


def require_draft(facts: DocumentFacts) -> None:
    """Only a draft may be edited, issued or deleted. Raises ``NotAllowed``."""
    if facts.issued:
        raise NotAllowed(
            "This invoice has been issued and cannot be changed; duplicate it or void it instead."
        )


def require_issued(facts: DocumentFacts, action: str) -> None:
    """Only a valid issued document can be sent or paid. Raises ``NotAllowed``."""
    if not facts.issued:
        raise NotAllowed(f"Issue the invoice first, then {action}.")
    if facts.voided:
        raise NotAllowed(f"This invoice is void; you cannot {action}.")


def require_voidable(facts: DocumentFacts) -> None:
    """Void needs an issued document that no money has touched. Raises ``NotAllowed``."""
    if not facts.issued:
        raise NotAllowed("A draft is deleted, not voided.")
    if facts.voided:
        raise NotAllowed("This invoice is void already.")
    if facts.pending_minor or facts.disputed_minor:
        raise NotAllowed("A payment for this invoice is under way; wait for it to finish.")
    if facts.paid_minor or facts.credited_minor or facts.written_off_minor:
        raise NotAllowed("Money has been received for this invoice, so it cannot be voided.")
