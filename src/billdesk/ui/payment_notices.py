"""Tells of online payments that came in while the window is not before anybody."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.queries.activity import AuditFilter, AuditRow, AuditTab
from billdesk.ui.desk import Desk
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr, trn

_PAID = "stripe.succeeded"
# Events of one look come together.
_PAUSE_MS = 500
_MOST_READ = 50
# More are told as a number.
_MOST_NAMED = 3


@dataclass(frozen=True)
class _Read:
    rows: tuple[AuditRow, ...]
    livemode: bool


class PaymentNotices(QObject):
    """Reads what the audit log has gained; ``tell(title, text)`` shows it."""

    def __init__(self, desk: Desk, tell: Callable[[str, str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tell = tell
        # Nothing that was there before is news.
        self._seen: int | None = None
        self._latest = Latest(desk.lanes.read, _PAUSE_MS, self)
        self._latest.succeeded.connect(self._show)
        self._latest.failed.connect(desk.report)
        desk.lanes.read(self._read).then(self._begin, desk.report, owner=self)

    def on_event(self, event: object) -> None:
        """Read again when money may have come in."""
        if isinstance(event, PaymentChanged | MoneyChanged):
            self._latest.request(self._read)

    def _read(self) -> _Read:
        queries = self._desk.app.queries
        page = queries.audit(AuditFilter(AuditTab.MONEY), None, _MOST_READ)
        return _Read(page.rows, queries.sync_status().livemode)

    def _begin(self, found: _Read) -> None:
        if self._seen is None:
            self._seen = _newest(found.rows)

    def _show(self, found: _Read) -> None:
        seen, self._seen = self._seen, _newest(found.rows)
        if seen is None or self._desk.window.isActiveWindow():
            return
        paid = [row for row in found.rows if row.seq > seen and row.action == _PAID]
        if not paid:
            return
        title = trn("{count} online payment", "{count} online payments", len(paid))
        if not found.livemode:
            title = tr("TEST: {title}").format(title=title)
        self._tell(title, "\n".join(self._words(row) for row in paid[:_MOST_NAMED]))

    def _words(self, row: AuditRow) -> str:
        amount = ""
        if row.amount_minor is not None:
            amount = self._desk.money(row.amount_minor, row.currency)
        return " · ".join(part for part in (amount, row.about, row.customer_name) if part)


def _newest(rows: tuple[AuditRow, ...]) -> int:
    return max((row.seq for row in rows), default=0)
