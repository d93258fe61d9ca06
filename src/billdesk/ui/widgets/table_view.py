"""The list: rows painted by one delegate, chosen by keyboard or mouse, widths remembered."""

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QSettings,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from billdesk.ui.tasks import BUSY_AFTER_MS
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.row_delegate import RowDelegate
from billdesk.ui.widgets.rows_model import CellKind, RowsModel
from billdesk.ui.widgets.skeleton import paint_skeleton_rows

ROW = 48
ROW_COMPACT = 36
HEADER = 32
_DOWN = frozenset({Qt.Key.Key_J})
_UP = frozenset({Qt.Key.Key_K})


class TableView(QTableView):
    """Shows a :class:`RowsModel`. Enter opens, Space peeks, J and K move."""

    rowOpened = Signal(object)
    rowPeeked = Signal(object)
    selectionChangedTo = Signal(list)
    sortRequested = Signal(str, bool)
    menuRequested = Signal(QPoint, list)

    def __init__(
        self,
        model: RowsModel[Any],
        name: str,
        *,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = current_theme()
        self._rows = model
        self._empty: QWidget | None = None
        self._loading = False
        self._kept: set[Hashable] = set()
        self._sort: tuple[int, bool] | None = None
        row_height = ROW_COMPACT if compact else ROW
        self._delegate = RowDelegate(row_height, self)
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_for_menu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self._theme.px(row_height))
        self._prepare_header(self.horizontalHeader())
        self.doubleClicked.connect(self._open_index)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._restore_selection)
        model.modelReset.connect(self._fit_all_amounts)
        model.rowsInserted.connect(self._fit_new_amounts)
        self._skeleton_timer = QTimer(self)
        self._skeleton_timer.setSingleShot(True)
        self._skeleton_timer.setInterval(BUSY_AFTER_MS)
        self._skeleton_timer.timeout.connect(self.viewport().update)

    # What the page uses

    def selected_rows(self) -> list[Any]:
        """The chosen rows, from top to bottom."""
        numbers = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._rows.row_at(number) for number in numbers]

    def current_row(self) -> Any | None:
        """The row with the cursor, or None."""
        index = self.currentIndex()
        return self._rows.row_at(index.row()) if index.isValid() else None

    def select_key(self, key: Hashable) -> bool:
        """Choose the row with that key; False when it is not among those read."""
        position = self._rows.position_of(key)
        if position is None:
            return False
        self.selectRow(position)
        self.scrollTo(self._rows.index(position, 0))
        return True

    def fit_columns(self) -> None:
        """Give each column the width it is described with."""
        for position, spec in enumerate(self._rows.columns):
            self.setColumnWidth(position, self._theme.px(spec.width))

    def set_empty_widget(self, widget: QWidget | None) -> None:
        """What stands in the list's place while it has no rows."""
        self._empty = widget
        if widget is not None:
            widget.setParent(self.viewport())
        self._place_empty()

    def set_loading(self, loading: bool) -> None:
        """Skeleton rows stand in an empty list, 150 ms after loading began."""
        self._loading = loading
        if loading:
            self._skeleton_timer.start()
        else:
            self._skeleton_timer.stop()
        self._place_empty()
        self.viewport().update()

    def set_sort(self, sort_key: str, descending: bool) -> None:
        """Show the order the rows are in."""
        for position, spec in enumerate(self._rows.columns):
            if spec.sort_key == sort_key:
                self._sort = (position, descending)
                order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
                self.horizontalHeader().setSortIndicatorShown(True)
                self.horizontalHeader().setSortIndicator(position, order)

    def save_widths(self, settings: QSettings, key: str) -> None:
        """Remember the column widths."""
        header = self.horizontalHeader()
        settings.setValue(
            f"columns/{key}",
            [f"{spec.key}={header.sectionSize(n)}" for n, spec in enumerate(self._rows.columns)],
        )

    def restore_widths(self, settings: QSettings, key: str) -> None:
        """Bring remembered widths back, by column name: columns may have come or gone."""
        saved = settings.value(f"columns/{key}")
        widths = dict(
            str(part).split("=", 1) for part in (saved if isinstance(saved, list) else [])
        )
        for position, spec in enumerate(self._rows.columns):
            text = widths.get(spec.key, "")
            if text.isdigit() and not spec.stretch:
                self.setColumnWidth(position, max(40, int(text)))

    # Qt's side

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_index(self.currentIndex())
        elif plain and key == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.rowPeeked.emit(self._rows.row_at(self.currentIndex().row()))
        elif plain and key in _DOWN | _UP:
            self._step(1 if key in _DOWN else -1)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search in the first column."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_stretch_column()
        self._place_empty()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        waited = self._loading and not self._skeleton_timer.isActive()
        if waited and self._rows.rowCount() == 0:
            painter = QPainter(self.viewport())
            height = self.verticalHeader().defaultSectionSize()
            widths = [self.columnWidth(n) for n in range(len(self._rows.columns))]
            paint_skeleton_rows(painter, self._theme, self.viewport().rect(), height, widths)

    def _prepare_header(self, header: QHeaderView) -> None:
        header.setFixedHeight(self._theme.px(HEADER))
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(40)
        header.setSectionsClickable(True)
        font = QFont(header.font())
        font.setCapitalization(QFont.Capitalization.AllUppercase)
        header.setFont(font)
        header.sectionClicked.connect(self._ask_for_sort)
        header.sectionResized.connect(self._section_resized)
        self.fit_columns()

    def _fit_all_amounts(self) -> None:
        self._fit_amounts(0, self._rows.rowCount() - 1)

    def _fit_new_amounts(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._fit_amounts(first, last)

    def _fit_amounts(self, first: int, last: int) -> None:
        """Widen columns of amounts for new rows: a cut-off amount would be read as another."""
        option = QStyleOptionViewItem()
        for position, spec in enumerate(self._rows.columns):
            if spec.kind is not CellKind.AMOUNT or self.isColumnHidden(position):
                continue
            wanted = max(
                (
                    self._delegate.sizeHint(option, self._rows.index(row, position)).width()
                    for row in range(first, last + 1)
                ),
                default=0,
            )
            if wanted > self.columnWidth(position):
                self.setColumnWidth(position, wanted)

    def _fit_stretch_column(self) -> None:
        """Give the stretch column what the others leave; it keeps a readable least width."""
        for position, spec in enumerate(self._rows.columns):
            if spec.stretch:
                others = sum(
                    self.columnWidth(n) for n in range(len(self._rows.columns)) if n != position
                )
                least = min(self._theme.px(spec.width), self._theme.px(160))
                room = self.viewport().width() - others
                self.setColumnWidth(position, max(least, room))
                return

    def _section_resized(self, section: int, old: int, new: int) -> None:
        if not self._rows.columns[section].stretch:
            self._fit_stretch_column()

    def _ask_for_sort(self, section: int) -> None:
        spec = self._rows.columns[section]
        if spec.sort_key is None:
            return
        descending = self._sort == (section, False)
        self.set_sort(spec.sort_key, descending)
        self.sortRequested.emit(spec.sort_key, descending)

    def _ask_for_menu(self, position: QPoint) -> None:
        rows = self.selected_rows()
        if rows:
            self.menuRequested.emit(self.viewport().mapToGlobal(position), rows)

    def _open_index(self, index: QModelIndex) -> None:
        if index.isValid():
            self.rowOpened.emit(self._rows.row_at(index.row()))

    def _step(self, by: int) -> None:
        count = self._rows.rowCount()
        if count:
            current = self.currentIndex()
            row = max(0, min(count - 1, current.row() + by)) if current.isValid() else 0
            self.selectRow(row)

    def _hover(self, row: int) -> None:
        before = self._delegate.hovered_row
        if row == before:
            return
        self._delegate.hovered_row = row
        for number in (before, row):
            if 0 <= number < self._rows.rowCount():
                top = self.rowViewportPosition(number)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(number))

    def _keep_selection(self) -> None:
        self._kept = {
            self._rows.key_at(index.row()) for index in self.selectionModel().selectedRows()
        }

    def _restore_selection(self) -> None:
        self._delegate.hovered_row = -1
        self._place_empty()
        self._fit_stretch_column()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        kept, self._kept = self._kept, set()
        first = True
        for position in range(self._rows.rowCount()) if kept else ():
            if self._rows.key_at(position) in kept:
                index = self._rows.index(position, 0)
                if first:
                    self.selectionModel().setCurrentIndex(
                        index, QItemSelectionModel.SelectionFlag.NoUpdate
                    )
                    first = False
                self.selectionModel().select(index, flags)
        self._tell_selection()

    def _tell_selection(self, *_ranges: Sequence[object]) -> None:
        self.selectionChangedTo.emit(self.selected_rows())

    def _place_empty(self) -> None:
        if self._empty is not None:
            self._empty.setGeometry(self.viewport().rect())
            self._empty.setVisible(self._rows.rowCount() == 0 and not self._loading)
