"""What pages of one company work with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import BillDeskError
from billdesk.ui.format import Formats
from billdesk.ui.main_window import MainWindow
from billdesk.ui.tasks import Lanes, LanesClosedError

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.ui.tray import TrayPresence


@dataclass(frozen=True)
class Desk:
    """The application, the window it is shown in, and the lanes its work runs on.

    ``settings`` are this computer's, not the company's; ``leave_practice`` changes over from
    the practice company to the user's own, or to its set-up. ``restore`` puts a backup (file,
    passphrase, numbers given out besides) in the place of the books and shows them.
    ``practice_stripe`` gives the address of the practice company's Stripe, for a browser. ``tray``
    is where the window goes when it is closed and BillDesk goes on looking for payments.
    """

    app: "Application"
    window: MainWindow
    lanes: Lanes
    formats: Formats
    settings: QSettings = field(default_factory=QSettings)
    leave_practice: Callable[[], object] | None = None
    restore: Callable[[Path, str | None, Sequence[str]], object] | None = None
    practice_stripe: Callable[[], str] | None = None
    tray: "TrayPresence | None" = None

    def money(self, minor: int, currency: str) -> str:
        """An amount in minor units, written with its currency."""
        return self.formats.money(minor, currency, exponent(currency))

    def report(self, error: object) -> None:
        """Say what went wrong; a bug goes to where the application shows bugs."""
        if isinstance(error, BillDeskError | OSError):
            self.window.toasts.show_error(str(error))
        elif not isinstance(error, LanesClosedError):
            self.lanes.unhandledFailure.emit(error)
