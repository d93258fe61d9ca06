"""Delete so that it can be taken back."""

from billdesk.core.db.tables import Customer, Item
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.services.steps.rows import load


def set_deleted(
    tx: Transaction, kind: type[Customer] | type[Item], row_id: int, *, deleted: bool
) -> None:
    """Hide a customer or item from lists and pickers, or bring it back, with its audit row."""
    row = load(tx, kind, row_id)
    if (row.deleted_at is not None) == deleted:
        return
    row.deleted_at = tx.now if deleted else None
    row.updated_at = tx.now
    verb = "deleted" if deleted else "restored"
    tx.audit(f"{kind.__tablename__}.{verb}", f"{kind.__tablename__}:{row.uid}")
