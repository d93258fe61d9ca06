"""Paints the cells of a list straight from the row: few calls per cell, so that paging is quick."""

from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from billdesk.ui.theme import Theme, current_theme
from billdesk.ui.widgets.pill import paint_pill, pill_width
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel

SIDE = 12
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class RowDelegate(QStyledItemDelegate):
    """Two-line cells, pills and amounts of a :class:`RowsModel`."""

    def __init__(self, row_height: int = 48, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = current_theme()
        self._row_height = row_height
        self.hovered_row = -1
        self._body = self._theme.font("body")
        self._strong = self._theme.font("body", 600)
        self._medium = self._theme.font("body", 500)
        self._meta = self._theme.font("meta")
        self._metrics = {
            id(font): QFontMetrics(font)
            for font in (self._body, self._strong, self._medium, self._meta)
        }

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        model = index.model()
        height = self._theme.px(self._row_height)
        if not isinstance(model, RowsModel):
            return QSize(0, height)
        column, row = model.columns[index.column()], model.row_at(index.row())
        text = column.text(row)
        if column.kind is CellKind.PILL:
            width = pill_width(self._theme, text)
        else:
            width = self._metrics[id(self._font(column.kind))].horizontalAdvance(text)
            if column.kind is CellKind.AMOUNT and column.second is not None:
                second = self._metrics[id(self._meta)].horizontalAdvance(column.second(row))
                width = max(width, second)
        return QSize(width + 2 * SIDE, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model = index.model()
        if not isinstance(model, RowsModel):
            super().paint(painter, option, index)
            return
        # Typed Any: the generated stubs of QStyleOption hide its public members.
        shape: Any = option
        rect: QRect = shape.rect
        state: QStyle.StateFlag = shape.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        row_number = index.row()
        theme = self._theme
        if selected:
            painter.fillRect(rect, theme.color("selected"))
        elif row_number == self.hovered_row:
            painter.fillRect(rect, theme.color("hover"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(
                QRect(rect.left(), rect.top(), 2, rect.height() - 1), theme.color("focus")
            )
        column = model.columns[index.column()]
        inner = rect.adjusted(SIDE, 0, -SIDE, -1)
        self._paint_cell(painter, inner, column, model.row_at(row_number), selected)

    def _paint_cell(
        self, painter: QPainter, rect: QRect, column: Column[Any], row: Any, selected: bool
    ) -> None:
        text = column.text(row)
        if column.kind is CellKind.PILL:
            if text:
                kind = column.pill(row) if column.pill is not None else "neutral"
                paint_pill(painter, self._theme, QRectF(rect), kind, text, on_selected=selected)
            return
        tone = column.tone(row) if column.tone is not None else None
        if tone is None:
            tone = "muted" if column.kind is CellKind.MUTED else "text"
            if column.kind is CellKind.TEXT:
                tone = "text2"
        second = column.second(row) if column.second is not None else ""
        font = self._font(column.kind)
        painter.setPen(self._theme.color(tone))
        if not second:
            self._line(painter, rect, font, text, column.is_right)
            return
        first_height = self._metrics[id(font)].height()
        second_height = self._metrics[id(self._meta)].height()
        top = rect.top() + (rect.height() - first_height - second_height) // 2
        upper = QRect(QPoint(rect.left(), top), QSize(rect.width(), first_height))
        lower = QRect(QPoint(rect.left(), top + first_height), QSize(rect.width(), second_height))
        self._line(painter, upper, font, text, column.is_right)
        painter.setPen(self._theme.color("text2" if selected else "muted"))
        self._line(painter, lower, self._meta, second, column.is_right)

    def _line(self, painter: QPainter, rect: QRect, font: QFont, text: str, right: bool) -> None:
        painter.setFont(font)
        metrics = self._metrics[id(font)]
        if metrics.horizontalAdvance(text) > rect.width():
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _RIGHT if right else _LEFT, text)

    def _font(self, kind: CellKind) -> QFont:
        if kind in (CellKind.STRONG, CellKind.TWO_LINES):
            return self._strong
        return self._medium if kind is CellKind.AMOUNT else self._body
