"""Customers that are one since duplicates were merged."""

from sqlalchemy import select

from billdesk.core.db.tables import Customer
from billdesk.core.db.unit_of_work import Transaction


def same_customer(tx: Transaction, first: int | None, second: int | None) -> bool:
    """Whether two ids are one customer, duplicates that were merged together counting as one."""
    if first == second or first is None or second is None:
        return first == second
    rows = tx.connection.execute(
        select(Customer.id, Customer.merged_into_id).where(
            Customer.company_id == tx.company_id, Customer.id.in_((first, second))
        )
    )
    root: dict[int, int] = {row.id: row.merged_into_id or row.id for row in rows}
    return root.get(first, first) == root.get(second, second)
