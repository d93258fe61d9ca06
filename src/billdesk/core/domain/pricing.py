"""Which price an item has for a customer, a quantity and a day.

A price of the customer's list beats one for everybody; of those reached, the one from the highest
quantity on; of those, the one that came into force last. Without any the item's own price holds,
in its own currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NO_QUANTITY = Decimal(0)


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A price from ``min_quantity`` on, for everybody or the customers of a price list.

    ``unit_price`` in major units of ``currency``; without ``valid_from`` it has always been valid.
    """

    unit_price: Decimal
    currency: str
    min_quantity: Decimal = NO_QUANTITY
    price_list_id: int | None = None
    valid_from: date | None = None


def price_for(
    prices: Iterable[ListedPrice],
    *,
    price_list_id: int | None,
    quantity: Decimal,
    currency: str,
    on: date,
) -> ListedPrice | None:
    """The price that holds on the day ``on``; ``None`` when none of ``prices`` does.

    A returned quantity (negative) has the price of the quantity that was bought.
    """
    reached = [
        price
        for price in prices
        if price.currency == currency
        and price.price_list_id in (None, price_list_id)
        and price.min_quantity <= abs(quantity)
        and (price.valid_from is None or price.valid_from <= on)
    ]
    return max(
        reached,
        key=lambda price: (
            price.price_list_id is not None,
            price.min_quantity,
            price.valid_from or date.min,
        ),
        default=None,
    )
