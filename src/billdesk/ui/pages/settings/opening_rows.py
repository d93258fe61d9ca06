"""The rows of the opening balances: one per account, one per debt of a customer."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from billdesk.core.domain.accounts import FROM_DOCUMENTS
from billdesk.core.domain.currencies import exponent
from billdesk.core.queries.accounts import LedgerAccount
from billdesk.core.services.opening_balances import OpeningAmount, OpeningDebt
from billdesk.ui.desk import Desk
from billdesk.ui.forms.customer_picker import CustomerPicker
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.buttons import Button, IconButton
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.entry import MoneyEdit

_AMOUNT_WIDTH = 130


class AccountRows(QWidget):
    """Debit or credit of every account that has a balance of its own; ``changed`` on typing."""

    changed = Signal()

    def __init__(self, desk: Desk, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._currency = currency
        self._rows: list[tuple[LedgerAccount, MoneyEdit, MoneyEdit]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def set_accounts(self, accounts: tuple[LedgerAccount, ...]) -> None:
        """Offer the accounts; what was typed for one stays."""
        typed = {one.id: (debit.minor, credit.minor) for one, debit, credit in self._rows}
        clear_layout(self._grid)
        self._rows = []
        for position, title in enumerate((tr("Code"), tr("Account"), tr("Debit"), tr("Credit"))):
            side = Qt.AlignmentFlag.AlignRight if position > 1 else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(label(title, "label"), 0, position, side)
        shown = [one for one in accounts if not one.retired and one.role not in FROM_DOCUMENTS]
        for position, account in enumerate(shown, start=1):
            debit, credit = (
                self._amount(f"{account.code} {account.name}, {side}")
                for side in (tr("debit"), tr("credit"))
            )
            for edit, minor in zip((debit, credit), typed.get(account.id, ()), strict=False):
                edit.set_minor(minor)
            self._grid.addWidget(label(account.code, "strong"), position, 0)
            self._grid.addWidget(label(account.name), position, 1)
            self._grid.addWidget(debit, position, 2)
            self._grid.addWidget(credit, position, 3)
            self._rows.append((account, debit, credit))

    @property
    def values(self) -> tuple[OpeningAmount, ...]:
        """The accounts with a balance, debit positive."""
        found = ((one.id, (d.minor or 0) - (c.minor or 0)) for one, d, c in self._rows)
        return tuple(OpeningAmount(one, minor) for one, minor in found if minor)

    @property
    def problem(self) -> str:
        """Why an entry is not understood; empty when all are."""
        edits = (edit for _one, *both in self._rows for edit in both)
        return next((edit.problem for edit in edits if edit.problem), "")

    def edit_of(self, account_id: int) -> MoneyEdit | None:
        """The debit of an account."""
        return next((debit for one, debit, _c in self._rows if one.id == account_id), None)

    def clear(self) -> None:
        """Empty every entry."""
        for _one, debit, credit in self._rows:
            debit.set_minor(None)
            credit.set_minor(None)

    def _amount(self, name: str) -> MoneyEdit:
        edit = _money(self._desk, self._currency, name)
        edit.valueChanged.connect(self.changed)
        return edit


class DebtRow(QWidget):
    """What a customer owes: whose, the old invoice's number, when it was due, how much."""

    changed = Signal()
    removed = Signal()

    def __init__(self, desk: Desk, currency: str, country: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.customer = CustomerPicker(desk, country, self)
        self.customer_id: int | None = None
        self.number = QLineEdit()
        self.number.setPlaceholderText(tr("Invoice number"))
        self.number.setAccessibleName(tr("Number of the old invoice, if it is one"))
        self.due = DateEdit(desk.formats, desk.app.today)
        self.due.setPlaceholderText(tr("Due"))
        self.due.setAccessibleName(tr("Due on"))
        self.amount = _money(desk, currency, tr("Owed"))
        self.amount.setPlaceholderText(tr("Owed"))
        remove = IconButton("x", tr("Take this line out"), on_click=self.removed.emit)
        layout = row(self, spacing=8)
        layout.addWidget(self.customer.edit, 3)
        layout.addWidget(self.number, 2)
        self.due.setFixedWidth(current_theme().px(_AMOUNT_WIDTH))
        layout.addWidget(self.due)
        layout.addWidget(self.amount)
        layout.addWidget(remove)
        self.customer.chosen.connect(self._chosen)
        self.amount.valueChanged.connect(self.changed)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered."""
        return self.customer_id is None and self.amount.minor is None and not self.number.text()

    @property
    def value(self) -> OpeningDebt:
        """The debt as typed."""
        return OpeningDebt(
            self.customer_id or 0, self.amount.minor or 0, self.number.text(), self.due.value
        )

    def _chosen(self, customer_id: int | None) -> None:
        self.customer_id = customer_id
        self.changed.emit()


class DebtRows(QWidget):
    """A line for each debt; a new one with the button below."""

    changed = Signal()

    def __init__(self, desk: Desk, currency: str, country: str) -> None:
        super().__init__()
        self._desk = desk
        self._currency = currency
        self._country = country
        self.rows: list[DebtRow] = []
        self._list = column(spacing=6)
        self.add_button = Button(tr("Add customer"), "link", icon="plus", on_click=self.add)
        layout = column(self, spacing=6)
        layout.addLayout(self._list)
        foot = row()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        layout.addLayout(foot)

    def add(self) -> DebtRow:
        """A new empty line with the cursor in it."""
        made = DebtRow(self._desk, self._currency, self._country, self)
        made.changed.connect(self.changed)
        made.removed.connect(lambda: self._remove(made))
        self.rows.append(made)
        self._list.addWidget(made)
        made.show()
        made.customer.edit.setFocus()
        return made

    def clear(self) -> None:
        """Take every line out."""
        for one in list(self.rows):
            self._remove(one)

    @property
    def filled(self) -> list[DebtRow]:
        """The lines that say something."""
        return [one for one in self.rows if not one.is_blank]

    def _remove(self, one: DebtRow) -> None:
        self.rows.remove(one)
        self._list.removeWidget(one)
        one.deleteLater()
        self.changed.emit()


def _money(desk: Desk, currency: str, name: str) -> MoneyEdit:
    edit = MoneyEdit(desk.formats, currency, exponent(currency), minimum_minor=0)
    edit.setAccessibleName(name)
    edit.setFixedWidth(current_theme().px(_AMOUNT_WIDTH))
    return edit
