"""What is answered about prices."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PriceListRow:
    """A list of prices that certain customers get."""

    id: int
    name: str
    currency: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class LineOffer:
    """What a line starts with for a customer, an item and a quantity.

    ``unit_price`` in major units of the document's currency, ``None`` where the item has no price
    in it. ``tax_rate_ids`` follow the item, the customer's usual rate and treatment, and the
    company's usual rate. ``unit`` is the item's word in the document's language.
    """

    unit_price: Decimal | None
    tax_rate_ids: tuple[int, ...]
    unit: str
