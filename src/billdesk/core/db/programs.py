"""Which programs have the books open: each shows itself by a file it keeps locked.

Several may work at once (SQLite and BillDesk see to that); people are told of it. Only a restore
must be alone. A file whose program has died is no longer locked and is removed.
"""

import json
import logging
import os
import platform
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from billdesk.core.db.file_lock import try_lock
from billdesk.core.domain.errors import TemporaryError

log = logging.getLogger(__name__)
FOLDER = "in-use"
RESTORING = "restore"
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
        # A bare descriptor: the end of the process lets it go, as a crash does.
        self._held: int | None = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._held = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            # Whether books can be opened at all is said by what opens them.
            log.warning("this program cannot show itself in %s: %s", self._folder, error)
            return
        if not try_lock(self._held):
            log.warning("the file system of %s knows no locks", self._folder)
        with suppress(OSError):
            # Without room on the disk it is a sign without a name.
            os.write(self._held, json.dumps(_about(what)).encode())

    def others(self) -> tuple[OtherProgram, ...]:
        """Everybody else who has these books open now."""
        return tuple(_others(self._folder, self._file))

    def close(self) -> None:
        """Leave; others see at once."""
        if self._held is None:
            return
        held, self._held = self._held, None
        # The name first, so that none finds it without a lock; Windows removes no open file.
        with suppress(OSError):
            self._file.unlink()
        os.close(held)
        with suppress(OSError):
            self._file.unlink()
        with suppress(OSError):
            self._folder.rmdir()


def present(folder: Path) -> tuple[OtherProgram, ...]:
    """Everybody who has the books in ``folder`` open, for one who only looks."""
    return tuple(_others(folder / FOLDER, None))


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


def _others(folder: Path, mine: Path | None) -> Iterator[OtherProgram]:
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir()):
        if file == mine:
            continue
        try:
            with file.open("r+b") as sign:
                if not try_lock(sign.fileno()):
                    yield _read(sign.read(_LARGEST))
                    continue
            file.unlink(missing_ok=True)
        except OSError:
            # It has just left.
            continue


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
