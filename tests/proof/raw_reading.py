"""Reading the books beside the application, through the driver of either database."""

import sqlite3
from collections.abc import Mapping
from typing import Any, Protocol

from billdesk.bootstrap import Paths

# A row by the names of its columns.
Row = Mapping[str, Any]


class Reader(Protocol):
    """A connection of the driver's own."""

    def execute(self, sql: Any, /) -> Any:
        """A cursor over rows by name."""


def reader_of(place: Paths) -> Reader:
    """A connection to the books, each statement a transaction; libpq finds a server's password."""
    server = place.server
    if server is None:
        sql = sqlite3.connect(place.books, isolation_level=None)
        sql.row_factory = sqlite3.Row
        return sql
    from psycopg import connect
    from psycopg.rows import dict_row

    return connect(
        host=server.host,
        port=server.port,
        dbname=server.database,
        user=server.user,
        autocommit=True,
        row_factory=dict_row,
    )
