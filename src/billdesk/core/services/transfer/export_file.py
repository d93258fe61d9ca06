"""The file a company travels in: a ZIP that anybody can open, check and read.

``manifest.json`` names every other member with its SHA-256. ``tables/NAME.jsonl`` holds a row a
line as canonical JSON, ``files/SHA256`` the stored PDFs and attachments, ``check.py`` a program
without dependencies that checks all of it. docs/export.md describes the format.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from billdesk.core.db.backup import PART, flush
from billdesk.core.db.private_files import create_private_anew
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.errors import UserError

FORMAT = "billdesk-company/1"
MANIFEST = "manifest.json"
# The same content gives the same bytes, whenever it is written.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_LARGEST_LINE = 64 * 1024 * 1024


def table_member(name: str) -> str:
    """Where the rows of table ``name`` are."""
    return f"tables/{name}.jsonl"


def blob_member(sha256: str) -> str:
    """Where the bytes of a stored file are."""
    return f"files/{sha256}"


class ExportWriter:
    """Writes the members of an export; remembers the hash of each for the manifest."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: dict[str, dict[str, Any]] = {}

    def rows(self, member: str, rows: Iterator[dict[str, Any]]) -> None:
        """A row a line."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(_info(member), "w", force_zip64=True) as out:
            for row in rows:
                line = canonical_json(row).encode() + b"\n"
                digest.update(line)
                out.write(line)
                count += 1
        self.members[member] = {"sha256": digest.hexdigest(), "rows": count}

    def data(self, member: str, data: bytes) -> None:
        """Some bytes."""
        self._archive.writestr(_info(member), data)
        self.members[member] = {"sha256": hashlib.sha256(data).hexdigest()}

    def manifest(self, facts: dict[str, Any]) -> None:
        """Last: everything written so far, by its hash."""
        body = {"format": FORMAT, **facts, "members": self.members}
        text = json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False)
        self._archive.writestr(_info(MANIFEST), text)


def _info(member: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(member, _NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def write_export(target: Path, write: Callable[[ExportWriter], None]) -> None:
    """Let ``write`` fill the new file ``target``, which appears only when it is whole.

    Raises ``UserError`` when it exists already or cannot be written.
    """
    if target.exists():
        raise UserError(f"“{target}” exists already. Choose another name.")
    part = target.with_name(target.name + PART)
    try:
        try:
            with create_private_anew(part) as file, zipfile.ZipFile(file, "w") as archive:
                write(ExportWriter(archive))
            flush(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"“{target}” cannot be written: {error.strerror}.") from error


class ExportReader:
    """Reads an export whose members have been checked against its manifest."""

    def __init__(self, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
        self._archive = archive
        self.manifest = manifest

    def rows(self, member: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, one after another."""
        with self._archive.open(member) as lines:
            for line in lines:
                yield json.loads(line)

    def data(self, member: str) -> bytes:
        """The bytes of a stored file."""
        return self._archive.read(member)

    def blobs(self) -> list[str]:
        """The hashes of the stored files."""
        prefix = blob_member("")
        return sorted(m.removeprefix(prefix) for m in self.manifest["members"] if prefix in m)


@contextmanager
def read_export(file: Path) -> Iterator[ExportReader]:
    """An export, checked: every member is there and as it was written.

    Raises ``UserError`` for a file that is no export, is damaged or was changed.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(file, archive)
            for member, facts in manifest["members"].items():
                if _sha256(archive, member) != facts["sha256"]:
                    raise UserError(
                        f"“{file}” has been changed: {member} is not as it was written."
                    )
            yield ExportReader(archive, manifest)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError) as error:
        raise UserError(f"“{file}” is not a whole export of a company.") from error
    except OSError as error:
        raise UserError(f"“{file}” cannot be read: {error.strerror}.") from error


def _manifest(file: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest = json.loads(archive.read(MANIFEST))
        known = manifest["format"] == FORMAT and isinstance(manifest["members"], dict)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"“{file}” is not an export of a BillDesk company.") from error
    if not known:
        raise UserError(f"“{file}” was written by another version of BillDesk.")
    return dict(manifest)


def _sha256(archive: zipfile.ZipFile, member: str) -> str:
    try:
        with archive.open(member) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    except KeyError:
        return ""
