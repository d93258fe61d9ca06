"""Stored PDFs and attachments: content-addressed, append-only, in a file beside the books.

Kept apart so that the daily backup of the books stays small. Bytes are durable before anything in
the books refers to them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from billdesk.core.domain.canonical import sha256_hex
from billdesk.core.domain.errors import BillDeskError, UserError

LARGEST_BYTES = 100 * 1024 * 1024

_SCHEMA = """
CREATE TABLE IF NOT EXISTS blob (
    sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS blob_no_update BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'the archive is append-only'); END;
CREATE TRIGGER IF NOT EXISTS blob_no_delete BEFORE DELETE ON blob
BEGIN SELECT RAISE(ABORT, 'the archive is append-only'); END;
"""


class ArchiveDamaged(BillDeskError):
    """A stored file is missing or its bytes do not match their hash."""


class Archive:
    """The archive file; safe to use from several threads and processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            with self._open() as connection:
                connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise UserError(f"The archive {file} cannot be opened: {error}.") from error

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256; on disk when this returns."""
        if len(data) > LARGEST_BYTES:
            raise UserError("The file is larger than 100 MB.")
        digest = sha256_hex(data)
        with self._open() as connection:
            connection.execute(
                "INSERT INTO blob VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (digest, len(data), data),
            )
        return digest

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises ``ArchiveDamaged``."""
        with self._open() as connection:
            row = connection.execute("SELECT data FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise ArchiveDamaged(f"A stored file is missing from the archive ({sha256[:12]}).")
        if sha256_hex(row[0]) != sha256:
            raise ArchiveDamaged(f"A stored file is damaged in the archive ({sha256[:12]}).")
        return bytes(row[0])

    def has(self, sha256: str) -> bool:
        """Whether the bytes with this hash are here."""
        with self._open() as connection:
            found = connection.execute("SELECT 1 FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
        return found is not None

    def problems(self) -> Iterator[str]:
        """The hashes of stored files whose bytes have changed."""
        with self._open() as connection:
            for digest, data in connection.execute("SELECT sha256, data FROM blob"):
                if sha256_hex(data) != digest:
                    yield digest

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=30, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL").close()
            connection.execute("PRAGMA synchronous=FULL").close()
            yield connection
