"""How this computer makes backups, in a file beside the books: a restore leaves it alone."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from billdesk.core.db.backup import PART, flush
from billdesk.core.db.locking import LockingKey
from billdesk.core.db.private_files import create_private_anew
from billdesk.core.domain.backups import Retention
from billdesk.core.domain.errors import UserError

FILE = "backup.json"


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """``folder`` is ``None`` for the one beside the books; with ``key`` backups are locked."""

    folder: Path | None = None
    keep: Retention = Retention()
    key: LockingKey | None = None


def read_settings(folder: Path) -> BackupSettings:
    """The settings of the books in ``folder``; a file that cannot be read is refused.

    Raises ``UserError``: going on with the usual settings could leave backups unlocked.
    """
    file = folder / FILE
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        key = stored["key"]
        return BackupSettings(
            Path(stored["folder"]) if stored["folder"] else None,
            Retention(**stored["keep"]),
            LockingKey(key["recipient"], base64.b64decode(key["protected"])) if key else None,
        )
    except FileNotFoundError:
        return BackupSettings()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"The backup settings “{file}” cannot be read. Delete it and set up backups again."
        ) from error


def write_settings(folder: Path, settings: BackupSettings) -> None:
    """Store the settings, all of them or none. Raises ``UserError``."""
    file = folder / FILE
    stored = {
        "folder": str(settings.folder) if settings.folder else None,
        "keep": {
            "days": settings.keep.days,
            "weeks": settings.keep.weeks,
            "months": settings.keep.months,
        },
        "key": {
            "recipient": settings.key.recipient,
            "protected": base64.b64encode(settings.key.protected).decode(),
        }
        if settings.key
        else None,
    }
    part = file.with_name(FILE + PART)
    try:
        with create_private_anew(part) as written:
            written.write(json.dumps(stored, indent=2).encode())
        flush(part)
        part.replace(file)
    except OSError as error:
        raise UserError(f"“{file}” cannot be written: {error.strerror}.") from error
