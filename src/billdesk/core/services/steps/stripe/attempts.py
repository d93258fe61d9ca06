"""Tries to pay that were declined: nothing moved, but the owner may want to know."""

from sqlalchemy import select

from billdesk.core.db.tables import Document, PaymentAttempt
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.gateways.stripe.facts import PaymentSnapshot

LONGEST_CODE = 80


def log_decline(tx: Transaction, document: Document | None, seen: PaymentSnapshot) -> bool:
    """Keep a declined try once, by its charge; whether there was a new one.

    What the customer was told is not kept: codes name no person.
    """
    intent, charge = seen.intent, seen.charge
    if intent is None or intent.last_error is None:
        return False
    failed = charge is not None and charge.status == "failed"
    tried = charge.id if charge is not None and failed else intent.id
    known = tx.connection.scalar(
        select(PaymentAttempt.id).where(
            PaymentAttempt.company_id == tx.company_id,
            PaymentAttempt.livemode == seen.livemode,
            PaymentAttempt.charge == tried,
        )
    )
    if known is not None:
        return False
    code = (intent.last_error.code or "")[:LONGEST_CODE]
    decline_code = (intent.last_error.decline_code or "")[:LONGEST_CODE]
    tx.session.add(
        PaymentAttempt(
            company_id=tx.company_id,
            document_id=None if document is None else document.id,
            livemode=seen.livemode,
            payment_intent=intent.id,
            charge=tried,
            code=code,
            decline_code=decline_code,
            at=charge.created_at if charge is not None and failed else seen.read_at,
            created_at=tx.now,
        )
    )
    if document is not None:
        tx.audit(
            "stripe.declined",
            f"document:{document.uid}",
            after={
                "payment_intent": intent.id,
                "code": code,
                "decline_code": decline_code,
                "amount_minor": intent.amount_minor,
                "currency": intent.currency,
            },
        )
    return True
