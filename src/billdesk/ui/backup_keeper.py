"""Backs up once a day while the window is open, and tells what threatens the books."""

from PySide6.QtCore import QObject, QTimer

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.services.backups.safety import BooksSafety, Notice, Threat
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.widgets.problem import show_problem

# After the first list has come; then often enough that a day is not missed by a closed lid.
FIRST_AFTER_MS = 5_000
EVERY_MS = 30 * 60_000


class BackupKeeper(QObject):
    """Works in a lane; says something only when something is wrong."""

    def __init__(self, desk: Desk, safety: BooksSafety) -> None:
        super().__init__(desk.window)
        self._desk = desk
        self._safety = safety
        self._told = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.back_up_if_due)
        self._timer.start(EVERY_MS)
        QTimer.singleShot(FIRST_AFTER_MS, self, self.begin)

    def begin(self) -> None:
        """Look at the books, then make the backup of the day."""
        self._desk.lanes.net(self._safety.look).then(self._noticed, self._desk.report, owner=self)
        self.back_up_if_due()

    def back_up_if_due(self) -> None:
        """Make the backup of the day if there is none; returns at once."""
        self._desk.lanes.net(self._safety.backups.make_if_due).then(
            self._done, self._failed, owner=self
        )

    def stop(self) -> None:
        """Begin nothing more; the window is closing."""
        self._timer.stop()

    def _noticed(self, notices: tuple[Notice, ...]) -> None:
        for notice in notices:
            if notice.threat is Threat.DAMAGED:
                show_problem(self._desk.window, tr("The books are damaged"), notice.sentence)
            elif notice.threat is Threat.SYNCED:
                self._desk.window.banner.set_text(
                    notice.sentence,
                    "warn",
                    tr("Backups"),
                    lambda: self._desk.window.open_page("settings", "backup"),
                )
            else:
                self._desk.window.toasts.show(notice.sentence, icon="info", duration_ms=15_000)

    def _done(self, _row: object) -> None:
        self._told = ""

    def _failed(self, error: object) -> None:
        # Once for each trouble, not every half hour.
        if isinstance(error, BillDeskError) and str(error) == self._told:
            return
        self._told = str(error)
        if isinstance(error, BillDeskError):
            self._desk.window.toasts.show_error(
                tr("No backup was made: {reason}").format(reason=error),
                action=tr("Backups"),
                on_action=lambda: self._desk.window.open_page("settings", "backup"),
            )
        else:
            self._desk.report(error)
