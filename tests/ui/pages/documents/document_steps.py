"""What tests of the document pages do over and over."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents import DocumentsPage, EditorPage
from billdesk.ui.pages.documents.draft_editor import DraftEditor
from billdesk.ui.widgets.dialog import Dialog

OpenDesk = Callable[..., Desk]
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def focused() -> QWidget:
    """The widget with the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def open_dialog(qtbot: QtBot, desk: Desk) -> Dialog:
    """The dialog on show, waited for."""

    def shown() -> list[Dialog]:
        return [d for d in desk.window.findChildren(Dialog) if d.isVisible()]

    qtbot.waitUntil(lambda: bool(shown()))
    return shown()[-1]


def new_invoice(qtbot: QtBot, desk: Desk) -> EditorPage:
    """A new invoice, opened by its key."""
    qtbot.keyClick(desk.window, Key.Key_N, CTRL)
    page = desk.window.current_page
    assert isinstance(page, EditorPage)
    qtbot.waitUntil(lambda: page.editor is not None)
    return page


def open_document(qtbot: QtBot, desk: Desk, document_id: int) -> EditorPage:
    """A stored document on its page."""
    desk.window.open_page("invoice", document_id)
    page = desk.window.current_page
    assert isinstance(page, EditorPage)
    qtbot.waitUntil(lambda: page.detail is not None and page.detail.id == document_id)
    return page


def form(page: EditorPage) -> DraftEditor:
    """The form of a draft."""
    assert page.editor is not None
    return page.editor


def saved(page: EditorPage) -> bool:
    """Whether everything typed is stored."""
    return (
        page.autosave is not None
        and page.autosave.is_clean
        and page.bar.note.text().startswith("Saved")
    )


def open_list(qtbot: QtBot, desk: Desk) -> DocumentsPage:
    """The list, its rows and its counts read."""
    desk.window.open_page("documents")
    page = desk.window.current_page
    assert isinstance(page, DocumentsPage)
    qtbot.waitUntil(lambda: bool(page.counts))
    settle(qtbot, desk)
    return page


def column(page: DocumentsPage, key: str) -> list[str]:
    """What a column of the list says, from top to bottom."""
    position = next(n for n, c in enumerate(page.model.columns) if c.key == key)
    rows = range(page.model.rowCount())
    return [page.model.index(row, position).data() for row in rows]
