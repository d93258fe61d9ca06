"""What is answered about how well the work with outside services goes."""

from dataclasses import dataclass
from datetime import datetime

from billdesk.core.domain.outside_services.policy import Service, Standing

# Below so many calls and events a rate says nothing.
LEAST_TO_JUDGE = 20
WARNS_ABOVE_PERCENT = 5


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """One service in one mode; counts and times are of the window, ``reads_left`` of now.

    ``failed`` are calls BillDesk could not complete, ``declined`` those a customer's bank refused:
    there everything worked. Times in milliseconds; ``p95_ms`` is the bound 95 % of the calls stayed
    within, ``None`` for longer than the longest bound.
    """

    service: Service
    livemode: bool
    standing: Standing
    error: str
    failed_at: datetime | None
    answered_at: datetime | None
    retry_at: datetime | None
    reads_left: int
    calls: int
    failed: int
    declined: int
    mean_ms: int
    p95_ms: int | None

    @property
    def is_used(self) -> bool:
        """Whether it was ever called."""
        return bool(self.calls or self.answered_at or self.failed_at)


@dataclass(frozen=True, slots=True)
class EventHealth:
    """Stripe's events of the window. Seconds; ``oldest_new_at`` waits to be applied.

    ``delay`` is from what happened at Stripe until it was in the books, ``processing`` the part of
    it after BillDesk had read of it.
    """

    polled: int
    applied: int
    failed: int
    oldest_new_at: datetime | None
    mean_delay_s: float
    p95_delay_s: float
    mean_processing_s: float
    p95_processing_s: float


@dataclass(frozen=True, slots=True)
class Health:
    """How it went since ``since`` (UTC).

    ``payments_declined`` are tries that customers' banks refused: no failure of anything here.
    """

    since: datetime
    services: tuple[ServiceHealth, ...]
    events: EventHealth
    payments_processed: int
    payments_failed: int
    outbox_depth: int
    outbox_oldest_at: datetime | None
    payments_declined: int = 0

    @property
    def attempts(self) -> int:
        """Calls and events of the window."""
        calls = sum(one.calls for one in self.services)
        return calls + self.events.applied + self.events.failed

    @property
    def failure_percent(self) -> float:
        """The share of calls and events BillDesk could not complete; declines are none."""
        failed = sum(one.failed for one in self.services) + self.events.failed
        return 100 * failed / self.attempts if self.attempts else 0.0

    @property
    def warns(self) -> bool:
        """Whether that is worth a warning."""
        enough = self.attempts >= LEAST_TO_JUDGE
        return enough and self.failure_percent > WARNS_ABOVE_PERCENT
