"""The bar that takes the filters' place while several documents are chosen."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from billdesk.core.queries.documents import DocumentRow
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents.bulk_actions import drafts, issued, payable, sum_by_currency
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button, IconButton


class _Look(IntEnum):
    """What is left out in a narrow bar, step by step; nothing is cut off."""

    WHOLE = 0
    NO_ICONS = 1
    NO_SUM = 2
    ICONS_ONLY = 3


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
        # As wide as there is room: what it needs is made to fit, not the list widened by it.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.count = label("", "strong")
        self.total = label("", "muted")
        self.issue = Button(tr("Issue"), icon="check", on_click=self.issueRequested.emit)
        self.send = Button(tr("Send"), icon="send", on_click=self.sendRequested.emit)
        self.paid = Button(tr("Mark paid"), icon="payments", on_click=self.paidRequested.emit)
        self.export = Button(
            tr("Export PDFs…"), icon="download", on_click=self.exportRequested.emit
        )
        self.delete = Button(tr("Delete"), icon="trash", on_click=self.deleteRequested.emit)
        self._icons = dict(
            zip(self._buttons(), ("check", "send", "payments", "download", "trash"), strict=True)
        )
        self._names = {button: button.text() for button in self._buttons()}
        self._line = row(self, spacing=8)
        self._clear = IconButton("x", tr("Clear selection"), on_click=self.clearRequested.emit)
        self._line.addWidget(self._clear)
        self._line.addWidget(self.count)
        self._line.addWidget(self.total)
        self._line.addStretch(1)
        for button in self._buttons():
            self._line.addWidget(button)

    def set_rows(self, rows: Sequence[DocumentRow]) -> None:
        """Show what can be done with these."""
        self.count.setText(trn("{count} chosen", "{count} chosen", len(rows)))
        self.total.setText(
            sum_by_currency(self._desk, [(row_.currency, row_.amount_minor) for row_ in rows])
        )
        self.count.setToolTip(self.total.text())
        sendable, open_rows, new = issued(rows), payable(rows), drafts(rows)
        for button, name, usable in (
            (self.issue, tr("Issue"), new),
            (self.send, tr("Send"), sendable),
            (self.paid, tr("Mark paid"), open_rows),
            (self.export, tr("Export PDFs…"), sendable),
            (self.delete, tr("Delete"), new),
        ):
            partly = 0 < len(usable) < len(rows)
            self._names[button] = f"{name} ({len(usable)})" if partly else name
            button.setVisible(bool(usable))
        self._fit()

    def set_progress(self, done: int, of: int) -> None:
        """Show how far the action is; nothing can be started meanwhile."""
        for button in self._buttons():
            button.setEnabled(done >= of)
        if done < of:
            self.count.setText(tr("{done} of {of}…").format(done=done, of=of))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width()
        look = next((one for one in _Look if self._needed(one) <= room), _Look.ICONS_ONLY)
        self._dress(look)
        self.total.setVisible(look < _Look.NO_SUM)

    def _needed(self, look: _Look) -> int:
        self._dress(look)
        shown: list[QWidget] = [self._clear, self.count]
        if look < _Look.NO_SUM:
            shown.append(self.total)
        shown.extend(button for button in self._buttons() if not button.isHidden())
        between = self._line.spacing() * len(shown)
        return between + sum(one.sizeHint().width() for one in shown)

    def _dress(self, look: _Look) -> None:
        only_icon = look is _Look.ICONS_ONLY
        for button, name in self._names.items():
            button.setText("" if only_icon else name)
            button.setAccessibleName(name)
            button.setToolTip(name if only_icon else "")
            with_icon = look in (_Look.WHOLE, _Look.ICONS_ONLY)
            button.set_icon_name(self._icons[button] if with_icon else None)

    def _buttons(self) -> tuple[Button, ...]:
        return (self.issue, self.send, self.paid, self.export, self.delete)
