"""Post what Stripe did with the money: charge, fee, refunds, disputes. Each once, by its id."""

from billdesk.core.services.steps.stripe_ledger.charge import book_charge
from billdesk.core.services.steps.stripe_ledger.dispute import book_disputes
from billdesk.core.services.steps.stripe_ledger.fee import book_fee
from billdesk.core.services.steps.stripe_ledger.refund import book_refunds

__all__ = ["book_charge", "book_disputes", "book_fee", "book_refunds"]
