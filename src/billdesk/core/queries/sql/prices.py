"""Prices of lists and quantities, and what a line is offered."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Customer, Item, ItemPrice, PriceList
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.pricing import ListedPrice, price_for
from billdesk.core.domain.tax_treatment import Treatment, rate_for
from billdesk.core.domain.units import PIECE, word_in
from billdesk.core.queries.prices import LineOffer, PriceListRow
from billdesk.core.queries.sql.tax_rates import read_tax_rates


def read_prices(connection: Connection, company_id: int, item_id: int) -> tuple[ListedPrice, ...]:
    """An item's prices beside its own: general ones first, by list, quantity and day."""
    rows = connection.execute(
        select(ItemPrice.__table__)
        .outerjoin(PriceList, PriceList.id == ItemPrice.price_list_id)
        .where(
            ItemPrice.company_id == company_id,
            ItemPrice.item_id == item_id,
            # A list that was put away counts no more.
            PriceList.deleted_at.is_(None),
        )
        .order_by(ItemPrice.id)
    )
    prices = [
        ListedPrice(
            row.unit_price, row.currency, row.min_quantity, row.price_list_id, row.valid_from
        )
        for row in rows
    ]
    return tuple(
        sorted(
            prices,
            key=lambda one: (
                one.price_list_id or 0,
                one.min_quantity,
                one.valid_from or date.min,
            ),
        )
    )


def read_price_lists(
    connection: Connection, company_id: int, *, deleted: bool
) -> tuple[PriceListRow, ...]:
    """The price lists by name; or the deleted ones."""
    rows = connection.execute(
        select(PriceList.id, PriceList.name, PriceList.currency)
        .where(
            PriceList.company_id == company_id,
            PriceList.deleted_at.is_not(None) if deleted else PriceList.deleted_at.is_(None),
        )
        .order_by(PriceList.name, PriceList.id)
    )
    return tuple(PriceListRow(row.id, row.name, row.currency, deleted) for row in rows)


def line_offer(
    connection: Connection,
    company_id: int,
    *,
    item_id: int | None,
    customer_id: int | None,
    quantity: Decimal,
    currency: str,
    on: date,
    language: str,
) -> LineOffer:
    """What a line for ``item_id`` is offered; see ``LineOffer``. Raises ``NotFound``."""
    customer = connection.execute(
        select(Customer.tax_treatment, Customer.tax_rate_id, Customer.price_list_id).where(
            Customer.company_id == company_id, Customer.id == customer_id
        )
    ).first()
    if customer is None and customer_id is not None:
        raise NotFound("This customer does not exist.")
    price, tax_rate_id, unit = None, None, ""
    if item_id is not None:
        item = connection.execute(
            select(Item.__table__).where(Item.company_id == company_id, Item.id == item_id)
        ).first()
        if item is None:
            raise NotFound("This item does not exist.")
        listed = price_for(
            read_prices(connection, company_id, item_id),
            price_list_id=customer.price_list_id if customer else None,
            quantity=quantity,
            currency=currency,
            on=on,
        )
        price = listed.unit_price if listed else None
        if price is None and item.currency == currency:
            price = item.unit_price
        tax_rate_id = item.tax_rate_id
        unit = word_in(item.unit_code or PIECE, item.unit, language)
    rates = read_tax_rates(connection, company_id, deleted=False)
    usual = tuple(rate.id for rate in rates if rate.is_default)[:1]
    if customer is not None and customer.tax_rate_id is not None:
        usual = (customer.tax_rate_id,)
    own = usual if tax_rate_id is None else (tax_rate_id,)
    if customer is not None and customer.tax_treatment:
        own = rate_for(Treatment(customer.tax_treatment), own, rates)
    return LineOffer(price, own, unit)
