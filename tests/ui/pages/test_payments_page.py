"""Payments in the window: what was received, and the queue of bank lines."""

from pathlib import Path
from typing import TypeVar

import pytest
from bank_files import Movement, camt, csv_file
from books import CUSTOMER, line
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from waiting import settle, shown_toast

from billdesk.core.domain.banking import BankTab, LineState, Receipt, decision_of
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.queries.payments import PaymentTab
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.home.home_page import HomePage
from billdesk.ui.pages.payments import BANK
from billdesk.ui.pages.payments.bank_actions import BankActions
from billdesk.ui.pages.payments.dialogs.account import AccountDialog
from billdesk.ui.pages.payments.dialogs.csv_columns import CsvColumnsDialog
from billdesk.ui.pages.payments.dialogs.ignore import IgnoreDialog
from billdesk.ui.pages.payments.dialogs.invoices import InvoicesDialog
from billdesk.ui.pages.payments.payment_list import payment_columns
from billdesk.ui.pages.payments.payments_page import PaymentsPage

D = TypeVar("D", bound=QDialog)


def dialog_of(qtbot: QtBot, kind: type[D]) -> D:
    found: list[D] = []

    def look() -> bool:
        found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind)]
        return bool(found)

    qtbot.waitUntil(look)
    return found[0]


@pytest.fixture
def invoice(desk: Desk) -> int:
    """An issued invoice of 100.00 for Nordlicht."""
    return issue(desk, desk.app.customers.create(CUSTOMER))


def issue(desk: Desk, customer: int) -> int:
    draft = InvoiceDraft(customer_id=customer, lines=(line(),), terms_days=14)
    saved = desk.app.invoices.create(draft)
    desk.app.invoices.issue(saved.document_id, saved.version)
    return saved.document_id


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> PaymentsPage:
    """The page on its bank tab."""
    desk.window.open_page("payments", BANK)
    page = desk.window.current_page
    assert isinstance(page, PaymentsPage)
    settle(qtbot, desk)
    return page


def take_in(qtbot: QtBot, desk: Desk, page: PaymentsPage, *movements: Movement) -> None:
    desk.app.bank.import_file(camt(*movements))
    qtbot.waitUntil(lambda: page.bank.model.rowCount() == len(movements))
    settle(qtbot, desk)


def state(desk: Desk, tab: BankTab) -> list[LineState]:
    return [row.state for row in desk.app.queries.bank_lines(tab).rows]


TRANSFER = Movement(10_000, "INV-00001")
FEE = Movement(-450, "Entgelt", name="", iban="")


def test_enter_confirms_and_goes_on_to_the_next_line(
    qtbot: QtBot, desk: Desk, invoice: int, page: PaymentsPage
) -> None:
    take_in(qtbot, desk, page, TRANSFER, FEE)
    page.bank.table.selectRow(page.bank.model.position_of(_line(page, 10_000)) or 0)
    qtbot.keyClick(page.bank.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.bank.model.rowCount() == 1)
    settle(qtbot, desk)
    assert desk.app.queries.document(invoice).open_minor == 0
    assert page.bank.line is not None
    assert page.bank.line.amount_minor == -450
    undo = shown_toast(qtbot, desk).action_button
    assert undo is not None
    undo.click()
    qtbot.waitUntil(lambda: page.bank.model.rowCount() == 2)
    settle(qtbot, desk)
    assert desk.app.queries.document(invoice).open_minor == 10_000


def _line(page: PaymentsPage, minor: int) -> int:
    return next(row.id for row in page.bank.model.rows() if row.amount_minor == minor)


