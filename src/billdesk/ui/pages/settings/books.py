"""The books: what is closed, when tax is due, the chart of accounts, what they began with."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QLabel, QWidget

from billdesk.core.domain.charts import CHART_NAMES, Chart
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.pages.settings.account_dialogs import ChartDialog
from billdesk.ui.pages.settings.accounts_card import AccountsCard
from billdesk.ui.pages.settings.opening_undo_dialog import OpeningUndoDialog
from billdesk.ui.pages.settings.period_dialogs import (
    CloseBooksDialog,
    OpenBooksDialog,
    TaxDueDialog,
    tax_consequence,
)
from billdesk.ui.pages.settings.section import Section
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button


class BooksSection(Section):
    """A card for each; everything acts at once, after its dialog."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Books"),
            tr("Settings of the ledger. Ask your accountant before you change one of these."),
        )
        self._company: CompanyInfo | None = None
        self._register_commands()
        self.closed = _words("strong")
        self.tax_due = _words("strong")
        self._tax_why = _words("meta")
        self.chart = _words("strong")
        self.opening = _words("strong")
        self.accounts = AccountsCard(desk, self._button("add_account", "plus"))
        self._assemble()

    def first_focus(self) -> QWidget | None:
        return self._close_button

    def show_company(self, company: CompanyInfo) -> None:
        self._company = company
        day = self.desk.formats.date
        if company.locked_through is None:
            self.closed.setText(tr("Nothing is closed."))
        else:
            self.closed.setText(tr("Closed through {day}").format(day=day(company.locked_through)))
        start = company.taxes.cash_basis_from
        if start is None:
            self.tax_due.setText(tr("Tax is due when it is invoiced"))
        else:
            self.tax_due.setText(
                tr("Tax is due when it is paid, for invoices from {day}").format(day=day(start))
            )
        self._tax_why.setText(tax_consequence(on_cash=start is not None))
        self.chart.setText(CHART_NAMES[Chart(company.chart)])
        if company.opening_on is None:
            self.opening.setText(tr("None entered"))
        else:
            self.opening.setText(tr("Entered as of {day}").format(day=day(company.opening_on)))
        self._open_button.setVisible(company.locked_through is not None)
        self._enter_button.setVisible(company.opening_on is None)
        self._undo_button.setVisible(company.opening_on is not None)
        self.desk.lanes.read(self.desk.app.queries.accounts).then(
            self.accounts.show_accounts, self.desk.report, owner=self
        )
        self.desk.window.commands.refresh()

    # What people do

    def _close(self) -> None:
        if self._company is not None:
            CloseBooksDialog(self.desk, self._company.locked_through, self).open()

    def _open(self) -> None:
        if self._company is not None and self._company.locked_through is not None:
            OpenBooksDialog(self.desk, self._company.locked_through, self).open()

    def _change_tax_due(self) -> None:
        if self._company is not None:
            TaxDueDialog(self.desk, self._company.taxes, self).open()

    def _change_chart(self) -> None:
        company = self._company
        if company is not None:
            ChartDialog(
                self.desk, Chart(company.chart), has_entries=company.has_entries, parent=self
            ).open()

    def _undo_opening(self) -> None:
        OpeningUndoDialog(self.desk, self).open()

    # Inside

    def _is_closed(self) -> bool:
        return self._company is not None and self._company.locked_through is not None

    def _has_opening(self) -> bool:
        return self._company is not None and self._company.opening_on is not None

    def _can_open_with_balances(self) -> bool:
        return self._company is not None and self._company.opening_on is None

    def _register_commands(self) -> None:
        enter = partial(self.desk.window.open_page, "opening")
        commands: tuple[tuple[str, str, Callable[[], object], Callable[[], bool] | None], ...] = (
            ("close", tr("Close the books…"), self._close, None),
            ("open", tr("Open again…"), self._open, self._is_closed),
            ("tax_due", tr("Change when tax is due…"), self._change_tax_due, None),
            ("chart", tr("Change chart…"), self._change_chart, None),
            ("add_account", tr("Add account"), lambda: self.accounts.add(), None),
            ("enter_opening", tr("Enter opening balances"), enter, self._can_open_with_balances),
            ("undo_opening", tr("Take them back…"), self._undo_opening, self._has_opening),
        )
        for name, title, handler, enabled in commands:
            self.desk.window.commands.add(
                Command(
                    f"books.{name}",
                    title,
                    tr("Books"),
                    handler,
                    enabled=enabled,
                    scope=self,
                    icon="book",
                    keywords=tr("period lock accounts ledger"),
                )
            )

    def _button(self, name: str, icon: str | None = None) -> Button:
        return Button.for_action(self.desk.window.commands.action(f"books.{name}"), icon=icon)

    def _assemble(self) -> None:
        self._close_button, self._open_button = self._button("close"), self._button("open")
        self._enter_button = self._button("enter_opening")
        self._undo_button = self._button("undo_opening")
        self._card(
            tr("Closed periods"),
            self.closed,
            tr("On and before this day nothing can be entered, changed or taken back."),
            self._close_button,
            self._open_button,
        )
        self._card(tr("When tax is due"), self.tax_due, self._tax_why, self._button("tax_due"))
        self._card(
            tr("Opening balances"),
            self.opening,
            tr(
                "What accounts held and customers owed when these books began. Customers' debts "
                "can then be paid and reminded of as usual."
            ),
            self._enter_button,
            self._undo_button,
        )
        self._card(
            tr("Chart of accounts"),
            self.chart,
            tr("The codes your accountant knows the accounts by."),
            self._button("chart"),
        )
        self.body.addWidget(self.accounts)

    def _card(self, title: str, state: QLabel, why: str | QLabel, *buttons: Button) -> None:
        card = self.card(title)
        card.body.addWidget(state)
        words = why
        if isinstance(words, str):
            words = _words("meta")
            words.setText(str(why))
        card.body.addWidget(words)
        across = row(spacing=8)
        across.setContentsMargins(0, 4, 0, 0)
        for button in buttons:
            across.addWidget(button)
        across.addStretch(1)
        card.body.addLayout(across)


def _words(role: str) -> QLabel:
    made = label("", role)
    made.setWordWrap(True)
    return made
