"""Numbers of rows that the audit log names, after the company moved to other books.

The log is frozen while a move gives every row a higher number; the log's row of the move says by
how much.
"""

import json

from sqlalchemy import select

from billdesk.core.db.tables import AuditDetail, AuditLog
from billdesk.core.db.unit_of_work import Transaction

MOVED_IN = "company.moved_in"


def raised_since(tx: Transaction, seq: int) -> dict[str, int]:
    """By how much the numbers written down in audit row ``seq`` have risen, by table."""
    bodies = tx.connection.scalars(
        select(AuditDetail.body)
        .join(
            AuditLog,
            (AuditLog.company_id == AuditDetail.company_id) & (AuditLog.seq == AuditDetail.seq),
        )
        .where(
            AuditLog.company_id == tx.company_id, AuditLog.action == MOVED_IN, AuditLog.seq > seq
        )
    )
    raised: dict[str, int] = {}
    for body in bodies:
        for table, by in json.loads(body)["after"]["numbers_raised"].items():
            raised[table] = raised.get(table, 0) + by
    return raised
