"""A labelled entry: label above, helper or error line below."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.ui.icons import current_icons
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row, set_property


class IconLabel(QWidget):
    """An icon as a widget; decoration, or named for screen readers by its neighbour."""

    def __init__(
        self, icon: str, color: str = "text2", size: int = 18, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._color = color
        self._size = size
        self._icons = current_icons()
        self.setFixedSize(QSize(size, size))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_icon(self, icon: str, color: str | None = None) -> None:
        """Show another icon, in another token's colour."""
        self._icon = icon
        self._color = color or self._color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(0, 0, self._icons.pixmap(self._icon, self._color, self._size, ratio))


class Field(QWidget):
    """Label, control and one line of help or error, joined for screen readers.

    A required field is the norm; the others say "optional" beside their label.
    """

    def __init__(
        self,
        name: str,
        control: QWidget,
        *,
        helper: str = "",
        optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = control
        self._helper = helper
        self._name = name
        self._label = label(name, "label")
        self._label.setBuddy(control)
        self._message = label(helper, "meta")
        self._message.setWordWrap(True)
        self._alert = IconLabel("alert", "pill.bad.fg", 14)
        head = row(spacing=6)
        head.addWidget(self._label)
        if optional:
            head.addWidget(label(tr("optional"), "meta"))
        head.addStretch(1)
        foot = row(spacing=4)
        foot.addWidget(self._alert, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._message, 1)
        layout = column(self, spacing=4)
        layout.addLayout(head)
        layout.addWidget(control)
        layout.addLayout(foot)
        layout.addStretch(1)
        self.setFocusProxy(control)
        if not control.accessibleName():
            control.setAccessibleName(name)
        self.set_error("")
        problem = getattr(control, "problemChanged", None)
        if problem is not None:
            problem.connect(self.set_error)

    @property
    def error(self) -> str:
        """The error on show, or an empty string."""
        return self._message.text() if self._message.property("tone") == "bad" else ""

    def set_error(self, message: str) -> None:
        """Show an error below the control; an empty string brings the helper back."""
        bad = bool(message)
        text = message or self._helper
        self._message.setText(text)
        self._message.setVisible(bool(text))
        self._alert.setVisible(bad)
        set_property(self._message, "tone", "bad" if bad else "")
        set_property(self.control, "state", "bad" if bad else "")
        self.control.setAccessibleDescription(text)

    def set_helper(self, helper: str) -> None:
        """Change the line below; an error on show stays."""
        error = self.error
        self._helper = helper
        self.set_error(error)


def text_field(
    name: str, text: str = "", *, placeholder: str = "", helper: str = "", optional: bool = False
) -> tuple[Field, QLineEdit]:
    """A one-line text entry with its field."""
    edit = QLineEdit(text)
    edit.setPlaceholderText(placeholder)
    return Field(name, edit, helper=helper, optional=optional), edit
