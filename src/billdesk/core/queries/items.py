"""What is answered about the item catalogue."""

from dataclasses import dataclass
from decimal import Decimal

from billdesk.core.domain.custom_fields import CustomValues
from billdesk.core.domain.pricing import ListedPrice


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item; ``unit_price`` in major units of ``currency``.

    ``prices`` are read with one item, not with a list of them.
    """

    id: int
    version: int
    code: str
    name: str
    description: str
    unit: str
    unit_code: str
    unit_price: Decimal
    currency: str
    tax_rate_id: int | None
    account_id: int | None
    deleted: bool
    custom: CustomValues = ()
    prices: tuple[ListedPrice, ...] = ()
