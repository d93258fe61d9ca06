"""How much of each line: to invoice a part of a quote, or to deliver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.entry import QuantityEdit

_HIGHEST = 260
_ROW = 40


@dataclass(frozen=True)
class LineLeft:
    """A line to take a quantity of; ``quantity`` is the most that can be."""

    index: int
    name: str
    unit: str
    quantity: Decimal


class Quantities(QWidget):
    """A line each with an entry that starts with all there is. ``changed`` on typing."""

    changed = Signal()

    def __init__(self, desk: Desk, lines: Sequence[LineLeft], parent: QWidget | None = None):
        super().__init__(parent)
        self._edits: dict[int, QuantityEdit] = {}
        content = QWidget()
        content.setObjectName("scrolled")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        theme = current_theme()
        for position, line in enumerate(lines):
            edit = QuantityEdit(desk.formats)
            edit.set_value(line.quantity)
            edit.setFixedWidth(theme.px(88))
            edit.setAccessibleName(tr("Quantity, {name}").format(name=line.name))
            edit.valueChanged.connect(self.changed)
            self._edits[line.index] = edit
            most = f"{desk.formats.number(line.quantity)} {line.unit}".strip()
            grid.addWidget(ElidedLabel(line.name), position, 0)
            grid.addWidget(edit, position, 1)
            of = label(tr("of {most}").format(most=most), "meta")
            grid.addWidget(of, position, 2, Qt.AlignmentFlag.AlignLeft)
        grid.setRowStretch(len(lines), 1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        area.setFixedHeight(theme.px(min(_HIGHEST, _ROW * len(lines) + 4)))
        column(self).addWidget(area)

    def edit(self, index: int) -> QuantityEdit:
        """The entry of a line."""
        return self._edits[index]

    @property
    def problem(self) -> str:
        """Why an entry is not understood; empty when all are."""
        return next((edit.problem for edit in self._edits.values() if edit.problem), "")

    @property
    def values(self) -> Mapping[int, Decimal]:
        """What was entered, lines left out without any."""
        found = {index: edit.value for index, edit in self._edits.items()}
        return {index: value for index, value in found.items() if value}
