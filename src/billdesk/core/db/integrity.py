"""Whether a database file is whole, by SQLite's own checks."""

import sqlite3

MOST_PROBLEMS = 20


def structure_problems(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with pages, indexes and constraints; empty when the file is whole.

    Reads the whole file. Source: https://www.sqlite.org/pragma.html#pragma_integrity_check
    """
    rows = connection.execute(f"PRAGMA integrity_check({MOST_PROBLEMS})").fetchall()
    problems = [str(row[0]) for row in rows]
    return [] if problems == ["ok"] else problems


def reference_problems(connection: sqlite3.Connection) -> list[str]:
    """Rows whose foreign key points nowhere; empty when there are none."""
    rows = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_PROBLEMS)
    return [f"{table} row {row} refers to a missing {parent}" for table, row, parent, _ in rows]
