"""Enter what accounts held and customers owed when these books began, all at once."""

from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain import events
from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.core.queries.accounts import LedgerAccount
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.services.opening_balances import OpeningBalances
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.settings.opening_rows import AccountRows, DebtRows
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.field import Field


class OpeningPage(Page):
    """Recorded with its button; until then nothing is in the books."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Opening balances"), parent)
        self._desk = desk
        self._company: CompanyInfo | None = None
        self.accounts: AccountRows | None = None
        self.debts: DebtRows | None = None
        today = desk.app.today()
        self.day = DateEdit(desk.formats, desk.app.today)
        self.day.set_value(date(today.year - 1, 12, 31))
        self._day = Field(
            tr("At the end of"),
            self.day,
            helper=tr("Usually the last day of a year."),
        )
        self.sums = label("", "text2")
        self.problem = label("", "", "bad")
        self.sums.setWordWrap(True)
        self.problem.setWordWrap(True)
        desk.window.commands.add(
            Command(
                "opening.record",
                tr("Enter balances"),
                tr("Books"),
                self.record,
                ("Ctrl+S",),
                enabled=self._can_record,
                scope=self,
                icon="check",
            )
        )
        self._record_button = Button.for_action(
            desk.window.commands.action("opening.record"), "primary"
        )
        self._assemble()

    # What the window asks

    def refresh(self) -> None:
        queries = self._desk.app.queries
        self._desk.lanes.read(lambda: (queries.company(), queries.accounts())).then(
            self._show, self._desk.report, owner=self
        )

    def concerns(self, event: object) -> bool:
        return isinstance(event, events.AccountsChanged | events.CompanyChanged | events.Imported)

    def first_focus(self) -> QWidget | None:
        return self.day

    def topbar_actions(self) -> list[QWidget]:
        return [self._record_button]

    # What people do

    def record(self) -> None:
        """Enter everything, or show what is wrong."""
        accounts, debts = self.accounts, self.debts
        if accounts is None or debts is None:
            return
        self._tell("")
        if self.day.value is None:
            self._day.set_error(tr("Enter the day of the balances."))
            return
        problem = accounts.problem or next(
            (one.amount.problem for one in debts.filled if one.amount.problem), ""
        )
        unnamed = next((one for one in debts.filled if one.customer_id is None), None)
        if problem or unnamed is not None:
            self._tell(problem or tr("Say which customer owes it, or take the line out."))
            if unnamed is not None:
                unnamed.customer.edit.setFocus()
            return
        given = OpeningBalances(
            self.day.value, accounts.values, tuple(one.value for one in debts.filled)
        )
        self._desk.lanes.write(partial(self._desk.app.opening_balances.record, given)).then(
            self._recorded, self._failed, owner=self
        )

    # Inside

    def _can_record(self) -> bool:
        return self._company is not None and self._company.opening_on is None

    def _show(self, read: tuple[CompanyInfo, tuple[LedgerAccount, ...]]) -> None:
        self._company, accounts = read
        if self.accounts is None or self.debts is None:
            currency = self._company.currency
            self.accounts = AccountRows(self._desk, currency)
            self.debts = DebtRows(self._desk, currency, self._company.profile.address.country)
            self.accounts.changed.connect(self._sum_up)
            self.debts.changed.connect(self._sum_up)
            self._accounts_card.body.addWidget(self.accounts)
            self._debts_card.body.addWidget(self.debts)
        self.accounts.set_accounts(accounts)
        self._sum_up()
        self._desk.window.commands.refresh()

    def _sum_up(self) -> None:
        """What the entry against the account for opening balances will be."""
        if self._company is None or self.accounts is None or self.debts is None:
            return
        money, currency = self._desk.money, self._company.currency
        owed = sum(one.amount.minor or 0 for one in self.debts.rows)
        rest = sum(one.minor for one in self.accounts.values) + owed
        if rest:
            side = tr("credit") if rest > 0 else tr("debit")
            text = tr(
                "Customers owe {owed}. The rest, {rest} {side}, goes to “Opening balances” (your "
                "capital)."
            ).format(owed=money(owed, currency), rest=money(abs(rest), currency), side=side)
        else:
            text = tr("Customers owe {owed}. Debit and credit are equal.").format(
                owed=money(owed, currency)
            )
        self.sums.setText(text)

    def _recorded(self, _none: object) -> None:
        if self.accounts is not None and self.debts is not None:
            self.accounts.clear()
            self.debts.clear()
        self._desk.window.toasts.show(tr("Opening balances entered."), icon="check")
        self._desk.window.open_page("settings", "books")

    def _failed(self, error: object) -> None:
        if not isinstance(error, BillDeskError):
            self._desk.report(error)
            return
        name = error.field or "" if isinstance(error, UserError) else ""
        if name == "on":
            self._day.set_error(str(error))
            self.day.setFocus()
            return
        self._tell(str(error))
        kind, _dot, rest = name.partition(".")
        if kind == "customers" and self.debts is not None:
            one = self.debts.filled[int(rest.partition(".")[0])]
            (one.number if name.endswith("number") else one.amount).setFocus()

    def _tell(self, problem: str) -> None:
        self._day.set_error("")
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if problem:
            self._area.reveal(self.problem)

    def _assemble(self) -> None:
        self._area = Scrolled(width=760)
        day = Card()
        self._day.setMaximumWidth(current_theme().px(360))
        day.body.addWidget(self._day)
        self._debts_card = Card(tr("What customers owed"))
        self._debts_card.body.addWidget(
            _hint(tr("One line for each open invoice, or one for all that a customer owed."))
        )
        self._accounts_card = Card(tr("What accounts held"))
        self._accounts_card.body.addWidget(
            _hint(tr("From your old books: money and other assets as debit, debts as credit."))
        )
        foot = Card()
        foot.body.addWidget(self.sums)
        foot.body.addWidget(self.problem)
        self.problem.hide()
        for card in (day, self._debts_card, self._accounts_card, foot):
            self._area.body.addWidget(card)
        layout = column(self)
        layout.setContentsMargins(24, 4, 0, 0)
        layout.addWidget(self._area)


def _hint(text: str) -> QWidget:
    made = label(text, "meta")
    made.setWordWrap(True)
    return made
