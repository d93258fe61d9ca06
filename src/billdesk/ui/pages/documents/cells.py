"""Entries of the line grid: discount and surcharge."""

import re
from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.totals import HUNDRED, Adjustment, decimals
from billdesk.ui.format import Formats
from billdesk.ui.number_entry import NumberEntryError
from billdesk.ui.text import tr
from billdesk.ui.widgets.entry import NumberEdit

# A sign, a number or small sum, and words from the first letter on.
_PARTS = re.compile(r"\s*([+\-\u2212]?)([\W\d_]*)(.*)", re.DOTALL)


class DiscountEdit(NumberEdit):
    """``5 %`` or an amount such as ``20``; with a plus it is a surcharge, words are its reason.

    Empty is no discount.
    """

    def __init__(self, formats: Formats, currency: str, parent: QWidget | None = None) -> None:
        self._currency = currency
        self._is_percent = False
        self._is_charge = False
        self._reason = ""
        self._settled_adjustments: tuple[Adjustment, ...] = ()
        super().__init__(formats, minimum=Decimal(0), parent=parent)
        self.setPlaceholderText(tr("5 % or 20"))
        self.setToolTip(tr("5 % or 20, +15 for a surcharge; a reason may follow: +15 Freight"))

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """The discount as the totals engine takes it."""
        value = self.value
        if not value:
            return ()
        if self._is_percent:
            return (Adjustment(self._is_charge, percent=value, reason=self._reason),)
        minor = int(value.scaleb(exponent(self._currency)))
        return (Adjustment(self._is_charge, amount_minor=minor, reason=self._reason),)

    @property
    def in_force(self) -> tuple[Adjustment, ...]:
        """As typed; while that is refused, what stood here when the cursor last left."""
        return self._settled_adjustments if self.problem else self.adjustments

    def set_adjustments(self, adjustments: Sequence[Adjustment]) -> None:
        """Show the first discount or surcharge; emits nothing."""
        self._settled_adjustments = tuple(adjustments)
        first = next(iter(adjustments), None)
        self._is_charge = first is not None and first.is_charge
        self._reason = first.reason if first is not None else ""
        if first is None:
            self.set_value(None)
        elif first.percent is not None:
            self._is_percent = True
            self.set_value(first.percent)
        else:
            self._is_percent = False
            scale = exponent(self._currency)
            self.set_value(Decimal(first.amount_minor or 0).scaleb(-scale))

    def tidy(self) -> None:
        if self.isModified() and not self.problem:
            self._settled_adjustments = self.adjustments
        super().tidy()

    def set_currency(self, currency: str) -> None:
        """Amounts are of this currency from now on."""
        self._currency = currency
        self.tidy()

    def _read(self, text: str) -> None:
        was = (self._is_percent, self._is_charge, self._reason)
        before = (self.value, bool(self.problem))
        match = _PARTS.fullmatch(text)
        sign, number, reason = match.groups() if match is not None else ("", text, "")
        self._is_percent = "%" in number
        self._is_charge = sign == "+"
        self._reason = reason.strip()
        super()._read(number.replace("%", ""))
        same_number = before == (self.value, bool(self.problem))
        if was != (self._is_percent, self._is_charge, self._reason) and same_number:
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
            number = self._formats.percent(value)
        else:
            scale = exponent(self._currency)
            number = self._formats.amount(int(value.scaleb(scale)), self._currency, scale)
        return f"{'+' if self._is_charge else ''}{number} {self._reason}".rstrip()
