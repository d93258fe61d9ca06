"""The page: money received on one tab, the bank's lines on the other."""

from PySide6.QtWidgets import QStackedWidget, QWidget

from billdesk.core.domain import events
from billdesk.ui.desk import Desk
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.payments import BANK
from billdesk.ui.pages.payments.bank_commands import register_bank_commands
from billdesk.ui.pages.payments.bank_view import BankView
from billdesk.ui.pages.payments.payment_commands import register_payment_commands
from billdesk.ui.pages.payments.payment_list import PaymentList
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.filter_tabs import FilterTabs

_RECEIVED = "received"


class PaymentsPage(Page):
    """``show_argument``: ``BANK`` opens the bank's lines, an id the payment."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Payments"), parent)
        self.desk = desk
        self.tabs = FilterTabs(
            [(_RECEIVED, tr("Received")), (BANK, tr("Bank"))], tr("Payments: view")
        )
        self.received = PaymentList(desk)
        self.bank = BankView(desk)
        commands = desk.window.commands
        register_bank_commands(self, commands)
        register_payment_commands(self, commands)
        self.record_button = Button.for_action(commands.action("payment.record"), icon="plus")
        self.confirm_all_button = Button.for_action(commands.action("bank.confirm_all"))
        self.import_button = Button.for_action(
            commands.action("bank.import"), "primary", icon="download"
        )
        self.bank.set_import(commands.action("bank.import"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.received)
        self._stack.addWidget(self.bank)
        layout = column(self, spacing=12)
        layout.setContentsMargins(24, 0, 24, 24)
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        self.tabs.filterChanged.connect(self._show_view)
        self.received.opened.connect(lambda one: self.navigationRequested.emit("invoice", one))
        self.bank.opened.connect(lambda one: self.navigationRequested.emit("invoice", one))
        self.received.detailShown.connect(commands.refresh)
        self.bank.countsChanged.connect(self._count)

    @property
    def shows_bank(self) -> bool:
        """Whether the bank's lines are on show."""
        return self.tabs.current == BANK

    def show_argument(self, argument: object) -> None:
        if argument == BANK:
            self.tabs.set_current(BANK)
        elif isinstance(argument, int):
            self.tabs.set_current(_RECEIVED)
            self.received.show_payment(argument)

    def refresh(self) -> None:
        self.received.refresh()
        self.bank.refresh()

    def concerns(self, event: object) -> bool:
        kinds = (
            events.DocumentEvent,
            events.MoneyChanged,
            events.BankChanged,
            events.Imported,
            events.CustomerChanged,
        )
        return isinstance(event, kinds)

    def first_focus(self) -> QWidget | None:
        return self.bank.table if self.shows_bank else self.received.table

    def topbar_actions(self) -> list[QWidget]:
        if self.shows_bank:
            return [self.confirm_all_button, self.import_button]
        return [self.record_button, self.import_button]

    def _show_view(self, key: str) -> None:
        self._stack.setCurrentWidget(self.bank if key == BANK else self.received)
        self.topbarChanged.emit()
        focus = self.first_focus()
        if focus is not None:
            focus.setFocus()
        self.desk.window.commands.refresh()

    def _count(self, open_lines: int) -> None:
        self.tabs.set_counts({BANK: open_lines} if open_lines else {})
