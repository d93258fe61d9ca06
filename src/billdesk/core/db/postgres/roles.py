"""What a working role may do: people work under another role than the one that owns the tables.

The owner can drop guards; the working role cannot, and append-only tables are closed to it twice.
"""

from sqlalchemy import Connection, text

from billdesk.core.db.postgres.guards import ARCHIVE_TABLE
from billdesk.core.db.tables import Base
from billdesk.core.db.triggers import APPEND_ONLY, DOCUMENT_PARTS
from billdesk.core.domain.errors import UserError

# The only tables BillDesk deletes rows from; everything else is kept or put away.
DELETED_FROM = frozenset(
    {*DOCUMENT_PARTS, "audit_detail", "change", "item_price", "reminder", "stripe_event"}
)
_READ_ONLY = ("alembic_version",)
_GROWING = (*APPEND_ONLY, ARCHIVE_TABLE)
# Rows that are written and deleted, never changed.
_NEVER_CHANGED = frozenset({"audit_detail"})
_ROLE = text(
    "SELECT r.rolsuper OR r.rolcreaterole "
    "OR pg_has_role(r.oid, c.relowner, 'MEMBER') OR pg_has_role(r.oid, n.nspowner, 'MEMBER') "
    "OR pg_has_role(r.oid, d.datdba, 'MEMBER') "
    # Predefined roles that write past any right on a table, some by the server's own files
    # (https://www.postgresql.org/docs/15/predefined-roles.html).
    "OR EXISTS (SELECT FROM pg_roles w WHERE w.rolname IN ('pg_write_all_data', "
    "'pg_write_server_files', 'pg_execute_server_program') "
    "AND pg_has_role(r.oid, w.oid, 'MEMBER')) AS unbound "
    "FROM pg_roles r, pg_database d, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE r.rolname = :role AND d.datname = current_database() AND c.relname = 'ledger_entry' "
    "AND c.relnamespace = current_schema()::regnamespace"
)


def rights() -> dict[str, tuple[str, ...]]:
    """The rights of a working role on each table."""
    given: dict[str, tuple[str, ...]] = dict.fromkeys(_READ_ONLY, ("SELECT",))
    for name in (*(table.name for table in Base.metadata.sorted_tables), ARCHIVE_TABLE):
        allowed = ["SELECT", "INSERT"]
        if name not in _GROWING and name not in _NEVER_CHANGED:
            allowed.append("UPDATE")
        if name in DELETED_FROM:
            allowed.append("DELETE")
        given[name] = tuple(allowed)
    return given


def grant(connection: Connection, role: str) -> None:
    """Give ``role`` exactly the rights of a working role. Run by the owner.

    Raises ``UserError`` for a role that does not exist or that no right can hold back.
    """
    found = connection.execute(_ROLE, {"role": role}).first()
    if found is None:
        raise UserError(f"There is no role “{role}” on the server; make it with createuser.")
    if found.unbound:
        raise UserError(
            f"“{role}” owns the books or rules the server and may do everything; choose a role "
            "for daily work that does not."
        )
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    for statement in (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {quoted}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {quoted}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM {quoted}",
        f"GRANT USAGE ON SCHEMA {schema} TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {quoted}",
        *(
            f"GRANT {', '.join(allowed)} ON {schema}.{table} TO {quoted}"
            for table, allowed in rights().items()
        ),
    ):
        connection.exec_driver_sql(statement)
