"""What is answered about recurring documents."""

from dataclasses import dataclass
from datetime import date

from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.recurrence import Schedule
from billdesk.core.domain.recurring import Period, PriceChange, RecurringAction, RunState


@dataclass(frozen=True, slots=True)
class RecurringRow:
    """A template in the list.

    ``waiting`` are periods that are due and of which nothing has become; ``next_on`` is the day of
    the next period after today. ``total_minor`` (of ``currency``) is what the next document comes
    to, ``None`` where it cannot be computed.
    """

    id: int
    version: int
    name: str
    customer_id: int | None
    customer_name: str
    schedule: Schedule
    action: RecurringAction
    currency: str
    total_minor: int | None
    waiting: tuple[Period, ...]
    next_on: date | None
    paused: bool
    deleted: bool

    @property
    def ended(self) -> bool:
        """Whether nothing will ever be due again."""
        return self.next_on is None and not self.waiting


@dataclass(frozen=True, slots=True)
class RecurringRunRow:
    """What became of a period."""

    period: int
    due_on: date
    state: RunState
    document_id: int | None
    number: str | None


@dataclass(frozen=True, slots=True)
class RecurringDetail:
    """A template with its draft and the newest runs first."""

    row: RecurringRow
    draft: InvoiceDraft
    price_changes: tuple[PriceChange, ...]
    runs: tuple[RecurringRunRow, ...]
