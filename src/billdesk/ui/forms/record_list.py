"""A searched list of records, with those deleted on a tab of their own."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.paging import Key
from billdesk.core.queries.paging import Page as Rows
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.listing import Listing
from billdesk.ui.forms.record_page import NEW
from billdesk.ui.forms.soft_delete import Named, SoftDelete
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import TableCard
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.rows_model import Column, RowsModel
from billdesk.ui.widgets.search_edit import SearchEdit
from billdesk.ui.widgets.table_view import TableView

_SEARCH_WIDTH = 260
_KEPT, _DELETED = "kept", "deleted"


@dataclass(frozen=True)
class ListWords:
    """What the list calls its records; ``prefix`` begins the names of its commands.

    ``record`` is the page that shows one, ``new_command`` the command that begins one.
    """

    title: str
    prefix: str
    record: str
    new_command: str
    new_shortcut: str
    icon: str
    open: str
    delete: str
    search: str
    placeholder: str
    none_yet: str


class RecordListPage(Page):
    """Enter opens, Del deletes with Undo, Ctrl+F searches."""

    def __init__(
        self,
        desk: Desk,
        words: ListWords,
        columns: Sequence[Column[Any]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words.title, parent)
        self.desk = desk
        self.words = words
        self.deletion = self.make_deletion()
        self.model: RowsModel[Any] = RowsModel(columns, lambda record: record.id)
        self.listing = Listing(desk.lanes, self.model, self)
        self.table = TableView(self.model, words.title)
        self.tabs = FilterTabs(
            [(_KEPT, words.title), (_DELETED, tr("Deleted"))],
            tr("{what}: filter").format(what=words.title),
        )
        self.search = SearchEdit(words.search, words.placeholder)
        new_action = desk.window.commands.action(words.new_command)
        self._empty = EmptyState(
            words.icon,
            words.none_yet,
            new_action.text(),
            shortcut=words.new_shortcut,
            on_click=new_action.trigger,
        )
        self._new_button = Button.for_action(new_action, "primary", icon="plus")
        self._register_commands()
        self._assemble()
        self._connect()
        self.listing.start(self._question())

    # What a subclass says

    @abstractmethod
    def make_deletion(self) -> SoftDelete:
        """How its records are deleted and restored."""

    @abstractmethod
    def ask(self, search: str, deleted: bool, after: Key | None, limit: int) -> Rows[Any]:
        """One page of rows; called in a lane."""

    def more_commands(self) -> list[str]:
        """Commands of its own for the context menu."""
        return []

    # What the window asks

    def refresh(self) -> None:
        self.listing.reload()

    def first_focus(self) -> QWidget | None:
        return self.table

    def topbar_actions(self) -> list[QWidget]:
        return [self._new_button]

    def deactivated(self) -> None:
        super().deactivated()
        self.table.save_widths(self.desk.settings, self.words.prefix)

    # Qt's side

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self.table.setFocus()
            return
        super().keyPressEvent(event)

    # Inside

    def selected(self) -> list[Any]:
        """The chosen rows."""
        return self.table.selected_rows()

    @property
    def shows_deleted(self) -> bool:
        """Whether the tab of deleted records is on show."""
        return self.tabs.current == _DELETED

    def _question(self) -> partial[Rows[Any]]:
        return partial(self.ask, self.search.text().strip(), self.shows_deleted)

    def _start(self, *, typing: bool) -> None:
        self.listing.start(self._question(), typing=typing)
        self.desk.window.commands.refresh()

    def _loaded(self) -> None:
        text = self.search.text().strip()
        if text:
            sentence = tr("Nothing matches “{text}”.").format(text=text)
        elif self.shows_deleted:
            sentence = tr("Nothing has been deleted.")
        else:
            sentence = self.words.none_yet
        self._empty.set_sentence(sentence)
        self._empty.set_action_visible(not text and not self.shows_deleted)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            # So that J, K and Enter work at once, from a row that can be seen.
            self.table.selectRow(0)
        self.desk.window.commands.refresh()

    def _open(self, record: Any) -> None:
        self.navigationRequested.emit(self.words.record, record.id)

    def _open_selected(self) -> None:
        rows = self.selected()
        if rows:
            self._open(rows[0])

    def _named(self) -> list[Named]:
        return [Named(record.id, record.name) for record in self.selected()]

    def _delete(self) -> None:
        self.deletion.delete(self._named())

    def _restore(self) -> None:
        self.deletion.restore(self._named())

    def has_selection(self) -> bool:
        """Whether something is chosen that can be worked with."""
        return bool(self.selected()) and not self.shows_deleted

    def _has_deleted_selection(self) -> bool:
        return bool(self.selected()) and self.shows_deleted

    def _menu(self, position: QPoint, _rows: list[Any]) -> None:
        prefix = self.words.prefix
        ids: list[str | None] = [f"{prefix}.open", *self.more_commands(), None]
        ids.append(f"{prefix}.restore" if self.shows_deleted else f"{prefix}.delete")
        menu = self.desk.window.commands.menu(self, ids)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def _assemble(self) -> None:
        self.search.setFixedWidth(current_theme().px(_SEARCH_WIDTH))
        self.table.set_empty_widget(self._empty)
        self.table.restore_widths(self.desk.settings, self.words.prefix)
        head = QWidget()
        across = row(head, spacing=16)
        across.addWidget(self.tabs, 1)
        across.addWidget(self.search)
        layout = column(self, spacing=16)
        layout.setContentsMargins(24, 4, 24, 24)
        layout.addWidget(TableCard(head, self.table))

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda: self._start(typing=True))
        self.search.returnPressed.connect(self.table.setFocus)
        self.tabs.filterChanged.connect(lambda: self._start(typing=False))
        self.table.rowOpened.connect(self._open)
        self.table.menuRequested.connect(self._menu)
        self.table.selectionChangedTo.connect(lambda: self.desk.window.commands.refresh())
        self.listing.loaded.connect(self._loaded)
        self.listing.loadingChanged.connect(self.table.set_loading)
        self.listing.failed.connect(self.desk.report)

    def _register_commands(self) -> None:
        words, add = self.words, self.desk.window.commands.add
        kept, gone = self.has_selection, self._has_deleted_selection
        for name, title, keys, handler, enabled, icon in (
            ("open", words.open, ("Return",), self._open_selected, kept, "eye"),
            ("delete", words.delete, ("Del",), self._delete, kept, "trash"),
            ("restore", tr("Restore"), ("Ctrl+R",), self._restore, gone, "undo"),
            ("search", words.search, ("Ctrl+F",), self.search.setFocus, None, "search"),
        ):
            add(
                Command(
                    f"{words.prefix}.{name}",
                    title,
                    words.title,
                    handler,
                    keys,
                    enabled=enabled,
                    scope=self,
                    icon=icon,
                    bound=name != "open",
                )
            )


def begin_new(desk: Desk, page_id: str) -> None:
    """Open the page of a record that does not exist yet."""
    desk.window.open_page(page_id, NEW)
