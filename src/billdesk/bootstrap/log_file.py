"""How the log is kept: one JSON object a line, so that a program can search it too.

``at`` (UTC), ``level``, ``logger``, ``correlation`` (``domain.correlation``), ``message`` and,
where something went wrong, ``error``. It stays on this computer.
"""

import json
import logging
import logging.handlers
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_log_path

from billdesk.bootstrap.paths import OWNER_ONLY
from billdesk.core.domain.correlation import current_correlation
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.masking import mask_private

LOG_BYTES = 1_000_000
LOG_FILES = 5


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "correlation": current_correlation(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        masked = {name: mask_private(text) for name, text in fields.items()}
        return json.dumps(masked, ensure_ascii=False)


def start_logging(folder: Path | None = None) -> Path:
    """Log to a rotating file without keys and e-mail addresses; returns the file."""
    target = folder or user_log_path("BillDesk", appauthor=False)
    try:
        target.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        file = target / "billdesk.log"
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8", delay=True
        )
    except OSError as error:
        raise UserError(f"The log folder {target} cannot be written: {error.strerror}.") from None
    handler.setFormatter(_Line())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # The practice mail server tells every line of every mail it is handed, recipients among them.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    return file
