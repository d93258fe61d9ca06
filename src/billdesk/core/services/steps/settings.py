"""Read and write typed groups of business settings."""

from typing import TypeVar

from billdesk.core.db.tables import Company, Setting
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.settings import GROUPS
from billdesk.core.queries.settings import stored_settings

T = TypeVar("T")


def read_setting(tx: Transaction, kind: type[T]) -> T:
    """The stored group, or its defaults."""
    if "settings" not in tx.memo:
        tx.memo["settings"] = stored_settings(tx.connection, tx.company_id)
    value: T = tx.memo["settings"][kind]
    return value


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


def company_row(tx: Transaction) -> Company:
    """The company of this transaction."""
    # Kept, because the session holds rows only as long as somebody else does.
    if "company" not in tx.memo:
        tx.memo["company"] = tx.session.get_one(Company, tx.company_id)
    company: Company = tx.memo["company"]
    return company
