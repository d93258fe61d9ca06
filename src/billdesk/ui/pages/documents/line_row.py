"""One line of the grid: entries in two rows, its error below, its amount at the right."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from billdesk.core.domain.drafts import LineDraft
from billdesk.core.queries.items import ItemRow
from billdesk.core.queries.prices import LineOffer
from billdesk.ui.format import Formats
from billdesk.ui.forms.choice_box import ChoiceBox, Pair
from billdesk.ui.forms.price_edit import PriceEdit
from billdesk.ui.pages.documents.cells import DiscountEdit
from billdesk.ui.pages.documents.tax_box import TaxBox, TaxChoices
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import label, set_property
from billdesk.ui.widgets.choice_list import Choice
from billdesk.ui.widgets.entry import NumberEdit, QuantityEdit
from billdesk.ui.widgets.search_picker import SearchPicker

ONE = Decimal(1)
WIDTHS = {"quantity": 56, "unit_price": 88, "tax": 78, "amount": 84}


class LineRow(QWidget):
    """``edited`` on every change; ``line`` is the content, None while the row is blank.

    A number that cannot be read leaves the one in force that stood there before the cursor came,
    and is named in ``problem``; the row then has no amount.
    """

    edited = Signal()
    itemSearched = Signal(object, str)
    focusEntered = Signal(object)
    offerWanted = Signal(object)

    def __init__(
        self,
        formats: Formats,
        currency: str,
        taxes: TaxChoices,
        centres: Sequence[Pair] = (),
        parent: QWidget | None = None,
    ) -> None:
        """``centres`` are the cost centres on offer; without any there is no choice to make."""
        super().__init__(parent)
        self._formats = formats
        self._taxes = taxes
        self._base = LineDraft("", ONE, Decimal(0))
        self._line: LineDraft | None = None
        self._core_problem = ("", "")
        # The price the item was offered at: another one was typed and stays.
        self._offered: Decimal | None = None
        self._is_fresh = False
        self.name = SearchPicker(tr("Description"))
        self.name.setPlaceholderText(tr("Add a line…"))
        self.quantity = QuantityEdit(formats)
        self.unit_price = PriceEdit(formats, currency)
        self.tax = TaxBox(formats, taxes)
        self.amount = label("")
        self.description = QLineEdit()
        self.description.setPlaceholderText(tr("Details"))
        self.unit = QLineEdit()
        self.unit.setPlaceholderText(tr("Unit"))
        self.discount = DiscountEdit(formats, currency)
        self.discount.setPlaceholderText(tr("Discount"))
        self._has_centres = bool(centres)
        self.centre = ChoiceBox([(None, tr("No cost centre")), *centres])
        self.problem_label = label("", "meta", "bad")
        self.problem_label.setWordWrap(True)
        self._assemble()
        self._connect()
        self._show_second(False)

    # Content

    @property
    def line(self) -> LineDraft | None:
        """What the row says; None while nothing has been typed."""
        return self._line

    @property
    def problem(self) -> str:
        """What has to be put right before the invoice can be issued; empty when nothing."""
        return next((edit.problem for edit in self._numbers() if edit.problem), "")

    def set_line(self, line: LineDraft) -> None:
        """Show a line; emits nothing."""
        self._base = line
        self._offered = None
        self.name.set_current(None)
        self.name.setText(line.name)
        self.quantity.set_value(line.quantity)
        self.unit_price.set_value(line.unit_price)
        self.description.setText(line.description)
        # A long text shows how it begins.
        self.description.setCursorPosition(0)
        self.unit.setText(line.unit)
        self.tax.set_rate_ids(line.tax_rate_ids)
        self.discount.set_adjustments(line.adjustments)
        self.centre.set_value(line.cost_centre_id)
        self._line = line
        self.name.setCursorPosition(0)
        self._show_second(self._has_second())
        self._name_cells()

    def set_item(self, item: ItemRow, currency: str) -> None:
        """Fill the row from the item list; a price in another currency is left to the owner."""
        quantity = self.quantity.value if self._line is not None else None
        price = item.unit_price if item.currency in ("", currency) else Decimal(0)
        # A rate made after this invoice was opened is not known here: the line keeps its own.
        rates = self.tax.rate_ids
        if item.tax_rate_id is not None and item.tax_rate_id in self._taxes.known:
            rates = (item.tax_rate_id,)
        self.set_line(
            replace(
                self._base,
                name=item.name,
                description=item.description,
                unit=item.unit,
                unit_code=item.unit_code,
                quantity=quantity if quantity is not None else ONE,
                unit_price=price,
                tax_rate_ids=rates,
                item_id=item.id,
                account_id=item.account_id,
            )
        )
        self._offered = price
        self._is_fresh = True
        self.edited.emit()
        self.offerWanted.emit(self)

    def take_offer(self, item_id: int, quantity: Decimal, offer: LineOffer) -> None:
        """Fill in what the item costs this customer at this quantity, unless typed over since."""
        line = self._line
        if line is None or (line.item_id, line.quantity) != (item_id, quantity):
            return
        if self._offered is None or line.unit_price != self._offered:
            return
        price = self._offered if offer.unit_price is None else offer.unit_price
        taxes, unit = line.tax_rate_ids, line.unit
        if self._is_fresh:
            known = all(rate in self._taxes.known for rate in offer.tax_rate_ids)
            taxes, unit = (offer.tax_rate_ids if known else taxes), offer.unit
            self._is_fresh = False
        offered = replace(line, unit_price=price, tax_rate_ids=taxes, unit=unit)
        self._offered = price
        if offered == line:
            return
        self._line = self._base = offered
        self.unit_price.set_value(price)
        self.unit.setText(unit)
        self.tax.set_rate_ids(taxes)
        self.edited.emit()

    def follow_customer(self, before: tuple[int, ...], default: tuple[int, ...]) -> None:
        """Another customer has another usual tax; emits nothing."""
        if self._line is None:
            self.tax.set_rate_ids(default)
        elif self._line.tax_rate_ids == before:
            self.follow_rates(default)

    def follow_rates(self, rate_ids: tuple[int, ...]) -> None:
        """The day of supply has changed and with it the rates; emits nothing."""
        if self._line is not None and rate_ids != self._line.tax_rate_ids:
            self._line = replace(self._line, tax_rate_ids=rate_ids)
            self.tax.set_rate_ids(rate_ids)

    def set_currency(self, currency: str) -> None:
        """Prices and discounts are of this currency from now on."""
        self.unit_price.set_currency(currency)
        self.discount.set_currency(currency)

    def set_amount(self, text: str) -> None:
        """Show what the line comes to; nothing is known while a number cannot be read."""
        text = "–" if self.problem else text
        self.amount.setText(text)
        self.amount.setAccessibleName(tr("Amount: {amount}").format(amount=text))

    def set_problem(self, sentence: str, cell: str = "") -> None:
        """Show an error of the core beside its cell; empty takes it away."""
        self._core_problem = (sentence, cell)
        self._show_problem()

    def focus_problem(self) -> None:
        """Put the cursor into the first number that cannot be read."""
        for edit in self._numbers():
            if edit.problem:
                edit.setFocus()
                return

    def show_results(self, query: str, choices: list[Choice]) -> None:
        """The items found; nothing pops up when there is none: any text is a description."""
        if choices:
            self.name.show_results(query, choices)
            self.name.setProperty("answered", query)
        elif query == self.name.text():
            self.name.close_list()

    @property
    def takes_enter(self) -> bool:
        """Whether Enter belongs to the list of items: it is open and fits what was typed."""
        return self.name.is_open and self.name.property("answered") == self.name.text()

    def cell(self, name: str) -> QWidget:
        """The entry the core calls ``name``."""
        return {
            "quantity": self.quantity,
            "unit_price": self.unit_price,
            "description": self.description,
            "tax_rate_ids": self.tax,
            "adjustments": self.discount,
            "cost_centre_id": self.centre,
        }.get(name, self.name)

    def cells(self) -> list[QWidget]:
        """The entries in reading order."""
        found = [
            self.name,
            self.quantity,
            self.unit_price,
            self.tax,
            self.description,
            self.unit,
            self.discount,
        ]
        return [*found, self.centre] if self._has_centres else found

    # Inside

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._show_second(True)
            self.focusEntered.emit(self)
        return super().eventFilter(watched, event)

    def settle(self) -> None:
        """The focus is elsewhere: fold the second row away when it says nothing."""
        self._show_second(self._has_second())
        for text in (self.name, self.description):
            text.setCursorPosition(0)

    def _has_second(self) -> bool:
        texts = (self.description.text(), self.unit.text(), self.discount.text())
        return any(text.strip() for text in texts) or self.centre.value is not None

    def _show_second(self, visible: bool) -> None:
        for widget in (self.description, self.unit, self.discount):
            widget.setVisible(visible)
        self.centre.setVisible(visible and self._has_centres)

    def _changed(self) -> None:
        typed = self.name.text().strip() or self.unit_price.text() or self.description.text()
        if not typed and self._line is None:
            return
        # One, unless the owner has emptied it: there the next number is about to be typed.
        if typed and not self.quantity.text() and not self.quantity.isModified():
            self.quantity.set_value(ONE)
        previous = self._line or self._base
        is_typed = self.discount.isModified()
        adjustments = self.discount.in_force if is_typed else previous.adjustments
        self._line = replace(
            previous,
            name=self.name.text(),
            quantity=_number(self.quantity),
            unit_price=_number(self.unit_price),
            description=self.description.text(),
            unit=self.unit.text(),
            tax_rate_ids=self.tax.rate_ids,
            adjustments=adjustments,
            cost_centre_id=self.centre.value,
        )
        if not (typed or self.quantity.text() or self._has_second()):
            self._line = None
        self._core_problem = ("", "")
        self._show_problem()
        self._name_cells()
        self.edited.emit()

    def _show_problem(self) -> None:
        sentence, name = self._core_problem
        own = self.problem
        self.problem_label.setText(own or sentence)
        self.problem_label.setVisible(bool(own or sentence))
        bad = self.cell(name) if sentence else None
        for widget in self.cells():
            wrong = widget is bad or (isinstance(widget, NumberEdit) and bool(widget.problem))
            set_property(widget, "state", "bad" if wrong else "")
            widget.setAccessibleDescription((own or sentence) if wrong else "")

    def _name_cells(self) -> None:
        """Screen readers say which line a number belongs to."""
        line = self.name.text().strip() or tr("new line")
        for widget, name in (
            (self.quantity, tr("Quantity")),
            (self.unit_price, tr("Price")),
            (self.tax, tr("Tax")),
            (self.description, tr("Details")),
            (self.unit, tr("Unit")),
            (self.discount, tr("Discount")),
            (self.centre, tr("Cost centre")),
        ):
            widget.setAccessibleName(f"{name}, {line}")

    def _numbers(self) -> tuple[NumberEdit, ...]:
        return (self.quantity, self.unit_price, self.discount)

    def _assemble(self) -> None:
        theme = current_theme()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(6)
        layout.setColumnStretch(0, 1)
        self.name.setMinimumWidth(theme.px(96))
        for position, (widget, name) in enumerate(
            (
                (self.quantity, "quantity"),
                (self.unit_price, "unit_price"),
                (self.tax, "tax"),
                (self.amount, "amount"),
            ),
            start=1,
        ):
            widget.setFixedWidth(theme.px(WIDTHS[name]))
            layout.addWidget(widget, 0, position)
        layout.addWidget(self.name, 0, 0)
        layout.addWidget(self.description, 1, 0, 1, 2)
        layout.addWidget(self.unit, 1, 2)
        layout.addWidget(self.discount, 1, 3, 1, 2, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.centre, 2, 0, 1, 3)
        layout.addWidget(self.problem_label, 3, 0, 1, 5)
        self.unit.setFixedWidth(theme.px(WIDTHS["unit_price"]))
        self.discount.setFixedWidth(theme.px(WIDTHS["tax"] + 42))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.problem_label.hide()
        self._name_cells()
        cells = self.cells()
        for before, after in pairwise(cells):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        for edit in (self.name, self.description, self.unit):
            edit.textEdited.connect(self._changed)
        for number in self._numbers():
            number.valueChanged.connect(self._changed)
            number.problemChanged.connect(self._show_problem)
        self.quantity.valueChanged.connect(self._ask_offer)
        self.tax.taxChanged.connect(self._changed)
        self.centre.valueChanged.connect(self._changed)
        self.name.searchRequested.connect(self._search)
        for cell in self.cells():
            cell.installEventFilter(self)
            if isinstance(cell, QComboBox):
                cell.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _ask_offer(self) -> None:
        """Another quantity may have another price; a price that was typed is left alone."""
        line = self._line
        if line is not None and line.item_id is not None and line.unit_price == self._offered:
            self.offerWanted.emit(self)

    def _search(self, text: str) -> None:
        self.itemSearched.emit(self, text)


def _number(edit: NumberEdit) -> Decimal:
    """The number typed; the one before while it cannot be read, zero once it was emptied."""
    number = edit.settled if edit.problem else edit.value
    return number if number is not None else Decimal(0)
