"""The four figures at the top of Home."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.documents import FilterTab
from billdesk.core.queries.home import Home
from billdesk.ui.format import Formats
from billdesk.ui.pages.home.months import month_name
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import row, set_property
from billdesk.ui.widgets.card import KpiCard

_HUNDRED = 100
_NO_BREAK = "\u00a0"


class _OpenCard(KpiCard):
    """A figure that leads to the documents it is made of."""

    def __init__(self, name: str, on_click: Callable[[], object]) -> None:
        super().__init__(name)
        self._on_click = on_click
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self._on_click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_click()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        set_property(self, "state", "active")

    def focusOutEvent(self, event: object) -> None:
        set_property(self, "state", "")


class Figures(QWidget):
    """``filterRequested(FilterTab)`` when a figure is clicked."""

    filterRequested = Signal(object)

    def __init__(self, formats: Formats, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formats = formats
        self.overdue = _OpenCard(
            tr("Overdue"), lambda: self.filterRequested.emit(FilterTab.OVERDUE)
        )
        self.due = _OpenCard(
            tr("Due in 30 days"), lambda: self.filterRequested.emit(FilterTab.OPEN)
        )
        self.paid = _OpenCard(
            tr("Paid this month"), lambda: self.filterRequested.emit(FilterTab.PAID)
        )
        self.days = KpiCard(tr("Days to pay"))
        layout = row(self, spacing=16)
        for card in (self.overdue, self.due, self.paid, self.days):
            layout.addWidget(card, 1)

    def show_home(self, home: Home) -> None:
        """Show the figures of one moment."""
        self._show_overdue(home)
        due = tr("Nothing")
        if home.due_30_count:
            due = trn("{count} invoice", "{count} invoices", home.due_30_count)
        owed = tr("{amount} owed in all").format(amount=self._money(home, home.owed_minor))
        self.due.set_value(
            self._money(home, home.due_30_minor),
            _note((due, owed), home.due_30_other),
        )
        self.paid.set_value(
            self._money(home, home.paid_month_minor),
            _note((self._change(home),), home.paid_month_other),
        )
        if home.days_to_pay is None:
            self.days.set_value("–", tr("Known once an invoice is paid"))
        else:
            self.days.set_value(str(home.days_to_pay), tr("on average over the last year"))

    def _show_overdue(self, home: Home) -> None:
        value = self._money(home, home.overdue_minor)
        if not home.overdue_count:
            self.overdue.set_value(value, _note((tr("Nothing"),), home.overdue_other))
            return
        count = trn("{count} invoice", "{count} invoices", home.overdue_count)
        oldest = trn("oldest {count} day", "oldest {count} days", home.oldest_overdue_days)
        self.overdue.set_value(value, _note((count, oldest), home.overdue_other), tone="bad")

    def _change(self, home: Home) -> str:
        before, now = home.paid_previous_month_minor, home.paid_month_minor
        last: date = home.cash_in[-2][0]
        month = month_name(self._formats, last)
        if not before:
            return tr("Nothing in {month}").format(month=month)
        percent = round((now - before) * _HUNDRED / before)
        if percent == 0:
            return tr("As in {month}").format(month=month)
        arrow = "▲" if percent > 0 else "▼"
        return tr("{arrow} {percent} on {month}").format(
            arrow=arrow, percent=self._formats.percent(abs(percent)), month=month
        )

    def _money(self, home: Home, minor: int) -> str:
        return self._formats.money(minor, home.currency, home.scale)


def _note(parts: tuple[str, ...], others: int) -> str:
    """What a figure is made of; what it leaves out, in other currencies, on a line of its own.

    A narrow card breaks between the parts, never within one.
    """
    lines = [" · ".join(part.replace(" ", _NO_BREAK) for part in parts)]
    if others:
        left_out = trn("+ {count} in another currency", "+ {count} in other currencies", others)
        lines.append(left_out.replace(" ", _NO_BREAK))
    return "\n".join(lines)
