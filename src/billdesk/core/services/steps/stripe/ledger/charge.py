"""Money that arrived at Stripe."""

from billdesk.core.db.tables import Document, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.gateways.stripe.facts import PaymentSnapshot
from billdesk.core.services.steps.base_currency import value_at
from billdesk.core.services.steps.receipts import book_receipt
from billdesk.core.services.steps.settlement import recompute_payment, settlement_of


def book_charge(
    tx: Transaction,
    document: Document | None,
    payment: Payment,
    seen: PaymentSnapshot,
    *,
    settle: bool,
) -> None:
    """Stripe clearing / receivable; what the document does not take is customer credit.

    With ``settle`` false everything stays customer credit until a person has looked; without a
    customer it waits in suspense.
    """
    charge_id = seen.charge.id if seen.charge else payment.payment_intent or ""
    payment.charge = charge_id
    amount = payment.amount_minor
    parts = []
    if document is not None and settle and payment.currency == document.currency:
        parts = [settlement_of(document, amount)]
    surplus = amount - sum(part.minor for part in parts)
    payment.base_minor = sum(part.base_minor for part in parts) + value_at(
        tx, payment.currency, payment.exchange_rate, surplus
    )
    book_receipt(
        tx,
        payment,
        parts,
        {} if document is None else {document.id: document},
        kind=EntryKind.CHARGED,
        source=("charge", charge_id),
        memo=payment.reference if document is None else document.number or "",
    )
    tx.session.flush()
    recompute_payment(tx, payment)
