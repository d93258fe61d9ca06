"""Connections to PostgreSQL: their settings, their pool, and where the password comes from."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import Dialect, ExceptionContext

from billdesk.core.db.postgres.failures import connection_error, wants_password
from billdesk.core.domain.database_address import DatabaseAddress
from billdesk.core.domain.errors import UserError

OLDEST_SERVER = 150000
CONNECT_TIMEOUT_S = 10
# A desk waits for another's rows as long as a person would, and no longer.
LOCK_TIMEOUT_MS = 15_000
STATEMENT_TIMEOUT_MS = 300_000
# A laptop that fell asleep in a transaction must not keep the others waiting.
IDLE_TIMEOUT_MS = 60_000
POOL_SIZE = 5
MOST_CONNECTIONS = 30

# The first libpq with "require_auth"; modes that know who answers.
REQUIRE_AUTH = 160000
VERIFIED = ("verify-ca", "verify-full")

Password = Callable[[], str | None]


def open_engine(address: DatabaseAddress, password: Password) -> Engine:
    """An engine for the books at ``address``; nothing is connected yet.

    libpq looks for a password first (PGPASSFILE, ~/.pgpass); ``password`` is asked when the server
    wants one and libpq has none. Connecting raises ``UserError`` or ``TemporaryError`` in plain
    words. Raises ``UserError`` where psycopg is not installed.
    """
    check_driver()
    engine = create_engine(
        URL.create("postgresql+psycopg", database=address.database),
        isolation_level="READ COMMITTED",
        pool_size=POOL_SIZE,
        max_overflow=MOST_CONNECTIONS - POOL_SIZE,
        # A connection may have died while the desk slept; asking costs one turn on the wire.
        pool_pre_ping=True,
        # An error that is logged or sent in holds no names or accounts.
        hide_parameters=True,
    )
    arguments = connect_arguments(address)
    known: list[str] = []

    event.listen(engine, "handle_error", _without_rows)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Dialect, _record: Any, _args: Any, _kwargs: Any) -> Any:
        return connect_to(address, arguments, password, known)

    return engine


def _without_rows(context: ExceptionContext) -> None:
    """The server quotes the row that it refuses; only what refused it may be logged."""
    detail = getattr(getattr(context.original_exception, "diag", None), "message_detail", None)
    if not detail:
        return
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(
                told.replace(detail, "…") if isinstance(told, str) else told for told in error.args
            )


def check_driver() -> None:
    """Raises ``UserError`` naming the extra to install when psycopg is not there."""
    try:
        import psycopg  # noqa: F401 - looked for, not used
    except ImportError as error:
        raise UserError(
            "Books on a PostgreSQL server need the extra “postgres”; install it with "
            f"“pip install 'billdesk[postgres]'” ({error})."
        ) from None


def connect_arguments(address: DatabaseAddress) -> dict[str, Any]:
    """What psycopg connects with, but for the password."""
    settings = {
        "lock_timeout": LOCK_TIMEOUT_MS,
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
        "timezone": "UTC",
        "application_name": "BillDesk",
    }
    arguments = {
        "host": address.host,
        "port": address.port,
        "dbname": address.database,
        "user": address.user,
        "connect_timeout": CONNECT_TIMEOUT_S,
        # Notice a cable that was pulled: after half a minute instead of two hours.
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    tls_mode = address.tls_mode or ("" if address.is_local else "require")
    if tls_mode:
        arguments["sslmode"] = tls_mode
    if tls_mode not in VERIFIED and _libpq() >= REQUIRE_AUTH:
        # Whoever answers in the server's place is never told the password itself
        # (https://www.postgresql.org/docs/16/libpq-connect.html).
        arguments["require_auth"] = "!password"
    if address.tls_root:
        arguments["sslrootcert"] = address.tls_root
    return arguments


def _libpq() -> int:
    from psycopg import pq

    return pq.version()


def connect_to(
    address: DatabaseAddress, arguments: dict[str, Any], password: Password, known: list[str]
) -> Any:
    """A psycopg connection; a password that was needed once is kept in ``known``."""
    import psycopg

    try:
        try:
            return psycopg.connect(**arguments, password=known[0] if known else None)
        except psycopg.OperationalError as error:
            given = password() if wants_password(error) else None
            if not given:
                raise
            connection = psycopg.connect(**arguments, password=given)
            known[:] = [given]
            return connection
    except psycopg.OperationalError as error:
        raise connection_error(address, error) from None
