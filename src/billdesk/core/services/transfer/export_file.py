"""The file a company travels in: a ZIP that anybody can open, check and read.

``manifest.json`` names every other member with its SHA-256. ``tables/NAME.jsonl`` holds a row a
line as canonical JSON, ``files/SHA256`` the stored PDFs and attachments, ``check.py`` a program
without dependencies that checks all of it. docs/export.md describes the format;
``export_reading`` reads it.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from billdesk.core.db.backup import PART, flush
from billdesk.core.db.private_files import create_private_anew
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.errors import UserError

FORMAT = "billdesk-company/1"
MANIFEST = "manifest.json"
TABLES, FILES = "tables/", "files/"
# The same content gives the same bytes, whenever it is written.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def table_member(name: str) -> str:
    """Where the rows of table ``name`` are."""
    return f"{TABLES}{name}.jsonl"


def blob_member(sha256: str) -> str:
    """Where the bytes of a stored file are."""
    return f"{FILES}{sha256}"


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
