"""What Stripe is told to do with money: written down, with its key, before anything is sent."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from billdesk.core.db.tables import Document, Outbox, Payment, StripeOrder
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.domain.outside import JobKind, JobState, OrderKind, OrderState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.steps.install import install_row
from billdesk.core.services.steps.outbox import enqueue
from billdesk.core.services.steps.settings import company_row, read_setting


@dataclass(frozen=True, slots=True)
class OrderSubject:
    """What an order is about; ``minor`` units of ``currency``."""

    kind: OrderKind
    currency: str
    minor: int
    document: Document | None = None
    payment: Payment | None = None
    card_id: int | None = None


def place_order(
    tx: Transaction,
    subject: OrderSubject,
    params: Mapping[str, Any],
    *,
    uid: str,
    waits_for_id: int | None = None,
) -> StripeOrder:
    """Store an order to the account connected now and the job that sends it.

    ``uid`` is what ``params`` name it by at Stripe. They are resent unchanged for ever.
    """
    online = read_setting(tx, OnlinePayment)
    document, payment = subject.document, subject.payment
    order = StripeOrder(
        uid=uid,
        company_id=tx.company_id,
        kind=subject.kind.value,
        document_id=None if document is None else document.id,
        payment_id=None if payment is None else payment.id,
        card_id=subject.card_id,
        currency=subject.currency,
        amount_minor=subject.minor,
        livemode=online.livemode,
        stripe_account=online.account,
        params=canonical_json(dict(params)),
        idempotency_key=new_key(tx, subject.kind),
        state=OrderState.QUEUED.value,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(order)
    tx.session.flush()
    enqueue(tx, JobKind.SEND_ORDER, document, order_id=order.id, waits_for_id=waits_for_id)
    return order


def cancel_order_job(tx: Transaction, order: StripeOrder) -> None:
    """Nobody sends an order that was taken back before it was sent."""
    tx.connection.execute(
        update(Outbox)
        .where(
            Outbox.company_id == tx.company_id,
            Outbox.order_id == order.id,
            Outbox.state.in_((JobState.QUEUED.value, JobState.WORKING.value)),
        )
        .values(state=JobState.CANCELLED.value, done_at=tx.now)
    )


def new_key(tx: Transaction, kind: OrderKind) -> str:
    """An idempotency key that no other order has; it says nothing about anybody."""
    install = install_row(tx)
    return f"bd1:{install.uid[:8]}:{kind.value}:{uuid.uuid4()}"


def new_order_uid() -> str:
    """The name of an order, in the books and in its metadata at Stripe."""
    return new_uid()


def order_metadata(tx: Transaction, document: Document | None) -> dict[str, str]:
    """What everything BillDesk orders carries at Stripe."""
    install = install_row(tx)
    found = {
        "billdesk_v": "1",
        "install": install.uid,
        "company": company_row(tx).uid,
        "cid": tx.correlation_id,
    }
    if document is not None:
        found |= {"invoice": document.uid, "invoice_no": document.number or ""}
    return found


def tell_of_order(tx: Transaction, order: StripeOrder) -> None:
    """Have windows show what became of an order."""
    if order.document_id is None:
        tx.tell(MoneyChanged(tx.company_id))
    else:
        tx.tell(PaymentChanged(tx.company_id, order.document_id))


def subject_of(tx: Transaction, order: StripeOrder) -> str:
    """Whose history an order belongs to: its document's, else its own."""
    if order.document_id is None:
        return f"order:{order.uid}"
    return f"document:{tx.session.get_one(Document, order.document_id).uid}"
