"""Begin an invoice for a customer."""

from billdesk.ui.desk import Desk


def write_invoice(desk: Desk, customer_id: int) -> None:
    """Go to a new invoice that has the customer filled in."""
    desk.window.open_page("invoice", ("new", customer_id))
