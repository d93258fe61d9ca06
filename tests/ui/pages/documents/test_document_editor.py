"""Writing an invoice by keyboard alone, and what can go wrong while writing."""

from collections.abc import Callable

from document_shop import Shop
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from billdesk.core.domain.documents import DocumentState
from billdesk.core.queries.documents import DocumentFilter
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents import EditorPage
from billdesk.ui.widgets.dialog import Dialog

OpenDesk = Callable[..., Desk]
Key = Qt.Key


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def dialog_of(desk: Desk) -> Dialog:
    return next(d for d in desk.window.findChildren(Dialog) if d.isVisible())


def new_invoice(qtbot: QtBot, desk: Desk) -> EditorPage:
    qtbot.keyClick(desk.window, Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    page = desk.window.current_page
    assert isinstance(page, EditorPage)
    qtbot.waitUntil(lambda: page.editor is not None)
    return page


def test_an_invoice_is_written_and_issued_by_keyboard_alone(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.customer("Nordlicht Studio")
    desk = open_desk()
    desk.window.open_page("documents")
    page = new_invoice(qtbot, desk)
    assert page.editor is not None
    picker = page.editor.fields.customer.edit
    qtbot.waitUntil(picker.hasFocus)

    qtbot.keyClicks(picker, "Nord")
    qtbot.waitUntil(lambda: picker.is_open)
    qtbot.keyClick(picker, Key.Key_Return)
    qtbot.waitUntil(lambda: picker.current is not None)

    while focused() is not page.editor.grid.rows()[0].name:
        qtbot.keyClick(focused(), Key.Key_Tab)
    for text in ("Website retainer, December", "1", "3600"):
        qtbot.keyClicks(focused(), text)
        qtbot.keyClick(focused(), Key.Key_Tab)
    qtbot.keyClick(focused(), Key.Key_Return)
    for text in ("Extra design hours", "4", "9*10"):
        qtbot.keyClicks(focused(), text)
        qtbot.keyClick(focused(), Key.Key_Tab)
    assert page.editor.totals.total.text() == "€4,712.40"

    qtbot.waitUntil(lambda: page.bar.note.text().startswith("Saved"), timeout=5000)
    row = shop.app.queries.documents(DocumentFilter()).rows[0]
    assert (row.customer_name, row.total_minor) == ("Nordlicht Studio", 471240)

    qtbot.keyClick(
        desk.window,
        Key.Key_Return,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    qtbot.waitUntil(lambda: any(d.isVisible() for d in desk.window.findChildren(Dialog)))
    dialog = dialog_of(desk)
    assert dialog.windowTitle() == "Issue INV-00001 to Nordlicht Studio over €4,712.40?"
    qtbot.keyClick(dialog, Key.Key_Tab)
    qtbot.keyClick(focused(), Key.Key_Return)
    qtbot.waitUntil(lambda: page.detail is not None and page.title == "INV-00001", timeout=5000)
    assert shop.app.queries.documents(DocumentFilter()).rows[0].state is DocumentState.ISSUED
    assert page.bar.pill.word == "Issued"
