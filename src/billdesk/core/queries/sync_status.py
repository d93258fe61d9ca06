"""What is answered about work with the outside."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How Stripe and the outbox stand.

    ``last_ok_at`` is when Stripe was last read without error, ``error`` what went wrong since.
    ``failed_events`` and ``outbox_failed`` need a person.
    """

    enabled: bool
    livemode: bool
    last_ok_at: datetime | None
    error: str
    new_events: int
    failed_events: int
    outbox_waiting: int
    outbox_failed: int
    oldest_waiting_at: datetime | None
