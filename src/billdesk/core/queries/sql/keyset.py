"""Read the rows after a key: as fast on the last page as on the first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Connection, SQLColumnExpression, literal, tuple_

from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.sql.any_select import AnySelect

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """Sort expressions that are never NULL; the last one is unique, so the order is total."""

    expressions: tuple[SQLColumnExpression[Any], ...]
    descending: bool = False


def read_page(
    connection: Connection,
    statement: AnySelect,
    order: Order,
    after: Key | None,
    limit: int,
    rows_of: Callable[[Sequence[Any]], Sequence[T]],
) -> Page[T]:
    """``limit`` rows of ``statement`` behind ``after``, turned into ``T`` by ``rows_of``."""
    names = [f"key_{index}" for index in range(len(order.expressions))]
    statement = statement.add_columns(
        *(expression.label(name) for expression, name in zip(order.expressions, names, strict=True))
    )
    if after is not None:
        here = tuple_(*order.expressions)
        there = tuple_(*(_literal(value) for value in after.values))
        statement = statement.where(here < there if order.descending else here > there)
    statement = statement.order_by(
        *(one.desc() if order.descending else one.asc() for one in order.expressions)
    )
    # One more than asked for tells whether there is another page, without counting.
    found = connection.execute(statement.limit(limit + 1)).all()
    shown = found[:limit]
    more = len(found) > limit
    key = Key(tuple(getattr(shown[-1], name) for name in names)) if more and shown else None
    return Page(tuple(rows_of(shown)), key)


def _literal(value: Any) -> ColumnElement[Any]:
    # Amounts and ids do not fit the plain INTEGER that would be taken for an int.
    return literal(value, BigInteger()) if isinstance(value, int) else literal(value)
