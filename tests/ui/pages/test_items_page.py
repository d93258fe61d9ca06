"""Items: written, corrected, deleted and brought back."""

from decimal import Decimal

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from waiting import settle, shown_toast

from billdesk.core.services.items import ItemInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.items.item_page import ItemPage
from billdesk.ui.pages.items.list_page import ItemsPage


def new_item(qtbot: QtBot, desk: Desk) -> ItemPage:
    desk.window.commands.run("item.new")
    page = desk.window.current_page
    assert isinstance(page, ItemPage)
    settle(qtbot, desk)
    return page


def test_an_item_with_a_fine_price_and_a_unit(qtbot: QtBot, desk: Desk) -> None:
    page = new_item(qtbot, desk)
    assert page.currency.value == "EUR"
    qtbot.keyClicks(page.name, "Design hour")
    qtbot.keyClicks(page.price, "12.4950")
    page.unit_code.setCurrentIndex(1)
    assert page.unit.text() == "h"
    page.tax.setCurrentIndex(2)
    qtbot.keyClick(page.name, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.record_id is not None)
    settle(qtbot, desk)
    assert page.record_id is not None
    stored = desk.app.queries.item(page.record_id)
    assert stored.unit_price == Decimal("12.4950")
    assert (stored.unit_code, stored.unit, stored.currency) == ("HUR", "h", "EUR")
    rates = {rate.id: rate.name for rate in desk.app.queries.tax_rates()}
    assert stored.tax_rate_id is not None
    assert rates[stored.tax_rate_id] == "USt. 7 %"


def test_a_unit_word_of_ones_own_is_not_overwritten(qtbot: QtBot, desk: Desk) -> None:
    page = new_item(qtbot, desk)
    qtbot.keyClicks(page.unit, "boxes")
    page.unit_code.setCurrentIndex(1)
    assert page.unit.text() == "boxes"


def test_a_price_that_is_no_number_is_told_beside_it(qtbot: QtBot, desk: Desk) -> None:
    page = new_item(qtbot, desk)
    qtbot.keyClicks(page.name, "Thing")
    qtbot.keyClicks(page.price, "12 potatoes")
    page.save()
    assert page.form.field("unit_price").error
    assert desk.app.queries.items().rows == ()


def test_a_code_that_is_taken_is_told_beside_it(qtbot: QtBot, desk: Desk) -> None:
    desk.app.items.create(ItemInput("First", Decimal(1), code="A-1"))
    page = new_item(qtbot, desk)
    qtbot.keyClicks(page.name, "Second")
    qtbot.keyClicks(page.code, "A-1")
    page.save()
    qtbot.waitUntil(lambda: bool(page.form.field("code").error))
    assert page.code.hasFocus()


def test_deleting_on_its_page_leads_back_and_undo_restores(qtbot: QtBot, desk: Desk) -> None:
    item_id = desk.app.items.create(ItemInput("Workshop", Decimal(900)))
    desk.window.open_page("items")
    desk.window.open_page("item", item_id)
    page = desk.window.current_page
    assert isinstance(page, ItemPage)
    qtbot.waitUntil(lambda: page.row is not None)
    settle(qtbot, desk)
    assert desk.window.commands.run("item.delete")
    qtbot.waitUntil(lambda: isinstance(desk.window.current_page, ItemsPage))
    listed = desk.window.current_page
    assert isinstance(listed, ItemsPage)
    qtbot.waitUntil(lambda: listed.model.rowCount() == 0)
    undo = shown_toast(qtbot, desk).action_button
    assert undo is not None
    undo.click()
    qtbot.waitUntil(lambda: listed.model.rowCount() == 1)


def test_a_deleted_item_can_only_be_restored(qtbot: QtBot, desk: Desk) -> None:
    item_id = desk.app.items.create(ItemInput("Workshop", Decimal(900)))
    desk.app.items.delete(item_id)
    desk.window.open_page("item", item_id)
    page = desk.window.current_page
    assert isinstance(page, ItemPage)
    qtbot.waitUntil(lambda: page.row is not None)
    settle(qtbot, desk)
    assert not page.form.isEnabled()
    assert desk.window.commands.run("item.restore")
    qtbot.waitUntil(lambda: page.form.isEnabled())
    assert not desk.app.queries.item(item_id).deleted


def test_a_tax_rate_deleted_since_keeps_its_name(qtbot: QtBot, desk: Desk) -> None:
    rate = desk.app.queries.tax_rates()[1]
    item_id = desk.app.items.create(ItemInput("Book", Decimal(10), tax_rate_id=rate.id))
    desk.app.tax_rates.delete(rate.id)
    desk.window.open_page("item", item_id)
    page = desk.window.current_page
    assert isinstance(page, ItemPage)
    qtbot.waitUntil(lambda: page.row is not None)
    settle(qtbot, desk)
    assert page.tax.currentText() == "USt. 7 % (deleted)"
    assert page.tax.value == rate.id
