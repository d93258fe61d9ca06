"""Ctrl+K: one entry over every command and everything the providers find."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from billdesk.ui.fuzzy import fuzzy_score, is_short_for
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row, rule
from billdesk.ui.widgets.choice_list import Choice, ChoiceList
from billdesk.ui.widgets.field import IconLabel
from billdesk.ui.widgets.shadow import paint_shadow

WIDTH = 640
_LIMIT = 50
_RECENT = 6
_ASK_AFTER_MS = 120
Answer = Callable[[Sequence[Choice]], None]
Provider = Callable[[str, Answer], None]
"""Looks something up off the GUI thread and calls the answer, once, on the GUI thread."""


class Palette(QWidget):
    """Covers its window while open. Commands are matched at once, providers as they answer."""

    opened = Signal()
    closed = Signal()

    def __init__(self, window: QWidget, commands: Callable[[], Sequence[Choice]]) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands
        self._providers: list[Provider] = []
        self._recent: list[object] = []
        self._found: dict[int, list[Choice]] = {}
        self._question = 0
        self._before: QWidget | None = None
        self._theme = current_theme()
        self.setAccessibleName(tr("Search or jump to"))
        self.hide()
        self._frame = QFrame(self)
        self._frame.setProperty("kind", "popup")
        self.entry = QLineEdit()
        self.entry.setProperty("kind", "palette")
        self.entry.setPlaceholderText(tr("Search or jump to…"))
        self.entry.setAccessibleName(tr("Search or jump to"))
        self.entry.textChanged.connect(self._search)
        self.entry.installEventFilter(self)
        self.list = ChoiceList(tr("Found"))
        self.list.chosen.connect(self._run)
        self._nothing = label(tr("Nothing found."), "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setMinimumHeight(64)
        layout = column(self._frame, spacing=4, margin=4)
        head = row(spacing=4)
        head.setContentsMargins(12, 0, 8, 0)
        head.addWidget(IconLabel("search", "muted"))
        head.addWidget(self.entry, 1)
        layout.addLayout(head)
        layout.addWidget(rule())
        layout.addWidget(self.list, 1)
        layout.addWidget(self._nothing)
        self._ask_timer = QTimer(self)
        self._ask_timer.setSingleShot(True)
        self._ask_timer.setInterval(_ASK_AFTER_MS)
        self._ask_timer.timeout.connect(self._ask_providers)
        window.installEventFilter(self)

    def add_provider(self, provider: Provider) -> None:
        """Also offer what this finds (customers, invoices)."""
        self._providers.append(provider)

    def open(self) -> None:
        """Show it over the window, empty, with the focus."""
        self._before = self._window.focusWidget()
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.entry.clear()
        self._search("")
        self.entry.setFocus()
        self.opened.emit()

    def close_palette(self) -> None:
        """Hide it; the focus returns to where it was."""
        if not self.isVisible():
            return
        self._question += 1
        self._ask_timer.stop()
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self._before = None
        self.closed.emit()

    # Qt's side

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
            self._place()
        if watched is self.entry and isinstance(event, QKeyEvent):
            return self._entry_key(event)
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor(self._theme.color("shadow"))
        veil.setAlphaF(0.24 if self._theme.is_dark else 0.10)
        painter.fillRect(self.rect(), veil)
        paint_shadow(painter, QRectF(self._frame.geometry()), 10, self._theme.color("shadow"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._frame.geometry().contains(event.position().toPoint()):
            self.close_palette()

    def _entry_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        keys = {
            Qt.Key.Key_Escape,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Down,
            Qt.Key.Key_Up,
            Qt.Key.Key_Tab,
        }
        if key not in keys:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            if key == Qt.Key.Key_Escape:
                self.close_palette()
            elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.list.step(1 if key == Qt.Key.Key_Down else -1)
            elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.choose_current()
            return True
        return False

    # Searching

    def _search(self, text: str) -> None:
        self._question += 1
        self._found.clear()
        self._show(text)
        if text.strip() and self._providers:
            self._ask_timer.start()
        else:
            self._ask_timer.stop()

    def _ask_providers(self) -> None:
        question, text = self._question, self.entry.text().strip()

        def answer_for(position: int) -> Answer:
            def answer(choices: Sequence[Choice]) -> None:
                # An answer to what has been typed over meanwhile is dropped.
                if question == self._question:
                    self._found[position] = list(choices)
                    self._show(self.entry.text())

            return answer

        for position, provider in enumerate(self._providers):
            provider(text, answer_for(position))

    def _show(self, text: str) -> None:
        wanted = text.strip()
        scored: list[tuple[int, int, Choice]] = []
        for order, choice in enumerate(self._commands()):
            score = fuzzy_score(wanted, _words(choice))
            if score is not None:
                scored.append((-score - self._recency(choice), order, choice))
        scored.sort(key=lambda item: item[:2])
        commands = [choice for _, _, choice in scored]
        meant = [choice for choice in commands if is_short_for(wanted, _words(choice))]
        rows = [_as_row(choice) for choice in meant]
        for position in sorted(self._found):
            rows.extend(self._found[position])
        # Letters scattered over a command say little: a customer of that name goes before it,
        # and Return must not run it while the customer is still being looked up.
        if len(self._found) == len(self._providers) or not wanted:
            rows.extend(_as_row(choice) for choice in commands if choice not in meant)
        self.list.set_choices(rows[:_LIMIT])
        self.list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        self._place()

    def _recency(self, choice: Choice) -> int:
        if choice.key not in self._recent:
            return 0
        return 2 * (_RECENT - self._recent.index(choice.key))

    def _run(self, choice: Choice) -> None:
        self._recent = [choice.key, *(key for key in self._recent if key != choice.key)][:_RECENT]
        self.close_palette()
        if choice.run is not None:
            choice.run()

    def _place(self) -> None:
        width = min(WIDTH, self.width() - 32)
        top = round(self.height() * 0.12)
        room = self.height() - top - 24
        content = self.list.wanted_height(396) if self.list.choices() else 72
        height = min(room, content + self._theme.px(44) + 24)
        self._frame.setGeometry(QRect((self.width() - width) // 2, top, width, height))
        self.update()


def _words(command: Choice) -> str:
    return f"{command.title} {command.subtitle}"


def _as_row(command: Choice) -> Choice:
    """Without the words it is also found by."""
    return Choice(command.key, command.title, "", command.icon, command.hint, command.run)
