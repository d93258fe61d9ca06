"""The rows of a restricted key, ticked one by one as they are found."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.stripe_access import (
    PermissionFinding,
    PermissionLine,
    PermissionNeed,
    PermissionState,
)
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row, set_property
from billdesk.ui.widgets.field import IconLabel

_LOOKS = {
    None: ("minus", "muted"),
    PermissionState.GRANTED: ("check-circle", "pill.ok.fg"),
    PermissionState.MISSING: ("alert", "pill.bad.fg"),
    PermissionState.UNCLEAR: ("info", "pill.warn.fg"),
}


def state_words(line: PermissionLine) -> str:
    """What was found about a row, in a word."""
    if line.state is None:
        return tr("not checked yet")
    if line.state is PermissionState.MISSING and line.row.need is not PermissionNeed.LINKS:
        return tr("not ticked")
    return {
        PermissionState.GRANTED: tr("allowed"),
        PermissionState.MISSING: tr("missing"),
        PermissionState.UNCLEAR: tr("unclear"),
    }[line.state]


class PermissionRowWidget(QWidget):
    """One row: its name in the Dashboard, what it is for, what was found, in Stripe's words."""

    def __init__(self, line: PermissionLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("minus", "muted", 16)
        name = f"{line.row.name}: {line.row.level}"
        self._name = label(name, "strong")
        self.state = label("", "meta")
        optional = line.row.need is not PermissionNeed.LINKS
        purpose = tr("optional, {purpose}").format(purpose=line.row.purpose)
        self._purpose = label(purpose if optional else line.row.purpose, "meta")
        self._purpose.setWordWrap(True)
        self.words = label("", "meta")
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = row(spacing=8)
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(self.state)
        texts = column(spacing=0)
        texts.addLayout(head)
        texts.addWidget(self._purpose)
        texts.addWidget(self.words)
        across = row(self, spacing=10)
        across.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(texts, 1)
        self.show_line(line)

    def show_line(self, line: PermissionLine) -> None:
        """Show what was found by now."""
        icon, color = _LOOKS[line.state]
        missing = line.state is PermissionState.MISSING
        if missing and line.row.need is not PermissionNeed.LINKS:
            icon, color = "minus", "muted"
        self._icon.set_icon(icon, color)
        words = state_words(line)
        self.state.setText(words)
        set_property(self.state, "tone", "bad" if line.is_lacking else "")
        stripe_says = tr("Stripe says: “{words}”").format(words=line.words)
        self.words.setText(stripe_says if line.is_lacking and line.words else "")
        self.words.setVisible(bool(self.words.text()))
        self.setAccessibleName(f"{line.row.name}, {line.row.level}: {words}")
        self.setAccessibleDescription(line.words or line.row.purpose)


class PermissionList(QWidget):
    """Every row, in the order in which they are probed."""

    def __init__(self, lines: Iterable[PermissionLine], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = {line.row.slug: line for line in lines}
        self.rows = {slug: PermissionRowWidget(line) for slug, line in self._lines.items()}
        body = column(self, spacing=8)
        for one in self.rows.values():
            body.addWidget(one)

    def begin(self) -> None:
        """Nothing has been found yet."""
        self.show_lines(PermissionLine(line.row) for line in self._lines.values())

    def show_lines(self, lines: Iterable[PermissionLine]) -> None:
        """Show what was found of all rows."""
        for line in lines:
            self._show(line)

    def tick(self, finding: PermissionFinding) -> None:
        """Show what was found of one row."""
        known = self._lines.get(finding.slug)
        if known is not None:
            self._show(PermissionLine(known.row, finding.state, finding.named, finding.words))

    def _show(self, line: PermissionLine) -> None:
        self._lines[line.row.slug] = line
        self.rows[line.row.slug].show_line(line)
