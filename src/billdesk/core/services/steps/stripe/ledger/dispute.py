"""Disputes: their rows, the money that Stripe takes for one, and gives back when it is won."""

from sqlalchemy import func, or_, select

from billdesk.core.db.tables import (
    Account,
    BalanceTransaction,
    Dispute,
    LedgerEntry,
    Payment,
    Posting,
)
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.questions import DISPUTED, INQUIRY, LOST
from billdesk.core.domain.stripe_states import (
    DISPUTE_CLOSED,
    DISPUTE_LOST,
    DISPUTE_OPEN,
    DISPUTE_WON,
    INQUIRY_CLOSED,
    INQUIRY_OPEN,
)
from billdesk.core.gateways.stripe.facts import BalanceFact, DisputeFact, PaymentSnapshot
from billdesk.core.services.steps.base_currency import open_day, value_at
from billdesk.core.services.steps.disputes import (
    disputed_minor,
    disputes_of,
    given_up_minor,
    regain,
)
from billdesk.core.services.steps.refunds import review
from billdesk.core.services.steps.stripe.ledger.balance import convert, remember
from billdesk.core.services.steps.stripe.ledger.transfer import (
    settlement_base,
    subject_of,
    transfer,
)

_SOURCE = "dispute"
LONGEST_REASON = 60


def book_disputes(tx: Transaction, payment: Payment, seen: PaymentSnapshot) -> bool:
    """Disputed receivable / Stripe clearing when Stripe takes the money, back when it is won.

    An inquiry moves nothing. Returns whether anything was told on the timeline.
    """
    if not seen.disputes:
        return False
    told = False
    for fact in seen.disputes:
        told = _keep_row(tx, payment, fact) or told
    rows = disputes_of(tx, payment)
    facts = {fact.id: fact for fact in seen.disputes}
    for row in rows:
        if row.stripe_dispute in facts:
            _book_movements(tx, payment, row, facts[row.stripe_dispute])
        if given_up_minor(tx, payment, row) > row.held_minor:
            regain(tx, payment, row)
    payment.disputed_minor = disputed_minor(tx, payment)
    away = payment.disputed_minor > 0
    lost = away and payment.state == PaymentState.LOST
    asked = any(row.status in INQUIRY_OPEN for row in rows)
    review(payment, DISPUTED, wanted=away and not lost)
    review(payment, LOST, wanted=lost)
    review(payment, INQUIRY, wanted=asked and not away)
    return told


def _keep_row(tx: Transaction, payment: Payment, fact: DisputeFact) -> bool:
    """The row as Stripe has it now; whether that is news worth telling."""
    row = tx.session.scalar(
        select(Dispute).where(
            Dispute.company_id == tx.company_id, Dispute.stripe_dispute == fact.id
        )
    )
    before = None if row is None else row.status
    if row is None:
        row = Dispute(
            company_id=tx.company_id,
            payment_id=payment.id,
            stripe_dispute=fact.id,
            opened_at=fact.created_at,
            created_at=tx.now,
        )
        tx.session.add(row)
    row.status = fact.status
    row.reason = fact.reason[:LONGEST_REASON]
    row.currency = fact.currency
    row.amount_minor = fact.amount_minor
    row.due_at = fact.due_at
    row.is_refundable = fact.is_charge_refundable
    if fact.status in DISPUTE_CLOSED:
        row.closed_at = row.closed_at or tx.now
    else:
        row.closed_at = None
    row.updated_at = tx.now
    tx.session.flush()
    action = _word(before, fact.status)
    if action is None:
        return False
    tx.audit(
        action,
        subject_of(tx, payment),
        before=None if before is None else {"status": before},
        after={
            "dispute": fact.id,
            "status": fact.status,
            "reason": fact.reason,
            "amount_minor": fact.amount_minor,
            "currency": fact.currency,
            "due_on": None if fact.due_at is None else fact.due_at.date(),
        },
    )
    return True


def _word(before: str | None, status: str) -> str | None:
    """The action that the timeline tells of a dispute's new status, if it says anything new."""
    if before == status:
        return None
    if status in INQUIRY_OPEN:
        return None if before in INQUIRY_OPEN else "stripe.inquiry"
    if status in DISPUTE_OPEN:
        return "stripe.disputed" if before not in DISPUTE_OPEN else "stripe.answered"
    if status == DISPUTE_LOST:
        return "stripe.lost"
    if status == INQUIRY_CLOSED or before in INQUIRY_OPEN:
        return "stripe.inquiry_closed"
    return "stripe.won" if status in DISPUTE_WON else None


def _book_movements(tx: Transaction, payment: Payment, dispute: Dispute, fact: DisputeFact) -> None:
    """Post the dispute's balance transactions, and keep what the bank holds after them."""
    for movement in fact.movements:
        held = _held(tx, payment, fact)
        back = movement.amount_minor > 0
        size = _in_currency_of_payment(payment, fact, movement)
        base = value_at(tx, payment.currency, payment.exchange_rate, size)
        if back and held.minor:
            # What comes back ends at nothing in the company's currency as well.
            base = held.part(min(size, held.minor)).base_minor
        day = open_day(tx, movement.created_at.date())
        transfer(
            tx,
            EntryKind.DISPUTE_REINSTATED if back else EntryKind.DISPUTE_WITHDRAWN,
            _SOURCE,
            movement.id,
            day,
            Role.STRIPE_CLEARING if back else Role.DISPUTED_RECEIVABLE,
            Role.DISPUTED_RECEIVABLE if back else Role.STRIPE_CLEARING,
            payment.currency,
            size,
            base,
            payment,
        )
        sign = 1 if back else -1
        convert(tx, payment, movement, Worth(sign * size, sign * base))
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
        remember(tx, payment, movement)
    held = _held(tx, payment, fact)
    dispute.held_minor, dispute.held_base_minor = held.minor, held.base_minor
    tx.session.flush()


def _in_currency_of_payment(payment: Payment, fact: DisputeFact, movement: BalanceFact) -> int:
    """How much of the payment a movement is about, in minor units of the payment's currency.

    Settled in another currency, a movement is the whole of its dispute, at the rate of the day.
    """
    if movement.currency == payment.currency:
        return abs(movement.amount_minor)
    return fact.amount_minor if fact.currency == payment.currency else payment.amount_minor


def _held(tx: Transaction, payment: Payment, fact: DisputeFact) -> Worth:
    """What the disputed receivables hold of a dispute by everything the books ever posted of it.

    Its movements are those of ``fact`` and those seen before: Stripe may tell fewer of them now.
    """
    seen_before = select(BalanceTransaction.id).where(
        BalanceTransaction.company_id == tx.company_id,
        BalanceTransaction.livemode == payment.livemode,
        BalanceTransaction.source == fact.id,
    )
    told_now = [movement.id for movement in fact.movements]
    row = tx.connection.execute(
        select(
            func.coalesce(func.sum(Posting.minor), 0),
            func.coalesce(func.sum(Posting.base_minor), 0),
        )
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            LedgerEntry.company_id == tx.company_id,
            LedgerEntry.source_type == _SOURCE,
            or_(LedgerEntry.source_id.in_(told_now), LedgerEntry.source_id.in_(seen_before)),
            Account.role == Role.DISPUTED_RECEIVABLE.value,
        )
    ).one()
    return Worth(int(row[0]), int(row[1]))
