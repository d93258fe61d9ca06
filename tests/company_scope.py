"""Does every statement on business rows carry the company? Asked of the statements themselves.

A table with ``company_id`` is *scoped* in a statement where a condition compares that column with
a value, or ties one of its columns to a scoped table. Everything else has to be in ``FOR_ALL``,
with the reason. Rows read and written by the ``Session`` go by their primary key; that key was
taken from a row of the company, or ``load`` compares the company afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause, Grouping, UnaryExpression
from sqlalchemy.sql.selectable import Alias, AliasedReturnsRows, Join, Select

COMPANY = "company_id"
FOR_ALL = {
    "ledger_entry()": "the next free id is one for all companies of the books",
    "change()": "the sequence of changes, pruned as a whole, is one for all companies",
}


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
    return _unscoped_in(statement, frozenset())


def _unscoped_in(part: Any, outer: frozenset[Any]) -> set[str]:
    """As above; ``outer`` are the tables of the statements around it, which it may refer to."""
    found: set[str] = set()
    if isinstance(part, (Select, Update, Delete)):
        mine = [table for table in _tables_of(part) if table not in outer]
        found = _unscoped_here(part, [table for table in mine if COMPANY in table.c])
        outer |= set(mine)
    for child in part.get_children():
        # What stands in FROM is computed before and sees nothing of the statement around it.
        apart = isinstance(child, AliasedReturnsRows)
        found |= _unscoped_in(child, frozenset() if apart else outer)
    return found


def _tables_of(statement: Any) -> list[Any]:
    if isinstance(statement, (Update, Delete)):
        return [statement.table]
    return [table for source in statement.get_final_froms() for table in _tables(source)]


def _unscoped_here(statement: Any, tables: list[Any]) -> set[str]:
    compared: dict[Any, set[str]] = {table: set() for table in tables}
    ties: list[tuple[Any, Any]] = []
    scoped = set()
    for part in _own_parts(statement):
        if not isinstance(part, BinaryExpression) or part.operator not in (
            operators.eq,
            operators.in_op,
        ):
            continue
        for side, other in ((part.left, part.right), (part.right, part.left)):
            # Behind a sign a column is compared as well, only not by an index.
            key = side
            while isinstance(key, (Grouping, UnaryExpression)):
                key = key.element
            for column in _columns(key):
                if column.table in compared:
                    compared[column.table].add(column.name)
            here = getattr(key, "table", None)
            if here is None:
                continue
            if key.name == COMPANY and not _columns(other):
                scoped.add(here)
            ties += [(here, column.table) for column in _columns(other) if column.table is not None]
            if part.operator is operators.in_op and _is_select(other):
                # The rows of another statement, which is looked at on its own.
                scoped.add(here)
    grown = True
    while grown:
        grown = False
        for one, other in ties:
            # A table without a company (lines of a document) or of another statement passes it on.
            if one in scoped or one not in compared:
                continue
            if other in scoped or (other not in compared and _limits(other)):
                scoped.add(one)
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


def _by_primary_key(compiled: Any, table: str) -> bool:
    """``Session.get`` (whose row ``load`` checks) and the flush of a row that was loaded so."""
    return "pk_1" in compiled.params or f"{table}_id" in compiled.params


@contextmanager
def statements_looked_at(engine: sa.Engine) -> Iterator[dict[str, str]]:
    """What was executed without the company meanwhile: ``table(keys)`` to an example."""
    found: dict[str, str] = {}
    known: set[str] = set()

    def look(_c: Any, _cursor: Any, sql: str, _p: Any, context: Any, _many: bool) -> None:
        compiled = getattr(context, "compiled", None)
        if compiled is None or sql in known:
            return
        known.add(sql)
        for one in unscoped(compiled.statement) - FOR_ALL.keys():
            table, _, keys = one.rstrip(")").partition("(")
            if keys in ("id", "id, version") and _by_primary_key(compiled, table):
                continue
            found.setdefault(one, sql)

    sa.event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", look)
    # Hundreds of different statements pass: fewer means that nothing was looked at.
    assert len(known) > 100, len(known)
