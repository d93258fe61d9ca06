"""The banner that stays while a test key is connected, and the way to real payments."""

from PySide6.QtCore import QObject

from billdesk.core.queries.sync_status import SyncStatus
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr


class TrialBanner(QObject):
    """Told how Stripe stands; nobody is to take a test payment for money."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.window)
        self._desk = desk
        self._shown = False

    def show_status(self, status: SyncStatus) -> None:
        """Show or hide the banner for the key that is connected."""
        trial = status.enabled and not status.livemode
        if trial == self._shown:
            return
        self._shown = trial
        banner = self._desk.window.banner
        if trial:
            banner.set_text(
                tr(
                    "TEST: a test key of Stripe is connected. Payments on your links are pretended "
                    "and no money arrives."
                ),
                "warn",
                tr("Go live"),
                self.go_live,
            )
        else:
            banner.set_text("")

    def go_live(self) -> None:
        """Lead to a live key."""
        from billdesk.ui.stripe_wizard.wizard import StripeWizard

        desk = self._desk
        StripeWizard(
            desk.app, desk.lanes, desk.formats, desk.report, desk.window, goes_live=True
        ).open()
