"""The sheet behind ``?``: every shortcut that works on what is on screen."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QScrollArea, QWidget

from billdesk.ui.commands import Command, shortcut_text
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button


class ShortcutSheet(QDialog):
    """Sections of command titles and keys, read from the registry."""

    def __init__(
        self, sections: Mapping[str, Sequence[Command]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(480, 520)
        content = QWidget()
        content.setObjectName("scrolled")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        line = 0
        for section, commands in sections.items():
            heading = label(section.upper(), "caps")
            heading.setContentsMargins(0, 12 if line else 0, 0, 2)
            grid.addWidget(heading, line, 0, 1, 2)
            line += 1
            for command in commands:
                keys = "   ".join(shortcut_text(keys) for keys in command.shortcuts)
                grid.addWidget(label(command.title), line, 0)
                grid.addWidget(label(keys, "text2"), line, 1, Qt.AlignmentFlag.AlignRight)
                line += 1
        grid.setRowStretch(line, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        scroll.setAccessibleName(tr("Keyboard shortcuts"))
        outer = column(self, spacing=16, margin=24)
        outer.addWidget(label(tr("Keyboard shortcuts"), "section"))
        outer.addWidget(scroll, 1)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(Button(tr("Close"), on_click=self.accept))
        outer.addLayout(foot)
