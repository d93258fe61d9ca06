"""How customers are deleted, with Undo."""

from PySide6.QtCore import QObject

from billdesk.ui.desk import Desk
from billdesk.ui.forms.soft_delete import SoftDelete
from billdesk.ui.text import trn


def customer_deletion(desk: Desk, parent: QObject) -> SoftDelete:
    """Deletes customers; their documents stay."""
    return SoftDelete(
        desk,
        desk.app.customers.delete,
        desk.app.customers.restore,
        lambda count: trn("{count} customer", "{count} customers", count),
        parent,
    )
