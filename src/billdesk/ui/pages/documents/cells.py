"""Entries of the line grid: discount."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.totals import HUNDRED, Adjustment, decimals
from billdesk.ui.format import Formats
from billdesk.ui.number_entry import NumberEntryError
from billdesk.ui.text import tr
from billdesk.ui.widgets.entry import NumberEdit


class DiscountEdit(NumberEdit):
    """``5 %`` or an amount such as ``20``; empty is no discount."""

    def __init__(self, formats: Formats, currency: str, parent: QWidget | None = None) -> None:
        self._currency = currency
        self._is_percent = False
        super().__init__(formats, minimum=Decimal(0), parent=parent)
        self.setPlaceholderText(tr("5 % or 20"))

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """The discount as the totals engine takes it."""
        value = self.value
        if not value:
            return ()
        if self._is_percent:
            return (Adjustment(is_charge=False, percent=value),)
        minor = int(value.scaleb(exponent(self._currency)))
        return (Adjustment(is_charge=False, amount_minor=minor),)

    def set_adjustments(self, adjustments: Sequence[Adjustment]) -> None:
        """Show the first discount; emits nothing."""
        first = next((a for a in adjustments if not a.is_charge), None)
        if first is None:
            self.set_value(None)
        elif first.percent is not None:
            self._is_percent = True
            self.set_value(first.percent)
        else:
            self._is_percent = False
            scale = exponent(self._currency)
            self.set_value(Decimal(first.amount_minor or 0).scaleb(-scale))

    def set_currency(self, currency: str) -> None:
        """Amounts are of this currency from now on."""
        self._currency = currency
        self.tidy()

    def _read(self, text: str) -> None:
        was_percent, before = self._is_percent, self.value
        self._is_percent = "%" in text
        super()._read(text.replace("%", ""))
        if was_percent != self._is_percent and before == self.value:
            # "5" and "5 %" are the same number but not the same discount.
            self.valueChanged.emit(self.value)

    def _check(self, value: Decimal) -> None:
        super()._check(value)
        if self._is_percent:
            if value > HUNDRED:
                raise NumberEntryError(tr("At most 100 %."))
            if decimals(value) > 4:
                raise NumberEntryError(tr("At most 4 decimal places."))
        elif decimals(value) > exponent(self._currency):
            raise NumberEntryError(
                tr("Too many decimal places for {currency}.").format(currency=self._currency)
            )

    def _written(self, value: Decimal) -> str:
        if self._is_percent:
            return self._formats.percent(value)
        scale = exponent(self._currency)
        return self._formats.amount(int(value.scaleb(scale)), self._currency, scale)
