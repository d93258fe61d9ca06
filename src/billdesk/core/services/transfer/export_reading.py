"""Read the file a company travels in, whoever wrote it: what is broken is a sentence.

No size that the file tells is believed: what is read is bounded, so that a small file cannot fill
the memory.
"""

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from billdesk.core.db.archive import LARGEST_BYTES
from billdesk.core.domain.errors import UserError
from billdesk.core.services.transfer.export_file import FILES, MANIFEST, TABLES
from billdesk.core.services.transfer.manifest import read_manifest

# Room for the hashes of more than a million stored files.
_LARGEST_MANIFEST = 256 * 1024 * 1024
_LARGEST_LINE = 64 * 1024 * 1024
_CHUNK = 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What Python's ZIP and JSON readers raise over broken bytes: encrypted or unknown members are
# RuntimeErrors, as is JSON of too many levels; no UTF-8 and no JSON are ValueErrors.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    LookupError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)


class ExportReader:
    """Reads an export whose members have been checked against its manifest."""

    def __init__(self, file: Path, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
        self._file = file
        self._archive = archive
        self.manifest = manifest

    def rows(self, member: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, one after another. Raises ``UserError`` for what is no row."""
        with _told(self._file), _opened(self._archive, member) as content:
            for line in _lines(self._file, member, content):
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise UserError(f"“{self._file}” is broken: {member} holds what is no row.")
                yield row

    def data(self, member: str) -> bytes:
        """The bytes of a stored file. Raises ``UserError`` for more than are ever stored."""
        with _told(self._file):
            return _bounded(self._file, self._archive, member, LARGEST_BYTES)

    def blobs(self) -> list[str]:
        """The hashes of the stored files."""
        named = (name for name in self.manifest["members"] if name.startswith(FILES))
        return sorted(name.removeprefix(FILES) for name in named)


@contextmanager
def read_export(file: Path) -> Iterator[ExportReader]:
    """An export, checked: every member is there and as it was written.

    Raises ``UserError`` for a file that is no export, is damaged or was changed.
    """
    with _told(file):
        archive = zipfile.ZipFile(file)
    with archive:
        with _told(file):
            if not _holds(archive, MANIFEST):
                raise UserError(f"“{file}” is not an export of a BillDesk company.")
            data = _bounded(file, archive, MANIFEST, _LARGEST_MANIFEST)
            manifest = read_manifest(file, data)
            for member, facts in manifest["members"].items():
                _check_member(file, archive, member, facts)
        yield ExportReader(file, archive, manifest)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turns whatever the bytes of ``file`` make Python raise into a sentence about it."""
    try:
        yield
    except _BROKEN as error:
        raise UserError(f"“{file}” is not a whole export of a company.") from error
    except OSError as error:
        why = error.strerror or "it is damaged"
        raise UserError(f"“{file}” cannot be read: {why}.") from error


def _holds(archive: zipfile.ZipFile, member: str) -> bool:
    try:
        archive.getinfo(member)
    except KeyError:
        return False
    return True


def _opened(archive: zipfile.ZipFile, member: str) -> IO[bytes]:
    info = archive.getinfo(member)
    if info.compress_type not in _METHODS:
        raise zipfile.BadZipFile(f"{member} is compressed by method {info.compress_type}")
    return archive.open(info)


def _check_member(file: Path, archive: zipfile.ZipFile, member: str, facts: dict[str, Any]) -> None:
    """The member has the hash, and a table the rows, that the manifest says."""
    found, rows = None, None
    if _holds(archive, member):
        digest, size, count = hashlib.sha256(), 0, 0
        with _opened(archive, member) as content:
            is_table = member.startswith(TABLES)
            for part in _lines(file, member, content) if is_table else _chunks(content):
                digest.update(part)
                size, count = size + len(part), count + 1
                if member.startswith(FILES) and size > LARGEST_BYTES:
                    raise _too_large(file, member)
        found, rows = digest.hexdigest(), count if is_table else None
    if (found, rows) != (facts["sha256"], facts.get("rows")):
        raise UserError(f"“{file}” has been changed: {member} is not as it was written.")


def _bounded(file: Path, archive: zipfile.ZipFile, member: str, largest: int) -> bytes:
    with _opened(archive, member) as content:
        data = content.read(largest + 1)
    if len(data) > largest:
        raise _too_large(file, member)
    return data


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        yield chunk


def _lines(file: Path, member: str, content: IO[bytes]) -> Iterator[bytes]:
    while line := content.readline(_LARGEST_LINE + 1):
        if len(line) > _LARGEST_LINE:
            raise _too_large(file, member)
        yield line


def _too_large(file: Path, member: str) -> UserError:
    return UserError(f"“{file}” is no export of BillDesk: {member[:80]} is larger than it can be.")
