"""Guards as SQLite's triggers."""

import zlib

from sqlalchemy import Connection

from billdesk.core.db.guards import PREFIX, Guard, GuardKeeper
from billdesk.core.db.search_index import UPKEEP

_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


class SqliteGuards(GuardKeeper):
    """One trigger each; SQLite keeps its text as it was written."""

    differs = "IS NOT"
    held = ""
    # The archive is a file of its own, with its own guards.
    more_that_grows = ()

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.upkeep = {f"{PREFIX}{k}": f"CREATE TRIGGER {PREFIX}{k} {v}" for k, v in UPKEEP.items()}

    def create(self, guard: Guard) -> None:
        statement = self.wanted(guard)
        if statement is not None:
            self._connection.exec_driver_sql(statement)

    def create_upkeep(self) -> None:
        for statement in self.upkeep.values():
            self._connection.exec_driver_sql(statement)

    def remove_all(self) -> None:
        for name in self.installed():
            if name.startswith(PREFIX):
                self._connection.exec_driver_sql(f'DROP TRIGGER "{name}"')

    def installed(self) -> dict[str, str]:
        rows = self._connection.exec_driver_sql(_TRIGGERS)
        return {str(row.name): str(row.sql) for row in rows}

    def seal(self) -> None:
        self._connection.exec_driver_sql(f"PRAGMA user_version={self._fingerprint()}")

    def is_sealed(self) -> bool:
        kept = self._connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        return bool(kept == self._fingerprint())

    def _fingerprint(self) -> int:
        """A positive number of 31 bits; a file starts with 0, which is never one.

        It tells an older version's guards from changed ones; it is no proof against who knows it.
        """
        ours = sorted((k, v) for k, v in self.installed().items() if k.startswith(PREFIX))
        return zlib.crc32(repr(ours).encode()) & 0x7FFFFFFF or 1

    def wanted(self, guard: Guard) -> str | None:
        if guard.event == "TRUNCATE":
            return None
        columns = f" OF {', '.join(guard.columns)}" if guard.columns else ""
        moment = "AFTER" if guard.is_after else "BEFORE"
        head = f"CREATE TRIGGER {guard.name} {moment} {guard.event}{columns} ON {guard.table}"
        if len(guard.checks) == 1:
            (check,) = guard.checks
            when = f" WHEN {check.condition}" if check.condition else ""
            return f"{head}{when} BEGIN SELECT RAISE(ABORT, '{check.sentence}'); END"
        body = " ".join(
            f"SELECT RAISE(ABORT, '{check.sentence}') WHERE {check.condition};"
            for check in guard.checks
        )
        return f"{head} BEGIN {body} END"
