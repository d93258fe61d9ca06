"""Activity: Stripe, what waits in the outbox, how it all goes, and who did what."""

from functools import partial

from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr

STRIPE = "stripe"
OUTBOX = "outbox"
HEALTH = "health"
AUDIT = "audit"


def register_activity(desk: Desk, shortcut: str = "Ctrl+8") -> None:
    """Make the place known to the window; it is built on the first visit.

    Other pages go to ``"activity"`` with the name of a tab, or with the id of a document for what
    was done to it.
    """

    def activity_page() -> Page:
        from billdesk.ui.pages.activity.activity_page import ActivityPage

        return ActivityPage(desk)

    window = desk.window
    window.register(
        PageSpec("activity", tr("Activity"), activity_page, "clock", shortcut, at_bottom=True)
    )
    for tab, title, icon, keywords in (
        (STRIPE, tr("Stripe: how it stands"), "link", tr("activity sync look budget inbox")),
        (OUTBOX, tr("Outbox: what waits"), "send", tr("activity queue jobs offline")),
        (HEALTH, tr("Health: how it goes"), "check-circle", tr("activity failures errors speed")),
        (AUDIT, tr("Audit log: who did what"), "book", tr("activity history changes")),
    ):
        window.commands.add(
            Command(
                f"activity.{tab}",
                title,
                tr("Activity"),
                partial(window.open_page, "activity", tab),
                icon=icon,
                keywords=keywords,
            )
        )
