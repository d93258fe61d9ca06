"""Say that something went wrong, with details that can be copied."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import Dialog


def show_problem(parent: QWidget, title: str, sentence: str, details: str = "") -> Dialog:
    """Open a dialog with ``sentence``; ``details`` are copied, never shown. Returns at once."""
    dialog = Dialog(title, tr("Close"), parent=parent)
    dialog.cancel_button.hide()
    text = label(sentence, "text2")
    text.setWordWrap(True)
    dialog.body.addWidget(text)
    dialog.setAccessibleDescription(sentence)
    if details:
        dialog.body.addWidget(
            Button(
                tr("Copy details"),
                icon="copy",
                on_click=lambda: QGuiApplication.clipboard().setText(details),
            )
        )
    dialog.verb_button.setFocus()
    dialog.open()
    return dialog
