"""Prices of lists and quantities, kept with their item and offered to a line."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from books import CUSTOMER, Shop

from billdesk.core.domain.custom_fields import CustomField, CustomValue, Entity, FieldType
from billdesk.core.domain.errors import NotFound, UserError
from billdesk.core.domain.pricing import ListedPrice
from billdesk.core.services.items import ItemInput

SCREW = ItemInput("Screw", Decimal("0.10"), unit="days", unit_code="DAY")


def listed(price: str, minimum: str = "0", **fields: Any) -> ListedPrice:
    return ListedPrice(Decimal(price), fields.pop("currency", "EUR"), Decimal(minimum), **fields)


def price(shop: Shop, item_id: int, quantity: str = "1", **asked: Any) -> Decimal | None:
    customer_id, currency = asked.pop("customer_id", None), asked.pop("currency", "EUR")
    offer = shop.app.queries.line_offer(item_id, customer_id, Decimal(quantity), currency, **asked)
    return offer.unit_price


@pytest.mark.both_engines
def test_a_line_is_offered_the_price_of_list_quantity_and_day(shop: Shop) -> None:
    trade = shop.app.price_lists.create("Trade")
    prices = (
        listed("0.08", "100"),
        listed("0.07", "100", price_list_id=trade),
        listed("0.06", "100", price_list_id=trade, valid_from=date(2027, 1, 1)),
        listed("0.12", currency="USD"),
    )
    item_id = shop.app.items.create(replace(SCREW, prices=prices))
    assert set(shop.app.queries.item(item_id).prices) == set(prices)
    customer_id = shop.app.customers.create(replace(CUSTOMER, price_list_id=trade))
    assert price(shop, item_id) == Decimal("0.10")
    assert price(shop, item_id, "100") == Decimal("0.08")
    assert price(shop, item_id, "100", customer_id=customer_id) == Decimal("0.07")
    later = date(2027, 1, 1)
    assert price(shop, item_id, "100", customer_id=customer_id, on=later) == Decimal("0.06")
    assert price(shop, item_id, currency="USD") == Decimal("0.12")
    assert price(shop, item_id, currency="JPY") is None
    shop.app.price_lists.delete(trade)
    assert price(shop, item_id, "100", customer_id=customer_id) == Decimal("0.08")
    # Saved meanwhile by somebody who did not see the list's prices: they are there again.
    row = shop.app.queries.item(item_id)
    shop.app.items.update(item_id, row.version, replace(SCREW, prices=row.prices))
    shop.app.price_lists.restore(trade)
    assert price(shop, item_id, "100", customer_id=customer_id) == Decimal("0.07")
    shop.check()


def test_a_line_has_the_unit_in_the_document_s_language(shop: Shop) -> None:
    item_id = shop.app.items.create(SCREW)
    offer = shop.app.queries.line_offer(item_id, None, Decimal(1), "EUR", language="de")
    assert offer.unit == "Tage"


@pytest.mark.parametrize(
    ("prices", "field"),
    [
        ((listed("-1"),), "prices.0.unit_price"),
        ((listed("1"), listed("NaN", "5")), "prices.1.unit_price"),
        ((listed("1", "-5"),), "prices.0.min_quantity"),
        ((listed("0.0000001"),), "prices.0.unit_price"),
        ((listed("1"), listed("2")), "prices.1.min_quantity"),
        ((listed("1", currency="XXX"),), "prices.0.currency"),
        ((listed("1", valid_from=date(1999, 1, 1)),), "prices.0.valid_from"),
        ((listed("1"),) * 501, "prices"),
    ],
)
def test_a_price_that_cannot_be_names_its_place(
    shop: Shop, prices: tuple[ListedPrice, ...], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.items.create(replace(SCREW, prices=prices))
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM item") == []


def test_a_list_has_its_currency_and_its_company(shop: Shop, open_shop: Any) -> None:
    dollars = shop.app.price_lists.create("Dollars", "USD")
    with pytest.raises(UserError, match="has its prices in USD"):
        shop.app.items.create(replace(SCREW, prices=(listed("1", price_list_id=dollars),)))
    with pytest.raises(UserError, match="a name"):
        shop.app.price_lists.create("  ")
    shop.app.price_lists.rename(dollars, "US")
    (row,) = shop.app.queries.price_lists()
    assert (row.name, row.currency) == ("US", "USD")
    other: Shop = open_shop("Other GmbH")
    foreign = (listed("1", price_list_id=dollars, currency="USD"),)
    with pytest.raises(NotFound):
        other.app.items.create(replace(SCREW, prices=foreign))
    item_id = shop.app.items.create(SCREW)
    for act in (
        lambda: other.app.price_lists.delete(dollars),
        lambda: other.app.queries.line_offer(item_id, None, Decimal(1), "EUR"),
        lambda: other.app.queries.line_offer(None, shop.customer(), Decimal(1), "EUR"),
    ):
        with pytest.raises(NotFound):
            act()
    assert other.app.queries.price_lists() == ()


def test_own_fields_of_an_item_are_kept_and_found(shop: Shop) -> None:
    shop.app.custom_fields.create(Entity.ITEM, CustomField("shelf", "Shelf", FieldType.NUMBER))
    with pytest.raises(UserError) as refusal:
        shop.app.items.create(replace(SCREW, custom=(CustomValue("shelf", "top"),)))
    assert refusal.value.field == "custom.shelf"
    item_id = shop.app.items.create(replace(SCREW, custom=(CustomValue("shelf", "0777.0"),)))
    assert shop.app.queries.item(item_id).custom == (CustomValue("shelf", "777"),)
    assert [row.id for row in shop.app.queries.items(search="777").rows] == [item_id]
