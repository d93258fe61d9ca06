"""States as people read them, each with its pill colour: the table of document states."""

from billdesk.core.domain.documents import DocumentState, FilterTab
from billdesk.core.domain.outside import LinkState, MailState, PaymentMethod, PaymentState
from billdesk.ui.text import tr, trn

STATE_KIND: dict[DocumentState, str] = {
    DocumentState.VOID: "neutral",
    DocumentState.DRAFT: "neutral",
    DocumentState.DISPUTED: "bad",
    DocumentState.REFUNDED: "warn",
    DocumentState.PROCESSING: "info",
    DocumentState.OVERPAID: "ok",
    DocumentState.PAID: "ok",
    DocumentState.CREDITED: "neutral",
    DocumentState.WRITTEN_OFF: "neutral",
    DocumentState.NOTHING_DUE: "neutral",
    DocumentState.OVERDUE: "bad",
    DocumentState.PARTIALLY_PAID: "part",
    DocumentState.SENT: "info",
    DocumentState.ISSUED: "info",
}


def state_word(state: DocumentState, *, days_overdue: int = 0, part_paid: bool = False) -> str:
    """The word on the pill; an overdue invoice adds its days, or that part of it is paid."""
    if state is DocumentState.OVERDUE:
        if part_paid:
            return tr("Overdue, part paid")
        if days_overdue > 0:
            return trn("Overdue {count} day", "Overdue {count} days", days_overdue)
    return {
        DocumentState.VOID: tr("Void"),
        DocumentState.DRAFT: tr("Draft"),
        DocumentState.DISPUTED: tr("Disputed"),
        DocumentState.REFUNDED: tr("Refunded"),
        DocumentState.PROCESSING: tr("Processing"),
        DocumentState.OVERPAID: tr("Overpaid"),
        DocumentState.PAID: tr("Paid"),
        DocumentState.CREDITED: tr("Credited"),
        DocumentState.WRITTEN_OFF: tr("Written off"),
        DocumentState.NOTHING_DUE: tr("Nothing due"),
        DocumentState.OVERDUE: tr("Overdue"),
        DocumentState.PARTIALLY_PAID: tr("Part paid"),
        DocumentState.SENT: tr("Sent"),
        DocumentState.ISSUED: tr("Issued"),
    }[state]


def tab_titles() -> list[tuple[str, str]]:
    """The filters above the list, "all" first."""
    return [
        ("all", tr("All")),
        (FilterTab.DRAFT.value, tr("Draft")),
        (FilterTab.OPEN.value, tr("Open")),
        (FilterTab.OVERDUE.value, tr("Overdue")),
        (FilterTab.PAID.value, tr("Paid")),
        (FilterTab.VOID.value, tr("Void")),
    ]


def method_word(method: PaymentMethod) -> str:
    """How money arrived."""
    return {
        PaymentMethod.CASH: tr("Cash"),
        PaymentMethod.BANK: tr("Bank transfer"),
        PaymentMethod.CHEQUE: tr("Cheque"),
        PaymentMethod.OTHER: tr("Other"),
        PaymentMethod.STRIPE: tr("Online payment"),
    }[method]


def payment_state(state: PaymentState) -> tuple[str, str]:
    """Word and pill kind of a payment."""
    return {
        PaymentState.PENDING: (tr("Processing"), "info"),
        PaymentState.SUCCEEDED: (tr("Received"), "ok"),
        PaymentState.PARTIALLY_REFUNDED: (tr("Part refunded"), "warn"),
        PaymentState.REFUNDED: (tr("Refunded"), "warn"),
        PaymentState.DISPUTED: (tr("Disputed"), "bad"),
        PaymentState.FAILED: (tr("Failed"), "bad"),
        PaymentState.UNDONE: (tr("Undone"), "neutral"),
    }[state]


def link_state(state: LinkState) -> tuple[str, str]:
    """Word and pill kind of a payment link."""
    return {
        LinkState.QUEUED: (tr("Waiting"), "info"),
        LinkState.SENT: (tr("Being made"), "info"),
        LinkState.ACTIVE: (tr("Active"), "ok"),
        LinkState.RETIRING: (tr("Switching off"), "neutral"),
        LinkState.CLOSED: (tr("Switched off"), "neutral"),
        LinkState.FAILED: (tr("Failed"), "bad"),
    }[state]


def mail_state(state: MailState) -> tuple[str, str]:
    """Word and pill kind of a mail."""
    return {
        MailState.QUEUED: (tr("Waiting"), "info"),
        MailState.SENDING: (tr("Sending"), "info"),
        MailState.ACCEPTED: (tr("Accepted"), "ok"),
        MailState.FAILED: (tr("Failed"), "bad"),
        MailState.UNKNOWN: (tr("May have been sent"), "warn"),
        MailState.CANCELLED: (tr("Cancelled"), "neutral"),
    }[state]
