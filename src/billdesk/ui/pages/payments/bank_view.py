"""The bank's lines as a queue: what each may be, how sure, one key to confirm."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.bank_suggestions import SAFE_CONFIDENCE
from billdesk.core.domain.banking import BankTab, LineState
from billdesk.core.queries.bank import BankLineRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.listing import Listing
from billdesk.ui.pages.payments.bank_columns import bank_columns, bank_tab_titles
from billdesk.ui.pages.payments.bank_side import BankSide
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, row
from billdesk.ui.widgets.card import TableCard
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.rows_model import RowsModel
from billdesk.ui.widgets.table_view import TableView

# What the list and the panel need to show everything, in pixels at 100 %.
_ROOM_FOR_ALL = 990


class BankView(QWidget):
    """Enter confirms what is suggested and goes on to the next line."""

    opened = Signal(int)
    countsChanged = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.model: RowsModel[BankLineRow] = RowsModel(
            bank_columns(desk, BankTab.OPEN), lambda line: line.id
        )
        self.listing = Listing(desk.lanes, self.model, self)
        self.table = TableView(self.model, tr("Bank lines"))
        self.tabs = FilterTabs(bank_tab_titles(), tr("Bank lines: filter"))
        self.side = BankSide(desk)
        self.counts: dict[BankTab, int] = {}
        self._counting = Latest(desk.lanes.read, 0, self)
        self._empty: EmptyState | None = None
        self._place = 0
        self._started = False
        self._assemble()
        self._connect()

    def set_import(self, action: QAction) -> None:
        """What the empty place offers."""
        self._empty = EmptyState(
            "bank", "", action.text(), shortcut="Ctrl+O", on_click=action.trigger
        )
        self.table.set_empty_widget(self._empty)
        self._say_empty()

    @property
    def tab(self) -> BankTab:
        """The lines on show."""
        return BankTab(self.tabs.current)

    @property
    def line(self) -> BankLineRow | None:
        """The line with the cursor."""
        return self.side.line

    @property
    def safe_lines(self) -> int:
        """Lines read so far that may be confirmed together."""
        rows = self.model.rows()
        return sum(
            1
            for line in rows
            if line.state is LineState.OPEN and line.confidence >= SAFE_CONFIDENCE
        )

    def refresh(self) -> None:
        """Read again, and stay at the place in the queue."""
        current = self.table.currentIndex()
        self._place = current.row() if current.isValid() else 0
        if self._started:
            self.listing.reload()
        else:
            self._started = True
            self._start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < current_theme().px(_ROOM_FOR_ALL)
        self.side.set_narrow(narrow=narrow)
        # The day stands beside the list as well.
        self.table.setColumnHidden(0, narrow)

    def _start(self) -> None:
        self.listing.start(partial(self.desk.app.queries.bank_lines, self.tab))

    def _show_tab(self) -> None:
        self._place = 0
        self.side.show_line(None)
        self.model.set_columns(bank_columns(self.desk, self.tab))
        self.table.fit_columns()
        self._start()

    def _loaded(self) -> None:
        self._counting.request(self.desk.app.queries.bank_counts)
        self._say_empty()
        rows = self.model.rowCount()
        if rows and not self.table.selected_rows():
            # The line that was dealt with is gone: the next one has moved into its place.
            place = min(self._place, rows - 1)
            self.table.setCurrentIndex(self.model.index(place, 0))
            self.table.selectRow(place)
        self._follow_selection()

    def _say_empty(self) -> None:
        if self._empty is None:
            return
        none_yet = not any(self.counts.values())
        sentences = {
            BankTab.OPEN: tr("Everything the bank says is in the books.")
            if not none_yet
            else tr("Import a statement of your bank, and BillDesk says what each line pays."),
            BankTab.DONE: tr("No line has been confirmed yet."),
            BankTab.IGNORED: tr("No line is ignored."),
        }
        self._empty.set_sentence(sentences[self.tab])
        self._empty.set_action_visible(self.tab is BankTab.OPEN)

    def _counted(self, counts: dict[BankTab, int]) -> None:
        self.counts = counts
        self.tabs.set_counts({tab.value: count for tab, count in counts.items()})
        self.countsChanged.emit(counts[BankTab.OPEN])
        self._say_empty()

    def _follow_selection(self) -> None:
        rows = self.table.selected_rows()
        self.side.show_line(rows[0] if rows else None)
        self.desk.window.commands.refresh()

    def _open(self, line: BankLineRow) -> None:
        if line.state is LineState.OPEN:
            self.desk.window.commands.run("bank.confirm")
        elif line.documents:
            self.opened.emit(line.documents[0])

    def _assemble(self) -> None:
        self.side.hide()
        content = row(spacing=16)
        content.addWidget(TableCard(self.tabs, self.table), 1)
        content.addWidget(self.side)
        column(self, spacing=0).addLayout(content)

    def _connect(self) -> None:
        self.tabs.filterChanged.connect(lambda: self._show_tab())
        self.table.rowOpened.connect(self._open)
        self.table.selectionChangedTo.connect(lambda: self._follow_selection())
        self.listing.loaded.connect(self._loaded)
        self.listing.loadingChanged.connect(self.table.set_loading)
        self.listing.failed.connect(self.desk.report)
        self._counting.succeeded.connect(self._counted)
        self._counting.failed.connect(self.desk.report)
