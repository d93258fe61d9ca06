"""Load rows of this company, with the optimistic lock."""

from typing import TypeVar

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.tables import Base, Company
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import NotFound, StaleVersion

T = TypeVar("T", bound=Base)

CHANGED_ELSEWHERE = (
    "This was changed in another window in the meantime. Look at the new state and try again."
)


def load(tx: Transaction, kind: type[T], row_id: int, *, version: int | None = None) -> T:
    """The row ``row_id`` of this company, locked for the transaction.

    Raises ``NotFound`` when it is not there or belongs to another company, ``StaleVersion`` when
    it is no longer at ``version``.
    """
    # Keys never change, so rows that refer to this one may be written meanwhile. In a file nobody
    # else writes at all: a row that was read before is as it was.
    lock = None if is_sqlite(tx.connection) else {"key_share": True}
    row = tx.session.get(kind, row_id, with_for_update=lock)
    if row is None or getattr(row, "company_id", None) != tx.company_id:
        raise NotFound(f"This {kind.__tablename__.replace('_', ' ')} does not exist.")
    if version is not None and getattr(row, "version", version) != version:
        raise StaleVersion(CHANGED_ELSEWHERE)
    return row


def load_company(tx: Transaction) -> Company:
    """The company of this transaction, locked to be changed."""
    company = tx.session.get_one(Company, tx.company_id, with_for_update={"key_share": True})
    tx.memo["company"] = company
    return company
