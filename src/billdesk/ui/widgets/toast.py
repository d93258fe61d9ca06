"""Short notices at the bottom right; with Undo where there is something to undo."""

from collections.abc import Callable
from weakref import WeakSet

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget
from shiboken6 import isValid

from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import SidePanel
from billdesk.ui.widgets.field import IconLabel

DEFAULT_MS = 5000
_MARGIN = 24
_MOST = 3
_WIDTH = 420


class Toast(QFrame):
    """One notice. It stays while the pointer is over it; errors stay until closed."""

    closed = Signal()

    def __init__(
        self,
        text: str,
        parent: QWidget,
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        duration_ms: int | None = DEFAULT_MS,
        icon: str | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(text)
        self.text = text
        layout = row(self, spacing=8)
        layout.setContentsMargins(14, 8, 8, 8)
        if icon:
            layout.addWidget(IconLabel(icon, "toast_text", 16))
        message = label(text)
        message.setWordWrap(True)
        layout.addWidget(message, 1)
        self.action_button: Button | None = None
        if action and on_action is not None:
            self.action_button = Button(action, "toast", on_click=on_action)
            self.action_button.clicked.connect(self.close_toast)
            layout.addWidget(self.action_button)
        self.close_button: Button | None = None
        if duration_ms is None:
            self.close_button = Button(tr("Close"), "toast", on_click=self.close_toast)
            layout.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_toast)
        self._duration_ms = duration_ms
        self._start()
        wanted = message.fontMetrics().horizontalAdvance(text)
        buttons = sum(b.sizeHint().width() + 8 for b in self._buttons())
        width = min(_WIDTH, wanted + buttons + 40 + (24 if icon else 0))
        self.setFixedWidth(width)
        self.setFixedHeight(max(40, layout.heightForWidth(width), layout.minimumSize().height()))

    def close_toast(self) -> None:
        """Take the notice away."""
        self._timer.stop()
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def event(self, event: QEvent) -> bool:
        # A moving pointer holds it; one that happened to rest where it appeared does not.
        if event.type() == QEvent.Type.HoverMove:
            self._timer.stop()
        elif event.type() == QEvent.Type.HoverLeave:
            self._start()
        return super().event(event)

    def _start(self) -> None:
        if self._duration_ms is not None:
            self._timer.start(self._duration_ms)

    def _buttons(self) -> list[Button]:
        return [b for b in (self.action_button, self.close_button) if b is not None]


class ToastHost(QObject):
    """Stacks the notices of a window; at most three, the oldest leaves first."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._toasts: list[Toast] = []
        self._panels: WeakSet[SidePanel] = WeakSet()
        window.installEventFilter(self)

    def show(
        self,
        text: str,
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        duration_ms: int = DEFAULT_MS,
        icon: str | None = None,
    ) -> Toast:
        """Say something that is not visible already; with an action for as long as it is good."""
        return self._add(
            Toast(
                text,
                self._window,
                action=action,
                on_action=on_action,
                duration_ms=duration_ms,
                icon=icon,
            )
        )

    def show_error(
        self, text: str, *, action: str = "", on_action: Callable[[], object] | None = None
    ) -> Toast:
        """Say what went wrong; stays until it is closed."""
        return self._add(
            Toast(
                text,
                self._window,
                action=action,
                on_action=on_action,
                duration_ms=None,
                icon="alert",
            )
        )

    def keep_clear(self, panel: SidePanel) -> None:
        """Stand left of a panel at the right while it is shown: its buttons stay in reach."""
        self._panels.add(panel)
        panel.placed.connect(self._place)

    @property
    def toasts(self) -> list[Toast]:
        """What is on show, oldest first."""
        return list(self._toasts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _add(self, toast: Toast) -> Toast:
        toast.closed.connect(self._drop_closed)
        self._toasts.append(toast)
        while len(self._toasts) > _MOST:
            self._toasts[0].close_toast()
        toast.show()
        toast.raise_()
        self._place()
        return toast

    def _drop_closed(self) -> None:
        self._toasts = [toast for toast in self._toasts if toast is not self.sender()]
        self._place()

    def _place(self) -> None:
        # Panels are hidden once more while the window is destroyed.
        if not self._toasts or not isValid(self._window):
            return
        bottom = self._window.height() - _MARGIN
        shown = [one for one in self._panels if isValid(one) and one.isVisible()]
        right = min(
            (one.mapTo(self._window, QPoint(0, 0)).x() for one in shown),
            default=self._window.width(),
        )
        for toast in reversed(self._toasts):
            toast.move(max(0, right - toast.width() - _MARGIN), bottom - toast.height())
            bottom -= toast.height() + 8
