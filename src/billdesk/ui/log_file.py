"""Where the log of this program is."""

import logging
from logging.handlers import BaseRotatingHandler
from pathlib import Path


def log_file() -> Path | None:
    """The file that is written now, ``None`` when there is none."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, BaseRotatingHandler):
            return Path(handler.baseFilename)
    return None
