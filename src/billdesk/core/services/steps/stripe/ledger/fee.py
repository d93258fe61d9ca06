"""What Stripe keeps of a charge, and the currency in which it is paid out."""

from datetime import timedelta

from billdesk.core.db.tables import Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.outside import FeeState, PaymentState
from billdesk.core.domain.stripe_states import REFUND_FAILED
from billdesk.core.gateways.stripe.facts import BalanceFact, PaymentSnapshot
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.stripe.ledger.balance import convert, remember
from billdesk.core.services.steps.stripe.ledger.transfer import (
    settlement_base,
    subject_of,
    transfer,
)

FEE_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(days=1),
)


def complete_fee(tx: Transaction, payment: Payment, seen: PaymentSnapshot) -> None:
    """Book the fee as soon as it is known, and look again as long as a movement is missing."""
    if payment.charge is None:
        return
    balance = seen.charge.balance if seen.charge is not None else None
    if balance is not None and payment.balance_transaction is None:
        book_fee(tx, payment, balance)
        tx.audit(
            "stripe.fee",
            subject_of(tx, payment),
            after={
                "minor": balance.fee_minor,
                "tax_minor": balance.fee_tax_minor,
                "net_minor": balance.net_minor,
                "currency": balance.currency,
            },
        )
    if balance is None and payment.fee_state == FeeState.FINAL:
        return
    if balance is not None and _is_all_known(payment, seen):
        payment.fee_state = FeeState.FINAL.value
        payment.fee_next_try_at = None
        return
    # Stripe captures asynchronously: the fee comes later, by event or by looking again.
    payment.fee_state = FeeState.PENDING.value
    payment.fee_next_try_at = tx.now + FEE_WAITS[min(payment.fee_tries, len(FEE_WAITS) - 1)]
    payment.fee_tries += 1


def _is_all_known(payment: Payment, seen: PaymentSnapshot) -> bool:
    """Whether Stripe has told every movement; a refund that never went may have none."""
    went = seen.charge is not None and seen.charge.failure_balance is not None
    if payment.state == PaymentState.RETURNED and not went:
        return False
    return all(one.balance is not None or one.status in REFUND_FAILED for one in seen.refunds)


def book_fee(tx: Transaction, payment: Payment, seen: BalanceFact) -> None:
    """Payment fees / Stripe clearing, in the settlement currency of the balance transaction.

    What was charged goes to the settlement currency's clearing as well.
    """
    payment.fee_minor = seen.fee_minor
    payment.fee_currency = seen.currency
    payment.net_minor = seen.net_minor
    payment.balance_transaction = seen.id
    convert(tx, payment, seen, Worth(payment.amount_minor, payment.base_minor))
    book_stripe_fee(tx, payment, seen, "fee")


def book_stripe_fee(tx: Transaction, payment: Payment, seen: BalanceFact, source: str) -> None:
    """The fee within a movement of ``payment``, and the movement's row."""
    transfer(
        tx,
        EntryKind.FEE,
        source,
        seen.id,
        open_day(tx, seen.created_at.date()),
        Role.PAYMENT_FEES,
        Role.STRIPE_CLEARING,
        seen.currency,
        seen.fee_minor,
        settlement_base(tx, payment, seen, seen.fee_minor),
        payment,
    )
    remember(tx, payment, seen)
