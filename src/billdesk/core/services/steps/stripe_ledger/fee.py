"""What Stripe keeps of a charge."""

from billdesk.core.db.tables import Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.outside import FeeState
from billdesk.core.gateways.stripe.facts import BalanceFact
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.stripe_ledger.transfer import settlement_base, transfer


def book_fee(tx: Transaction, payment: Payment, seen: BalanceFact) -> None:
    """Payment fees / Stripe clearing, in the settlement currency of the balance transaction."""
    payment.fee_state = FeeState.FINAL.value
    payment.fee_next_try_at = None
    payment.fee_minor = seen.fee_minor
    payment.fee_currency = seen.currency
    payment.net_minor = seen.net_minor
    payment.balance_transaction = seen.id
    transfer(
        tx,
        EntryKind.FEE,
        "fee",
        seen.id,
        open_day(tx, seen.created_at.date()),
        Role.PAYMENT_FEES,
        Role.STRIPE_CLEARING,
        seen.currency,
        seen.fee_minor,
        settlement_base(tx, payment, seen, seen.fee_minor),
        payment,
    )
