"""A date typed as people write it, or picked from a calendar."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QVBoxLayout, QWidget

from billdesk.ui.date_entry import DateEntryError, parse_date
from billdesk.ui.format import Formats
from billdesk.ui.icons import current_icons
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import set_property


class DateEdit(QLineEdit):
    """Takes ``14.12.2026``, ``2026-12-14``, ``14/12`` and ``+14``; Alt+Down opens a calendar.

    ``dateChanged`` carries a ``date`` or None. ``set_base`` gives the day that ``+14`` counts
    from.
    """

    dateChanged = Signal(object)
    problemChanged = Signal(str)

    def __init__(
        self,
        formats: Formats,
        today: Callable[[], date],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._formats = formats
        self._today = today
        self._base: date | None = None
        self._value: date | None = None
        self._popup: QWidget | None = None
        self._open = QAction(tr("Open calendar"), self)
        self.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)
        self._open.triggered.connect(self.open_calendar)
        self.editingFinished.connect(self._accept)
        theme = current_theme()
        theme.themeChanged.connect(self._draw_icon)
        self._draw_icon()

    @property
    def value(self) -> date | None:
        """The day; None while empty or wrong."""
        return self._value

    def set_value(self, day: date | None) -> None:
        """Show a day; emits nothing."""
        self._value = day
        self.setText("" if day is None else self._formats.date(day))
        self._set_problem("")

    def set_base(self, day: date | None) -> None:
        """The day that ``+14`` counts from; None is today."""
        self._base = day

    def open_calendar(self) -> None:
        """Show the calendar below the entry."""
        popup = QWidget(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(popup)
        layout.setContentsMargins(1, 1, 1, 1)
        calendar = QCalendarWidget(popup)
        calendar.setLocale(QLocale(self._formats.locale))
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        weekday = QTextCharFormat()
        weekday.setForeground(current_theme().color("text2"))
        for name in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            # Red means trouble here, not Sunday.
            calendar.setWeekdayTextFormat(name, weekday)
        day = self._value or self._today()
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        calendar.setAccessibleName(self.accessibleName())
        calendar.clicked.connect(self._picked)
        calendar.activated.connect(self._picked)
        layout.addWidget(calendar)
        popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self._popup = popup
        popup.destroyed.connect(self._forget_popup)
        popup.show()
        calendar.setFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # Digits are easier to change than a month's name.
        if self._value is not None:
            self.setText(self._formats.date_entry(self._value))
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._value is not None and not self.property("state"):
            self.setText(self._formats.date(self._value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        down = event.key() == Qt.Key.Key_Down
        if down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
            return
        super().keyPressEvent(event)

    def _picked(self, day: QDate) -> None:
        if self._popup is not None:
            self._popup.close()
        self._change(date(day.year(), day.month(), day.day()))
        self.setFocus()

    def _forget_popup(self) -> None:
        self._popup = None

    def _accept(self) -> None:
        text = self.text()
        if not text.strip():
            self._change(None)
            return
        if self._value is not None and text == self._formats.date(self._value):
            return
        try:
            day = parse_date(
                text, today=self._today(), base=self._base, locale=self._formats.locale
            )
        except DateEntryError as error:
            self._set_problem(str(error))
            return
        self._change(day)

    def _change(self, day: date | None) -> None:
        before = self._value
        self._value = day
        self._set_problem("")
        if day is not None:
            self.setText(
                self._formats.date_entry(day) if self.hasFocus() else self._formats.date(day)
            )
        if day != before:
            self.dateChanged.emit(day)

    def _set_problem(self, problem: str) -> None:
        if bool(problem) != bool(self.property("state")) or problem:
            set_property(self, "state", "bad" if problem else "")
            self.problemChanged.emit(problem)

    def _draw_icon(self) -> None:
        self._open.setIcon(current_icons().icon("calendar", "muted", 16))
