"""Open books on a PostgreSQL server; make them and bring them up to date as their owner."""

import logging
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, inspect, text

from billdesk.core.db.failures import explaining
from billdesk.core.db.migrate import VERSION_TABLE, SchemaState, compare, run_steps
from billdesk.core.db.migrations import SHIPPED, Steps
from billdesk.core.db.postgres.archive import create_archive
from billdesk.core.db.postgres.engine import OLDEST_SERVER, Password, open_engine
from billdesk.core.db.postgres.roles import grant
from billdesk.core.db.postgres.search_index import create_search_index
from billdesk.core.db.tables import Base
from billdesk.core.db.triggers import (
    guards_are_current,
    install_guards,
    remove_guards,
    warn_of_altered_guards,
)
from billdesk.core.domain.database_address import DatabaseAddress
from billdesk.core.domain.errors import UserError

log = logging.getLogger(__name__)
# Any number nobody else's program is likely to take: "BillDesk" in ASCII.
MIGRATION_LOCK = 0x42696C6C4465736B
# Longer than a desk's own transactions last; then others work on, and a person decides.
_LOCK_TIMEOUT = "60s"
_OWNS = text(
    "SELECT pg_has_role(c.relowner, 'MEMBER') FROM pg_class c "
    "WHERE c.relname = 'ledger_entry' AND c.relnamespace = current_schema()::regnamespace"
)
_MIGRATE = "let its owner run “billdesk --database … migrate --grant-to USER”"


def schema_state(engine: Engine, steps: Steps = SHIPPED) -> SchemaState:
    """Look at the database without changing it.

    Raises ``UserError`` when it cannot be used: not BillDesk's, too old a server, wrong encoding,
    no right to read it.
    """
    with explaining(engine), engine.connect() as connection:
        _check_server(connection)
        return _state(connection, steps)


def open_books(
    address: DatabaseAddress, password: Password, steps: Steps = SHIPPED, *, repairs: bool = True
) -> Engine:
    """The engine for the books at ``address``; made in an empty database.

    Books of an older version are refused: on a server only the owner brings them up to date, on
    purpose, with ``migrate``. Without ``repairs`` guards that are not this version's are left for
    a report. Raises ``UserError`` or ``TemporaryError``.
    """
    engine = open_engine(address, password)
    try:
        state = schema_state(engine, steps)
        if state is SchemaState.NEWER:
            raise UserError(
                "The books on the server were written by a newer version of BillDesk. Update "
                "BillDesk to open them."
            )
        if state is SchemaState.OLDER:
            raise UserError(
                "The books on the server were made by an older version of BillDesk. Make a backup "
                f"with pg_dump, then {_MIGRATE}."
            )
        if state is SchemaState.NEW or (repairs and not _has_current_guards(engine)):
            bring_up_to_date(engine, steps=steps)
    except BaseException:
        engine.dispose()
        raise
    return engine


def bring_up_to_date(
    engine: Engine, *, grant_to: Sequence[str] = (), steps: Steps = SHIPPED
) -> None:
    """Make the books or change them to the newest schema, in one transaction; rights for roles.

    Programs that start at once wait for each other. Raises ``UserError`` for a user who does not
    own books that are to change, ``MigrationFailed`` when a step fails; the database is as it was
    then.
    """
    with explaining(engine), engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        _change(connection, steps)
        if grant_to and not owns_books(connection):
            raise UserError(f"Rights to the books are given by their owner: {_MIGRATE}.")
        for role in grant_to:
            grant(connection, role)


def owns_books(connection: Connection) -> bool:
    """Whether the user of ``connection`` may change the schema, so that only guards hold him."""
    return bool(connection.scalar(_OWNS))


def _change(connection: Connection, steps: Steps) -> None:
    # Read again under the lock: another program may have been faster.
    state = _state(connection, steps)
    if state is SchemaState.NEW:
        may_create = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
        if not connection.scalar(may_create):
            raise UserError(f"There are no books in this database yet; {_MIGRATE} first.")
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(VERSION_TABLE)
        _write_revision(connection, steps)
    elif state is SchemaState.CURRENT and guards_are_current(connection):
        if owns_books(connection):
            # The server may have got what it takes since.
            create_search_index(connection)
        return
    else:
        if not owns_books(connection):
            raise UserError(
                f"The books on the server need a change that only their owner may make: {_MIGRATE}."
            )
        if state is SchemaState.CURRENT:
            warn_of_altered_guards(connection)
        remove_guards(connection)
        if state is SchemaState.OLDER:
            log.info("upgrading the books on the server to %s", steps.newest)
            run_steps(connection, steps, "Nothing was changed.")
    create_archive(connection)
    create_search_index(connection)
    install_guards(connection)


def _write_revision(connection: Connection, steps: Steps) -> None:
    statement = text("INSERT INTO alembic_version (version_num) VALUES (:newest)")
    connection.execute(statement, {"newest": steps.newest})


def _state(connection: Connection, steps: Steps) -> SchemaState:
    if connection.scalar(text("SELECT current_schema()")) is None:
        raise UserError("The database user has no schema to work in.")
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return SchemaState.NEW
    if not {"alembic_version", "ledger_entry"} <= tables:
        raise UserError(
            "The database holds tables that are not BillDesk's. Choose another, or an empty one."
        )
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return compare(str(revision), steps)


def _check_server(connection: Connection) -> None:
    version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if version < OLDEST_SERVER:
        raise UserError(
            f"The server runs PostgreSQL {version // 10000}; BillDesk needs "
            f"{OLDEST_SERVER // 10000} or newer."
        )
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise UserError(
            f"The database stores text as {encoding}; BillDesk needs one made with ENCODING 'UTF8'."
        )


def _has_current_guards(engine: Engine) -> bool:
    with explaining(engine), engine.connect() as connection:
        return guards_are_current(connection)
