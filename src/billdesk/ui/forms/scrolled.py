"""A column that scrolls when the window is too low for it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QVBoxLayout, QWidget

from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, row

MARGIN = 24


def keep_right_edge(area: QScrollArea, layout: QLayout, right: int) -> None:
    """Hold the right edge of the content ``right`` pixels from the area's, bar or no bar.

    The bar takes its room out of the margin: what is scrolled stays in line with what is not,
    and nothing jumps when the bar comes.
    """
    bar = area.verticalScrollBar()

    def fit(least: int, most: int) -> None:
        margins = layout.contentsMargins()
        taken = bar.sizeHint().width() if most > least else 0
        margins.setRight(max(0, right - taken))
        layout.setContentsMargins(margins)

    bar.rangeChanged.connect(fit)
    fit(bar.minimum(), bar.maximum())


class Scrolled(QScrollArea):
    """Put widgets into ``body``; the column is at most ``width`` wide (pixels at 100 %).

    It ends ``right`` pixels before the area does: the page's margin, unless something follows.
    """

    def __init__(
        self,
        *,
        width: int = 0,
        spacing: int = 16,
        right: int = MARGIN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # For the style sheet, which makes it see-through.
        inner = QWidget()
        inner.setObjectName("scrolled")
        self.content = QWidget()
        if width:
            self.content.setMaximumWidth(current_theme().px(width))
        self.body: QVBoxLayout = column(self.content, spacing=spacing)
        outer = column(inner)
        # In a row: only there Qt asks for the height at the width the column really gets.
        across = row()
        across.addWidget(self.content, 1000)
        across.addStretch(1 if width else 0)
        outer.addLayout(across)
        outer.addStretch(1)
        outer.setContentsMargins(0, 0, 0, 24)
        self.setWidget(inner)
        keep_right_edge(self, outer, right)

    def reveal(self, widget: QWidget) -> None:
        """Scroll until the widget is seen."""
        self.ensureWidgetVisible(widget, 0, 40)
