"""Recurring documents: what is due, what waits, what became of it."""

from functools import partial

from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr


def register_recurring(desk: Desk, shortcut: str = "Ctrl+6") -> None:
    """Make the place known to the window; it is built on the first visit.

    Other pages go to ``"recurring"`` with the id of a document to make recur.
    """

    def page() -> Page:
        from billdesk.ui.pages.recurring.recurring_page import RecurringPage

        return RecurringPage(desk)

    window = desk.window
    window.register(PageSpec("recurring", tr("Recurring"), page, "refresh", shortcut))
    window.commands.add(
        Command(
            "recurring.open",
            tr("Recurring documents"),
            tr("Everywhere"),
            partial(window.open_page, "recurring"),
            icon="refresh",
            keywords=tr("subscription repeat monthly template"),
        )
    )
