"""The audit log: who did what when, narrowed by kind, by words or to one document."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.activity import AuditFilter, AuditRow, AuditTab
from billdesk.core.queries.documents import DocumentDetail
from billdesk.ui.desk import Desk
from billdesk.ui.forms.listing import Listing
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import TableCard
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.search_edit import SearchEdit
from billdesk.ui.widgets.table_view import TableView

_ALL = "all"
_SEARCH_WIDTH = 200


class AuditView(QWidget):
    """Enter opens the document; Esc empties the search, then lets go of the document."""

    opened = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._document_id: int | None = None
        self.model: RowsModel[AuditRow] = RowsModel(_columns(desk), lambda row: row.seq)
        self.listing = Listing(desk.lanes, self.model, self)
        self.table = TableView(self.model, tr("Audit log"))
        self.empty = EmptyState("book", tr("Reading…"))
        self.table.set_empty_widget(self.empty)
        self.tabs = FilterTabs(
            [
                (_ALL, tr("All")),
                (AuditTab.DOCUMENTS.value, tr("Documents")),
                (AuditTab.MONEY.value, tr("Money")),
                (AuditTab.MASTER_DATA.value, tr("Customers, items")),
                (AuditTab.SETTINGS.value, tr("Settings")),
            ],
            tr("Audit log: filter"),
        )
        self.only_button = Button("", "ghost", icon="x", on_click=self.show_all)
        self.only_button.hide()
        hint = tr("Search the audit log")
        self.search = SearchEdit(tr("Who, what, number…"), hint)
        self.search.setAccessibleName(hint)
        self.search.setFixedWidth(current_theme().px(_SEARCH_WIDTH))
        head = QWidget()
        narrowing = row(head, spacing=12)
        narrowing.addWidget(self.tabs, 1)
        narrowing.addWidget(self.only_button)
        narrowing.addWidget(self.search)
        row(self).addWidget(TableCard(head, self.table), 1)
        self._started = False
        self.tabs.filterChanged.connect(lambda: self._narrow(typing=False))
        self.search.textChanged.connect(lambda: self._narrow(typing=True))
        self.search.returnPressed.connect(self.table.setFocus)
        self.table.rowOpened.connect(self._open)
        self.listing.loaded.connect(self._loaded)
        self.listing.loadingChanged.connect(self.table.set_loading)
        self.listing.failed.connect(desk.report)

    def refresh(self) -> None:
        """Read again."""
        if self._started:
            self.listing.reload()
        else:
            self._narrow(typing=False)

    def show_document(self, document_id: int) -> None:
        """Only what was done to this document."""
        self._document_id = document_id
        self.tabs.set_current(_ALL)
        self.search.clear()
        self.only_button.setText(tr("One document"))
        self.only_button.show()
        self._desk.lanes.read(partial(self._desk.app.queries.document, document_id)).then(
            self._name_document, self._desk.report, owner=self
        )
        self._narrow(typing=False)

    def show_all(self) -> None:
        """What was done to anything."""
        self._document_id = None
        self.only_button.hide()
        self._narrow(typing=False)
        self.table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self.table.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self._document_id is not None:
            self.show_all()
        else:
            super().keyPressEvent(event)

    # Inside

    def _narrow(self, *, typing: bool) -> None:
        self._started = True
        key = self.tabs.current
        wanted = AuditFilter(
            None if key == _ALL else AuditTab(key), self.search.text().strip(), self._document_id
        )
        self.listing.start(partial(self._desk.app.queries.audit, wanted), typing=typing)

    def _name_document(self, detail: DocumentDetail) -> None:
        if detail.id == self._document_id:
            self.only_button.setText(
                tr("Only {number}").format(number=detail.number or tr("Draft"))
            )

    def _loaded(self) -> None:
        narrowed = self.search.text().strip() or self.tabs.current != _ALL or self._document_id
        self.empty.set_sentence(
            tr("Nothing in the log matches.") if narrowed else tr("Nothing has been done yet.")
        )
        if self.model.rowCount() and not self.table.selected_rows():
            self.table.selectRow(0)

    def _open(self, chosen: AuditRow) -> None:
        if chosen.document_id is not None:
            self.opened.emit(chosen.document_id)


def _columns(desk: Desk) -> list[Column[AuditRow]]:
    return [
        Column("at", tr("When"), lambda row: desk.formats.moment(row.at), width=186),
        Column(
            "what",
            tr("What"),
            lambda row: row.text,
            CellKind.TWO_LINES,
            width=200,
            stretch=True,
            second=lambda row: row.detail,
        ),
        Column(
            "about",
            tr("About"),
            lambda row: row.about,
            CellKind.TWO_LINES,
            width=160,
            second=lambda row: row.customer_name,
        ),
        Column(
            "who",
            tr("Who"),
            lambda row: row.actor,
            CellKind.TWO_LINES,
            width=140,
            second=lambda row: row.machine,
        ),
        Column(
            "amount",
            tr("Amount"),
            lambda row: (
                "" if row.amount_minor is None else desk.money(row.amount_minor, row.currency)
            ),
            CellKind.AMOUNT,
            width=110,
        ),
    ]
