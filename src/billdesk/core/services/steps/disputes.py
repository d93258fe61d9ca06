"""Disputed money that is lost for good, and what happens when it comes back all the same."""

from sqlalchemy import func, select

from billdesk.core.db.tables import Account, Document, Payment, Posting, Refund
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind, reversed_postings
from billdesk.core.domain.movements import Worth, received_legs
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.proportion import share_of
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.services.steps.posting import find_entry
from billdesk.core.services.steps.refunds import dispute_legs, put_back, take_out
from billdesk.core.services.steps.settlement import recompute_document

SOURCE = "dispute_lost"


def lose_dispute(tx: Transaction, payment: Payment, document: Document | None) -> None:
    """Receivable / disputed receivable: the customer owes what the bank took back.

    Money without a home (no ``document``) leaves suspense.
    """
    currency, held = _held(tx, payment, document)
    refund = Refund(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=payment.customer_id,
        payment_id=payment.id,
        method=PaymentMethod.STRIPE.value,
        state=PaymentState.SUCCEEDED.value,
        meaning=RefundMeaning.DISPUTE_LOST.value,
        currency=payment.currency,
        minor=payment.disputed_minor,
        base_minor=held.base_minor,
        refunded_on=tx.today,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(refund)
    tx.session.flush()
    taken = Worth(refund.minor, held.base_minor)
    legs = received_legs(Role.DISPUTED_RECEIVABLE, payment.currency, taken, currency, held.minor)
    payment.disputed_minor = 0
    payment.review = ""
    take_out(
        tx,
        payment,
        refund,
        dispute_legs(reversed_postings(legs), payment.document_id),
        kind=EntryKind.DISPUTE_LOST,
        source=(SOURCE, refund.uid),
        on=tx.today,
    )
    if document is not None:
        recompute_document(tx, document, tx.today)


def lost_minor(tx: Transaction, payment: Payment) -> int:
    """How much of a payment's disputes the owner gave up."""
    return sum(refund.minor for refund in _lost(tx, payment))


def regain(tx: Transaction, payment: Payment) -> None:
    """The bank gave back what was given up: the money settles again what is open."""
    for refund in _lost(tx, payment):
        entry = find_entry(tx, SOURCE, refund.uid, EntryKind.DISPUTE_LOST)
        refund.state = PaymentState.UNDONE.value
        refund.updated_at = tx.now
        tx.session.flush()
        if entry is not None:
            put_back(tx, payment, refund, entry, source=(SOURCE, refund.uid), on=tx.today)


def _lost(tx: Transaction, payment: Payment) -> list[Refund]:
    return list(
        tx.session.scalars(
            select(Refund)
            .where(
                Refund.company_id == tx.company_id,
                Refund.payment_id == payment.id,
                Refund.meaning == RefundMeaning.DISPUTE_LOST.value,
                Refund.state == PaymentState.SUCCEEDED.value,
            )
            .order_by(Refund.id)
        )
    )


def _held(tx: Transaction, payment: Payment, document: Document | None) -> tuple[str, Worth]:
    """What the disputed receivables hold for ``payment``, in the currency Stripe settles in."""
    rows = tx.connection.execute(
        select(
            Posting.currency,
            func.sum(Posting.minor).label("minor"),
            func.sum(Posting.base_minor).label("base_minor"),
        )
        .join(Account, Account.id == Posting.account_id)
        .where(
            Posting.company_id == tx.company_id,
            Posting.document_id.is_(None)
            if document is None
            else Posting.document_id == document.id,
            Account.role == Role.DISPUTED_RECEIVABLE.value,
        )
        .group_by(Posting.currency)
        .order_by(func.sum(Posting.minor).desc())
    ).all()
    if not rows:
        return payment.currency, Worth(0, 0)
    # Another payment for the same document may be disputed too.
    there = _disputed_without_document(tx) if document is None else document.disputed_minor
    whole = max(there, payment.disputed_minor)
    part = payment.disputed_minor
    return rows[0].currency, Worth(
        share_of(int(rows[0].minor), whole, part), share_of(int(rows[0].base_minor), whole, part)
    )


def _disputed_without_document(tx: Transaction) -> int:
    disputed = tx.connection.scalar(
        select(func.coalesce(func.sum(Payment.disputed_minor), 0)).where(
            Payment.company_id == tx.company_id, Payment.document_id.is_(None)
        )
    )
    return int(disputed or 0)
