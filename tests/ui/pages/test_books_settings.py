"""Settings, Books: closed periods, when tax is due, the chart, and the opening balances."""

from datetime import date
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from waiting import settle, shown_toast

from billdesk.core.application import Application
from billdesk.core.domain.accounts import AccountKind, Role
from billdesk.core.services.accounts import AccountInput
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.settings.account_dialogs import AccountDialog, ChartDialog
from billdesk.ui.pages.settings.books import BooksSection
from billdesk.ui.pages.settings.opening_page import OpeningPage
from billdesk.ui.pages.settings.opening_undo_dialog import OpeningUndoDialog
from billdesk.ui.pages.settings.period_dialogs import (
    CloseBooksDialog,
    OpenBooksDialog,
    TaxDueDialog,
)
from billdesk.ui.pages.settings.rate_accounts_dialog import RateAccountsDialog
from billdesk.ui.pages.settings.settings_page import SettingsPage
from billdesk.ui.pages.settings.taxes import TaxesSection

Kind = TypeVar("Kind", bound=QWidget)


def dialog(kind: type[Kind]) -> Kind:
    """The dialog that is open."""
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


def books_section(qtbot: QtBot, desk: Desk) -> BooksSection:
    desk.window.open_page("settings", "books")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    settle(qtbot, desk)
    section = page.section
    assert isinstance(section, BooksSection)
    return section


def codes(section: BooksSection) -> list[str]:
    model = section.accounts.model
    return [model.index(at, 0).data() for at in range(model.rowCount())]


def account(app: Application, role: Role) -> int:
    return next(one.id for one in app.queries.accounts() if one.role is role)


def test_books_are_closed_and_opened_with_a_reason(qtbot: QtBot, desk: Desk) -> None:
    section = books_section(qtbot, desk)
    commands = desk.window.commands
    assert not commands.run("books.open"), "nothing is closed"
    assert commands.run("books.close")
    closing = dialog(CloseBooksDialog)
    assert closing.day.value == date(2026, 10, 31)
    closing.day.set_value(date(2026, 11, 24))
    closing.submit()
    qtbot.waitUntil(lambda: closing.problem.startswith("Close the books through a day that is"))
    closing.day.set_value(date(2026, 10, 31))
    closing.submit()
    qtbot.waitUntil(lambda: section.closed.text() == "Closed through 31 Oct 2026")
    assert commands.run("books.open")
    opening = dialog(OpenBooksDialog)
    opening.submit()
    qtbot.waitUntil(lambda: opening.problem.startswith("Say why the closed period"))
    opening.reason.setText("An invoice was forgotten")
    opening.day.set_value(date(2026, 8, 31))
    opening.submit()
    qtbot.waitUntil(lambda: section.closed.text() == "Closed through 31 Aug 2026")


def test_tax_becomes_due_when_it_is_paid(qtbot: QtBot, desk: Desk) -> None:
    section = books_section(qtbot, desk)
    assert section.tax_due.text() == "Tax is due when it is invoiced"
    desk.window.commands.run("books.tax_due")
    asked = dialog(TaxDueDialog)
    assert "whether the customer has paid or not" in asked.consequence.text()
    asked.basis.setCurrentIndex(1)
    assert "until the customer pays" in asked.consequence.text()
    asked.submit()
    expected = "Tax is due when it is paid, for invoices from 1 Jan 2026"
    qtbot.waitUntil(lambda: section.tax_due.text() == expected)
    assert desk.app.queries.company().taxes.cash_basis_from == date(2026, 1, 1)


def test_accounts_are_added_named_anew_and_retired(qtbot: QtBot, desk: Desk) -> None:
    section = books_section(qtbot, desk)
    desk.window.commands.run("books.add_account")
    added = dialog(AccountDialog)
    added.code.setText("1000")
    added.name.setText("Workshops")
    added.submit()
    qtbot.waitUntil(lambda: "Code 1000 belongs to “Cash”" in added.problem)
    added.code.setText("4050")
    added.submit()
    qtbot.waitUntil(lambda: "4050" in codes(section))
    made = next(one for one in desk.app.queries.accounts() if one.code == "4050")
    assert (made.name, made.kind) == ("Workshops", AccountKind.INCOME)
    section.accounts.table.select_key(account(desk.app, Role.CASH))
    assert not section.accounts.retire_button.isEnabled(), "BillDesk posts to it"
    section.accounts.edit_button.click()
    edited = dialog(AccountDialog)
    edited.code.setText("1010")
    edited.submit()
    qtbot.waitUntil(lambda: "1010" in codes(section))
    section.accounts.table.select_key(made.id)
    section.accounts.retire_button.click()
    qtbot.waitUntil(lambda: "4050" not in codes(section))
    toast = shown_toast(qtbot, desk)
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(lambda: "4050" in codes(section))


