"""How far something of several screens has come."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row, set_property
from billdesk.ui.widgets.field import IconLabel


class Progress(QWidget):
    """The names of the screens; those behind have a check mark, the one on show is bold."""

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = list(titles)
        self._marks: list[IconLabel] = []
        self._labels = []
        layout = row(self, spacing=8)
        for position, title in enumerate(self._titles):
            if position:
                layout.addWidget(IconLabel("chevron-right", "muted", 14))
            mark = IconLabel("check-circle", "pill.ok.fg", 16)
            text = label(f"{position + 1}  {title}", "muted")
            self._marks.append(mark)
            self._labels.append(text)
            layout.addWidget(mark)
            layout.addWidget(text)
        layout.addStretch(1)
        self.set_current(0)

    def set_current(self, current: int) -> None:
        """Mark the screen on show."""
        for position, (mark, text) in enumerate(zip(self._marks, self._labels, strict=True)):
            mark.setVisible(position < current)
            set_property(text, "role", "strong" if position == current else "muted")
        if 0 <= current < len(self._titles):
            self.setAccessibleName(
                tr("Step {number} of {count}: {title}").format(
                    number=current + 1, count=len(self._titles), title=self._titles[current]
                )
            )
