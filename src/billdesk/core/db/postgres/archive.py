"""The archive as a table of the books: on a server there is no folder all desks share."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from billdesk.core.db.archive import (
    Archive,
    ArchiveError,
    Problem,
    check_bytes,
    damaged,
    missing,
)
from billdesk.core.db.failures import explaining
from billdesk.core.db.postgres.guards import ARCHIVE_TABLE

_CREATE = f"""
    CREATE TABLE IF NOT EXISTS {ARCHIVE_TABLE} (
        sha256 TEXT NOT NULL CONSTRAINT pk_archived_file PRIMARY KEY
            CONSTRAINT ck_archived_file_sha256 CHECK (length(sha256) = 64),
        size BIGINT NOT NULL CONSTRAINT ck_archived_file_size CHECK (size = length(data)),
        data BYTEA NOT NULL,
        created_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
"""
_PUT = text(
    f"INSERT INTO {ARCHIVE_TABLE} (sha256, size, data) VALUES (:sha256, :size, :data) "  # noqa: S608
    "ON CONFLICT (sha256) DO NOTHING"
)
_GET = text(f"SELECT data FROM {ARCHIVE_TABLE} WHERE sha256 = :sha256")  # noqa: S608
_HAS = text(f"SELECT 1 FROM {ARCHIVE_TABLE} WHERE sha256 = :sha256")  # noqa: S608
# Hashed where the bytes are: they need not all travel.
_DAMAGED = text(
    f"SELECT sha256 FROM {ARCHIVE_TABLE} WHERE encode(sha256(data), 'hex') <> sha256 "  # noqa: S608
    "ORDER BY sha256"
)


def create_archive(connection: Connection) -> None:
    """Make the table, if it is not there."""
    connection.exec_driver_sql(_CREATE)


class TableArchive(Archive):
    """The archive interface over ``archived_file``; each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, data: bytes) -> str:
        with self._transaction() as connection:
            sha256, _ = _put(connection, data)
        return sha256

    def put_all(self, blobs: Iterable[bytes]) -> int:
        with self._transaction() as connection:
            return sum(is_new for _, is_new in (_put(connection, data) for data in blobs))

    def get(self, sha256: str) -> bytes:
        with self._transaction() as connection:
            data = connection.scalar(_GET, {"sha256": sha256})
        if data is None:
            raise ArchiveError(missing(sha256, "the database"))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveError(damaged(sha256))
        return bytes(data)

    def has(self, sha256: str) -> bool:
        with self._transaction() as connection:
            return connection.scalar(_HAS, {"sha256": sha256}) is not None

    def verify_all(self) -> Iterator[Problem]:
        with self._transaction() as connection:
            for sha256 in connection.scalars(_DAMAGED).all():
                yield Problem(sha256, damaged(sha256))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with explaining(self._engine), self._engine.begin() as connection:
            yield connection


def _put(connection: Connection, data: bytes) -> tuple[str, bool]:
    """The hash of ``data``, and whether it is new."""
    check_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    row = {"sha256": sha256, "size": len(data), "data": data}
    is_new = connection.execute(_PUT, row).rowcount == 1
    stored = data if is_new else connection.scalar(_GET, {"sha256": sha256})
    if stored is None or bytes(stored) != data:
        raise ArchiveError(damaged(sha256))
    return sha256, is_new
