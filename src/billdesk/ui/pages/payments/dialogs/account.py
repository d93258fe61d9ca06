"""Which account a bank line is booked to."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QWidget

from billdesk.core.queries.bank import AccountRow, BankLineRow
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.field import Field


class AccountDialog(Dialog):
    """Fees, interest, money in transit: whatever is no payment of an invoice."""

    def __init__(
        self,
        desk: Desk,
        line: BankLineRow,
        on_chosen: Callable[[AccountRow], object],
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Book to an account"), tr("Book"), parent=parent)
        self._on_chosen = on_chosen
        self._accounts: tuple[AccountRow, ...] = ()
        self.box = QComboBox()
        self.verb_button.setEnabled(False)
        amount = desk.money(line.amount_minor, line.currency)
        said = label(f"{amount} · {line.remittance}"[:200], "text2")
        said.setWordWrap(True)
        self.body.addWidget(said)
        self.body.addWidget(Field(tr("Account"), self.box))
        desk.lanes.read(desk.app.queries.bookable_accounts).then(
            self._show, desk.report, owner=self
        )

    def submit(self) -> None:
        chosen = self._accounts[self.box.currentIndex()]
        self.accept()
        self._on_chosen(chosen)

    def _show(self, accounts: tuple[AccountRow, ...]) -> None:
        self._accounts = accounts
        self.box.addItems([f"{one.code}  {one.name}" for one in accounts])
        self.verb_button.setEnabled(bool(accounts))
        self.box.setFocus()
