"""Books that are gone from a folder where they have been: never replaced by empty ones."""

from pathlib import Path

from billdesk.core.domain.backups import read_name
from billdesk.core.domain.errors import UserError

ARCHIVE = "archive.db"


class LostBooks(UserError):
    """The file of the books is missing or empty, but what belonged to it is there."""


def check_not_lost(file: Path, backups: Path) -> None:
    """Refuse to begin new books where old ones have been: ``LostBooks``."""
    if file.exists() and file.stat().st_size:
        return
    log = file.with_name(file.name + "-wal")
    if log.exists() and log.stat().st_size:
        trace = f"its log “{log.name}” is"
    elif (file.parent / ARCHIVE).exists():
        trace = "the stored PDFs are"
    elif backups.is_dir() and any(read_name(each.name) for each in backups.iterdir()):
        trace = "its backups are"
    else:
        return
    what = "is empty" if file.exists() else "is missing"
    raise LostBooks(
        f"“{file}” {what}, but {trace} still there. Put the file back or restore your newest "
        "backup (“billdesk restore”). To begin new books, move everything else out of this folder."
    )
