"""Money that arrived at Stripe."""

from billdesk.core.db.tables import Document, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.gateways.stripe.facts import PaymentSnapshot
from billdesk.core.services.steps.base_currency import base_value
from billdesk.core.services.steps.receipts import book_receipt
from billdesk.core.services.steps.settlement import recompute_payment, settlement_of


def book_charge(
    tx: Transaction, document: Document, payment: Payment, seen: PaymentSnapshot, *, settle: bool
) -> None:
    """Stripe clearing / receivable; what the document does not take is customer credit.

    With ``settle`` false everything stays customer credit until a person has looked.
    """
    charge_id = seen.charge.id if seen.charge else payment.payment_intent or ""
    payment.charge = charge_id
    amount = payment.amount_minor
    same_currency = payment.currency == document.currency
    part = settlement_of(document, amount if settle and same_currency else 0)
    surplus_base = base_value(tx, payment.currency, document, amount - part.minor)
    payment.base_minor = part.base_minor + surplus_base
    book_receipt(
        tx,
        payment,
        [part],
        {document.id: document},
        kind=EntryKind.CHARGED,
        source=("charge", charge_id),
        memo=document.number or "",
    )
    tx.session.flush()
    recompute_payment(tx, payment)
