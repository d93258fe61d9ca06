"""The archive of PDFs and attachments."""

import hashlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from billdesk.core.db.archive import LARGEST_BYTES, ArchiveError, FileArchive
from billdesk.core.db.backup import back_up
from billdesk.core.domain.errors import UserError

PDF = b"%PDF-1.7 made for a test"
SHA = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def archive(tmp_path: Path) -> FileArchive:
    return FileArchive(tmp_path / "archive.db")


def test_bytes_come_back_by_their_hash(archive: FileArchive) -> None:
    assert archive.put(PDF) == SHA
    assert archive.get(SHA) == PDF
    assert archive.has(SHA)
    assert list(archive.verify_all()) == []


def test_the_same_bytes_are_stored_once(archive: FileArchive) -> None:
    assert [archive.put(PDF) for _ in range(3)] == [SHA] * 3
    assert _rows(archive) == [(SHA, len(PDF))]


def test_stored_bytes_survive_the_program_and_move_with_a_backup(
    archive: FileArchive, tmp_path: Path
) -> None:
    archive.put(PDF)
    assert FileArchive(archive.file).get(SHA) == PDF
    back_up(archive.file, tmp_path / "copy" / "archive.db")
    assert FileArchive(tmp_path / "copy" / "archive.db").get(SHA) == PDF


def test_an_archive_that_was_never_written_is_empty(archive: FileArchive) -> None:
    assert not archive.has(SHA)
    assert list(archive.verify_all()) == []
    with pytest.raises(ArchiveError, match="has no file"):
        archive.get(SHA)
    # As a crash in the middle of the very first write leaves it.
    archive.file.touch()
    assert not archive.has(SHA)
    with pytest.raises(ArchiveError, match=r"Restore “archive\.db” from a backup"):
        archive.get(SHA)


def test_an_unknown_hash_is_named(archive: FileArchive) -> None:
    archive.put(PDF)
    with pytest.raises(ArchiveError, match="has no file ffffffffffff"):
        archive.get("f" * 64)


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"", "is empty"), (b"x" * (LARGEST_BYTES + 1), "larger than 64 MB")]
)
def test_sizes_have_limits(archive: FileArchive, data: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        archive.put(data)
    assert not archive.file.exists()


def test_large_bytes_are_kept(archive: FileArchive) -> None:
    data = bytes(range(256)) * 16_384
    assert archive.get(archive.put(data)) == data


@pytest.mark.parametrize("statement", ["UPDATE blob SET data = x'00'", "DELETE FROM blob"])
def test_stored_bytes_are_guarded(archive: FileArchive, statement: str) -> None:
    archive.put(PDF)
    with (
        closing(sqlite3.connect(archive.file)) as other,
        pytest.raises(sqlite3.IntegrityError, match="archived bytes"),
    ):
        other.execute(statement)


def test_damage_is_noticed_everywhere(archive: FileArchive) -> None:
    whole = archive.put(b"another file")
    archive.put(PDF)
    with closing(sqlite3.connect(archive.file, isolation_level=None)) as other:
        other.execute("DROP TRIGGER guard_blob_update")
        other.execute("UPDATE blob SET data = ?, size = 3 WHERE sha256 = ?", (b"bad", SHA))
    for attempt in (lambda: archive.get(SHA), lambda: archive.put(PDF)):
        with pytest.raises(ArchiveError, match=f"{SHA[:12]}… is damaged"):
            attempt()
    assert [problem.sha256 for problem in archive.verify_all()] == [SHA]
    assert archive.get(whole) == b"another file"


def test_a_file_that_is_no_archive_is_left_alone(archive: FileArchive) -> None:
    archive.file.write_bytes(b"not a database, but long enough to be looked at" * 100)
    before = archive.file.read_bytes()
    for attempt in (lambda: archive.put(PDF), lambda: archive.get(SHA), lambda: archive.has(SHA)):
        with pytest.raises(UserError, match=r"archive\.db” is not a BillDesk database"):
            attempt()
    assert archive.file.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="gone” does not exist"):
        FileArchive(tmp_path / "gone" / "archive.db").put(PDF)


def test_many_threads_share_an_archive(archive: FileArchive) -> None:
    files = [f"file {n % 20}".encode() for n in range(80)]
    with ThreadPoolExecutor(8) as threads:
        hashes = list(threads.map(archive.put, files))
        assert list(threads.map(archive.get, hashes)) == files
    assert len(_rows(archive)) == 20


def _rows(archive: FileArchive) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(archive.file)) as connection:
        return connection.execute("SELECT sha256, size FROM blob").fetchall()
