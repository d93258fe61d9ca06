"""A list of choices with title, second line, icon and a hint at the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from billdesk.ui.icons import current_icons
from billdesk.ui.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_ICON = 18


@dataclass(frozen=True)
class Choice:
    """One choice. ``key`` identifies it; ``run`` is what the palette does with it."""

    key: object
    title: str
    subtitle: str = ""
    icon: str | None = None
    hint: str = ""
    run: Callable[[], object] | None = None


class _ChoiceModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.choices: list[Choice] = []

    def replace(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.choices = list(choices)
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role in (_DISPLAY, _ACCESSIBLE):
            choice = self.choices[index.row()]
            parts = (choice.title, choice.subtitle, choice.hint)
            return ", ".join(part for part in parts if part)
        return None


class _ChoiceDelegate(QStyledItemDelegate):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = current_theme()
        self._icons = current_icons()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        two = isinstance(model, _ChoiceModel) and bool(model.choices[index.row()].subtitle)
        return QSize(120, self._theme.px(46 if two else 36))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _ChoiceModel):
            return
        choice = model.choices[index.row()]
        # Typed Any: the generated stubs of QStyleOption hide its public members.
        shape: Any = option
        theme = self._theme
        rect: QRect = shape.rect.adjusted(4, 1, -4, -1)
        selected = bool(shape.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or shape.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if selected else "hover"))
            painter.drawRoundedRect(QRectF(rect), 6, 6)
        inner = rect.adjusted(10, 0, -10, 0)
        if choice.icon:
            ratio = painter.device().devicePixelRatioF()
            pixmap = self._icons.pixmap(choice.icon, "text2", _ICON, ratio)
            painter.drawPixmap(inner.left(), inner.center().y() - _ICON // 2 + 1, pixmap)
            inner.adjust(_ICON + 10, 0, 0, 0)
        if choice.hint:
            painter.setFont(theme.font("meta"))
            painter.setPen(theme.color("text2" if selected else "muted"))
            painter.drawText(inner, _RIGHT, choice.hint)
            inner.adjust(0, 0, -painter.fontMetrics().horizontalAdvance(choice.hint) - 12, 0)
        self._paint_lines(painter, inner, choice, selected)
        painter.restore()

    def _paint_lines(self, painter: QPainter, rect: QRect, choice: Choice, selected: bool) -> None:
        theme = self._theme
        title_font = theme.font("body", 600 if choice.subtitle else 400)
        metrics = QFontMetrics(title_font)
        upper, lower = QRect(rect), QRect(rect)
        if choice.subtitle:
            meta = QFontMetrics(theme.font("meta"))
            top = rect.top() + (rect.height() - metrics.height() - meta.height()) // 2
            upper = QRect(rect.left(), top, rect.width(), metrics.height())
            lower = QRect(rect.left(), top + metrics.height(), rect.width(), meta.height())
            painter.setFont(theme.font("meta"))
            painter.setPen(theme.color("text2" if selected else "muted"))
            elided = meta.elidedText(choice.subtitle, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(lower, _LEFT, elided)
        painter.setFont(title_font)
        painter.setPen(theme.color("text"))
        elided = metrics.elidedText(choice.title, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(upper, _LEFT, elided)


class ChoiceList(QListView):
    """Shows choices; ``chosen(Choice)`` on click or Enter. Never takes the focus by itself."""

    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _ChoiceModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_ChoiceDelegate(self))
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._choose_index)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Replace the choices; the first is the current one."""
        self._model.replace(choices)
        if choices:
            self.setCurrentIndex(self._model.index(0, 0))

    def choices(self) -> list[Choice]:
        """What is on show."""
        return list(self._model.choices)

    def current(self) -> Choice | None:
        """The highlighted choice."""
        index = self.currentIndex()
        return self._model.choices[index.row()] if index.isValid() else None

    def step(self, by: int) -> None:
        """Move the highlight, round at the ends."""
        count = self._model.rowCount()
        if count:
            self.setCurrentIndex(self._model.index((self.currentIndex().row() + by) % count, 0))

    def choose_current(self) -> bool:
        """Emit ``chosen`` for the highlighted choice; False when there is none."""
        choice = self.current()
        if choice is None:
            return False
        self.chosen.emit(choice)
        return True

    def wanted_height(self, limit: int) -> int:
        """Height that shows everything, up to a limit, in pixels."""
        total = sum(self.sizeHintForRow(n) for n in range(self._model.rowCount()))
        return min(total + 10, limit)

    def _choose_index(self, index: QModelIndex) -> None:
        self.chosen.emit(self._model.choices[index.row()])
