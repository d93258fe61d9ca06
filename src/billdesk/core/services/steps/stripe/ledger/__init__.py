"""Post what Stripe did with the money: charge, return, fee, refund, dispute; each once, by id."""

from billdesk.core.services.steps.stripe.ledger.charge import book_charge
from billdesk.core.services.steps.stripe.ledger.dispute import book_disputes
from billdesk.core.services.steps.stripe.ledger.fee import complete_fee
from billdesk.core.services.steps.stripe.ledger.refund import book_refunds
from billdesk.core.services.steps.stripe.ledger.returned import book_return

__all__ = ["book_charge", "book_disputes", "book_refunds", "book_return", "complete_fee"]
