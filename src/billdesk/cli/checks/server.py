"""Checks of books on a PostgreSQL server."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from billdesk.bootstrap import Paths, keychain_password
from billdesk.cli.checks.database import ARCHIVE, DATABASE, GUARDS, MIGRATIONS
from billdesk.cli.checks.finding import Finding, bad, ok, warn
from billdesk.cli.output import size_text
from billdesk.core.db.failures import explaining
from billdesk.core.db.migrate import SchemaState
from billdesk.core.db.migrations import SHIPPED
from billdesk.core.db.postgres.engine import open_engine
from billdesk.core.db.postgres.guards import ARCHIVE_TABLE
from billdesk.core.db.postgres.migrate import owns_books, schema_state
from billdesk.core.db.postgres.search_index import has_search_index
from billdesk.core.db.triggers import unexpected_guards
from billdesk.core.domain.errors import BillDeskError

ROLE = "role"
SEARCH = "search"


def check_server(paths: Paths) -> Iterator[Finding]:
    """Connection, size, schema, guards and the rights of the role that connects."""
    place = str(paths.server)
    if paths.server is None:
        return
    try:
        engine = open_engine(paths.server, keychain_password(paths))
    except BillDeskError as error:
        yield bad(DATABASE, str(error), server=place)
        return
    try:
        state = schema_state(engine)
        with explaining(engine), engine.connect() as connection:
            size = int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
            version = str(connection.scalar(text("SHOW server_version")))
            facts = {"server": place, "size_bytes": size, "version": version}
            yield ok(DATABASE, f"{place}, PostgreSQL {version}, {size_text(size)}", **facts)
            yield _schema(state)
            if state is SchemaState.CURRENT:
                yield _guards(connection)
                yield _role(connection, paths.server.user)
                yield _archive(connection)
                yield check_search(connection)
    except BillDeskError as error:
        yield bad(DATABASE, str(error), server=place)
    finally:
        engine.dispose()


def _schema(state: SchemaState) -> Finding:
    facts = {"state": state.value, "newest": SHIPPED.newest}
    match state:
        case SchemaState.CURRENT:
            return ok(MIGRATIONS, f"up to date (schema {SHIPPED.newest})", **facts)
        case SchemaState.NEW:
            return warn(MIGRATIONS, "no books yet; they are made when BillDesk opens", **facts)
        case SchemaState.OLDER:
            sentence = "made by an older version; let the owner run “billdesk migrate”"
            return warn(MIGRATIONS, sentence, **facts)
        case _:
            return bad(MIGRATIONS, "made by a newer version; update BillDesk", **facts)


def _guards(connection: Connection) -> Finding:
    faults = unexpected_guards(connection)
    if not faults:
        return ok(GUARDS, "the guards of the books are intact")
    name, fault = faults[0]
    sentence = f"{name}: {fault}; let the owner run “billdesk migrate”"
    return bad(GUARDS, sentence, faults=[f"{one}: {what}" for one, what in faults])


def _role(connection: Connection, user: str) -> Finding:
    if not owns_books(connection):
        return ok(ROLE, f"{user} may work with the books and cannot remove their guards")
    return warn(
        ROLE,
        f"{user} owns the books and could remove their guards; work under another role, which "
        "“billdesk migrate --grant-to” gives its rights",
    )


def check_search(connection: Connection) -> Finding:
    """Whether a search has its index."""
    if has_search_index(connection):
        return ok(SEARCH, "a search goes through its index")
    return warn(
        SEARCH,
        "a search reads every document, because the database has no pg_trgm; install the server's "
        "contributed modules, then let an owner who may add extensions run “billdesk migrate”",
    )


def _archive(connection: Connection) -> Finding:
    stored = int(connection.scalar(text(f"SELECT count(*) FROM {ARCHIVE_TABLE}")) or 0)  # noqa: S608
    return ok(ARCHIVE, f"{stored} stored files in the database", files=stored)
