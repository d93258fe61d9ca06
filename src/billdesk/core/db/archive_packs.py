"""Backups of the archive: each run copies what is new into a pack that never changes again.

A pack is an archive file of its own, locked where backups are. Beside it lies a list of what is
in it, written last: a pack without its list was interrupted and counts for nothing.
"""

import hashlib
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from billdesk.core.db.archive import ArchiveError, FileArchive
from billdesk.core.db.backup import PART, back_up, flush, flush_folder
from billdesk.core.db.locking import LockingKey, Unlocker, WrongPassphrase, lock
from billdesk.core.db.private_files import create_private
from billdesk.core.db.workshop import workshop_in
from billdesk.core.domain.errors import BillDeskError, UserError

log = logging.getLogger(__name__)
FOLDER = "pdfs"
PACK = "pdfs.db"
# A pack ends with the file that passes this: large enough for few, small enough for any disk.
PACK_BYTES = 256 * 1024**2
_LIST = ".list"
_OPEN_TO_ALL = "-"
_CHUNK = 1024**2


@dataclass(frozen=True, slots=True)
class Packed:
    """What one run copied; ``damaged`` are hashes of files the archive could not give whole."""

    files: int
    packs: int
    damaged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came back; ``trouble`` says why a pack could not be used."""

    files: int
    trouble: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pack:
    file: Path
    sha256: str
    recipient: str
    contents: frozenset[str]


def pack_new(
    archive: FileArchive, folder: Path, *, install_uid: str, now: datetime, key: LockingKey | None
) -> Packed:
    """Copy what no pack in ``folder`` holds under today's lock, verified by hash on the way.

    Raises ``UserError`` when the packs cannot be written.
    """
    recipient = key.recipient if key else _OPEN_TO_ALL
    known: set[str] = set()
    for pack in _packs(folder, install_uid):
        if pack.recipient == recipient:
            known |= pack.contents
    waiting = _Waiting(archive, [sha256 for sha256 in archive.hashes() if sha256 not in known])
    stamp = f"billdesk-{install_uid[:8]}-pdfs-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    files = packs = 0
    try:
        while waiting.more:
            folder.mkdir(parents=True, exist_ok=True)
            # In the archive's folder: what is to be locked must not lie open in a shared one.
            with workshop_in(archive.file.parent) as workshop:
                plain = FileArchive(workshop / PACK)
                contents: list[str] = []
                plain.put_all(waiting.portion(contents))
                packs += 1
                files += len(contents)
                _finish(plain.file, folder, _free(folder, f"{stamp}-{packs}"), contents, key)
    except OSError as error:
        raise UserError(f"PDFs cannot be backed up to “{folder}”: {error.strerror}.") from error
    return Packed(files, packs, tuple(waiting.damaged))


def unpack_missing(
    folder: Path,
    archive: FileArchive,
    wanted: set[str],
    *,
    install_uid: str,
    passphrase: str | None,
) -> Unpacked:
    """Bring the files of ``wanted`` that ``archive`` lacks back from the packs, checked by hash."""
    missing = {sha256 for sha256 in wanted if not archive.has(sha256)}
    unlocker = Unlocker(passphrase) if passphrase is not None else None
    trouble: list[str] = []
    files = 0
    for pack in _packs(folder, install_uid):
        here = sorted(missing & pack.contents)
        if not here:
            continue
        try:
            with workshop_in(archive.file.parent) as workshop:
                source = FileArchive(_opened(pack, workshop, unlocker))
                files += archive.put_all(source.get(sha256) for sha256 in here)
        except BillDeskError as error:
            log.warning("pack %s: %s", pack.file.name, error)
            trouble.append(str(error))
        else:
            missing -= set(here)
    if missing:
        return Unpacked(files, (*trouble, f"{len(missing)} stored PDFs are in no backup."))
    return Unpacked(files, ())


def _opened(pack: _Pack, workshop: Path, unlocker: Unlocker | None) -> Path:
    if _sha256_of(pack.file) != pack.sha256:
        raise UserError(f"“{pack.file}” is damaged.")
    plain = workshop / PACK
    if pack.recipient == _OPEN_TO_ALL:
        # A copy: opening a pack as an archive would change its bytes.
        create_private(plain).close()
        shutil.copyfile(pack.file, plain)
        return plain
    if unlocker is None:
        raise UserError(f"“{pack.file.name}” is locked with a passphrase.")
    try:
        unlocker.unlock(pack.file, plain, PACK)
    except WrongPassphrase:
        raise UserError(f"“{pack.file.name}” is locked with another passphrase.") from None
    return plain


class _Waiting:
    """What is to be packed, read and checked when its turn comes."""

    def __init__(self, archive: FileArchive, keys: list[str]) -> None:
        self.damaged: list[str] = []
        self._source = self._whole(archive, keys)
        self._next = next(self._source, None)

    @property
    def more(self) -> bool:
        return self._next is not None

    def portion(self, contents: list[str]) -> Iterator[bytes]:
        """The bytes for one pack; their hashes are added to ``contents``."""
        size = 0
        while self._next is not None and size < PACK_BYTES:
            sha256, data = self._next
            contents.append(sha256)
            size += len(data)
            yield data
            self._next = next(self._source, None)

    def _whole(self, archive: FileArchive, keys: list[str]) -> Iterator[tuple[str, bytes]]:
        for sha256 in keys:
            try:
                yield sha256, archive.get(sha256)
            except ArchiveError:
                self.damaged.append(sha256)


def _finish(
    plain: Path, folder: Path, name: str, contents: list[str], key: LockingKey | None
) -> None:
    if key is None:
        target = folder / f"{name}.db"
        back_up(plain, target)
    else:
        target = folder / f"{name}.age.zip"
        lock(plain, target, PACK, key, {"files": len(contents)})
    lines = [
        f"pack {_sha256_of(target)} {target.name}",
        f"key {key.recipient if key else _OPEN_TO_ALL}",
        *contents,
    ]
    listing = folder / (name + _LIST)
    part = listing.with_name(listing.name + PART)
    try:
        part.write_text("\n".join(lines) + "\n", encoding="ascii")
        flush(part)
        part.replace(listing)
        flush_folder(folder)
    except OSError as error:
        raise UserError(f"“{listing}” cannot be written: {error.strerror}.") from error


def _packs(folder: Path, install_uid: str) -> Iterator[_Pack]:
    """The packs of these books whose list and file are both there."""
    if not folder.is_dir():
        return
    for listing in sorted(folder.glob(f"billdesk-{install_uid[:8]}-pdfs-*{_LIST}")):
        try:
            head, key, *contents = listing.read_text(encoding="ascii").splitlines()
            _, sha256, name = head.split(" ", 2)
            _, recipient = key.split(" ", 1)
        except (OSError, ValueError):
            log.warning("the list %s cannot be read", listing)
            continue
        file = folder / Path(name).name
        if file.is_file():
            yield _Pack(file, sha256, recipient, frozenset(contents))


def _free(folder: Path, name: str) -> str:
    """``name``, or with a number behind it: a pack that was interrupted keeps its own."""
    candidate, again = name, 0
    while any(folder.glob(f"{candidate}.*")):
        again += 1
        candidate = f"{name}-{again}"
    return candidate


def _sha256_of(file: Path) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as content:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise UserError(f"“{file}” cannot be read: {error.strerror}.") from error
    return digest.hexdigest()
