"""Small steps that every widget shares."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

Box = TypeVar("Box", bound=QBoxLayout)


def set_property(widget: QWidget, name: str, value: str | None) -> None:
    """Set a dynamic property that the style sheet selects on, and restyle when it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def label(text: str = "", role: str = "", tone: str = "", parent: QWidget | None = None) -> QLabel:
    """A text in a role of the type scale: ``caps meta muted text2 strong section title kpi``.

    The text is shown literally: what users and customers typed is never read as rich text.
    """
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    return made


def column(parent: QWidget | None = None, spacing: int = 8, margin: int = 0) -> QVBoxLayout:
    """A vertical layout; margins in pixels, the same on every side."""
    return _box(QVBoxLayout(parent) if parent else QVBoxLayout(), spacing, margin)


def row(parent: QWidget | None = None, spacing: int = 8, margin: int = 0) -> QHBoxLayout:
    """A horizontal layout; margins in pixels, the same on every side."""
    return _box(QHBoxLayout(parent) if parent else QHBoxLayout(), spacing, margin)


def rule(parent: QWidget | None = None) -> QFrame:
    """A line of one pixel across."""
    made = QFrame(parent)
    made.setProperty("kind", "rule")
    return made


def clear_layout(layout: QLayout) -> None:
    """Take everything out of a layout and destroy the widgets in it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear_layout(inner)


def _box(box: Box, spacing: int, margin: int) -> Box:
    box.setSpacing(spacing)
    box.setContentsMargins(margin, margin, margin, margin)
    return box
