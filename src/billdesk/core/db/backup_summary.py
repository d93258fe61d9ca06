"""What is in a file of books, told without opening it as books: it may be old, or damaged."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from billdesk.core.db.file_errors import explained
from billdesk.core.db.integrity import is_database, structure_problems
from billdesk.core.domain.backups import BackupSummary, CompanySummary
from billdesk.core.domain.canonical import sha256_hex
from billdesk.core.domain.errors import UserError

# Issued documents are never deleted, so three counts over small indexes save one over the table.
_DOCUMENTS = """
    SELECT (SELECT count(*) FROM document WHERE company_id = :c AND deleted_at IS NULL)
         - (SELECT count(*) FROM document WHERE company_id = :c AND issued_at IS NULL
            AND deleted_at IS NULL)
"""
_LAST = """
    SELECT number, issued_on FROM document
    WHERE company_id = :c AND deleted_at IS NULL AND issued_at IS NOT NULL
    ORDER BY listed_on DESC, id DESC LIMIT 1
"""
_CUSTOMERS = "SELECT count(*) FROM customer WHERE company_id = :c AND deleted_at IS NULL"
_PAYMENTS = "SELECT count(*) FROM payment WHERE company_id = :c"
_HEADS = "SELECT company_id, seq, hash FROM audit_head ORDER BY company_id"


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing; errors become sentences about ``file``."""
    if not is_database(file):
        raise UserError(f"“{file}” is not a BillDesk database, or its beginning is damaged.")
    # Writable, because books left by a crash must be rolled back before they can be read.
    address = f"{file.resolve().as_uri()}?mode=rw"
    with explained(file), closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute("PRAGMA query_only=ON")
        yield connection


def summarise(file: Path) -> BackupSummary:
    """What ``file`` holds. Raises ``UserError`` when it is no BillDesk database or damaged."""
    if not file.is_file():
        raise UserError(f"There is no file “{file}”.")
    with reading(file) as connection:
        try:
            return _summary(connection)
        except sqlite3.OperationalError as error:
            if "no such" in str(error):
                raise UserError(f"“{file}” is not a BillDesk database. Choose another.") from error
            raise


def check_whole(file: Path) -> None:
    """Read every page. Raises ``UserError`` naming what is wrong with ``file``."""
    with reading(file) as connection:
        problems = structure_problems(connection)
    if problems:
        raise UserError(f"“{file}” is damaged ({problems[0]}). Choose another backup.")


def audit_of(file: Path) -> str:
    """The fingerprint of the audit chains alone: it changes with every change of the books."""
    with reading(file) as connection:
        return _audit(connection)


def install_of(file: Path) -> str:
    """The identity of the books in ``file``, empty before their first company."""
    with reading(file) as connection:
        row = connection.execute("SELECT uid FROM install").fetchone()
    return str(row[0]) if row else ""


def known_files(file: Path) -> set[str]:
    """The hashes of everything in the archive that the books in ``file`` refer to."""
    with reading(file) as connection:
        rows = connection.execute(
            "SELECT sha256 FROM rendition UNION SELECT sha256 FROM attachment"
        )
        return {str(row[0]) for row in rows}


def attached_files(file: Path) -> set[str]:
    """The hashes of what was attached in the books in ``file``, whoever made it."""
    with reading(file) as connection:
        rows = connection.execute("SELECT sha256 FROM attachment")
        return {str(row[0]) for row in rows}


def _summary(connection: sqlite3.Connection) -> BackupSummary:
    install = connection.execute("SELECT uid FROM install").fetchone()
    schema = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    companies = connection.execute("SELECT id, name FROM company ORDER BY id").fetchall()
    return BackupSummary(
        str(install[0]) if install else "",
        str(schema[0]) if schema else "",
        _audit(connection),
        tuple(_company(connection, key, name) for key, name in companies),
    )


def _company(connection: sqlite3.Connection, company_id: int, name: str) -> CompanySummary:
    def scalar(sql: str) -> int:
        return int(connection.execute(sql, {"c": company_id}).fetchone()[0])

    last = connection.execute(_LAST, {"c": company_id}).fetchone()
    return CompanySummary(
        name,
        scalar(_DOCUMENTS),
        scalar(_CUSTOMERS),
        scalar(_PAYMENTS),
        str(last[0]) if last else "",
        date.fromisoformat(last[1]) if last else None,
    )


def _audit(connection: sqlite3.Connection) -> str:
    return sha256_hex(json.dumps(connection.execute(_HEADS).fetchall()))


def as_facts(summary: BackupSummary) -> dict[str, Any]:
    """What stands in the clear beside locked books: counts and the last number, no names."""
    return {
        "install": summary.install_uid,
        "schema": summary.schema,
        "audit": summary.audit,
        "companies": [
            {
                "documents": one.documents,
                "customers": one.customers,
                "payments": one.payments,
                "last_number": one.last_number,
                "last_on": one.last_on.isoformat() if one.last_on else None,
            }
            for one in summary.companies
        ],
    }


def from_facts(facts: dict[str, Any]) -> BackupSummary:
    """The reverse of ``as_facts``; names are empty. Raises ``KeyError``, ``ValueError``."""
    return BackupSummary(
        str(facts["install"]),
        str(facts["schema"]),
        str(facts["audit"]),
        tuple(
            CompanySummary(
                "",
                int(one["documents"]),
                int(one["customers"]),
                int(one["payments"]),
                str(one["last_number"]),
                date.fromisoformat(one["last_on"]) if one["last_on"] else None,
            )
            for one in facts["companies"]
        ),
    )
