"""Cards that customers left to be charged again: charge one, and remove it."""

from dataclasses import dataclass

from sqlalchemy import select

from billdesk.core.db.tables import Document, SavedCard, StripeOrder
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.actions import Action
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import PaymentChanged
from billdesk.core.domain.outside import OrderKind, OrderState
from billdesk.core.gateways.stripe.charges import charge_params
from billdesk.core.services.steps.charge_orders import require_chargeable, signature
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.links import (
    pending_retirement,
    renders_wait_for,
    retire_links,
)
from billdesk.core.services.steps.orders import (
    OrderSubject,
    cancel_order_job,
    new_order_uid,
    order_metadata,
    place_order,
)
from billdesk.core.services.steps.renditions import render_without_link
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.saved_cards import remove_card
from billdesk.core.services.steps.settlement import recompute_document


@dataclass(frozen=True, slots=True)
class ChargeInput:
    """Charge ``card_id`` with ``minor`` of what is open on a document, all of it by default."""

    document_id: int
    card_id: int
    minor: int | None = None


class CardService:
    """Off by default (Settings, Online payment)."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def charge(self, given: ChargeInput) -> None:
        """Have Stripe charge a saved card, once; nothing tries again by itself.

        Before that the document's link is switched off and its open pay pages are closed, so that
        nobody pays twice; until Stripe has answered, the document waits for its payment. Raises
        ``NotAllowed`` where that cannot be, ``UserError`` for an amount that cannot be charged.
        """
        with self._uow.write() as tx:
            document = load(tx, Document, given.document_id)
            require(tx, Action.CHARGE_CARD, document)
            card = load(tx, SavedCard, given.card_id)
            require_chargeable(tx, document, card)
            minor = document.open_minor if given.minor is None else given.minor
            if not 0 < minor <= document.open_minor:
                raise UserError("Charge more than zero, and no more than is open.", field="minor")
            attempt = new_order_uid()
            reference = signature(tx, document, attempt, minor, livemode=card.livemode)
            params = charge_params(
                customer=card.stripe_customer,
                payment_method=card.payment_method,
                amount_minor=minor,
                currency=document.currency,
                description=f"Invoice {document.number}",
                attempt=attempt,
                metadata={**order_metadata(tx, document), "ref": reference},
            )
            switched_off = retire_links(tx, document) or pending_retirement(
                tx, document, card.stripe_account
            )
            renders_wait_for(tx, document, None)
            render_without_link(tx, document)
            place_order(
                tx,
                OrderSubject(OrderKind.CHARGE, document.currency, minor, document, card_id=card.id),
                params,
                uid=attempt,
                waits_for_id=switched_off,
            )
            recompute_document(tx, document)
            tx.audit(
                "charge.ordered",
                f"document:{document.uid}",
                after={"minor": minor, "currency": document.currency, "card": card.uid},
            )
            tx.tell(PaymentChanged(tx.company_id, document.id))

    @use_case
    def withdraw(self, document_id: int) -> None:
        """Take back a charge that has not been sent yet. Raises ``NotAllowed`` for one that was."""
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            order = tx.session.scalar(
                select(StripeOrder)
                .where(
                    StripeOrder.company_id == tx.company_id,
                    StripeOrder.document_id == document.id,
                    StripeOrder.kind == OrderKind.CHARGE.value,
                )
                .order_by(StripeOrder.id.desc())
                .limit(1)
                .with_for_update()
            )
            if order is None or order.state != OrderState.QUEUED:
                raise NotAllowed("The card may have been charged already; wait for the answer.")
            order.state = OrderState.CANCELLED.value
            order.updated_at = tx.now
            cancel_order_job(tx, order)
            recompute_document(tx, document)
            tx.audit("charge.withdrawn", f"document:{document.uid}")
            tx.tell(PaymentChanged(tx.company_id, document.id))

    @use_case
    def remove(self, card_id: int) -> None:
        """Charge this card no more. At Stripe it stays with its customer there."""
        with self._uow.write() as tx:
            card = load(tx, SavedCard, card_id)
            if card.removed_at is not None:
                raise NotAllowed("This card was removed already.")
            remove_card(tx, card)