def test_what_is_safe_is_confirmed_together(
    qtbot: QtBot, desk: Desk, invoice: int, page: PaymentsPage
) -> None:
    assert not page.confirm_all_button.isEnabled()
    take_in(qtbot, desk, page, TRANSFER, FEE)
    qtbot.waitUntil(page.confirm_all_button.isEnabled)
    page.confirm_all_button.click()
    dialog = dialog_of(qtbot, QDialog)
    assert "1 line" in dialog.windowTitle()
    dialog.accept()
    qtbot.waitUntil(lambda: page.bank.model.rowCount() == 1)
    settle(qtbot, desk)
    assert state(desk, BankTab.DONE) == [LineState.MATCHED]
    page.bank.tabs.set_current(BankTab.DONE.value)
    qtbot.waitUntil(lambda: page.bank.line is not None and page.bank.line.documents != ())
    assert page.bank.side.line is not None
    assert page.bank.side.line.outcome == "INV-00001 · Nordlicht AS"


def test_an_invoice_is_chosen_by_hand(
    qtbot: QtBot, desk: Desk, invoice: int, page: PaymentsPage
) -> None:
    take_in(qtbot, desk, page, Movement(9_900, "???", name="", iban=""))
    assert page.bank.side.chosen is None
    assert desk.window.commands.run("bank.choose")
    dialog = dialog_of(qtbot, InvoicesDialog)
    qtbot.waitUntil(lambda: invoice in dialog.boxes())
    dialog.boxes()[invoice].setChecked(True)
    assert "1.00" in dialog.consequence.text()
    dialog.keep_fee.setChecked(True)
    dialog.submit()
    qtbot.waitUntil(lambda: page.bank.model.rowCount() == 0)
    settle(qtbot, desk)
    assert desk.app.queries.document(invoice).open_minor == 0


def test_only_invoices_of_one_customer_can_be_ticked(
    qtbot: QtBot, desk: Desk, invoice: int, page: PaymentsPage
) -> None:
    other = issue(desk, desk.app.customers.create(CustomerInput("Other Ltd")))
    take_in(qtbot, desk, page, Movement(9_900, "???", name="", iban=""))
    desk.window.commands.run("bank.choose")
    dialog = dialog_of(qtbot, InvoicesDialog)
    qtbot.waitUntil(lambda: len(dialog.boxes()) == 2)
    dialog.submit()
    assert dialog.problem == "Tick at least one invoice."
    dialog.boxes()[invoice].setChecked(True)
    assert not dialog.boxes()[other].isEnabled()
    dialog.reject()
    settle(qtbot, desk)


def test_a_line_goes_to_an_account_is_ignored_or_parked(
    qtbot: QtBot, desk: Desk, page: PaymentsPage
) -> None:
    take_in(qtbot, desk, page, FEE)
    desk.window.commands.run("bank.book")
    account = dialog_of(qtbot, AccountDialog)
    qtbot.waitUntil(account.verb_button.isEnabled)
    account.submit()
    qtbot.waitUntil(lambda: state(desk, BankTab.DONE) == [LineState.BOOKED])
    settle(qtbot, desk)
    desk.app.bank.import_file(camt(Movement(700, "private"), name="b.xml"))
    qtbot.waitUntil(lambda: page.bank.line is not None and page.bank.line.amount_minor == 700)
    settle(qtbot, desk)
    desk.window.commands.run("bank.ignore")
    ignore = dialog_of(qtbot, IgnoreDialog)
    ignore.reason.setText("Mine")
    ignore.submit()
    qtbot.waitUntil(lambda: page.bank.model.rowCount() == 0)
    settle(qtbot, desk)
    page.bank.tabs.set_current(BankTab.IGNORED.value)
    qtbot.waitUntil(lambda: page.bank.line is not None and page.bank.line.note == "Mine")
    assert desk.window.commands.run("bank.undo")
    qtbot.waitUntil(lambda: state(desk, BankTab.OPEN) == [LineState.OPEN])
    settle(qtbot, desk)
    page.bank.tabs.set_current(BankTab.OPEN.value)
    qtbot.waitUntil(lambda: page.bank.line is not None and page.bank.line.amount_minor == 700)
    desk.window.commands.run("bank.suspense")
    qtbot.waitUntil(lambda: len(state(desk, BankTab.DONE)) == 2)
    settle(qtbot, desk)


