"""Entries of the line grid: price, discount, tax."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.tax import Tax
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


@dataclass(frozen=True)
class TaxChoices:
    """The rates lines can carry: ``usable`` are offered, ``known`` also has deleted ones."""

    known: dict[int, Tax]
    usable: tuple[int, ...]
    default: tuple[int, ...]

    def name(self, rate_ids: tuple[int, ...]) -> str:
        """``VAT 19 %``, or several joined."""
        if not rate_ids:
            return tr("No tax")
        return " + ".join(self.known[i].name if i in self.known else "?" for i in rate_ids)


class TaxBox(QComboBox):
    """The tax of a line. The wheel scrolls the page, not the tax, unless the box has focus."""

    taxChanged = Signal()

    def __init__(
        self, formats: Formats, choices: TaxChoices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._formats = formats
        self._choices = choices
        # A narrow column must not grow with the longest name of a rate.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.view().setMinimumWidth(160)
        for rate_id in choices.usable:
            self.addItem(choices.name((rate_id,)), (rate_id,))
        self.addItem(tr("No tax"), ())
        self.set_rate_ids(choices.default)
        self.currentIndexChanged.connect(self.taxChanged)

    @property
    def rate_ids(self) -> tuple[int, ...]:
        """Ids of the rates chosen."""
        return tuple(self.currentData())

    def set_rate_ids(self, rate_ids: tuple[int, ...]) -> None:
        """Show these rates, also ones that are no longer offered; emits nothing."""
        blocked = self.blockSignals(True)
        position = next((n for n in range(self.count()) if self.itemData(n) == rate_ids), -1)
        if position < 0:
            self.insertItem(0, self._choices.name(rate_ids), rate_ids)
            position = 0
        self.setCurrentIndex(position)
        self.blockSignals(blocked)

    def paintEvent(self, event: QPaintEvent) -> None:
        # Closed it says the rate alone: the column is narrow, the open list has the names.
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        rates = [self._choices.known[i].percent for i in self.rate_ids if i in self._choices.known]
        short = " + ".join(self._formats.percent(rate) for rate in rates)
        room = self.rect().adjusted(10, 0, -24, 0)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = painter.fontMetrics().elidedText(
            short or "–", Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
