"""The identity of these books."""

from typing import Any

from sqlalchemy import Row, select

from billdesk.core.db.tables import Install
from billdesk.core.db.unit_of_work import Transaction

_INSTALL = select(Install.__table__)


def install_row(tx: Transaction) -> Row[Any]:
    """The one row of ``Install``, which never changes."""
    if "install" not in tx.memo:
        tx.memo["install"] = tx.connection.execute(_INSTALL).one()
    install: Row[Any] = tx.memo["install"]
    return install