def test_a_csv_file_is_asked_about_once(
    qtbot: QtBot, desk: Desk, page: PaymentsPage, tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    path.write_bytes(csv_file([TRANSFER]).data)
    (actions,) = page.findChildren(BankActions)
    actions.take_in(path)
    dialog = dialog_of(qtbot, CsvColumnsDialog)
    dialog.bank.setText("Sparkasse")
    dialog.submit()
    qtbot.waitUntil(lambda: bool(dialog.problem))
    assert dialog.problem == "Enter the account (IBAN) the file is about."
    dialog.account.setText("DE87 2005 0000 1234 5678 90")
    dialog.currency.setText("eur")
    dialog.submit()
    qtbot.waitUntil(lambda: page.bank.model.rowCount() == 1)
    settle(qtbot, desk)
    path.write_bytes(csv_file([TRANSFER, FEE]).data)
    actions.take_in(path)
    qtbot.waitUntil(lambda: page.bank.model.rowCount() == 2)
    settle(qtbot, desk)
    actions.take_in(path)
    qtbot.waitUntil(lambda: desk.window.toasts.toasts[-1].text == "This file was imported before.")
    settle(qtbot, desk)


def test_a_damaged_file_is_told_and_nothing_comes_in(
    qtbot: QtBot, desk: Desk, page: PaymentsPage, tmp_path: Path
) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(camt(TRANSFER).data[:-40])
    (actions,) = page.findChildren(BankActions)
    actions.take_in(path)
    qtbot.waitUntil(lambda: len(desk.window.toasts.toasts) == 1)
    assert "damaged or cut off" in desk.window.toasts.toasts[0].text
    assert desk.app.queries.bank_counts()[BankTab.OPEN] == 0


def test_received_money_is_listed_and_leads_to_its_invoice(
    qtbot: QtBot, desk: Desk, invoice: int
) -> None:
    desk.app.bank.import_file(camt(TRANSFER))
    desk.app.bank.confirm_all()
    desk.window.open_page("payments")
    page = desk.window.current_page
    assert isinstance(page, PaymentsPage)
    qtbot.waitUntil(lambda: page.received.model.rowCount() == 1)
    settle(qtbot, desk)
    (row,) = page.received.model.rows()
    assert (row.customer, row.number, row.amount_minor) == ("Nordlicht AS", "INV-00001", 10_000)
    page.received.table.selectRow(0)
    qtbot.keyClick(page.received.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.window.current_page is not page)
    settle(qtbot, desk)


def test_home_leads_to_the_lines_that_wait(qtbot: QtBot, desk: Desk) -> None:
    desk.app.bank.import_file(camt(FEE))
    home = desk.window.current_page
    assert isinstance(home, HomePage)
    qtbot.waitUntil(lambda: [one.text() for one in home.attention.buttons] == ["Match"])
    home.attention.buttons[0].click()
    page = desk.window.current_page
    assert isinstance(page, PaymentsPage)
    assert page.shows_bank
    settle(qtbot, desk)


def test_amounts_are_whole_and_the_pill_says_what_it_is(
    qtbot: QtBot, desk: Desk, page: PaymentsPage
) -> None:
    take_in(qtbot, desk, page, Movement(-123_456_789, "Tax", name="Tax office", iban=""))
    view = page.bank
    amount = next(n for n, one in enumerate(view.model.columns) if one.key == "amount")
    assert view.table.columnWidth(amount) >= view.table.sizeHintForColumn(amount)
    assert view.model.columns[amount - 1].title == "Sure"
    view.tabs.set_current(BankTab.DONE.value)
    settle(qtbot, desk)
    assert view.model.columns[amount - 1].title == "State"


def test_the_payers_invoices_stand_first(
    qtbot: QtBot, desk: Desk, page: PaymentsPage, invoice: int
) -> None:
    theirs = issue(desk, desk.app.customers.create(CustomerInput("Zoo shop")))
    take_in(qtbot, desk, page, Movement(1_234, "part", name="Zoo shop", iban=""))
    desk.window.commands.run("bank.choose")
    dialog = dialog_of(qtbot, InvoicesDialog)
    qtbot.waitUntil(lambda: list(dialog.boxes()) == [theirs, invoice])
    dialog.reject()
    settle(qtbot, desk)


def test_a_notice_leaves_the_panel_free(qtbot: QtBot, desk: Desk, page: PaymentsPage) -> None:
    take_in(qtbot, desk, page, Movement(1_234, "part", name="Zoo shop", iban=""))
    toast = desk.window.toasts.show("Something happened that takes a while to say.")
    side = page.bank.side
    left = side.mapTo(desk.window, side.rect().topLeft()).x()
    assert toast.geometry().right() < left
    toast.close_toast()
    side.hide()
    toast = desk.window.toasts.show("Something happened that takes a while to say.")
    assert toast.geometry().right() > left
    # One that stands there already makes room when the panel comes.
    side.show()
    qtbot.waitUntil(lambda: toast.geometry().right() < left)
    side.hide()
    qtbot.waitUntil(lambda: toast.geometry().right() > left)


def test_received_money_is_searched_and_narrowed_by_tabs(
    qtbot: QtBot, desk: Desk, invoice: int
) -> None:
    names = [Movement(10_000, "INV-00001"), Movement(777, "Tip", name="Somebody", iban="")]
    desk.app.bank.import_file(camt(*names))
    rows = desk.app.queries.bank_lines(BankTab.OPEN).rows
    for row in rows:
        best = row.suggestions[0] if row.amount_minor == 10_000 else None
        desk.app.bank.decide(row.id, row.version, decision_of(best) if best else Receipt())
    desk.window.open_page("payments")
    page = desk.window.current_page
    assert isinstance(page, PaymentsPage)
    received = page.received
    qtbot.waitUntil(lambda: received.model.rowCount() == 2)
    settle(qtbot, desk)
    assert received.counts == {
        None: 2,
        PaymentTab.CREDIT: 0,
        PaymentTab.UNKNOWN: 1,
        PaymentTab.ONLINE: 0,
        PaymentTab.BANK: 2,
        PaymentTab.OTHER: 0,
    }
    received.tabs.set_current(PaymentTab.UNKNOWN.value)
    qtbot.waitUntil(lambda: [row.amount_minor for row in received.model.rows()] == [777])
    settle(qtbot, desk)
    received.tabs.set_current(PaymentTab.ONLINE.value)
    qtbot.waitUntil(lambda: received.model.rowCount() == 0)
    settle(qtbot, desk)
    assert received.empty.sentence == "No payment is of this kind."
    # What is no longer in the list does not stand beside it either.
    assert not received.side.isVisible()
    received.tabs.set_current("all")
    received.search.setText("nordlicht")
    qtbot.waitUntil(lambda: [row.amount_minor for row in received.model.rows()] == [10_000])
    settle(qtbot, desk)
    assert received.counts[None] == 1
    assert received.detail is not None
    assert received.detail.payment.amount_minor == 10_000
    received.search.setText("nobody")
    qtbot.waitUntil(lambda: received.model.rowCount() == 0)
    settle(qtbot, desk)
    assert received.empty.sentence == "Nothing matches “nobody”."


def test_what_is_left_of_a_customers_money_is_called_credit(
    qtbot: QtBot, desk: Desk, invoice: int
) -> None:
    for movement in (Movement(10_500, "INV-00001"), Movement(777, "Tip", name="Somebody", iban="")):
        desk.app.bank.import_file(camt(movement))
        (row,) = desk.app.queries.bank_lines(BankTab.OPEN).rows
        best = row.suggestions[0] if row.suggestions else None
        desk.app.bank.decide(row.id, row.version, decision_of(best) if best else Receipt())
    desk.window.open_page("payments")
    page = desk.window.current_page
    assert isinstance(page, PaymentsPage)
    model = page.received.model
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    (amount,) = [column for column in payment_columns(desk) if column.key == "amount"]
    assert amount.second is not None
    said = {row.amount_minor: amount.second(row) for row in model.rows()}
    assert said == {10_500: "€5.00 credit", 777: ""}
