"""Push buttons: primary, secondary, danger, ghost, link; icon buttons; a shortcut beside text."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from billdesk.ui.commands import shortcut_text
from billdesk.ui.icons import current_icons
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import set_property

_ICON = 16
_GAP = 6
_HINT_GAP = 10
# Room for the ring around a focused one.
_LINK_MARGIN = 2
_TOKENS = {
    "primary": "accent_text",
    "danger": "danger_text",
    "ghost": "text2",
    "link": "link",
    "toast": "toast_text",
    "search": "muted",
    "place": "text2",
    "tab": "text2",
}
_SEMIBOLD = frozenset({"primary", "danger", "toast"})
_LEFT = frozenset({"search", "place"})


class Button(QPushButton):
    """A button that paints icon, text and shortcut itself, so that the two weights can differ.

    ``kind`` is one of ``secondary primary danger ghost link search place tab toast``. Enter
    presses a focused button, as people expect, not Space alone.
    """

    def __init__(
        self,
        text: str,
        kind: str = "secondary",
        *,
        icon: str | None = None,
        shortcut: str = "",
        on_click: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self._icon_name = icon
        self._hint = shortcut_text(shortcut) if shortcut else ""
        self._action: QAction | None = None
        self._theme = current_theme()
        self._icons = current_icons()
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._shape(text)
        if on_click is not None:
            # Not connected directly: clicked carries a bool that handlers do not want.
            self.clicked.connect(lambda: on_click())

    @classmethod
    def for_action(
        cls,
        action: QAction,
        kind: str = "secondary",
        *,
        icon: str | None = None,
        hint: bool = True,
    ) -> "Button":
        """A button for a command's action: text, shortcut and enabled state follow it.

        Without ``hint`` the shortcut is told by the tool tip only.
        """
        sequence = action.shortcut().toString() if hint else ""
        button = cls(action.text(), kind, icon=icon, shortcut=sequence, on_click=action.trigger)
        button._action = action
        if not hint:
            button.setToolTip(shortcut_text(action.shortcut().toString()))
        action.changed.connect(button._follow_action)
        button._follow_action()
        return button

    @property
    def kind(self) -> str:
        return self._kind

    def set_kind(self, kind: str) -> None:
        """Change the look, e.g. from secondary to primary."""
        self._kind = kind
        set_property(self, "kind", kind)

    def set_icon_name(self, icon: str | None) -> None:
        """Change the icon."""
        self._icon_name = icon
        self.updateGeometry()
        self.update()

    def set_shortcut(self, shortcut: str) -> None:
        """Change the keys that stand beside the text."""
        self._hint = shortcut_text(shortcut) if shortcut else ""
        self.updateGeometry()
        self.update()

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self._shape(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        base = super().sizeHint()
        if not self.text():
            return QSize(base.height(), base.height())
        if self._kind == "link":
            # What a screen's pixels make wider is given at the end: it begins as the text above.
            text = QFontMetrics(self._text_font()).horizontalAdvance(self._plain_text())
            width = text + 2 * _LINK_MARGIN + 6
        else:
            # Checked tabs and places turn semibold: reserve that width, so that nothing moves.
            metrics = QFontMetrics(self._theme.font("body", 600))
            margin = _LINK_MARGIN if self._kind == "tab" else self._theme.px(13)
            width = metrics.horizontalAdvance(self._plain_text()) + 2 * margin + 2
        if self._icon_name:
            width += _ICON + _GAP
        if self._hint:
            width += _HINT_GAP + self._hint_width()
        return QSize(width, base.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = self.style()
        style.drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        self._paint_content(painter)
        if self.hasFocus() and self._kind in ("primary", "danger"):
            # The fill may have the ring's own colour: a second ring inside in the text colour.
            painter.setPen(QPen(self._foreground(), 1.5))
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -4, -4), 4, 4)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def _shape(self, text: str) -> None:
        set_property(self, "shape", None if text else "square")

    def _follow_action(self) -> None:
        if self._action is not None:
            self.setText(self._action.text())
            self.setEnabled(self._action.isEnabled())

    def _paint_content(self, painter: QPainter) -> None:
        rect = self._content_rect()
        text = self._plain_text()
        painter.setFont(self._text_font())
        text_width = painter.fontMetrics().horizontalAdvance(text)
        icon_width = _ICON + (_GAP if text else 0) if self._icon_name else 0
        hint_width = _HINT_GAP + self._hint_width() if self._hint and text else 0
        x = rect.left()
        if self._kind not in (*_LEFT, "link") or not text:
            x += max(0, (rect.width() - icon_width - text_width - hint_width) // 2)
        if self._icon_name:
            pixmap = self._icons.pixmap(
                self._icon_name, self._token(), _ICON, self.devicePixelRatioF()
            )
            painter.drawPixmap(x, rect.center().y() - _ICON // 2 + 1, pixmap)
            x += icon_width
        painter.setPen(self._foreground())
        room = max(0, rect.right() + 1 - x - hint_width)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(x, rect.top(), room, rect.height()), flags, shown)
        if hint_width:
            painter.setFont(self._theme.font("meta" if self._kind == "place" else "body"))
            left = x + text_width + _HINT_GAP
            if self._kind in _LEFT:
                left = rect.right() + 1 - self._hint_width()
                painter.setPen(self._theme.color("muted"))
            painter.drawText(
                QRect(left, rect.top(), self._hint_width() + 2, rect.height()), flags, self._hint
            )

    def _content_rect(self) -> QRect:
        if not self.text():
            return self.rect()
        margin = _LINK_MARGIN if self._kind in ("tab", "link") else self._theme.px(12)
        return self.rect().adjusted(margin, 0, -margin, 0)

    def _plain_text(self) -> str:
        return self.text().replace("&", "")

    def _text_font(self) -> QFont:
        bold = self._kind in _SEMIBOLD or self.isChecked()
        weight = 600 if bold else 400 if self._kind in ("place", "tab", "search") else 500
        return self._theme.font("body", weight)

    def _hint_width(self) -> int:
        return QFontMetrics(self._theme.font("body")).horizontalAdvance(self._hint)

    def _token(self) -> str:
        if not self.isEnabled():
            return "muted" if self._kind in _SEMIBOLD else "disabled"
        if self._kind == "place" and self.isChecked():
            return "link"
        if self._kind == "tab" and self.isChecked():
            return "text"
        if self.underMouse() and self._kind in ("ghost", "place", "tab"):
            return "text"
        return _TOKENS.get(self._kind, "text")

    def _foreground(self) -> QColor:
        return self._theme.color(self._token())


class IconButton(Button):
    """A square button of one icon; its name is told by tool tip and screen reader."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        kind: str = "ghost",
        shortcut: str = "",
        on_click: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", kind, icon=icon, on_click=on_click, parent=parent)
        hint = shortcut_text(shortcut) if shortcut else ""
        self.setAccessibleName(name)
        self.setToolTip(f"{name}  {hint}" if hint else name)
