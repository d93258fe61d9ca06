"""Entries for amounts, quantities and percentages. Values are Decimal or minor units."""

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.ui.format import Formats
from billdesk.ui.number_entry import NumberEntryError, parse_number
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import set_property


class NumberEdit(QLineEdit):
    """A right-aligned number; a small sum such as ``12*90`` is worked out on leaving.

    ``valueChanged`` carries a Decimal or None (empty or wrong); it is emitted on every keystroke
    that changes the number or whether it can be read, so that totals can follow: from wrong to
    empty the value stays None, and what it means does not. ``problemChanged`` carries the error
    text or "".
    """

    valueChanged = Signal(object)
    problemChanged = Signal(str)

    def __init__(
        self,
        formats: Formats,
        *,
        minimum: Decimal | None = None,
        maximum: Decimal | None = None,
        places: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._formats = formats
        self._minimum = minimum
        self._maximum = maximum
        self._places = places
        self._value: Decimal | None = None
        self._settled: Decimal | None = None
        self._problem = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.textEdited.connect(self._read)

    @property
    def value(self) -> Decimal | None:
        """The number, None while empty or wrong."""
        return self._value

    @property
    def settled(self) -> Decimal | None:
        """The number that stood here when the cursor last left; never one typed halfway."""
        return self._settled

    @property
    def problem(self) -> str:
        """Why the text is not accepted; empty when it is."""
        return self._problem

    def set_value(self, value: Decimal | None) -> None:
        """Show a number; emits nothing."""
        self._value = self._settled = value
        self._set_problem("")
        self.setText("" if value is None else self._written(value))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.tidy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.tidy()
        super().keyPressEvent(event)

    def tidy(self) -> None:
        """Write the value in the locale's manner, once it is understood."""
        if self._problem:
            return
        self._settled = self._value
        if self._value is not None:
            self.setText(self._written(self._value))

    def _written(self, value: Decimal) -> str:
        return self._formats.number(value)

    def _read(self, text: str) -> None:
        before = (self._value, bool(self._problem))
        if not text.strip():
            self._value = None
            self._set_problem("")
        else:
            try:
                value = parse_number(text, self._formats.locale)
                self._check(value)
            except NumberEntryError as error:
                self._value = None
                self._set_problem(str(error))
            else:
                self._value = value
                self._set_problem("")
        if before != (self._value, bool(self._problem)):
            self.valueChanged.emit(self._value)

    def _check(self, value: Decimal) -> None:
        if self._minimum is not None and value < self._minimum:
            least = self._formats.number(self._minimum)
            raise NumberEntryError(tr("Type {least} or more.").format(least=least))
        if self._maximum is not None and value > self._maximum:
            most = self._formats.number(self._maximum)
            raise NumberEntryError(tr("Type {most} or less.").format(most=most))
        if self._places is not None and value != round(value, self._places):
            raise NumberEntryError(
                tr("At most {places} decimal places.").format(places=self._places)
            )

    def _set_problem(self, problem: str) -> None:
        set_property(self, "state", "bad" if problem else "")
        if problem != self._problem:
            self._problem = problem
            self.problemChanged.emit(problem)


class QuantityEdit(NumberEdit):
    """A quantity with up to six decimal places."""

    def __init__(self, formats: Formats, parent: QWidget | None = None) -> None:
        super().__init__(formats, places=6, parent=parent)


class PercentEdit(NumberEdit):
    """A rate in percent with up to four places; a typed ``%`` is understood."""

    def __init__(
        self,
        formats: Formats,
        *,
        maximum: Decimal | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(formats, minimum=Decimal(0), maximum=maximum, places=4, parent=parent)

    def _written(self, value: Decimal) -> str:
        return self._formats.percent(value)

    def _read(self, text: str) -> None:
        super()._read(text.replace("%", ""))


class CountEdit(NumberEdit):
    """A whole number that is read, not added up: at the left and never grouped."""

    def __init__(
        self,
        formats: Formats,
        *,
        minimum: int = 0,
        maximum: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        most = None if maximum is None else Decimal(maximum)
        super().__init__(formats, minimum=Decimal(minimum), maximum=most, places=0, parent=parent)
        self.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)

    def _written(self, value: Decimal) -> str:
        return str(int(value))


class MoneyEdit(NumberEdit):
    """An amount of one currency, in minor units. Accepts ``1.200,50`` and ``12*90``."""

    def __init__(
        self,
        formats: Formats,
        currency: str,
        exponent: int,
        *,
        minimum_minor: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        minimum = None if minimum_minor is None else Decimal(minimum_minor).scaleb(-exponent)
        super().__init__(formats, minimum=minimum, parent=parent)
        self._currency = currency
        self._exponent = exponent

    @property
    def minor(self) -> int | None:
        """The amount in minor units; None while empty or wrong."""
        return None if self._value is None else int(self._value.scaleb(self._exponent))

    def set_minor(self, minor: int | None) -> None:
        """Show an amount in minor units; emits nothing."""
        self.set_value(None if minor is None else Decimal(minor).scaleb(-self._exponent))

    def set_currency(self, currency: str, exponent: int) -> None:
        """Change the currency; the typed number stays."""
        self._currency = currency
        self._exponent = exponent
        self.tidy()

    def _check(self, value: Decimal) -> None:
        super()._check(value)
        if value != round(value, self._exponent):
            if self._exponent == 0:
                raise NumberEntryError(
                    tr("{currency} has no decimal places.").format(currency=self._currency)
                )
            raise NumberEntryError(
                tr("{currency} has {places} decimal places.").format(
                    currency=self._currency, places=self._exponent
                )
            )

    def _written(self, value: Decimal) -> str:
        return self._formats.amount(
            int(value.scaleb(self._exponent)), self._currency, self._exponent
        )
