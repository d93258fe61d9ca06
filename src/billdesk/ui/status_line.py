"""The line at the foot of the sidebar: when Stripe was last looked at."""

from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from billdesk.core.domain.events import CompanyChanged, LinkChanged, MailChanged, StripeChecked
from billdesk.core.queries.sync_status import SyncStatus
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr, trn

REFRESH_MS = 20_000
SPEAKS_OF = (StripeChecked, CompanyChanged, LinkChanged, MailChanged)


class StatusLine(QObject):
    """Keeps the sidebar's status true; ages by itself, hears of every look.

    ``statusRead(SyncStatus)`` after each reading.
    """

    statusRead = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.window)
        self._desk = desk
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        desk.window.sidebar.statusClicked.connect(self._open)
        self.refresh()

    def on_event(self, event: object) -> None:
        """Ask again when an event may have changed what the line says."""
        if isinstance(event, SPEAKS_OF):
            self.refresh()

    def refresh(self) -> None:
        """Read the state of the last look."""
        self._desk.lanes.read(self._desk.app.queries.sync_status).then(
            self._show, self._desk.report, owner=self
        )

    def stop(self) -> None:
        """Say nothing more; the window is closing."""
        self._timer.stop()

    def _open(self) -> None:
        self._desk.window.open_page("activity", "stripe")

    def _show(self, status: SyncStatus) -> None:
        self.statusRead.emit(status)
        text, tone = self._words(status)
        detail = [status.error] if status.error else []
        if status.outbox_waiting:
            detail.append(
                trn("{count} job is waiting", "{count} jobs are waiting", status.outbox_waiting)
            )
        if status.outbox_failed:
            detail.append(trn("{count} job failed", "{count} jobs failed", status.outbox_failed))
        self._desk.window.sidebar.set_status(text, tone, "\n".join(detail))

    def _words(self, status: SyncStatus) -> tuple[str, str]:
        if not status.enabled:
            return tr("Online payment is off"), "neutral"
        if status.error:
            return tr("Stripe could not be checked"), "bad"
        if status.last_ok_at is None:
            return tr("Stripe not checked yet"), "neutral"
        ago = self._desk.formats.relative(status.last_ok_at, datetime.now(UTC))
        return tr("Stripe checked {ago}").format(ago=ago), "ok"
