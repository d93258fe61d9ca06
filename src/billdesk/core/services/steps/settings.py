"""Read and write typed groups of business settings."""

from typing import Any, TypeVar

from sqlalchemy import Row

from billdesk.core.db.tables import Setting
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json, from_json
from billdesk.core.domain.settings import GROUPS
from billdesk.core.queries.settings import stored_bodies

T = TypeVar("T")


def read_setting(tx: Transaction, kind: type[T]) -> T:
    """The stored group, or its defaults."""
    bodies: dict[str, str] | None = tx.memo.get("settings")
    if bodies is None:
        bodies = tx.memo["settings"] = stored_bodies(tx.connection, tx.company_id)
    body = bodies.get(GROUPS[kind].value)
    return kind() if body is None else from_json(kind, body)


def write_setting(tx: Transaction, value: object) -> None:
    """Store a group as a whole, with its audit row."""
    name = GROUPS[type(value)].value
    row = tx.session.get(Setting, (tx.company_id, name))
    before = None if row is None else row.body
    body = canonical_json(value)
    if row is None:
        tx.session.add(Setting(company_id=tx.company_id, name=name, body=body))
    elif row.body != body:
        row.body = body
    else:
        return
    tx.session.flush()
    tx.memo.pop("settings", None)
    tx.audit("settings.saved", f"setting:{name}", before=before, after=body)


def company_row(tx: Transaction) -> Row[Any]:
    """The company of this transaction, to be read."""
    company: Row[Any] = tx.memo["company"]
    return company
