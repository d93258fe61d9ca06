"""Saved cards of a customer, and what was charged for a document."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Customer, Document, SavedCard, StripeOrder
from billdesk.core.domain.outside import OrderKind, OrderState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.cards import CardRow, ChargeInfo
from billdesk.core.queries.settings import stored_setting


def read_cards(
    connection: Connection, company_id: int, customer_ids: Sequence[int]
) -> tuple[CardRow, ...]:
    """The cards of customers that can be charged where Stripe is connected now, newest first."""
    online = stored_setting(connection, company_id, OnlinePayment)
    rows = connection.execute(
        select(SavedCard.__table__, Document.number)
        .outerjoin(Document, Document.id == SavedCard.document_id)
        .where(
            SavedCard.company_id == company_id,
            SavedCard.customer_id.in_(customer_ids),
            SavedCard.removed_at.is_(None),
            SavedCard.stripe_account == online.account,
            SavedCard.livemode == online.livemode,
        )
        .order_by(SavedCard.id.desc())
    )
    return tuple(
        CardRow(
            row.id,
            row.brand,
            row.last4,
            row.expires_month,
            row.expires_year,
            row.consented_at,
            row.number or "",
        )
        for row in rows
    )


def cards_for(
    connection: Connection, company_id: int, customer_id: int | None
) -> tuple[CardRow, ...]:
    """The cards that may be charged for a document of a customer; none while it is off."""
    online = stored_setting(connection, company_id, OnlinePayment)
    if customer_id is None or not (online.enabled and online.saved_cards):
        return ()
    into = connection.scalar(
        select(Customer.merged_into_id).where(
            Customer.company_id == company_id, Customer.id == customer_id
        )
    )
    return read_cards(connection, company_id, [one for one in (customer_id, into) if one])


def newest_charge(connection: Connection, company_id: int, document_id: int) -> ChargeInfo | None:
    """The last time a saved card was charged for a document, whatever came of it."""
    row = connection.execute(
        select(StripeOrder.__table__, SavedCard.brand, SavedCard.last4)
        .join(SavedCard, SavedCard.id == StripeOrder.card_id)
        .where(
            StripeOrder.company_id == company_id,
            StripeOrder.document_id == document_id,
            StripeOrder.kind == OrderKind.CHARGE.value,
            StripeOrder.state != OrderState.CANCELLED.value,
        )
        .order_by(StripeOrder.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return ChargeInfo(
        OrderState(row.state), row.amount_minor, row.brand, row.last4, row.created_at, row.error
    )
