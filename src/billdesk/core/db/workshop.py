"""A folder for unfinished files beside the books: on the same disk, and nobody else's to read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from billdesk.core.domain.errors import UserError

WORKSHOP = ".backup-"


@contextmanager
def workshop_in(folder: Path) -> Iterator[Path]:
    """A new folder in ``folder``, gone afterwards. Raises ``UserError``."""
    try:
        made = TemporaryDirectory(prefix=WORKSHOP, dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        raise UserError(
            f"The folder “{folder}” cannot be written: {error.strerror}. Check its permissions."
        ) from error
    with made as name:
        yield Path(name)


def check_writable(folder: Path) -> None:
    """Refuse a folder for backups that is not there or takes no files: ``UserError``."""
    if not folder.is_dir():
        raise UserError(
            f"The backup folder “{folder}” is not there. Connect its disk, or choose another.",
            field="folder",
        )
    with workshop_in(folder):
        return
