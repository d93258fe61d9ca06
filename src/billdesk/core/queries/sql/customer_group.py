"""Customers that are one: a customer and the duplicates that were merged into it."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, func, select, union_all

from billdesk.core.db.tables import Customer
from billdesk.core.domain.errors import NotAllowed

# The customer everything counts for.
ROOT: ColumnElement[int] = func.coalesce(Customer.merged_into_id, Customer.id)


def group_ids(
    company_id: int | BindParameter[int], customer_ids: Sequence[int] | BindParameter[int]
) -> Select[int]:
    """The ids of ``customer_ids`` and of the duplicates merged into them, for ``IN``."""
    # Two searches through an index each; an OR would read every customer.
    both = union_all(
        select(Customer.id).where(Customer.company_id == company_id, Customer.id.in_(customer_ids)),
        select(Customer.id).where(
            Customer.company_id == company_id, Customer.merged_into_id.in_(customer_ids)
        ),
    ).subquery()
    return select(both.c.id)


def refuse_merged(connection: Connection, company_id: int, customer_id: int) -> None:
    """A duplicate is only a part of somebody. Raises ``NotAllowed`` for one that was merged."""
    name = connection.scalar(
        select(Customer.name).where(
            Customer.company_id == company_id,
            Customer.id == customer_id,
            Customer.merged_into_id.is_not(None),
        )
    )
    if name is not None:
        raise NotAllowed(f"{name} is merged with another customer; choose that one.")


def merged_into(
    connection: Connection, company_id: int, customer_ids: Sequence[int]
) -> dict[int, int]:
    """The duplicates that were merged into ``customer_ids``, each with the customer it is now."""
    rows = connection.execute(
        select(Customer.id, Customer.merged_into_id).where(
            Customer.company_id == company_id, Customer.merged_into_id.in_(customer_ids)
        )
    )
    return {row.id: row.merged_into_id for row in rows}
