"""Payments as people read them: how they came, and their state with its pill colour."""

from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.ui.text import tr


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
        PaymentState.ORDERED: (tr("Ordered"), "info"),
        PaymentState.PENDING: (tr("Processing"), "info"),
        PaymentState.SUCCEEDED: (tr("Received"), "ok"),
        PaymentState.PARTIALLY_REFUNDED: (tr("Part refunded"), "warn"),
        PaymentState.REFUNDED: (tr("Refunded"), "warn"),
        PaymentState.DISPUTED: (tr("Disputed"), "bad"),
        PaymentState.LOST: (tr("Dispute lost"), "bad"),
        PaymentState.FAILED: (tr("Failed"), "bad"),
        PaymentState.RETURNED: (tr("Taken back"), "bad"),
        PaymentState.TEST: (tr("Test, no real money"), "neutral"),
        PaymentState.UNDONE: (tr("Undone"), "neutral"),
    }[state]
