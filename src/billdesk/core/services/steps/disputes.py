"""Disputed money that is lost for good, and what happens when it comes back all the same.

What the owner gave up of a dispute is a refund row that names the dispute as its reference.
"""

from collections.abc import Sequence

from sqlalchemy import select

from billdesk.core.db.tables import Dispute, Document, Payment, Refund
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.movements import Worth, leg
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.domain.stripe_states import DISPUTE_LOST
from billdesk.core.services.steps.posting import find_entry
from billdesk.core.services.steps.refunds import put_back, take_out
from billdesk.core.services.steps.settlement import recompute_document

SOURCE = "dispute_lost"


def lose_dispute(tx: Transaction, payment: Payment, document: Document | None) -> int:
    """Receivable / disputed receivable: the customer owes what the bank took back.

    Of several disputes those that are lost at Stripe; where none is, all that hold money. Money
    without a home (no ``document``) leaves suspense. Returns the amount in minor units.
    """
    disputes = [one for one in disputes_of(tx, payment) if _kept(tx, payment, one).minor]
    lost = [one for one in disputes if one.status == DISPUTE_LOST]
    taken = 0
    for dispute in lost or disputes:
        kept = _kept(tx, payment, dispute)
        _give_up(tx, payment, dispute, kept)
        taken += kept.minor
    payment.disputed_minor = disputed_minor(tx, payment)
    payment.review = ""
    tx.session.flush()
    if document is not None:
        recompute_document(tx, document, tx.today)
    return taken


def disputed_minor(tx: Transaction, payment: Payment) -> int:
    """What the disputes of a payment hold and the owner has not given up."""
    return sum(_kept(tx, payment, one).minor for one in disputes_of(tx, payment))


def regain(tx: Transaction, payment: Payment, dispute: Dispute) -> None:
    """The bank gave back what was given up of a dispute: the money settles again what is open."""
    for refund in _given_up(tx, payment, dispute):
        entry = find_entry(tx, SOURCE, refund.uid, EntryKind.DISPUTE_LOST)
        refund.state = PaymentState.UNDONE.value
        refund.updated_at = tx.now
        tx.session.flush()
        if entry is not None:
            put_back(tx, payment, refund, entry, source=(SOURCE, refund.uid), on=tx.today)


def given_up_minor(tx: Transaction, payment: Payment, dispute: Dispute) -> int:
    """How much of a dispute the owner gave up."""
    return sum(refund.minor for refund in _given_up(tx, payment, dispute))


def disputes_of(tx: Transaction, payment: Payment) -> Sequence[Dispute]:
    """The disputes of a payment, the oldest first."""
    return tx.session.scalars(
        select(Dispute)
        .where(Dispute.company_id == tx.company_id, Dispute.payment_id == payment.id)
        .order_by(Dispute.opened_at, Dispute.id)
    ).all()


def _kept(tx: Transaction, payment: Payment, dispute: Dispute) -> Worth:
    """What of a dispute the bank holds and nobody gave up, with its value."""
    gone = _given_up(tx, payment, dispute)
    lost = Worth(sum(one.minor for one in gone), sum(one.base_minor for one in gone))
    return Worth(dispute.held_minor, dispute.held_base_minor).minus(lost)


def _give_up(tx: Transaction, payment: Payment, dispute: Dispute, kept: Worth) -> None:
    refund = Refund(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=payment.customer_id,
        payment_id=payment.id,
        method=PaymentMethod.STRIPE.value,
        state=PaymentState.SUCCEEDED.value,
        meaning=RefundMeaning.DISPUTE_LOST.value,
        currency=payment.currency,
        minor=kept.minor,
        base_minor=kept.base_minor,
        refunded_on=tx.today,
        reference=dispute.stripe_dispute,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(refund)
    tx.session.flush()
    gone = Worth(0, 0).minus(kept)
    take_out(
        tx,
        payment,
        refund,
        [leg(Role.DISPUTED_RECEIVABLE, payment.currency, gone, document_id=payment.document_id)],
        kind=EntryKind.DISPUTE_LOST,
        source=(SOURCE, refund.uid),
        on=tx.today,
    )


def _given_up(tx: Transaction, payment: Payment, dispute: Dispute) -> Sequence[Refund]:
    return tx.session.scalars(
        select(Refund)
        .where(
            Refund.company_id == tx.company_id,
            Refund.payment_id == payment.id,
            Refund.meaning == RefundMeaning.DISPUTE_LOST.value,
            Refund.state == PaymentState.SUCCEEDED.value,
            Refund.reference == dispute.stripe_dispute,
        )
        .order_by(Refund.id)
    ).all()
