"""Charges of saved cards: when they may be, what they hold up, and how they end."""

import hmac

from sqlalchemy import or_, select

from billdesk.core.db.tables import Customer, Document, Payment, SavedCard, StripeOrder
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.outside import OPEN_ORDERS, OrderKind, OrderState
from billdesk.core.domain.questions import FOR_A_VOID_INVOICE
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.charges import ATTEMPT_KEY
from billdesk.core.gateways.stripe.facts import IntentFact, PaymentSnapshot
from billdesk.core.services.steps.install import install_row
from billdesk.core.services.steps.link_params import METADATA_VERSION, reference
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting
from billdesk.core.services.steps.settlement import recompute_document

_OPEN = [state.value for state in OPEN_ORDERS]
_GONE = "This card was removed."


def require_chargeable(tx: Transaction, document: Document, card: SavedCard) -> None:
    """Raise ``NotAllowed`` where a saved card cannot be charged for a document."""
    online = read_setting(tx, OnlinePayment)
    if not online.enabled or not online.saved_cards:
        raise NotAllowed("Switch saved cards on in Settings, Online payment, first.")
    if card.removed_at is not None:
        raise NotAllowed(_GONE)
    if (card.stripe_account, card.livemode) != (online.account, online.livemode):
        raise NotAllowed("This card was left in another Stripe account than the one connected now.")
    if card.customer_id not in _customers(tx, document):
        raise NotAllowed("This card is another customer's.")
    if document.pending_minor or document.unexplained_refund_minor:
        raise NotAllowed("A payment for this invoice is under way or went back.")
    if _other_order(tx, document):
        raise NotAllowed("Stripe is still working on money of this invoice; wait for it to finish.")


def _customers(tx: Transaction, document: Document) -> tuple[int, ...]:
    """The document's customer, and whoever it counts for now."""
    if document.customer_id is None:
        return ()
    customer = tx.session.get_one(Customer, document.customer_id)
    return tuple(one for one in (customer.id, customer.merged_into_id) if one is not None)


def _other_order(tx: Transaction, document: Document) -> bool:
    found = tx.connection.scalar(
        select(StripeOrder.id)
        .outerjoin(Payment, Payment.id == StripeOrder.payment_id)
        .where(
            StripeOrder.company_id == tx.company_id,
            StripeOrder.state.in_(_OPEN),
            or_(StripeOrder.document_id == document.id, Payment.document_id == document.id),
        )
        .limit(1)
    )
    return found is not None


def why_not_charged(tx: Transaction, order: StripeOrder) -> str:
    """What has come between since a charge was asked for; empty when it can be sent."""
    document = load(tx, Document, order.document_id or 0)
    card = load(tx, SavedCard, order.card_id or 0)
    if card.removed_at is not None:
        return _GONE
    if document.voided_at is not None:
        return "The invoice was declared void meanwhile."
    if document.open_minor < order.amount_minor:
        return "Less than that is open by now; the card was not charged."
    if document.pending_minor > order.amount_minor or document.unexplained_refund_minor:
        return "Another payment is under way meanwhile; the card was not charged."
    return ""


def refuse_charge(tx: Transaction, order: StripeOrder) -> None:
    """The card was not charged: the document waits for nothing any more."""
    recompute_document(tx, load(tx, Document, order.document_id or 0))


def signature(
    tx: Transaction, document: Document, attempt: str, minor: int, *, livemode: bool
) -> str:
    """What a charge's metadata is signed with, so that its money is known again."""
    named = {
        "billdesk_v": METADATA_VERSION,
        "company": company_row(tx).uid,
        "invoice": document.uid,
        "link": attempt,
    }
    key = install_row(tx).reference_key
    return reference(key, named, minor, document.currency, livemode)


def charged_document(tx: Transaction, seen: PaymentSnapshot) -> int | None:
    """The document a saved card was charged for; ``None`` unless these books signed the order.

    Metadata is whatever somebody wrote. Books restored from a backup may lack the order itself.
    """
    attempt, intent = seen.metadata.get(ATTEMPT_KEY, ""), seen.intent
    if not attempt or intent is None:
        return None
    document = tx.session.scalar(
        select(Document).where(
            Document.company_id == tx.company_id,
            Document.uid == seen.metadata.get("invoice", ""),
            Document.issued_at.is_not(None),
        )
    )
    if document is None or document.currency != intent.currency:
        return None
    expected = signature(tx, document, attempt, intent.amount_minor, livemode=seen.livemode)
    signed = seen.metadata.get("ref", "")
    # As bytes: of texts it compares ASCII only.
    return document.id if hmac.compare_digest(signed.encode(), expected.encode()) else None


def carried_out(tx: Transaction, seen: PaymentSnapshot, intent: IntentFact) -> None:
    """The order of a charge is done: from now on its payment speaks for it.

    Another program's payment may carry the order's mark; only what these books signed ends it.
    """
    order = tx.session.scalar(
        select(StripeOrder).where(
            StripeOrder.company_id == tx.company_id,
            StripeOrder.uid == seen.metadata.get(ATTEMPT_KEY, ""),
            StripeOrder.kind == OrderKind.CHARGE.value,
        )
    )
    if order is None or charged_document(tx, seen) != order.document_id:
        return
    if order.state != OrderState.DONE:
        order.state = OrderState.DONE.value
        order.stripe_id = intent.id
        order.error = ""
        order.updated_at = tx.now
        tx.session.flush()


def why_charge_does_not_settle(document: Document, seen: PaymentSnapshot) -> str:
    """Why the money of a charge must not settle its document; empty when all is well."""
    intent = seen.intent
    if intent is None or intent.amount_received_minor != intent.amount_minor:
        return "The amount paid is not the amount that was to be charged."
    return FOR_A_VOID_INVOICE if document.voided_at is not None else ""
