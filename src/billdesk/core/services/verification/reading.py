"""Rows one after the other, so that books of any size are checked in the same memory."""

import time
from collections.abc import Generator
from typing import Any

from sqlalchemy import Connection, Executable

_AT_ONCE = 2_000
# Where a connection keeps when its reader stops waiting, by the monotonic clock in seconds.
DEADLINE = "billdesk_deadline"


class OutOfTime(Exception):
    """The deadline of the connection is over."""


def check_time(connection: Connection) -> None:
    """Raises ``OutOfTime`` after the deadline of ``connection``, if it has one."""
    deadline = connection.info.get(DEADLINE)
    if deadline is not None and time.monotonic() > deadline:
        raise OutOfTime


def streamed(connection: Connection, statement: Executable) -> Generator[Any, None, None]:
    """The rows of ``statement``, a few thousand in memory at a time.

    A server keeps the others behind a cursor of the transaction, a file is read on. Raises
    ``OutOfTime`` between them.
    """
    options = {"yield_per": _AT_ONCE}
    with connection.execute(statement, execution_options=options) as rows:
        for part in rows.partitions():
            check_time(connection)
            yield from part
