"""Money that Stripe takes for a dispute, and gives back when it is won."""

from billdesk.core.db.tables import Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.outside import PaymentState
from billdesk.core.gateways.stripe.facts import DisputeFact, PaymentSnapshot
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.disputes import lost_minor, regain
from billdesk.core.services.steps.refunds import review
from billdesk.core.services.steps.stripe_ledger.transfer import settlement_base, transfer

DISPUTED = "The customer disputes this payment. Answer at Stripe before the deadline."
LOST = "The bank decided for the customer and keeps the money. Say what becomes of the invoice."


def book_disputes(tx: Transaction, payment: Payment, seen: PaymentSnapshot) -> None:
    """Disputed receivable / Stripe clearing when Stripe takes the money, back when it is won."""
    if not seen.disputes:
        return
    withdrawn = 0
    for dispute in seen.disputes:
        withdrawn += _book_movements(tx, payment, dispute)
    lost = lost_minor(tx, payment)
    if lost > max(0, withdrawn):
        regain(tx, payment)
        lost = 0
    payment.disputed_minor = max(0, withdrawn - lost)
    away = payment.disputed_minor > 0
    lost_there = payment.state == PaymentState.LOST
    review(payment, DISPUTED, wanted=away and not lost_there)
    review(payment, LOST, wanted=away and lost_there)


def _book_movements(tx: Transaction, payment: Payment, dispute: DisputeFact) -> int:
    """Post the dispute's balance transactions; what is withdrawn now, in the dispute's currency."""
    net = 0
    for movement in dispute.movements:
        back = movement.amount_minor > 0
        size = abs(movement.amount_minor)
        base = settlement_base(tx, payment, movement, size)
        day = open_day(tx, movement.created_at.date())
        transfer(
            tx,
            EntryKind.DISPUTE_REINSTATED if back else EntryKind.DISPUTE_WITHDRAWN,
            "dispute",
            movement.id,
            day,
            Role.STRIPE_CLEARING if back else Role.DISPUTED_RECEIVABLE,
            Role.DISPUTED_RECEIVABLE if back else Role.STRIPE_CLEARING,
            movement.currency,
            size,
            base,
            payment,
        )
        transfer(
            tx,
            EntryKind.FEE,
            "dispute_fee",
            movement.id,
            day,
            Role.PAYMENT_FEES,
            Role.STRIPE_CLEARING,
            movement.currency,
            movement.fee_minor,
            settlement_base(tx, payment, movement, movement.fee_minor),
            payment,
        )
        net += -dispute.amount_minor if back else dispute.amount_minor
    return net
