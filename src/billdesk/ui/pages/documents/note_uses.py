"""What a credit note settles, with the way to make it credit again."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.queries.money import SettledDocument
from billdesk.ui.desk import Desk
from billdesk.ui.money.actions import MoneyActions
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row, rule
from billdesk.ui.widgets.buttons import Button


class NoteUses(QWidget):
    """Shown for credit notes that settle something."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._actions = MoneyActions(desk, self)
        self._note: DocumentDetail | None = None
        layout = column(self, spacing=8)
        layout.addWidget(label(tr("Used for"), "strong"))
        self._lines = column(spacing=6)
        layout.addLayout(self._lines)
        layout.addWidget(rule())
        self.hide()

    def show_note(self, detail: DocumentDetail) -> None:
        """Read what it settles, if it is a credit note."""
        self._note = detail
        if detail.kind is not DocumentKind.CREDIT_NOTE:
            self.hide()
            return
        self._desk.lanes.read(partial(self._desk.app.queries.credit_note_uses, detail.id)).then(
            lambda uses: self._show(detail, uses) if detail is self._note else None,
            self._desk.report,
            owner=self,
        )

    def _show(self, note: DocumentDetail, uses: tuple[SettledDocument, ...]) -> None:
        clear_layout(self._lines)
        for one in uses:
            line = row(spacing=10)
            open_it = partial(self._desk.window.open_page, "invoice", one.document_id)
            line.addWidget(Button(one.number, "link", on_click=open_it))
            line.addStretch(1)
            line.addWidget(label(self._desk.money(one.minor, note.currency), "strong"))
            off = Button(tr("Make it credit"), "link")
            off.setAccessibleName(f"{off.text()}, {one.number}")
            off.clicked.connect(partial(self._actions.take_note_off, note.id, note.currency, one))
            line.addWidget(off)
            self._lines.addLayout(line)
        self.setVisible(bool(uses))
