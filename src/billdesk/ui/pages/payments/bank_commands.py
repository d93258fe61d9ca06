"""What can be done with the bank's lines, as commands of the page."""

from typing import TYPE_CHECKING

from billdesk.core.domain.banking import BankTab, LineState
from billdesk.ui.commands import Command, CommandRegistry
from billdesk.ui.pages.payments.bank_actions import BankActions
from billdesk.ui.text import tr

if TYPE_CHECKING:
    from billdesk.ui.pages.payments.payments_page import PaymentsPage


def register_bank_commands(page: "PaymentsPage", commands: CommandRegistry) -> None:
    """Bind the keys while the page is on screen."""
    view = page.bank
    actions = BankActions(page.desk, page)

    def is_open() -> bool:
        return page.shows_bank and view.line is not None and view.line.state is LineState.OPEN

    def has_suggestion() -> bool:
        return is_open() and view.side.chosen is not None

    def is_payable() -> bool:
        return is_open() and view.line is not None and view.line.amount_minor > 0

    def is_decided() -> bool:
        return page.shows_bank and view.line is not None and view.line.state is not LineState.OPEN

    def has_safe() -> bool:
        return page.shows_bank and view.tab is BankTab.OPEN and view.safe_lines > 0

    section = tr("Bank")
    for name, title, keys, handler, enabled, icon, bound in (
        ("import", tr("Import statement"), "Ctrl+O", actions.import_file, None, "download", True),
        ("confirm", tr("Confirm"), "Return", actions.confirm, has_suggestion, "check", False),
        (
            "confirm_all",
            tr("Confirm all above 90 %"),
            "Ctrl+Shift+Return",
            actions.confirm_all,
            has_safe,
            "check-circle",
            True,
        ),
        ("choose", tr("Choose invoice…"), "Ctrl+M", actions.choose, is_payable, "search", True),
        ("book", tr("Book to an account…"), "Ctrl+B", actions.book, is_open, "bank", True),
        (
            "suspense",
            tr("Keep as unknown payer"),
            "Ctrl+P",
            actions.park,
            is_payable,
            "clock",
            True,
        ),
        ("ignore", tr("Ignore…"), "Del", actions.ignore, is_open, "x", True),
        ("undo", tr("Undo"), "Ctrl+Z", actions.undo, is_decided, "undo", True),
    ):
        commands.add(
            Command(
                f"bank.{name}",
                title,
                section,
                handler,
                (keys,),
                enabled=enabled,
                scope=page,
                icon=icon,
                bound=bound,
            )
        )
    view.side.set_actions(
        commands.action("bank.confirm"),
        [
            [commands.action(f"bank.{name}") for name in names]
            for names in (("choose", "ignore"), ("book",), ("suspense",))
        ],
        commands.action("bank.undo"),
    )
