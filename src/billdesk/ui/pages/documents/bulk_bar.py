"""The bar that takes the filters' place while several documents are chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.documents import DocumentRow
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents.bulk_actions import drafts, issued, payable, sum_by_currency
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button, IconButton


class BulkBar(QWidget):
    """Offers what at least one chosen row allows; a button says how many it would act on."""

    issueRequested = Signal()
    sendRequested = Signal()
    paidRequested = Signal()
    exportRequested = Signal()
    deleteRequested = Signal()
    clearRequested = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAccessibleName(tr("Chosen invoices"))
        self.count = label("", "strong")
        self.total = label("", "muted")
        self.issue = Button(tr("Issue"), icon="check", on_click=self.issueRequested.emit)
        self.send = Button(tr("Send"), icon="send", on_click=self.sendRequested.emit)
        self.paid = Button(tr("Mark paid"), icon="payments", on_click=self.paidRequested.emit)
        self.export = Button(
            tr("Export PDFs…"), icon="download", on_click=self.exportRequested.emit
        )
        self.delete = Button(tr("Delete"), icon="trash", on_click=self.deleteRequested.emit)
        layout = row(self, spacing=8)
        layout.addWidget(IconButton("x", tr("Clear selection"), on_click=self.clearRequested.emit))
        layout.addWidget(self.count)
        layout.addWidget(self.total)
        layout.addStretch(1)
        for button in self._buttons():
            layout.addWidget(button)

    def set_rows(self, rows: Sequence[DocumentRow]) -> None:
        """Show what can be done with these."""
        self.count.setText(trn("{count} chosen", "{count} chosen", len(rows)))
        self.total.setText(
            sum_by_currency(self._desk, [(row_.currency, row_.total_minor) for row_ in rows])
        )
        sendable, open_rows, new = issued(rows), payable(rows), drafts(rows)
        for button, name, usable in (
            (self.issue, tr("Issue"), new),
            (self.send, tr("Send"), sendable),
            (self.paid, tr("Mark paid"), open_rows),
            (self.export, tr("Export PDFs…"), sendable),
            (self.delete, tr("Delete"), new),
        ):
            partly = 0 < len(usable) < len(rows)
            button.setText(f"{name} ({len(usable)})" if partly else name)
            button.setVisible(bool(usable))

    def set_progress(self, done: int, of: int) -> None:
        """Show how far the action is; nothing can be started meanwhile."""
        for button in self._buttons():
            button.setEnabled(done >= of)
        if done < of:
            self.count.setText(tr("{done} of {of}…").format(done=done, of=of))

    def _buttons(self) -> tuple[Button, ...]:
        return (self.issue, self.send, self.paid, self.export, self.delete)
