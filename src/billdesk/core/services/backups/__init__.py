"""Backups of a file of books: made, kept, listed, restored."""

from billdesk.core.services.backups.found import BackupRow, is_locked
from billdesk.core.services.backups.restoring import Restored, RestorePreview, RestoreService
from billdesk.core.services.backups.safety import BooksSafety
from billdesk.core.services.backups.service import BackupService, BooksPlace
from billdesk.core.services.backups.settings import BackupSettings
from billdesk.core.services.verification.soundness import Soundness

__all__ = [
    "BackupRow",
    "BackupService",
    "BackupSettings",
    "BooksPlace",
    "BooksSafety",
    "RestorePreview",
    "RestoreService",
    "Restored",
    "Soundness",
    "is_locked",
]
