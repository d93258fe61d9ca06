"""How items are deleted, with Undo."""

from PySide6.QtCore import QObject

from billdesk.ui.desk import Desk
from billdesk.ui.forms.soft_delete import SoftDelete
from billdesk.ui.text import trn


def item_deletion(desk: Desk, parent: QObject) -> SoftDelete:
    """Deletes items; lines written before stay as they are."""
    return SoftDelete(
        desk,
        desk.app.items.delete,
        desk.app.items.restore,
        lambda count: trn("{count} item", "{count} items", count),
        parent,
    )
