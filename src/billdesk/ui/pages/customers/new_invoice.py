"""Begin an invoice for a customer and go to it."""

from PySide6.QtCore import QObject

from billdesk.ui.desk import Desk


def write_invoice(desk: Desk, customer_id: int, owner: QObject) -> None:
    """Create a draft with the customer's usual terms, then open it."""
    app = desk.app

    def begin() -> int:
        return app.invoices.create(app.queries.new_draft(customer_id)).document_id

    desk.lanes.write(begin).then(
        lambda document_id: desk.window.open_page("invoice", document_id),
        desk.report,
        owner=owner,
    )
