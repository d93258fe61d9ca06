"""Documents by every three characters of their search text: PostgreSQL's ``pg_trgm``.

It comes with the server's contributed modules, and the owner of a database may add it. Where it is
missing, books work as well and a search reads every document; ``doctor`` says so.
"""

import logging

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)

INDEX = "ix_document_search"
EXTENSION = "pg_trgm"
_AVAILABLE = text("SELECT count(*) FROM pg_available_extensions WHERE name = :name")
# Another program's may be in a schema that is not ours.
_SCHEMA = text(
    "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n "
    "ON n.oid = e.extnamespace WHERE e.extname = :name"
)
_EXISTS = text("SELECT to_regclass(:name) IS NOT NULL")


def create_search_index(connection: Connection) -> None:
    """Make the index where it is missing and the server can; run by the owner of the books."""
    if has_search_index(connection):
        return
    if not connection.scalar(_AVAILABLE, {"name": EXTENSION}):
        log.warning("the server has no %s: a search reads every document", EXTENSION)
        return
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
            schema = connection.scalar(_SCHEMA, {"name": EXTENSION})
            connection.exec_driver_sql(
                f"CREATE INDEX {INDEX} ON document USING gin (search_text {schema}.gin_trgm_ops)"
            )
    except DBAPIError as error:
        # Not every owner of tables may add an extension to the database.
        log.warning("no index for searching: %s", error.orig)


def has_search_index(connection: Connection) -> bool:
    """Whether a search goes through the index."""
    return bool(connection.scalar(_EXISTS, {"name": INDEX}))
