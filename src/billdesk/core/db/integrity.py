"""Whether a database file is whole, by SQLite's own checks."""

import sqlite3
from pathlib import Path

MOST_PROBLEMS = 20
# https://www.sqlite.org/fileformat2.html#magic_header_string
_MAGIC = b"SQLite format 3\0"


def is_database(file: Path) -> bool:
    """Whether ``file`` begins as a SQLite database, found out without SQLite.

    Opening an emptied or overwritten file would remove the log beside it, perhaps the last copy.
    """
    try:
        with file.open("rb") as content:
            return content.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def structure_problems(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with pages, indexes and constraints; empty when the file is whole.

    Reads the whole file. Source: https://www.sqlite.org/pragma.html#pragma_integrity_check
    """
    rows = connection.execute(f"PRAGMA integrity_check({MOST_PROBLEMS})").fetchall()
    problems = [str(row[0]) for row in rows]
    return [] if problems == ["ok"] else problems


def quick_problems(connection: sqlite3.Connection) -> list[str]:
    """As ``structure_problems`` without comparing indexes with their tables; much faster.

    Source: https://www.sqlite.org/pragma.html#pragma_quick_check
    """
    rows = connection.execute(f"PRAGMA quick_check({MOST_PROBLEMS})").fetchall()
    problems = [str(row[0]) for row in rows]
    return [] if problems == ["ok"] else problems


def reference_problems(connection: sqlite3.Connection) -> list[str]:
    """Rows whose foreign key points nowhere; empty when there are none."""
    rows = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_PROBLEMS)
    return [f"{table} row {row} refers to a missing {parent}" for table, row, parent, _ in rows]
