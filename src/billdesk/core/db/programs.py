"""Which programs have the books open: each shows itself by a file it keeps locked.

Several may work at once (SQLite and BillDesk see to that); people are told of it. Only a restore
must be alone. A file whose program has died is no longer locked and is removed.
"""

import json
import logging
import os
import platform
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from billdesk.core.domain.errors import TemporaryError

log = logging.getLogger(__name__)
FOLDER = "in-use"
RESTORING = "restore"
# Far behind the text, because Windows lets nobody read what is locked.
_LOCKED_AT = 1 << 30
_LARGEST = 4096


@dataclass(frozen=True, slots=True)
class OtherProgram:
    """Somebody else who has these books open."""

    what: str
    machine: str
    process: int
    since: datetime | None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it runs on another computer: the file then lies on a network drive."""
        return self.machine != platform.node()


class Presence:
    """This program's own sign; ``close`` takes it away, and so does the end of the process."""

    def __init__(self, folder: Path, what: str) -> None:
        self._folder = folder / FOLDER
        self._file = self._folder / f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._held: IO[bytes] | None = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._held = self._file.open("x+b")
        except OSError as error:
            # Whether books can be opened at all is said by what opens them.
            log.warning("this program cannot show itself in %s: %s", self._folder, error)
            return
        _lock(self._held)
        with suppress(OSError):
            # Without room on the disk it is a sign without a name.
            self._held.write(json.dumps(_about(what)).encode())
            self._held.flush()

    def others(self) -> tuple[OtherProgram, ...]:
        """Everybody else who has these books open now."""
        return tuple(self._others())

    def close(self) -> None:
        """Leave; others see at once."""
        if self._held is None:
            return
        held, self._held = self._held, None
        # Windows removes no open file; elsewhere the name goes first, so that none finds it.
        if sys.platform == "win32":
            _close(held)
            self._file.unlink(missing_ok=True)
        else:
            self._file.unlink(missing_ok=True)
            _close(held)
        with suppress(OSError):
            self._folder.rmdir()

    def _others(self) -> Iterator[OtherProgram]:
        if not self._folder.is_dir():
            return
        for file in sorted(self._folder.iterdir()):
            if file == self._file:
                continue
            try:
                with file.open("r+b") as sign:
                    if _try_lock(sign):
                        file.unlink(missing_ok=True)
                        continue
                    text = sign.read(_LARGEST)
            except OSError:
                # It has just left.
                continue
            yield _read(text)


def enter(folder: Path, what: str) -> Presence:
    """Show this program; ``what`` it is in one word ("window").

    Raises ``TemporaryError`` while a backup is being restored there.
    """
    presence = Presence(folder, what)
    if any(other.what == RESTORING for other in presence.others()):
        presence.close()
        raise TemporaryError("A backup of these books is being restored. Try again in a moment.")
    return presence


def enter_alone(folder: Path) -> Presence:
    """Show that a restore goes on; nobody else comes in. Raises ``TemporaryError``.

    Everybody shows himself before looking for others, so two never miss each other.
    """
    presence = Presence(folder, RESTORING)
    others = presence.others()
    if others:
        presence.close()
        raise TemporaryError(f"{described(others[0])} Close it, then restore the backup.")
    return presence


def described(other: OtherProgram) -> str:
    """One sentence about somebody else who has the books open."""
    where = f" on the computer “{other.machine}”" if other.is_elsewhere else ""
    since = f", since {other.since.astimezone():%H:%M}" if other.since else ""
    what = {"window": "BillDesk's window", RESTORING: "The restore of a backup"}.get(
        other.what, "Another BillDesk program"
    )
    return f"{what} has these books open{where} (process {other.process}{since})."


def _about(what: str) -> dict[str, object]:
    return {
        "what": what,
        "machine": platform.node(),
        "process": os.getpid(),
        "since": datetime.now(UTC).isoformat(),
    }


def _read(text: bytes) -> OtherProgram:
    try:
        about = json.loads(text)
        return OtherProgram(
            str(about["what"]),
            str(about["machine"]),
            int(about["process"]),
            datetime.fromisoformat(about["since"]),
        )
    except (ValueError, KeyError, TypeError):
        return OtherProgram("", platform.node(), 0, None)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(_LOCKED_AT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        # flock, not lockf: it belongs to this opening of the file, so two books in one process
        # see each other and closing one does not let the other go.
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _lock(file: IO[bytes]) -> None:
    if not _try_lock(file):
        log.warning("the file system of %s knows no locks", file.name)


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):
        file.close()
