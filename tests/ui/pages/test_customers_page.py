"""Customers: found, written, corrected, deleted and brought back, by keyboard alone."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from waiting import settle, shown_toast

from billdesk.core.domain.addresses import Address
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.customers.customer_page import CustomerPage
from billdesk.ui.pages.customers.list_page import CustomersPage
from billdesk.ui.pages.customers.person_actions import MergeDialog
from billdesk.ui.pages.customers.statement_dialog import StatementDialog
from billdesk.ui.widgets.dialog import ConfirmDialog

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


def type_keys(qtbot: QtBot, text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClicks(focus, text)


def press(
    qtbot: QtBot, desk: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None
) -> None:
    target = QApplication.focusWidget() or desk.window
    qtbot.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


def open_list(qtbot: QtBot, desk: Desk) -> CustomersPage:
    desk.window.open_page("customers")
    page = desk.window.current_page
    assert isinstance(page, CustomersPage)
    qtbot.waitUntil(lambda: not page.listing.is_busy)
    settle(qtbot, desk)
    return page


def open_customer(qtbot: QtBot, desk: Desk, customer_id: int) -> CustomerPage:
    desk.window.open_page("customer", customer_id)
    page = desk.window.current_page
    assert isinstance(page, CustomerPage)
    qtbot.waitUntil(lambda: page.row is not None)
    settle(qtbot, desk)
    return page


def test_a_customer_is_written_by_keyboard_alone(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Qt.Key.Key_C, CTRL_SHIFT)
    page = desk.window.current_page
    assert isinstance(page, CustomerPage)
    type_keys(qtbot, "Nordlicht Studio")
    press(qtbot, desk, Qt.Key.Key_Tab)
    press(qtbot, desk, Qt.Key.Key_Tab)
    type_keys(qtbot, "Ingrid Dahl")
    press(qtbot, desk, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: page.record_id is not None)
    settle(qtbot, desk)
    assert page.record_id is not None
    stored = desk.app.queries.customer(page.record_id)
    assert (stored.name, stored.contact, stored.number) == (
        "Nordlicht Studio",
        "Ingrid Dahl",
        "C-0001",
    )
    assert page.title == "Nordlicht Studio"
    assert page.fields.number.text() == "C-0001"


def test_a_wrong_vat_id_is_told_beside_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, desk: Desk
) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Atelier Morel"))
    page = open_customer(qtbot, desk, customer_id)
    page.fields.city.setText("Lyon")
    page.fields.vat_id.setText("FR123")
    page.save()
    qtbot.waitUntil(lambda: bool(page.form.field("vat_id").error))
    assert "FR123" in page.form.field("vat_id").error
    assert page.fields.vat_id.hasFocus()
    assert page.fields.city.text() == "Lyon"
    assert desk.app.queries.customer(customer_id).address.city == ""
    page.fields.vat_id.setText("FR40303265045")
    page.save()
    qtbot.waitUntil(lambda: not page.form.problem)
    settle(qtbot, desk)
    stored = desk.app.queries.customer(customer_id)
    assert (stored.vat_id, stored.address.city) == ("FR40303265045", "Lyon")


def test_every_field_comes_back_as_it_was_saved(qtbot: QtBot, desk: Desk) -> None:
    given = CustomerInput(
        "Bluebird Coffee",
        number="B-7",
        contact="Dana",
        email="dana@example.com",
        phone="1",
        address=Address("1 Main", "Unit 2", "78701", "Austin", "TX", "US"),
        vat_id="X1",
        language="de",
        currency="USD",
        terms_days=30,
        notes="likes\ncoffee",
    )
    page = open_customer(qtbot, desk, desk.app.customers.create(given))
    assert page.collect() == given


def test_what_cannot_be_saved_on_leaving_is_kept_for_the_next_visit(
    qtbot: QtBot, desk: Desk
) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Harbour Yoga"))
    page = open_customer(qtbot, desk, customer_id)
    page.fields.email.setText("no address")
    desk.window.open_page("home")
    qtbot.waitUntil(lambda: bool(desk.window.toasts.toasts))
    assert "Harbour Yoga" in desk.window.toasts.toasts[0].text
    button = desk.window.toasts.toasts[0].action_button
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: page.is_active and page.row is not None)
    settle(qtbot, desk)
    assert page.fields.email.text() == "no address"


def test_leaving_saves_what_was_typed(qtbot: QtBot, desk: Desk) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Harbour Yoga"))
    page = open_customer(qtbot, desk, customer_id)
    page.fields.phone.setText("040 1")
    desk.window.open_page("home")
    settle(qtbot, desk)
    assert desk.app.queries.customer(customer_id).phone == "040 1"


def test_somebody_elses_change_is_not_overwritten_unseen(qtbot: QtBot, desk: Desk) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Maple Dental"))
    page = open_customer(qtbot, desk, customer_id)
    page.fields.phone.setText("mine")
    desk.app.customers.update(customer_id, page.row.version, CustomerInput("Maple", phone="theirs"))
    settle(qtbot, desk)
    page.save()
    qtbot.waitUntil(lambda: "meanwhile" in page.form.problem)
    settle(qtbot, desk)
    assert "meanwhile" in page.form.problem, "what is read again leaves the sentence alone"
    assert desk.app.queries.customer(customer_id).phone == "theirs"
    page.save()
    settle(qtbot, desk)
    assert desk.app.queries.customer(customer_id).phone == "mine"


def test_search_narrows_the_list(qtbot: QtBot, desk: Desk) -> None:
    for name in ("Atelier Morel", "Bluebird Coffee", "Studio Ito"):
        desk.app.customers.create(CustomerInput(name))
    page = open_list(qtbot, desk)
    assert page.model.rowCount() == 3
    press(qtbot, desk, Qt.Key.Key_F, CTRL)
    type_keys(qtbot, "bird")
    qtbot.waitUntil(lambda: [row.name for row in page.model.rows()] == ["Bluebird Coffee"])
    press(qtbot, desk, Qt.Key.Key_Return)
    press(qtbot, desk, Qt.Key.Key_Return)
    assert isinstance(desk.window.current_page, CustomerPage)


def test_a_long_list_is_read_page_by_page(qtbot: QtBot, desk: Desk) -> None:
    for number in range(130):
        desk.app.customers.create(CustomerInput(f"Customer {number:03}"))
    page = open_list(qtbot, desk)
    qtbot.waitUntil(lambda: page.model.rowCount() >= 100)
    page.table.scrollToBottom()
    qtbot.waitUntil(lambda: page.model.rowCount() == 130)


def test_deleting_offers_undo_and_the_deleted_can_be_restored(qtbot: QtBot, desk: Desk) -> None:
    desk.app.customers.create(CustomerInput("Atelier Morel"))
    page = open_list(qtbot, desk)
    press(qtbot, desk, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    undo = shown_toast(qtbot, desk).action_button
    assert undo is not None
    undo.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    press(qtbot, desk, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    page.tabs.set_current("deleted")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.table.selectRow(0)
    assert desk.window.commands.run("customers.restore")
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert not desk.app.queries.customers().rows[0].deleted


@pytest.mark.parametrize("command", ["customer.invoice", "customers.invoice"])
def test_a_new_invoice_has_the_customer(qtbot: QtBot, desk: Desk, command: str) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Atelier Morel"))
    if command == "customer.invoice":
        open_customer(qtbot, desk, customer_id)
    else:
        open_list(qtbot, desk)
    assert desk.window.commands.run(command)
    settle(qtbot, desk)
    page = desk.window.current_page
    assert page is not None
    assert page is desk.window.page("invoice")
    qtbot.waitUntil(
        lambda: "Atelier Morel" in [edit.text() for edit in page.findChildren(QLineEdit)]
    )


def test_an_empty_list_offers_the_first_customer(qtbot: QtBot, desk: Desk) -> None:
    page = open_list(qtbot, desk)
    assert page.model.rowCount() == 0
    assert "No customers yet" in page._empty.accessibleName()


def test_a_new_customer_left_without_a_name_is_kept(qtbot: QtBot, desk: Desk) -> None:
    desk.window.commands.run("customer.new")
    page = desk.window.current_page
    assert isinstance(page, CustomerPage)
    page.fields.email.setText("ines@example.com")
    desk.window.open_page("home")
    qtbot.waitUntil(lambda: bool(desk.window.toasts.toasts))
    settle(qtbot, desk)
    desk.window.commands.run("customer.new")
    assert page.fields.email.text() == "ines@example.com"
    assert desk.app.queries.customers().rows == ()


def test_an_untouched_new_customer_leaves_nothing_behind(qtbot: QtBot, desk: Desk) -> None:
    desk.window.commands.run("customer.new")
    desk.window.open_page("home")
    settle(qtbot, desk)
    assert desk.window.toasts.toasts == []
    assert desk.app.queries.customers().rows == ()


def test_leaving_while_a_save_fails_loses_nothing(qtbot: QtBot, desk: Desk) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Harbour Yoga"))
    page = open_customer(qtbot, desk, customer_id)
    page.fields.email.setText("no address")
    page.save()
    desk.window.open_page("home")
    qtbot.waitUntil(lambda: bool(desk.window.toasts.toasts))
    settle(qtbot, desk)
    open_customer(qtbot, desk, customer_id)
    assert page.fields.email.text() == "no address"


def test_the_palette_finds_customers(qtbot: QtBot, desk: Desk) -> None:
    desk.app.customers.create(CustomerInput("Fjord Robotics"))
    palette = desk.window.palette_overlay
    palette.open()
    qtbot.keyClicks(palette.entry, "fjord")
    qtbot.waitUntil(lambda: "Fjord Robotics" in [c.title for c in palette.list.choices()])
    qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    assert isinstance(desk.window.current_page, CustomerPage)
    qtbot.waitUntil(lambda: desk.lanes.pending == 0)


def test_files_are_kept_at_a_customer(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    contract = tmp_path / "Contract.pdf"
    contract.write_bytes(b"%PDF-1.7 a contract")
    customer_id = desk.app.customers.create(CustomerInput("Nordlicht"))
    desk.window.open_page("customer", customer_id)
    page = desk.window.current_page
    assert isinstance(page, CustomerPage)
    qtbot.waitUntil(lambda: page.row is not None)
    page.side.files.add_files([contract])
    qtbot.waitUntil(lambda: [one.name for one in page.side.files.rows] == ["Contract.pdf"])
    assert [one.name for one in desk.app.queries.customer_attachments(customer_id)] == [
        "Contract.pdf"
    ]


def test_a_statement_is_made_and_shown(qtbot: QtBot, desk: Desk) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Nordlicht"))
    desk.window.open_page("customer", customer_id)
    page = desk.window.current_page
    assert isinstance(page, CustomerPage)
    qtbot.waitUntil(lambda: page.row is not None)
    assert desk.window.commands.run("customer.statement")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, StatementDialog)
    assert dialog.first.value == date(2026, 1, 1)
    dialog.period.setCurrentIndex(2)
    assert (dialog.first.value, dialog.last.value) == (date(2026, 10, 1), date(2026, 10, 31))
    dialog.last.set_value(date(2026, 9, 1))
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.problem == "The period ends before it begins.")
    dialog.last.set_value(date(2026, 10, 31))
    dialog.submit()
    qtbot.waitUntil(lambda: desk.window.current_page is not page)
    shown = desk.window.current_page
    qtbot.waitUntil(lambda: shown is not None and shown.title == "ST-00001")


def opened(qtbot: QtBot, desk: Desk, customer_id: int) -> CustomerPage:
    desk.window.open_page("customer", customer_id)
    page = desk.window.current_page
    assert isinstance(page, CustomerPage)
    qtbot.waitUntil(lambda: page.row is not None and page.row.id == customer_id)
    return page


def test_a_duplicate_is_merged_and_taken_apart(qtbot: QtBot, desk: Desk) -> None:
    kept = desk.app.customers.create(CustomerInput("Nordlicht AS"))
    duplicate = desk.app.customers.create(CustomerInput("Nordlicht"))
    page = opened(qtbot, desk, duplicate)
    assert desk.window.commands.run("customer.merge")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, MergeDialog)
    dialog.submit()
    assert dialog.problem == "Choose the customer that stays."
    dialog.set_into(duplicate)
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.problem == "Choose two different customers.")
    dialog.set_into(kept)
    dialog.submit()
    qtbot.waitUntil(lambda: page.record_id == kept)
    assert [one.name for one in desk.app.queries.customers().rows] == ["Nordlicht AS"]
    toast = shown_toast(qtbot, desk)
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(lambda: len(desk.app.queries.customers().rows) == 2)


def test_personal_data_is_given_out_and_erased(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Nordlicht", email="a@b.example"))
    page = opened(qtbot, desk, customer_id)
    assert desk.window.commands.run("customer.give_out")
    chooser = page.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "person.zip"))
    chooser.reject()
    assert shown_toast(qtbot, desk).text == "Saved as person.zip: 1 row and 0 files."
    desk.window.commands.run("customer.erase")
    question = QApplication.activeModalWidget()
    assert isinstance(question, ConfirmDialog)
    question.verb_button.click()
    qtbot.waitUntil(lambda: desk.app.queries.customer(customer_id).email == "")
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    told = QApplication.activeModalWidget()
    assert told is not None
    assert told.windowTitle() == "Personal data erased"
    told.close()
