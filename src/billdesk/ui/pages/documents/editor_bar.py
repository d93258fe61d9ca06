"""What the top bar shows of a document: its state, whether it is saved, its main actions."""

from datetime import datetime

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import RECEIVABLE_KINDS, DocumentKind, DocumentState
from billdesk.core.queries.documents import DocumentDetail
from billdesk.ui.desk import Desk
from billdesk.ui.document_state import STATE_KIND, state_word
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import row, set_property
from billdesk.ui.widgets.buttons import Button, IconButton
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.pill import Pill

# Room for "Saved 10:42" in longer languages too, in pixels at 100 %.
LEAST_NOTE = 110


class EditorBar:
    """The widgets are made once and handed to the top bar as the state asks for them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        commands = desk.window.commands
        self.status = QWidget()
        self.pill = Pill(tr("Draft"), "neutral")
        self.note = ElidedLabel("", "meta")
        layout = row(self.status, spacing=10)
        layout.addWidget(self.pill)
        layout.addWidget(self.note)
        self.more = IconButton("more", tr("More actions"), kind="secondary")
        self.issue = _quiet_button(commands.action("invoice.issue"), "check")
        self.issue_and_send = Button.for_action(
            commands.action("invoice.issue_and_send"), "primary", icon="send"
        )
        self.pay = _quiet_button(commands.action("invoice.record_payment"), "payments")
        self.send = _quiet_button(commands.action("invoice.send"), "send")
        self.duplicate = _quiet_button(commands.action("invoice.duplicate"), "copy")
        self.convert = _quiet_button(commands.action("quote.convert"), "documents")
        self.use = _quiet_button(commands.action("credit_note.use"), "check")
        self.accept = _quiet_button(commands.action("quote.accept"), "check")
        self._detail: DocumentDetail | None = None

    def show_draft(self) -> None:
        """A draft: what matters is whether it is saved."""
        self._detail = None
        self.pill.set_state(state_word(DocumentState.DRAFT), STATE_KIND[DocumentState.DRAFT])
        self.set_note("")

    def show_issued(self, detail: DocumentDetail) -> None:
        """An issued document: its state."""
        self._detail = detail
        word = state_word(detail.state, days_overdue=detail.days_overdue, part=detail.settled_part)
        self.pill.set_state(word, STATE_KIND[detail.state])
        self.set_note("")

    def set_note(self, text: str, tone: str = "") -> None:
        """``Saving…``, ``Saved 10:42`` or why it is not."""
        self.note.setText(text)
        # "Saved 10:42" is always whole; only a long reason is shortened.
        width = self.note.fontMetrics().horizontalAdvance(text) + 4
        self.note.setMinimumWidth(min(width, current_theme().px(LEAST_NOTE)))
        self.note.setAccessibleName(text)
        set_property(self.note, "tone", tone)

    def set_saved(self, at: datetime) -> None:
        """Everything typed is stored."""
        self.set_note(tr("Saved {time}").format(time=self._desk.formats.time(at)))

    def actions(self) -> list[QWidget]:
        """The buttons for the document on show, the most likely last."""
        detail = self._detail
        if detail is None:
            return [self.more, self.issue, self.issue_and_send]
        can_duplicate = Action.DUPLICATE in detail.allowed
        if detail.state is DocumentState.VOID:
            return [self.more, self.duplicate] if can_duplicate else [self.more]
        sent = detail.sent_at is not None
        if detail.kind is DocumentKind.QUOTE:
            return self._quote_actions(detail)
        if detail.kind not in RECEIVABLE_KINDS:
            return self._other_actions(detail)
        if detail.open_minor <= 0:
            self.send.set_kind("secondary")
            if not can_duplicate:
                return [self.more, self.send]
            return [self.more, self.duplicate, self.send]
        self.send.set_kind("secondary" if sent else "primary")
        self.pay.set_kind("primary" if sent else "secondary")
        return [self.more, self.send, self.pay] if sent else [self.more, self.pay, self.send]

    def _other_actions(self, detail: DocumentDetail) -> list[QWidget]:
        """Credit notes are sent, then used; what is made of the books is only sent."""
        sent = detail.sent_at is not None
        self.send.set_kind("secondary" if sent else "primary")
        if Action.USE_CREDIT not in detail.allowed:
            return [self.more, self.send]
        self.use.set_kind("primary" if sent else "secondary")
        return [self.more, self.send, self.use] if sent else [self.more, self.use, self.send]

    def _quote_actions(self, detail: DocumentDetail) -> list[QWidget]:
        can_bill = Action.BILL in detail.allowed
        self.convert.set_kind("primary")
        self.send.set_kind("secondary" if can_bill else "primary")
        buttons: list[QWidget] = [self.more, self.send]
        if Action.ACCEPT in detail.allowed:
            buttons.append(self.accept)
        return [*buttons, self.convert] if can_bill else buttons


def _quiet_button(action: QAction, icon: str) -> Button:
    """A command's button without its keys on it: the bar is full, the tool tip says them."""
    button = Button(action.text(), icon=icon, on_click=action.trigger)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    button.setToolTip(f"{action.text()}  {keys}".strip())
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    return button
