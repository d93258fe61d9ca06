"""A table model over frozen rows, described by columns, that grows by key-set paging."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from billdesk.ui.widgets.tool_tips import plain_tool_tip

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()

# Plain ints: comparing an int with an enum member costs more than all else in data().
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class CellKind(StrEnum):
    """How a cell is painted."""

    TEXT = "text"
    STRONG = "strong"
    MUTED = "muted"
    TWO_LINES = "two_lines"
    PILL = "pill"
    AMOUNT = "amount"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a list.

    Attributes:
        text: what the cell says; also what a screen reader says.
        second: the second line of a TWO_LINES cell.
        pill: the pill kind of a PILL cell (``ok warn bad info part neutral``).
        tone: a colour token for the text, None for the usual one.
        sort_key: name passed to ``sortRequested``; None for a column that does not sort.
        width: pixels at 100 %; the ``stretch`` column takes what is left.
    """

    key: str
    title: str
    text: Callable[[Row], str]
    kind: CellKind = CellKind.TEXT
    width: int = 120
    stretch: bool = False
    second: Callable[[Row], str] | None = None
    pill: Callable[[Row], str] | None = None
    tone: Callable[[Row], str | None] | None = None
    sort_key: str | None = None

    @property
    def is_right(self) -> bool:
        return self.kind is CellKind.AMOUNT


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Holds the rows read so far and asks for the next page when the view nears the end."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Hashable],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self._rows: list[Row] = []
        self._more = False
        self._asked = False
        self._fetch: Callable[[], object] | None = None

    def on_more(self, fetch: Callable[[], object]) -> None:
        """Called when the next page is wanted; answer with :meth:`append_rows`."""
        self._fetch = fetch

    def set_columns(self, columns: Sequence[Column[Row]]) -> None:
        """Call the same columns otherwise, for rows of another kind."""
        self.columns = tuple(columns)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def set_rows(self, rows: Sequence[Row], *, has_more: bool = False) -> None:
        """Replace everything (another filter or order, or a fresh read)."""
        self.beginResetModel()
        self._rows = list(rows)
        self._more = has_more
        self._asked = False
        self.endResetModel()

    def append_rows(self, rows: Sequence[Row], *, has_more: bool) -> None:
        """Add the next page."""
        self._asked = False
        self._more = has_more
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def update_row(self, row: Row) -> bool:
        """Put a newer version of a row in the place of the old; False when it is not here."""
        position = self.position_of(self._key(row))
        if position is None:
            return False
        self._rows[position] = row
        last = len(self.columns) - 1
        self.dataChanged.emit(self.index(position, 0), self.index(position, last))
        return True

    def paging_failed(self) -> None:
        """The next page could not be read; it may be asked for again."""
        self._asked = False

    def rows(self) -> list[Row]:
        """The rows read so far (a copy)."""
        return list(self._rows)

    def row_at(self, position: int) -> Row:
        """The row at a position.

        Raises:
            IndexError: there is none.
        """
        return self._rows[position]

    def key_at(self, position: int) -> Hashable:
        """The key of the row at a position."""
        return self._key(self._rows[position])

    def position_of(self, key: Hashable) -> int | None:
        """Where the row with that key is, among those read so far."""
        for position, row in enumerate(self._rows):
            if self._key(row) == key:
                return position
        return None

    # Qt's side

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role == _DISPLAY:
            return self._spoken(index.row(), index.column())
        if role == _ALIGN:
            return _RIGHT if self.columns[index.column()].is_right else _LEFT
        if role == _ACCESSIBLE:
            return self._spoken(index.row(), index.column())
        if role == _TOOL_TIP:
            return plain_tool_tip(self._spoken(index.row(), index.column()))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == _DISPLAY else None
        if role == _DISPLAY:
            return self.columns[section].title
        if role == _ALIGN:
            return _RIGHT if self.columns[section].is_right else _LEFT
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return self._more and not self._asked and self._fetch is not None

    def fetchMore(self, parent: Index) -> None:
        if self._fetch is not None and self._more and not self._asked:
            self._asked = True
            self._fetch()

    def _spoken(self, row: int, column: int) -> str:
        spec, value = self.columns[column], self._rows[row]
        text = spec.text(value)
        second = spec.second(value) if spec.second is not None else ""
        return f"{text}, {second}" if second else text
