"""A unit price, which may be finer than the currency's smallest coin."""

from decimal import Decimal

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.totals import decimals
from billdesk.ui.format import Formats
from billdesk.ui.widgets.entry import NumberEdit

MOST_PLACES = 6


class PriceEdit(NumberEdit):
    """Shows at least the currency's decimals, takes up to six."""

    def __init__(self, formats: Formats, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(formats, minimum=Decimal(0), places=MOST_PLACES, parent=parent)
        self._currency = currency

    def set_currency(self, currency: str) -> None:
        """Write the price with another currency's decimals; the number stays."""
        self._currency = currency
        self.tidy()

    def _written(self, value: Decimal) -> str:
        return written_price(self._formats, value, self._currency)


def price_in_money(formats: Formats, price: Decimal, currency: str) -> str:
    """The price with its currency, written as amounts are."""
    places = max(exponent(currency), decimals(price))
    return formats.money(int(price.scaleb(places)), currency, places)


def written_price(formats: Formats, price: Decimal, currency: str) -> str:
    """The price without its currency, with at least the currency's decimals."""
    scale = exponent(currency)
    if decimals(price) > scale:
        return formats.number(price)
    return formats.amount(int(price.scaleb(scale)), currency, scale)
