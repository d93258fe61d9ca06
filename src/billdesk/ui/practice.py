"""What only the practice company has: its own Stripe, where the owner plays everybody else."""

from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.files import open_address
from billdesk.ui.text import tr


def register_practice(desk: Desk) -> None:
    """Offer the practice Stripe's page, in the palette and beside the banner's words."""
    address = desk.practice_stripe
    if address is None:
        return

    def show() -> None:
        if not open_address(address()):
            desk.window.toasts.show_error(
                tr("No browser could be opened. The address is {address}").format(address=address())
            )

    desk.window.commands.add(
        Command(
            "practice.stripe",
            tr("Open the practice Stripe"),
            tr("Practice"),
            show,
            keywords=tr("pay refund dispute customer bank sandbox test"),
        )
    )
    desk.window.banner.add_second(tr("Open the practice Stripe"), show)
