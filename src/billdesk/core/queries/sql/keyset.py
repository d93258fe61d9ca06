"""Read the rows after a key: as fast on the last page as on the first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Integer, Label, SQLColumnExpression, bindparam, tuple_

from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.sql.any_select import AnySelect

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """Sort expressions that are never NULL; the last one is unique, so the order is total."""

    expressions: tuple[SQLColumnExpression[Any], ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Paged:
    """A statement that reads one page when it is given its parameters; may be kept and reused."""

    statement: AnySelect
    keys: tuple[str, ...]


def paged(statement: AnySelect, order: Order, *, follows: bool) -> Paged:
    """``statement`` in ``order``, page by page; ``follows`` when it continues after a key."""
    keys: list[Label[Any]] = [
        expression.label(f"key_{i}") for i, expression in enumerate(order.expressions)
    ]
    if follows:
        here = tuple_(*order.expressions)
        there = tuple_(*(bindparam(f"after_{key.name}", type_=key.type) for key in keys))
        statement = statement.where(here < there if order.descending else here > there)
    statement = (
        statement.add_columns(*keys)
        .order_by(*(one.desc() if order.descending else one.asc() for one in order.expressions))
        .limit(bindparam("page_size", type_=Integer))
    )
    return Paged(statement, tuple(key.name for key in keys))


def read_page(
    connection: Connection,
    page: Paged,
    given: Mapping[str, Any],
    after: Key | None,
    limit: int,
    rows_of: Callable[[Sequence[Any]], Sequence[T]],
) -> Page[T]:
    """``limit`` rows behind ``after``, turned into ``T``; ``given`` are the other parameters."""
    behind = zip(page.keys, after.values, strict=True) if after is not None else ()
    parameters = {
        **given,
        **{f"after_{name}": value for name, value in behind},
        # One more than asked for tells whether there is another page, without counting.
        "page_size": limit + 1,
    }
    found = connection.execute(page.statement, parameters).all()
    shown = found[:limit]
    more = len(found) > limit
    key = Key(tuple(getattr(shown[-1], name) for name in page.keys)) if more and shown else None
    return Page(tuple(rows_of(shown)), key)
