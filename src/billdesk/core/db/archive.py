"""The bytes of PDFs and attachments, beside the books: kept for ever, found by their hash."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from billdesk.core.db.engine import BUSY_TIMEOUT_MS, use_write_ahead_log
from billdesk.core.db.file_errors import check_place, explained
from billdesk.core.db.private_files import prepare_private
from billdesk.core.domain.errors import BillDeskError, UserError

LARGEST_BYTES = 64 * 1024 * 1024

_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS blob (
        sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
        size INTEGER NOT NULL CHECK (size = length(data)),
        data BLOB NOT NULL,
        created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    )
    """,
    """
    CREATE TRIGGER IF NOT EXISTS guard_blob_update BEFORE UPDATE ON blob
    BEGIN SELECT RAISE(ABORT, 'archived bytes never change'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS guard_blob_delete BEFORE DELETE ON blob
    BEGIN SELECT RAISE(ABORT, 'archived bytes are never deleted'); END
    """,
)


class ArchiveError(BillDeskError):
    """The archive does not hold what the books refer to: missing or damaged bytes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Bytes that no longer match the hash they are stored under."""

    sha256: str
    sentence: str


class Archive(Protocol):
    """A content-addressed, append-only store, safe to share between threads and processes."""

    def put(self, data: bytes) -> str:
        """Store ``data`` and return its SHA-256 in hex; on the disk when this returns.

        The same bytes again are stored once. Raises ``UserError`` for empty or too many bytes
        (64 MiB) and when the archive cannot be written, ``ArchiveError`` when the stored copy is
        damaged.
        """

    def put_all(self, blobs: Iterable[bytes]) -> int:
        """Store all of them or none, in one transaction; how many were new. Raises as ``put``."""

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash, checked. Raises ``ArchiveError`` when missing or damaged."""

    def has(self, sha256: str) -> bool:
        """Whether bytes are stored under this hash; does not check them."""

    def verify_all(self) -> Iterator[Problem]:
        """Read everything that is stored and tell what is damaged, one file after another."""


class FileArchive(Archive):
    """The archive in one SQLite file beside the books; made at the first ``put``.

    Each call has a connection of its own.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def put(self, data: bytes) -> str:
        check_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        check_place(self.file)
        prepare_private(self.file)
        with self._connection("rwc") as connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                connection.execute(statement)
            stored = _stored(connection, sha256)
            if stored is None:
                connection.execute(
                    "INSERT INTO blob (sha256, size, data) VALUES (?, ?, ?)",
                    (sha256, len(data), data),
                )
            connection.execute("COMMIT")
        if stored not in (None, data):
            raise ArchiveError(damaged(sha256))
        return sha256

    def put_all(self, blobs: Iterable[bytes]) -> int:
        check_place(self.file)
        prepare_private(self.file)
        added = 0
        with self._connection("rwc") as connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                connection.execute(statement)
            for data in blobs:
                check_bytes(data)
                sha256 = hashlib.sha256(data).hexdigest()
                is_new = connection.execute(
                    "INSERT INTO blob (sha256, size, data) VALUES (?, ?, ?) "
                    "ON CONFLICT (sha256) DO NOTHING",
                    (sha256, len(data), data),
                ).rowcount
                if not is_new and _stored(connection, sha256) != data:
                    raise ArchiveError(damaged(sha256))
                added += is_new
            connection.execute("COMMIT")
        return added

    def hashes(self) -> list[str]:
        """The hashes of everything that is stored, oldest first."""
        with self._reading() as connection:
            if connection is None:
                return []
            return [row[0] for row in connection.execute("SELECT sha256 FROM blob ORDER BY rowid")]

    def get(self, sha256: str) -> bytes:
        with self._reading() as connection:
            data = _stored(connection, sha256) if connection else None
        if data is None:
            raise ArchiveError(missing(sha256, f"“{self.file.name}”"))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveError(damaged(sha256))
        return data

    def has(self, sha256: str) -> bool:
        with self._reading() as connection:
            if connection is None:
                return False
            found = connection.execute("SELECT 1 FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
            return found is not None

    def verify_all(self) -> Iterator[Problem]:
        with self._reading() as connection:
            if connection is None:
                return
            keys = [row[0] for row in connection.execute("SELECT sha256 FROM blob ORDER BY sha256")]
            for sha256 in keys:
                data = _stored(connection, sha256)
                if data is not None and hashlib.sha256(data).hexdigest() != sha256:
                    yield Problem(sha256, damaged(sha256))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to read by; ``None`` as long as nothing was ever stored."""
        if not self.file.exists():
            yield None
            return
        with self._connection("rw") as connection:
            tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'blob'")
            yield connection if tables.fetchone() else None

    @contextmanager
    def _connection(self, mode: str) -> Iterator[sqlite3.Connection]:
        address = f"{self.file.resolve().as_uri()}?mode={mode}"
        with (
            explained(self.file),
            closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection,
        ):
            connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            use_write_ahead_log(connection)
            connection.execute("PRAGMA synchronous=FULL")
            yield connection


def _stored(connection: sqlite3.Connection, sha256: str) -> bytes | None:
    row = connection.execute("SELECT data FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row is None else bytes(row[0])


def check_bytes(data: bytes) -> None:
    """Refuse what is not stored: ``UserError``."""
    if not data:
        raise UserError("The file is empty.")
    if len(data) > LARGEST_BYTES:
        raise UserError(f"The file is larger than {LARGEST_BYTES // 1024**2} MB.")


def missing(sha256: str, place: str) -> str:
    """The sentence for bytes that ``place`` should have."""
    return f"The archive has no file {sha256[:12]}…. Restore {place} from a backup."


def damaged(sha256: str) -> str:
    """The sentence for bytes that are no longer what was stored."""
    return f"The archived file {sha256[:12]}… is damaged. Restore the archive from a backup."