def test_the_chart_changes_as_a_whole_before_the_first_entry(qtbot: QtBot, desk: Desk) -> None:
    section = books_section(qtbot, desk)
    desk.window.commands.run("books.chart")
    asked = dialog(ChartDialog)
    qtbot.waitUntil(lambda: "Nothing has been posted yet" in asked.consequence.text())
    asked.submit()
    qtbot.waitUntil(lambda: section.chart.text() == "DATEV SKR 03")
    qtbot.waitUntil(lambda: "1400" in codes(section))


def test_after_the_first_entry_accounts_are_named_anew(qtbot: QtBot, desk: Desk) -> None:
    customer = desk.app.customers.create(CustomerInput("Nordlicht"))
    enter_opening(qtbot, desk, customer)
    section = books_section(qtbot, desk)
    bank = account(desk.app, Role.BANK)
    desk.window.commands.run("books.chart")
    asked = dialog(ChartDialog)
    asked.chart.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "The books have entries already" in asked.consequence.text())
    qtbot.waitUntil(lambda: any(one.code == "1800" for one in asked._proposed))
    asked.submit()
    qtbot.waitUntil(lambda: section.chart.text() == "DATEV SKR 04")
    (named,) = [one for one in desk.app.queries.accounts() if one.id == bank]
    assert (named.code, named.is_posted) == ("1800", True)


def enter_opening(qtbot: QtBot, desk: Desk, customer: int) -> OpeningPage:
    """A balance of the bank and a customer's debt, typed and recorded."""
    desk.window.open_page("opening")
    page = desk.window.current_page
    assert isinstance(page, OpeningPage)
    qtbot.waitUntil(lambda: page.debts is not None)
    settle(qtbot, desk)
    assert page.accounts is not None
    assert page.debts is not None
    page.debts.add_button.click()
    (line,) = page.debts.rows
    qtbot.keyClicks(line.amount, "119")
    page.record()
    assert page.problem.text() == "Say which customer owes it, or take the line out."
    line.customer.set_customer(desk.app.queries.customer(customer))
    line.customer.chosen.emit(customer)
    bank = page.accounts.edit_of(account(desk.app, Role.BANK))
    assert bank is not None
    qtbot.keyClicks(bank, "1000")
    assert "Customers owe €119.00. The rest, €1,119.00 credit," in page.sums.text()
    assert desk.window.commands.run("opening.record")
    settle(qtbot, desk)
    return page


def test_opening_balances_are_entered_and_taken_back(qtbot: QtBot, desk: Desk) -> None:
    customer = desk.app.customers.create(CustomerInput("Nordlicht"))
    enter_opening(qtbot, desk, customer)
    section = books_section(qtbot, desk)
    assert section.opening.text() == "Entered as of 31 Dec 2025"
    assert [one.open_minor for one in desk.app.queries.customer_money(customer).owes] == [11_900]
    assert not desk.window.commands.run("books.enter_opening")
    desk.window.commands.run("books.undo_opening")
    asked = dialog(OpeningUndoDialog)
    asked.submit()
    qtbot.waitUntil(lambda: asked.problem.startswith("Say why the opening balances"))
    asked.reason.setText("A wrong day")
    asked.submit()
    qtbot.waitUntil(lambda: section.opening.text() == "None entered")
    assert desk.app.queries.customer_money(customer).owes == ()
    assert desk.app.verification.run().violations == ()


def test_a_refused_opening_balance_says_why(qtbot: QtBot, desk: Desk) -> None:
    desk.window.open_page("opening")
    page = desk.window.current_page
    assert isinstance(page, OpeningPage)
    qtbot.waitUntil(lambda: page.accounts is not None)
    settle(qtbot, desk)
    page.record()
    qtbot.waitUntil(lambda: page.problem.text() == "Enter at least one balance.")
    page.day.set_value(date(2027, 1, 1))
    assert page.accounts is not None
    bank = page.accounts.edit_of(account(desk.app, Role.BANK))
    assert bank is not None
    qtbot.keyClicks(bank, "5")
    page.record()
    qtbot.waitUntil(lambda: page._day.error == "The day of the balances lies in the future.")


def test_a_tax_rate_posts_to_chosen_accounts(qtbot: QtBot, desk: Desk) -> None:
    own = desk.app.accounts.add(AccountInput("4200", "Books at 7 %", AccountKind.INCOME))
    desk.window.open_page("settings", "taxes")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    settle(qtbot, desk)
    section = page.section
    assert isinstance(section, TaxesSection)
    (rate,) = [one for one in desk.app.queries.tax_rates() if one.percent == 7]
    section.table.select_key(rate.id)
    section.accounts_button.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RateAccountsDialog))
    asked = dialog(RateAccountsDialog)
    asked.revenue.set_value(own)
    asked.submit()

    def posts_to() -> int | None:
        found = desk.app.queries.rate_accounts()
        return next(one.revenue_account_id for one in found if one.tax_rate_id == rate.id)

    qtbot.waitUntil(lambda: posts_to() == own)
