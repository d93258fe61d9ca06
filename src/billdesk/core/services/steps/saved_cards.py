"""Cards that customers left at Stripe to be charged again."""

import json
from collections.abc import Sequence

from sqlalchemy import select, update

from billdesk.core.db.tables import Customer, Document, PaymentLink, SavedCard
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.events import CustomerChanged
from billdesk.core.gateways.stripe.facts import PaymentSnapshot
from billdesk.core.gateways.stripe.links import asks_for_consent
from billdesk.core.services.steps.rows import load

_CARD = "card"


def keep_card(
    tx: Transaction, document: Document, link: PaymentLink, seen: PaymentSnapshot
) -> None:
    """Keep the card that paid, where the link asked for the consent to charge it again.

    A link found again has its words from today's settings; Stripe says what was agreed to.
    """
    intent, charge = seen.intent, seen.charge
    if intent is None or charge is None or charge.method != _CARD or document.customer_id is None:
        return
    if intent.customer_id is None or intent.payment_method_id is None:
        return
    if not intent.may_be_kept or not asks_for_consent(json.loads(link.params)):
        return
    known = tx.session.scalar(
        select(SavedCard).where(
            SavedCard.company_id == tx.company_id,
            SavedCard.livemode == seen.livemode,
            SavedCard.payment_method == intent.payment_method_id,
        )
    )
    if known is not None:
        return
    customer = tx.session.get_one(Customer, document.customer_id)
    card = SavedCard(
        uid=new_uid(),
        company_id=tx.company_id,
        # Whoever counts for the customer now.
        customer_id=customer.merged_into_id or customer.id,
        document_id=document.id,
        consented_at=charge.created_at,
        livemode=seen.livemode,
        stripe_account=link.stripe_account,
        stripe_customer=intent.customer_id,
        payment_method=intent.payment_method_id,
        brand=charge.brand or "",
        last4=charge.last4 or "",
        expires_month=charge.expires_month,
        expires_year=charge.expires_year,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(card)
    tx.session.flush()
    tx.audit(
        "card.saved",
        f"customer:{customer.uid}",
        after={"brand": card.brand, "last4": card.last4, "document": document.uid},
    )
    tx.tell(CustomerChanged(tx.company_id, card.customer_id))


def remove_card(tx: Transaction, card: SavedCard) -> None:
    """Offer this card no more."""
    card.removed_at = card.updated_at = tx.now
    customer = load(tx, Customer, card.customer_id)
    tx.audit(
        "card.removed",
        f"customer:{customer.uid}",
        before={"brand": card.brand, "last4": card.last4},
    )
    tx.tell(CustomerChanged(tx.company_id, customer.id))


def erase_cards(tx: Transaction, customer_ids: Sequence[int]) -> None:
    """Forget what is known of the cards of customers; orders that name them keep their row."""
    tx.connection.execute(
        update(SavedCard)
        .where(SavedCard.company_id == tx.company_id, SavedCard.customer_id.in_(customer_ids))
        .values(
            stripe_customer="",
            payment_method="erased:" + SavedCard.uid,
            brand="",
            last4="",
            expires_month=None,
            expires_year=None,
            removed_at=tx.now,
            updated_at=tx.now,
        )
    )
