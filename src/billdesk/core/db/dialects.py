"""What the two databases say differently, in the few places where statements need it."""

from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.tables import Base

_DRAW = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")


def insert_missing(connection: Connection, table: type[Base]) -> Any:
    """An INSERT into ``table`` that leaves out rows whose key is there already."""
    dialect = sqlite if is_sqlite(connection) else postgresql
    return dialect.insert(table).on_conflict_do_nothing()


def next_ids(connection: Connection, table: type[Base], count: int) -> list[int]:
    """``count`` ids nobody else gets, rising, for rows whose children are written first."""
    if count == 0:
        return []
    if is_sqlite(connection):
        # The write lock is held: nobody else can take them meanwhile.
        last = connection.scalar(select(func.coalesce(func.max(table.__table__.c.id), 0)))
        return list(range(int(last or 0) + 1, int(last or 0) + 1 + count))
    found = connection.execute(_DRAW, {"table": table.__tablename__, "count": count})
    return [int(row[0]) for row in found]


def raise_sequences(connection: Connection) -> None:
    """After rows were written with ids of their own, let new ids start behind them.

    By drawing the ids between: a desk may draw from a sequence, but not set it.
    """
    if is_sqlite(connection):
        return
    for table in Base.metadata.sorted_tables:
        sequence = connection.scalar(_SEQUENCE, {"table": table.name}) if "id" in table.c else None
        if sequence is None:
            continue
        highest = int(connection.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0)
        drawn = int(connection.scalar(select(func.nextval(sequence))) or 0)
        if drawn < highest:
            ids = {"table": table.name, "count": highest - drawn}
            connection.execute(_DRAW, ids)


def plan_for_new_rows(connection: Connection) -> None:
    """For the rest of the transaction, plan for rows that PostgreSQL has no statistics of yet.

    It takes tables just filled for small and would read one whole for each row of another; only
    their owner may have them counted (ANALYZE).
    """
    if not is_sqlite(connection):
        connection.execute(text("SET LOCAL enable_nestloop = off"))


def wait_outside(connection: Connection) -> None:
    """For the rest of the transaction, let PostgreSQL wait for work done elsewhere meanwhile."""
    if not is_sqlite(connection):
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


_SEQUENCE = select(func.pg_get_serial_sequence(bindparam("table"), "id"))
