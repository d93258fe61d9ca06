"""Guards as PostgreSQL's triggers: for each one a function of the same name.

The function's path is fixed, so that no temporary table can stand in for one of BillDesk's.
"""

from sqlalchemy import Connection, text

from billdesk.core.db.guards import PREFIX, Guard, GuardKeeper

# Stored PDFs; made by ``db.postgres.archive``.
ARCHIVE_TABLE = "archived_file"
_BITS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
_ROW, _BEFORE = 1, 2
_RETURNS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD", "TRUNCATE": "NULL"}
# Integrity constraint violation: the driver's IntegrityError, as with SQLite.
_ERROR = "integrity_constraint_violation"
_TRIGGERS = text("""
    SELECT t.tgname AS name, c.relname AS "table", t.tgtype AS kind, t.tgenabled AS enabled,
        t.tgqual IS NOT NULL AS has_condition, f.proname AS function, f.prosrc AS source,
        l.lanname AS language, f.prosecdef AS as_owner, f.proconfig AS config,
        ARRAY(SELECT a.attname::text FROM pg_attribute a
            WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)) AS columns
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_proc f ON f.oid = t.tgfoid
    JOIN pg_language l ON l.oid = f.prolang
    WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
""")
# A rule rewrites statements before any trigger sees them.
_RULES = text(
    "SELECT rulename, tablename, definition FROM pg_rules WHERE schemaname = current_schema()"
)
_FUNCTIONS = text(
    "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
    "AND starts_with(proname, :prefix)"
)


class PostgresGuards(GuardKeeper):
    """Triggers and their functions in the schema of the books."""

    differs = "IS DISTINCT FROM"
    # OFFSET keeps the planner from filtering before it locks, which would lock no draft.
    held = " OFFSET 0 FOR SHARE"
    more_that_grows = (ARCHIVE_TABLE,)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # An index of the server's own keeps itself.
        self.upkeep: dict[str, str] = {}
        schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
        self._path = f"search_path={schema}, pg_temp"

    def create(self, guard: Guard) -> None:
        columns = f" OF {', '.join(guard.columns)}" if guard.columns else ""
        moment = "AFTER" if guard.is_after else "BEFORE"
        level = "STATEMENT" if guard.event == "TRUNCATE" else "ROW"
        self._connection.exec_driver_sql(
            f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET {self._path} AS $guard${_source(guard)}$guard$"
        )
        self._connection.exec_driver_sql(
            f"CREATE TRIGGER {guard.name} {moment} {guard.event}{columns} ON {guard.table} "
            f"FOR EACH {level} EXECUTE FUNCTION {guard.name}()"
        )

    def create_upkeep(self) -> None:
        pass

    def remove_all(self) -> None:
        rows = self._connection.execute(_TRIGGERS).all()
        for row in rows:
            if row.name.startswith(PREFIX):
                self._connection.exec_driver_sql(f'DROP TRIGGER "{row.name}" ON "{row.table}"')
        for name in self._connection.execute(_FUNCTIONS, {"prefix": PREFIX}).scalars().all():
            self._connection.exec_driver_sql(f'DROP FUNCTION "{name}"()')

    def installed(self) -> dict[str, str]:
        rules = self._connection.execute(_RULES)
        found = {f"{row.rulename} on {row.tablename}": str(row.definition) for row in rules}
        for row in self._connection.execute(_TRIGGERS):
            facts = (
                row.table,
                row.kind,
                _letter(row.enabled),
                row.has_condition,
                row.function,
                row.language,
                row.as_owner,
                tuple(row.config or ()),
                tuple(sorted(row.columns)),
                row.source,
            )
            found[row.name] = repr(facts)
        return found

    def seal(self) -> None:
        pass

    def is_sealed(self) -> bool:
        # There, guards change only by “migrate”: any other ones are worth a word.
        return False

    def wanted(self, guard: Guard) -> str | None:
        kind = _BITS[guard.event]
        kind |= 0 if guard.event == "TRUNCATE" else _ROW
        kind |= 0 if guard.is_after else _BEFORE
        facts = (
            guard.table,
            kind,
            "O",
            False,
            guard.name,
            "plpgsql",
            False,
            (self._path,),
            tuple(sorted(guard.columns)),
            _source(guard),
        )
        return repr(facts)


def _source(guard: Guard) -> str:
    lines = ["", "BEGIN"]
    for check in guard.checks:
        lines.append(f"  IF {check.condition or 'TRUE'} THEN")
        lines.append(f"    RAISE EXCEPTION '{check.sentence}' USING ERRCODE = '{_ERROR}';")
        lines.append("  END IF;")
    lines += [f"  RETURN {_RETURNS[guard.event]};", "END", ""]
    return "\n".join(lines)


def _letter(value: object) -> str:
    # The driver gives PostgreSQL's one-byte "char" as bytes.
    return value.decode() if isinstance(value, bytes) else str(value)
