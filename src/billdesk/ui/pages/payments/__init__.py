"""Payments: what was received, and the bank's lines waiting to be matched."""

from functools import partial

from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr

BANK = "bank"


def register_payments(desk: Desk, shortcut: str = "Ctrl+5") -> None:
    """Make the place known to the window; it is built on the first visit."""

    def payments_page() -> Page:
        from billdesk.ui.pages.payments.payments_page import PaymentsPage

        return PaymentsPage(desk)

    window = desk.window
    window.register(PageSpec("payments", tr("Payments"), payments_page, "payments", shortcut))
    window.commands.add(
        Command(
            "payments.bank",
            tr("Match bank lines"),
            tr("Payments"),
            partial(window.open_page, "payments", BANK),
            icon="bank",
            keywords=tr("statement reconcile import camt mt940 csv"),
        )
    )
