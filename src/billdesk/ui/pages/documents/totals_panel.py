"""The figures below the lines, live; each can say how it came about."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from billdesk.core.domain.totals import Totals, TotalsInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents.cells import DiscountEdit
from billdesk.ui.pages.documents.explain import Explained, explain
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.buttons import Button

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TotalsPanel(QWidget):
    """Subtotal, discount, a row per tax, total. ``discountChanged`` while it is typed."""

    discountChanged = Signal()

    def __init__(self, desk: Desk, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._given: TotalsInput | None = None
        self._totals: Totals | None = None
        self.discount = DiscountEdit(desk.formats, currency)
        self.discount.setAccessibleName(tr("Discount on the whole document"))
        self.discount.setFixedWidth(current_theme().px(104))
        self.discount.valueChanged.connect(self.discountChanged)
        self._why = Button(tr("Why this cent?"), "link", on_click=self.show_why)
        self._subtotal = _amount("")
        self._discount_amount = _amount("")
        self._taxes = _rows_grid()
        self._after = _rows_grid()
        self.total = label("", "kpi")
        self.total.setAlignment(_RIGHT)
        self._assemble()

    def show_totals(self, given: TotalsInput, totals: Totals) -> None:
        """Show the figures of an invoice."""
        self._given, self._totals = given, totals
        self._why.setEnabled(True)
        money, currency = self._desk.money, totals.currency
        self._subtotal.setText(money(totals.subtotal_minor, currency))
        effect = sum(totals.adjustments_minor)
        self._discount_amount.setText(money(effect, currency) if effect else "")
        rows = [(tax.tax.name, tax.tax_minor) for tax in totals.taxes]
        if totals.rounding_minor:
            rows.append((tr("Cash rounding"), totals.rounding_minor))
        self._fill(self._taxes, rows)
        after = [
            (tr("{tax}, kept back").format(tax=row_.tax.name), -row_.tax_minor)
            for row_ in totals.withheld
        ]
        after += [
            (tr("Deposit {number}").format(number=one.number), -one.total_minor)
            for one in given.deposits
        ]
        paid = totals.prepaid_minor - sum(one.total_minor for one in given.deposits)
        if paid:
            after.append((tr("Paid before"), -paid))
        if after:
            after.append((tr("Amount due"), totals.due_minor))
        self._fill(self._after, after)
        self._show_total(money(totals.total_minor, currency))

    def show_unknown(self) -> None:
        """No figures while a number among the lines cannot be read: any total would pretend."""
        self._given = self._totals = None
        self._why.setEnabled(False)
        self._subtotal.setText("–")
        self._discount_amount.setText("")
        self._fill(self._taxes, [])
        self._fill(self._after, [])
        self._show_total("–")

    def _show_total(self, text: str) -> None:
        self.total.setText(text)
        self.total.setAccessibleName(tr("Total: {total}").format(total=text))

    def _fill(self, grid: QGridLayout, rows: list[tuple[str, int]]) -> None:
        clear_layout(grid)
        currency = self._totals.currency if self._totals else ""
        for position, (name, minor) in enumerate(rows):
            grid.addWidget(label(name, "muted"), position, 0)
            grid.addWidget(_amount(self._desk.money(minor, currency)), position, 1)

    def show_why(self) -> None:
        """Open the steps from the lines to the total."""
        if self._given is None or self._totals is None:
            return
        steps = explain(self._given, self._totals, self._desk.formats)
        popover = WhyPopover(steps, self)
        popover.open_above(self._why)

    def _assemble(self) -> None:
        figures = QWidget()
        figures.setFixedWidth(current_theme().px(320))
        grid = QGridLayout(figures)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.addWidget(label(tr("Subtotal"), "muted"), 0, 0)
        grid.addWidget(self._subtotal, 0, 1)
        discount = row(spacing=8)
        discount.addWidget(label(tr("Discount"), "muted"))
        discount.addWidget(self.discount)
        discount.addStretch(1)
        grid.addLayout(discount, 1, 0)
        grid.addWidget(self._discount_amount, 1, 1)
        grid.addLayout(self._taxes, 2, 0, 1, 2)
        # In a row of its own: a long total may use the room of the label's column.
        total = row(spacing=12)
        total.addWidget(label(tr("Total"), "strong"))
        total.addWidget(self.total, 1)
        grid.addLayout(total, 3, 0, 1, 2)
        grid.addLayout(self._after, 4, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        layout = row(self, spacing=16)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._why, 0, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        layout.addWidget(figures)


class WhyPopover(QFrame):
    """The steps as a small window that a click elsewhere or Esc closes."""

    def __init__(self, steps: list[Explained], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("kind", "popup")
        self.setAccessibleName(tr("Why this cent?"))
        theme = current_theme()
        content = QWidget()
        content.setObjectName("scrolled")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for position, step in enumerate(steps):
            how = label(step.how, "muted")
            how.setWordWrap(True)
            grid.addWidget(label(step.subject, "strong"), position, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(how, position, 1)
            grid.addWidget(_amount(step.result), position, 2, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(len(steps), 1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(content)
        layout = column(self, spacing=12, margin=16)
        layout.addWidget(label(tr("Why this cent?"), "section"))
        layout.addWidget(area, 1)
        self.setFixedWidth(theme.px(480))
        inner = theme.px(480) - 2 * 16 - 2
        self.setFixedHeight(min(theme.px(420), grid.heightForWidth(inner) + theme.px(70)))

    def open_above(self, anchor: QWidget) -> None:
        """Show it over the button that opened it."""
        corner = anchor.mapToGlobal(QPoint(0, -self.height() - 8))
        self.move(max(8, corner.x()), max(8, corner.y()))
        self.show()


def _rows_grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(4)
    return grid


def _amount(text: str) -> QLabel:
    made = label(text)
    made.setAlignment(_RIGHT)
    return made
