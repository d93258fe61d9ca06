"""When an invoice falls due: days after the invoice date, or a fixed day."""

import re
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.core.domain.dates import due_after
from billdesk.ui.date_entry import DateEntryError, parse_date
from billdesk.ui.format import Formats
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import set_property

_DAYS = re.compile(r"\+?\s*(\d{1,4})\s*\D*")
MOST_DAYS = 3650


class DueEdit(QLineEdit):
    """Shows ``15 Dec 2026 (14 days)``; takes ``14``, ``+14``, ``14 days`` or a date.

    ``dueChanged`` when one of ``terms_days`` and ``due_on`` is another; one of them is None.
    """

    dueChanged = Signal()
    problemChanged = Signal(str)

    def __init__(
        self, formats: Formats, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._formats = formats
        self._today = today
        self._issued_on: date | None = None
        self.terms_days: int | None = None
        self.due_on: date | None = None
        self.editingFinished.connect(self._accept)
        self.setPlaceholderText(tr("14 days, or a date"))

    def set_due(self, terms_days: int | None, due_on: date | None) -> None:
        """Show terms or a day; emits nothing."""
        self.terms_days, self.due_on = (None, due_on) if due_on else (terms_days, None)
        self._set_problem("")
        self._write()

    def set_issue_date(self, day: date | None) -> None:
        """The day that terms count from; None is the day of issue."""
        self._issued_on = day
        if not self.hasFocus():
            self._write()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.property("state"):
            self._write()
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.property("state"):
            self._write()

    def _write(self) -> None:
        if self.terms_days is None and self.due_on is None:
            self.setText("")
        elif self.hasFocus():
            self.setText(
                str(self.terms_days)
                if self.due_on is None
                else self._formats.date_entry(self.due_on)
            )
        elif self.due_on is not None:
            self.setText(self._formats.date(self.due_on))
        else:
            days = self.terms_days or 0
            day = due_after(self._issued_on or self._today(), days)
            words = trn("{count} day", "{count} days", days)
            self.setText(f"{self._formats.date(day)} ({words})")

    def _accept(self) -> None:
        text = self.text().strip()
        if not self.isModified():
            return
        self.setModified(False)
        before = (self.terms_days, self.due_on)
        match = _DAYS.fullmatch(text)
        if not text:
            self.terms_days = self.due_on = None
        elif match is not None and "/" not in text and "." not in text:
            days = int(match.group(1))
            if days > MOST_DAYS:
                self._set_problem(tr("At most {days} days.").format(days=MOST_DAYS))
                return
            self.terms_days, self.due_on = days, None
        else:
            base = self._issued_on or self._today()
            try:
                day = parse_date(text, today=self._today(), base=base, locale=self._formats.locale)
            except DateEntryError as error:
                self._set_problem(str(error))
                return
            if day < base:
                self._set_problem(tr("This day lies before the document’s own date."))
                return
            self.terms_days, self.due_on = None, day
        self._set_problem("")
        if (self.terms_days, self.due_on) != before:
            self.dueChanged.emit()

    @property
    def problem(self) -> str:
        """Why the text is not accepted; empty when it is."""
        return str(self.property("problem") or "")

    def _set_problem(self, problem: str) -> None:
        if problem == self.problem:
            return
        self.setProperty("problem", problem)
        set_property(self, "state", "bad" if problem else "")
        self.problemChanged.emit(problem)
