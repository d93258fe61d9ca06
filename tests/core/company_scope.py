"""Does every statement on business rows carry the company? Asked of the statements themselves.

A table with ``company_id`` is *scoped* in a statement where a condition compares that column, or
where a condition ties it to a column of a scoped table. What else there is has to be among
``BY_KEY``: the row a key belongs to was loaded for the company before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause
from sqlalchemy.sql.selectable import Alias, Join, Select

COMPANY = "company_id"
BY_KEY: dict[str, str] = {}


def _base(table: Any) -> Any:
    while isinstance(table, Alias):
        table = table.element
    return table


def _tables(source: Any) -> list[Any]:
    """The tables of a FROM; those inside a subquery are that one's."""
    if isinstance(source, Join):
        return [*_tables(source.left), *_tables(source.right)]
    return [source] if isinstance(_base(source), sa.Table) else []


def _own_parts(statement: Any) -> Iterator[Any]:
    """The parts of a statement that are not those of a statement inside it."""
    stack = [child for child in statement.get_children() if child is not None]
    while stack:
        part = stack.pop()
        yield part
        if not isinstance(part, (Select, Update, Delete)):
            stack += [child for child in part.get_children() if child is not None]


def _columns(part: Any) -> list[Any]:
    return [one for one in visitors.iterate(part) if isinstance(one, ColumnClause)]


def unscoped(statement: Any) -> set[str]:
    """``table(keys)`` for each table with a company that the statement does not limit to one.

    ``keys`` are the columns of it that are compared with something.
    """
    found: set[str] = set()
    for one in visitors.iterate(statement):
        if isinstance(one, (Select, Update, Delete)):
            found |= _unscoped_here(one)
    return found


def _unscoped_here(statement: Any) -> set[str]:
    tables = [statement.table] if isinstance(statement, (Update, Delete)) else []
    if isinstance(statement, Select):
        for source in statement.get_final_froms():
            tables += _tables(source)
    tables = [one for one in tables if COMPANY in one.c]
    compared: dict[Any, set[str]] = {table: set() for table in tables}
    ties: list[tuple[Any, Any]] = []
    scoped = set()
    for part in _own_parts(statement):
        if not isinstance(part, BinaryExpression) or part.operator not in (
            operators.eq,
            operators.in_op,
        ):
            continue
        left = getattr(part.left, "table", None)
        for column in _columns(part.left) + _columns(part.right):
            if column.table in compared:
                compared[column.table].add(column.name)
                if column.name == COMPANY:
                    scoped.add(column.table)
        right = getattr(part.right, "table", None)
        if left is not None and right is not None:
            ties.append((left, right))
        elif left is not None and part.operator is operators.in_op and _is_select(part.right):
            # The rows of another statement, which is looked at on its own.
            scoped.add(left)
    grown = True
    while grown:
        grown = False
        for one, other in ties:
            # A table without a company (lines of a document) or of another statement passes it on.
            for here, there in ((one, other), (other, one)):
                if here in scoped or here not in compared:
                    continue
                if there in scoped or (there not in compared and _limits(there)):
                    scoped.add(here)
                    grown = True
    return {
        f"{_base(table).name}({', '.join(sorted(compared[table]))})"
        for table in tables
        if table not in scoped
    }


def _limits(table: Any) -> bool:
    """Whether a table of another statement, or a subquery, passes its company on."""
    base = _base(table)
    return not isinstance(base, sa.Table) or COMPANY in base.c


def _is_select(part: Any) -> bool:
    return any(isinstance(one, Select) for one in visitors.iterate(part))


@contextmanager
def statements_looked_at(engine: sa.Engine) -> Iterator[dict[str, str]]:
    """What was executed without the company meanwhile: ``table(keys)`` to an example."""
    seen: dict[str, str] = {}
    known: set[int] = set()

    def look(_c: Any, _cursor: Any, sql: str, _p: Any, context: Any, _many: bool) -> None:
        compiled = getattr(context, "compiled", None)
        if compiled is None or sql in seen:
            return
        if hash(sql) in known:
            return
        known.add(hash(sql))
        for one in unscoped(compiled.statement):
            seen.setdefault(one, sql)

    sa.event.listen(engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", look)
