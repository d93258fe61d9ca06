"""The list of documents: filters, search, table, what to do with several, a peek beside it."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from billdesk.core.domain import events
from billdesk.core.domain.documents import DocumentGroup, FilterTab
from billdesk.core.queries.documents import DocumentFilter, DocumentRow, DocumentSort
from billdesk.ui.desk import Desk
from billdesk.ui.document_kinds import (
    beginning_command,
    group_tab_titles,
    group_titles,
    nothing_yet,
    search_hint,
)
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.listing import Listing
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.documents import bulk_actions
from billdesk.ui.pages.documents.actions import DocumentActions
from billdesk.ui.pages.documents.bulk_actions import BulkActions
from billdesk.ui.pages.documents.bulk_bar import BulkBar
from billdesk.ui.pages.documents.list_columns import (
    DATE_WIDTH,
    FIRST_TO_HIDE,
    absent_columns,
    document_columns,
)
from billdesk.ui.pages.documents.list_commands import LIST_MENU, register_list_commands
from billdesk.ui.pages.documents.peek import PeekPanel
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import TableCard
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.rows_model import RowsModel
from billdesk.ui.widgets.search_edit import SearchEdit
from billdesk.ui.widgets.table_view import TableView

SEARCH_WIDTH = 240
SEARCH_WIDTH_NARROW = 150
# Below this the filters stand without their counts.
ROOM_FOR_COUNTS = 760
PEEK_WIDTH = 420
PEEK_WIDTH_NARROW = 360
# What the list needs to show all its columns, in pixels at 100 %.
ROOM_FOR_ALL = 820


class DocumentsPage(Page):
    """``show_argument``: the filter to start with, such as ``FilterTab.OVERDUE``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Invoices"), parent)
        self._desk = desk
        self.actions_ = DocumentActions(desk, self)
        self.bulk = BulkActions(desk, self)
        self.model: RowsModel[DocumentRow] = RowsModel(
            document_columns(desk, DocumentGroup.INVOICES), lambda r: r.id
        )
        self.filter = DocumentFilter()
        self.counts: dict[FilterTab | None, int] = {}
        self.listing = Listing(desk.lanes, self.model, self)
        self._counting = Latest(desk.lanes.read, 0, self)
        self.table = TableView(self.model, tr("Invoices"))
        self.group = ChoiceBox(group_titles(), DocumentGroup.INVOICES)
        self.group.setAccessibleName(tr("Kind of document"))
        self.tabs = FilterTabs(group_tab_titles(DocumentGroup.INVOICES), tr("Invoice filter"))
        hint = search_hint(DocumentGroup.INVOICES)
        self.search = SearchEdit(hint, hint)
        self.bulk_bar = BulkBar(desk)
        self.peek = PeekPanel(desk, self.actions_)
        self._empty = EmptyState("documents", "", on_click=self._begin)
        self._keep_scroll = 0
        self._is_listing = False
        register_list_commands(self, desk.window.commands)
        self._begin_buttons: dict[str, Button] = {
            name: Button.for_action(desk.window.commands.action(name), "primary", icon=icon)
            for name, icon in (
                ("invoice.new", "plus"),
                ("quote.new", "plus"),
                ("credit_note.new", "plus"),
                ("reminders.due", "clock"),
            )
        }
        self._assemble()
        self._connect()
        self._name_by_group(DocumentGroup.INVOICES)

    # What the window asks

    def show_argument(self, argument: object) -> None:
        if isinstance(argument, FilterTab):
            self.search.clear()
            self.group.set_value(DocumentGroup.INVOICES)
            if self.filter.group is not DocumentGroup.INVOICES:
                self._show_group(DocumentGroup.INVOICES)
            self.tabs.set_current(argument.value)

    def refresh(self) -> None:
        self._keep_scroll = self.table.verticalScrollBar().value()
        if self._is_listing:
            self.listing.reload()
        else:
            self._is_listing = True
            self.listing.start(partial(self._desk.app.queries.documents, self.filter))
        if self.peek.isVisibleTo(self):
            self.peek.reload()

    def concerns(self, event: object) -> bool:
        kinds = (events.DocumentEvent, events.Imported, events.CustomerChanged)
        return isinstance(event, kinds)

    def first_focus(self) -> QWidget | None:
        return self.table

    def topbar_actions(self) -> list[QWidget]:
        name = beginning_command(self.group.value)
        return [self._begin_buttons[name]] if name is not None else []

    # Qt's side

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._step_back():
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    # Inside

    def _step_back(self) -> bool:
        """Esc takes away the newest thing first; False when there is nothing to take away."""
        if self.peek.isVisibleTo(self):
            self._close_peek()
        elif len(self.table.selected_rows()) > 1:
            self._clear_selection()
        elif self.search.text():
            self.search.clear()
            self.table.setFocus()
        else:
            return False
        return True

    def _show_group(self, group: DocumentGroup) -> None:
        self._name_by_group(group)
        # What was looked for among other documents is not looked for among these.
        blocked = self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(blocked)
        self.tabs.set_current("all")
        wanted = replace(self.filter, group=group, tab=None, search="")
        if wanted.sort.value not in {one.sort_key for one in self.model.columns}:
            wanted = replace(wanted, sort=DocumentSort.LISTED, descending=True)
            self.table.set_sort(DocumentSort.LISTED.value, True)
        self._filter(wanted)
        self.topbarChanged.emit()

    def _name_by_group(self, group: DocumentGroup) -> None:
        """Title, filters, search, columns and button are those of the documents on show."""
        title, hint = dict(group_titles())[group], search_hint(group)
        self.set_title(title)
        self.table.setAccessibleName(title)
        self.tabs.set_titles(group_tab_titles(group))
        self.search.setPlaceholderText(hint)
        self.search.setAccessibleName(hint)
        self.model.set_columns(document_columns(self._desk, group))
        name = beginning_command(group)
        if name is not None:
            action = self._desk.window.commands.action(name)
            self._empty.set_action(action.text(), action.shortcut().toString())
        self._fit_columns()

    def _show_tab(self, key: str) -> None:
        tab = None if key == "all" else FilterTab(key)
        self._filter(replace(self.filter, tab=tab))

    def _search_for(self, text: str) -> None:
        self._filter(replace(self.filter, search=text.strip()))

    def _sort(self, sort_key: str, descending: bool) -> None:
        wanted = replace(self.filter, sort=DocumentSort(sort_key), descending=descending)
        self._filter(wanted)

    def _filter(self, wanted: DocumentFilter) -> None:
        if wanted == self.filter:
            return
        typing = replace(self.filter, search=wanted.search) == wanted
        self.filter = wanted
        self._is_listing = True
        self._keep_scroll = 0
        self.listing.start(partial(self._desk.app.queries.documents, wanted), typing=typing)

    def _loaded(self) -> None:
        wanted, queries = self.filter, self._desk.app.queries
        self._counting.request(
            partial(queries.document_counts, wanted.search, wanted.customer_id, wanted.group)
        )
        self.table.verticalScrollBar().setValue(self._keep_scroll)
        if wanted.search:
            self._empty.set_sentence(tr("Nothing matches “{text}”.").format(text=wanted.search))
        elif wanted.tab is not None:
            self._empty.set_sentence(tr("No document is in this state."))
        else:
            self._empty.set_sentence(nothing_yet(self.group.value))
        can_begin = beginning_command(self.group.value) is not None
        self._empty.set_action_visible(can_begin and not wanted.search and wanted.tab is None)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            # So that J, K and Enter work at once, from a row that can be seen.
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._desk.window.commands.refresh()

    def _counted(self, counts: dict[FilterTab | None, int]) -> None:
        self.counts = counts
        self._fit_columns()

    def _selection_changed(self, rows: list[DocumentRow]) -> None:
        many = len(rows) > 1
        self._head.setCurrentWidget(self.bulk_bar if many else self._filters)
        if many:
            self.bulk_bar.set_rows(rows)
        elif rows and self.peek.isVisibleTo(self) and self.peek.document_id != rows[0].id:
            self.peek.show_document(rows[0].id)
        self._desk.window.commands.refresh()

    def _open(self, row_: DocumentRow) -> None:
        self.navigationRequested.emit("invoice", row_.id)

    def _begin(self) -> None:
        name = beginning_command(self.group.value)
        if name is not None:
            self._desk.window.commands.run(name)

    def show_peek(self, row_: DocumentRow) -> None:
        """Show a document beside the list; a second time takes it away."""
        if self.peek.isVisibleTo(self) and self.peek.document_id == row_.id:
            self._close_peek()
            return
        self.peek.show_document(row_.id)
        self.peek.show()
        self._fit_columns()

    def _close_peek(self) -> None:
        self.peek.hide()
        self._fit_columns()
        self.table.setFocus()

    def _clear_selection(self) -> None:
        self.table.clearSelection()
        self.table.setFocus()

    def _menu(self, position: QPoint, rows: list[DocumentRow]) -> None:
        commands = self._desk.window.commands
        menu = commands.menu(self, LIST_MENU)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def _bulk_progress(self, done: int, of: int) -> None:
        if of > 1:
            self.bulk_bar.set_progress(done, of)

    def _bulk_finished(self) -> None:
        self.bulk_bar.set_rows(self.table.selected_rows())

    def act_on_selected(self, name: str) -> None:
        """One row goes through its own dialog, several through one question."""
        rows = self.table.selected_rows()
        if name == "send" and len(rows) == 1:
            self.actions_.send(rows[0].id)
        elif name == "mark_paid" and len(rows) == 1:
            self.actions_.record_payment(rows[0].id)
        elif name == "export" and len(rows) == 1:
            self.actions_.save_pdf(rows[0].id)
        elif name == "delete":
            self.actions_.delete([row_.id for row_ in bulk_actions.drafts(rows)])
        elif name == "duplicate":
            self.actions_.duplicate(rows[0].id)
        elif name == "open":
            self._open(rows[0])
        else:
            getattr(self.bulk, name)(rows)

    def can(self, name: str) -> bool:
        """Whether at least one chosen row allows the action of that name."""
        rows = self.table.selected_rows()
        allowed = {
            "issue": bulk_actions.drafts,
            "delete": bulk_actions.drafts,
            "send": bulk_actions.issued,
            "export": bulk_actions.issued,
            "mark_paid": bulk_actions.payable,
        }.get(name)
        return bool(allowed(rows)) if allowed is not None else len(rows) == 1

    def _fit_columns(self) -> None:
        theme = current_theme()
        roomy = self.width() >= theme.px(1000)
        self.peek.setFixedWidth(theme.px(PEEK_WIDTH if roomy else PEEK_WIDTH_NARROW))
        taken = self.peek.maximumWidth() + 16 if self.peek.isVisibleTo(self) else 0
        room = self.width() - 48 - taken
        absent = absent_columns(self.group.value)
        spare = sum(column_.width for column_ in self.model.columns if column_.key in absent)
        needed = {
            key: theme.px(ROOM_FOR_ALL - spare - step * DATE_WIDTH)
            for step, key in enumerate(one for one in FIRST_TO_HIDE if one not in absent)
        }
        for position, column_ in enumerate(self.model.columns):
            hidden = column_.key in absent or room < needed.get(column_.key, 0)
            self.table.setColumnHidden(position, hidden)
        wide = room >= theme.px(ROOM_FOR_COUNTS)
        self.search.setFixedWidth(theme.px(SEARCH_WIDTH if wide else SEARCH_WIDTH_NARROW))
        self._show_counts(visible=wide)

    def _show_counts(self, *, visible: bool) -> None:
        counts = self.counts if visible else {}
        self.tabs.set_counts(
            {"all" if tab is None else tab.value: count for tab, count in counts.items()}
        )

    # Putting together

    def _assemble(self) -> None:
        self._filters = QWidget()
        filters = row(self._filters, spacing=16)
        filters.addWidget(self.group)
        filters.addWidget(self.tabs, 1)
        filters.addWidget(self.search)
        self._head = QStackedWidget()
        self._head.addWidget(self._filters)
        self._head.addWidget(self.bulk_bar)
        self.table.set_empty_widget(self._empty)
        self.table.set_sort(DocumentSort.LISTED.value, True)
        self.peek.hide()
        content = row(spacing=16)
        content.addWidget(TableCard(self._head, self.table), 1)
        content.addWidget(self.peek)
        layout = column(self, spacing=16)
        layout.setContentsMargins(24, 4, 24, 24)
        layout.addLayout(content)

    def _connect(self) -> None:
        self.group.valueChanged.connect(self._show_group)
        self.tabs.filterChanged.connect(self._show_tab)
        self.search.textChanged.connect(self._search_for)
        self.search.returnPressed.connect(self.table.setFocus)
        self.table.sortRequested.connect(self._sort)
        self.table.rowOpened.connect(self._open)
        self.table.rowPeeked.connect(self.show_peek)
        self.table.selectionChangedTo.connect(self._selection_changed)
        self.table.menuRequested.connect(self._menu)
        self.listing.loaded.connect(self._loaded)
        self.listing.loadingChanged.connect(self.table.set_loading)
        self.listing.failed.connect(self._desk.report)
        self._counting.succeeded.connect(self._counted)
        self._counting.failed.connect(self._desk.report)
        self.peek.closeRequested.connect(self._close_peek)
        self.peek.openRequested.connect(partial(self.navigationRequested.emit, "invoice"))
        self.bulk.progressed.connect(self._bulk_progress)
        self.bulk.finished.connect(self._bulk_finished)
        self.bulk_bar.clearRequested.connect(self._clear_selection)
        for signal, name in (
            (self.bulk_bar.issueRequested, "issue"),
            (self.bulk_bar.sendRequested, "send"),
            (self.bulk_bar.paidRequested, "mark_paid"),
            (self.bulk_bar.exportRequested, "export"),
            (self.bulk_bar.deleteRequested, "delete"),
        ):
            signal.connect(partial(self.act_on_selected, name))
