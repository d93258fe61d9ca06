"""An item's prices beside its own: checked and stored as a whole."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, or_, select

from billdesk.core.db.tables import Item, ItemPrice, PriceList
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.pricing import ListedPrice
from billdesk.core.domain.totals import LARGEST_DECIMALS, LARGEST_ENTRY, decimals
from billdesk.core.services.steps.rows import load

MOST = 500


def check_prices(prices: Iterable[ListedPrice]) -> tuple[ListedPrice, ...]:
    """The prices as they can be stored. Raises ``UserError`` about ``prices.N.NAME``."""
    checked = tuple(prices)
    if len(checked) > MOST:
        raise UserError(f"There can be {MOST} prices at most.", field="prices")
    seen: set[tuple[object, ...]] = set()
    for index, price in enumerate(checked):
        prefix = f"prices.{index}."
        for name, number in (
            ("unit_price", price.unit_price),
            ("min_quantity", price.min_quantity),
        ):
            if not number.is_finite() or number < 0:
                raise UserError("Prices and quantities are zero or more.", field=f"{prefix}{name}")
            if decimals(number) > LARGEST_DECIMALS:
                raise UserError("There are at most six decimals.", field=f"{prefix}{name}")
            if number > LARGEST_ENTRY:
                raise UserError(
                    "This number is larger than BillDesk can hold.", field=f"{prefix}{name}"
                )
        exponent(price.currency, f"{prefix}currency")
        check_day(price.valid_from, f"{prefix}valid_from")
        key = (price.price_list_id, price.currency, price.min_quantity, price.valid_from)
        if key in seen:
            raise UserError(
                "There is a price for this quantity already.", field=f"{prefix}min_quantity"
            )
        seen.add(key)
    return checked


def store_prices(tx: Transaction, item: Item, prices: Iterable[ListedPrice]) -> None:
    """Make the stored prices of an item exactly these checked ones.

    Raises ``NotFound`` for a price list of another company, ``UserError`` for one in another
    currency.
    """
    given = tuple(prices)
    for list_id in sorted({one.price_list_id for one in given if one.price_list_id is not None}):
        listed = load(tx, PriceList, list_id)
        for index, price in enumerate(given):
            if price.price_list_id == list_id and price.currency != listed.currency:
                raise UserError(
                    f"{listed.name} has its prices in {listed.currency}.",
                    field=f"prices.{index}.currency",
                )
    # Prices of a list that was put away were not shown: they wait for it to be restored.
    away = select(PriceList.id).where(
        PriceList.company_id == tx.company_id, PriceList.deleted_at.is_not(None)
    )
    tx.connection.execute(
        delete(ItemPrice).where(
            ItemPrice.company_id == tx.company_id,
            ItemPrice.item_id == item.id,
            or_(ItemPrice.price_list_id.is_(None), ItemPrice.price_list_id.not_in(away)),
        )
    )
    if given:
        tx.connection.execute(
            insert(ItemPrice),
            [
                {
                    "company_id": tx.company_id,
                    "item_id": item.id,
                    "price_list_id": price.price_list_id,
                    "currency": price.currency,
                    "min_quantity": price.min_quantity,
                    "unit_price": price.unit_price,
                    "valid_from": price.valid_from,
                }
                for price in given
            ],
        )
