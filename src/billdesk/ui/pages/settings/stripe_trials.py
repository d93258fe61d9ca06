"""Test payments that are still in the books of a company that takes real money."""

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.payments import PaymentRow
from billdesk.ui.desk import Desk
from billdesk.ui.stripe_wizard.trial_step import consequence, counted
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import confirm
from billdesk.ui.widgets.field import IconLabel


class TrialBox(QWidget):
    """Hidden unless there are any."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.text = label("", "text2")
        self.text.setWordWrap(True)
        self.button = Button(tr("Take back…"), on_click=self._ask)
        line = row(self, spacing=8)
        line.addWidget(IconLabel("alert", "pill.warn.fg", 16))
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        self.hide()

    def show_for(self, online: OnlinePayment) -> None:
        """Look whether there are any to take back."""
        if online.live_since is None:
            self.hide()
            return
        self._desk.lanes.read(self._desk.app.queries.trial_payments).then(
            self._show, self._desk.report, owner=self
        )

    def _show(self, payments: tuple[PaymentRow, ...]) -> None:
        self.text.setText(counted(len(payments)))
        self.setVisible(bool(payments))

    def _ask(self) -> None:
        confirm(self, self.text.text(), consequence(), tr("Take back"), self._take_back)

    def _take_back(self) -> None:
        self._desk.lanes.write(self._desk.app.trial_money.take_back).then(
            lambda _count: self.hide(), self._desk.report, owner=self
        )
