"""Whether money that came through a link is the money the link asked for."""

import hmac

from billdesk.core.db.tables import Document, PaymentLink
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.questions import FOR_A_VOID_INVOICE
from billdesk.core.gateways.stripe.facts import PaymentSnapshot
from billdesk.core.services.steps.install import install_row
from billdesk.core.services.steps.link_params import reference
from billdesk.core.services.steps.settings import company_row


def why_not_settled(
    tx: Transaction, document: Document, link: PaymentLink, seen: PaymentSnapshot
) -> str:
    """Why the money must not settle the document by itself; empty when all is well."""
    intent, session = seen.intent, seen.session
    install = install_row(tx)
    signed = seen.metadata.get("ref", "")
    # What the books know, not what the payment says; only the version is the payment's.
    named = {
        "billdesk_v": seen.metadata.get("billdesk_v", ""),
        "company": company_row(tx).uid,
        "invoice": document.uid,
        "link": link.uid,
    }
    expected = reference(
        install.reference_key, named, link.amount_minor, link.currency, link.livemode
    )
    # As bytes: of texts it compares ASCII only, and metadata is whatever somebody wrote.
    if not hmac.compare_digest(signed.encode(), expected.encode()):
        return "The payment's reference is not the one BillDesk signed. Please check it."
    if intent is None or intent.currency != link.currency:
        return "The payment came in another currency than the link asked for."
    amounts = {intent.amount_received_minor}
    if session is not None:
        amounts.add(session.amount_total_minor)
    if amounts != {link.amount_minor}:
        return "The amount paid is not the amount the link asked for."
    if session is not None and session.discount_minor:
        return "A discount was applied at Stripe that the invoice does not have."
    if document.voided_at is not None:
        return FOR_A_VOID_INVOICE
    return ""
