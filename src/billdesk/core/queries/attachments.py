"""What is answered about files attached to documents."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file attached to a document; ``size`` in bytes. ``with_mail``: sent with its mails."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    with_mail: bool
    added_at: datetime
