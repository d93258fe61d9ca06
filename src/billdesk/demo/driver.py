"""Hands and eyes for the window: type, press, wait for what is seen, take pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from billdesk.core.domain.errors import BillDeskError
from billdesk.ui.app import WindowApp
from billdesk.ui.theme import ThemeMode
from billdesk.ui.widgets.dialog import Dialog

LOOK_EVERY_MS = 20
MOST_TABS = 8
# Longer than the preview's debounce and a skeleton's delay together.
SETTLE_MS = 400
Seen = TypeVar("Seen")


class NotSeen(BillDeskError):
    """The window did not show what the journey needs."""


class Driver:
    """Drives one window the way a person would, with the keyboard."""

    def __init__(self, app: WindowApp, pictures: Path) -> None:
        self.app = app
        self._pictures = pictures
        self._modes = [ThemeMode.LIGHT, ThemeMode.DARK]
        self.taken: list[str] = []

    def wait_for(self, what: str, look: Callable[[], Seen | None], seconds: float = 20.0) -> Seen:
        """Run the window until ``look`` sees something. Raises ``NotSeen``."""
        clock = QElapsedTimer()
        clock.start()
        loop = QEventLoop()
        timer = QTimer()
        timer.setInterval(LOOK_EVERY_MS)
        found: list[Seen] = []

        def check() -> None:
            seen = look()
            if seen:
                found.append(seen)
            if seen or clock.hasExpired(int(seconds * 1000)):
                loop.quit()

        timer.timeout.connect(check)
        timer.start()
        loop.exec()
        timer.stop()
        if not found:
            raise NotSeen(f"After {seconds:.0f} s the window still did not show: {what}.")
        return found[0]

    def settle(self) -> None:
        """Let the window finish what it has asked for and begun to draw."""
        quiet = QElapsedTimer()
        quiet.start()

        def is_quiet() -> bool:
            return quiet.hasExpired(SETTLE_MS) and not self.app.lanes.pending

        self.wait_for("a quiet window", is_quiet)

    def press(self, keys: str) -> None:
        """Press a combination such as ``Ctrl+N`` in whatever has the keyboard."""
        target = QApplication.focusWidget() or self.app.window
        QTest.keySequence(target, keys)

    def type(self, text: str) -> None:
        """Type into whatever has the keyboard."""
        target = QApplication.focusWidget()
        if target is None:
            raise NotSeen("Nothing in the window has the keyboard.")
        QTest.keyClicks(target, text)

    def key(self, key: Qt.Key) -> None:
        """Press one key in whatever has the keyboard."""
        QTest.keyClick(QApplication.focusWidget() or self.app.window, key)

    def focused(self, name: str) -> QWidget:
        """Wait until the control with this accessible name has the keyboard."""

        def look() -> QWidget | None:
            widget = QApplication.focusWidget()
            named = widget is not None and name in widget.accessibleName()
            return widget if named else None

        return self.wait_for(f"the keyboard in “{name}”", look)

    def tab_to(self, name: str) -> None:
        """Press Tab until the control with this accessible name has the keyboard."""
        for _ in range(MOST_TABS):
            self.key(Qt.Key.Key_Tab)
            widget = QApplication.focusWidget()
            if widget is not None and widget.accessibleName().startswith(name):
                return
        raise NotSeen(f"Tab does not lead to “{name}”.")

    def dialog(self, title_part: str) -> Dialog:
        """Wait for a dialog whose title contains ``title_part``."""

        def look() -> Dialog | None:
            for widget in QApplication.topLevelWidgets():
                if (
                    isinstance(widget, Dialog)
                    and widget.isVisible()
                    and title_part in widget.windowTitle()
                ):
                    return widget
            return None

        return self.wait_for(f"the dialog “{title_part}”", look)

    def picture(self, name: str) -> None:
        """Save the settled window as it looks now, in one theme and then in the other, which stays:
        dressing every widget anew is what takes longest.
        """
        self._modes.reverse()
        for mode in self._modes:
            if self.app.theme.mode is not mode:
                self.app.theme.set_mode(mode)
                self.settle()
            file = self._pictures / f"{name}-{mode.value}.png"
            if not self._seen().save(str(file)):
                raise NotSeen(f"The picture {file} could not be written.")
            self.taken.append(file.name)

    def _seen(self) -> QPixmap:
        """The window with the dialog that lies on it."""
        window = self.app.window
        picture = window.grab()
        painter = QPainter(picture)
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, Dialog) and widget.isVisible():
                painter.fillRect(window.rect(), QColor(0, 0, 0, 70))
                corner = window.rect().center() - widget.rect().center()
                painter.drawPixmap(corner, widget.grab())
        painter.end()
        return picture
