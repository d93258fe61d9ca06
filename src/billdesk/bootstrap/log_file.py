"""How the log is kept."""

import logging
import logging.handlers
from pathlib import Path

from platformdirs import user_log_path

from billdesk.bootstrap.paths import OWNER_ONLY
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.masking import mask_private

LOG_BYTES = 1_000_000

LOG_FILES = 5


def start_logging(folder: Path | None = None) -> Path:
    """Log to a rotating file without keys and e-mail addresses; returns the file."""

    class Masked(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return mask_private(super().format(record))

    target = folder or user_log_path("BillDesk", appauthor=False)
    try:
        target.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        file = target / "billdesk.log"
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8", delay=True
        )
    except OSError as error:
        raise UserError(f"The log folder {target} cannot be written: {error.strerror}.") from None
    handler.setFormatter(Masked("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # The practice mail server tells every line of every mail it is handed, recipients among them.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    return file
