"""Rows one after the other, so that books of any size are checked in the same memory."""

from collections.abc import Generator
from typing import Any

from sqlalchemy import Connection, Executable

_AT_ONCE = 2_000


def streamed(
    connection: Connection, statement: Executable, values: Any = None
) -> Generator[Any, None, None]:
    """The rows of ``statement``, a few thousand in memory at a time.

    A server keeps the others behind a cursor of the transaction, a file is read on.
    """
    options = {"yield_per": _AT_ONCE}
    with connection.execute(statement, execution_options=options) as rows:
        yield from rows
