"""Which reminder an invoice is due for: one step at a time, however long nobody looked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from billdesk.core.domain.settings import ReminderSettings


@dataclass(frozen=True, slots=True)
class DueReminder:
    """The next step of an invoice; ``step`` counts from 1."""

    step: int
    fee_minor: int


def next_reminder(
    settings: ReminderSettings, due_on: date, made_on: Mapping[int, date], today: date
) -> DueReminder | None:
    """The step to take today, or ``None``; ``made_on`` are the days of the steps taken.

    A step waits for its days after the due date, and for as long after the step before as the
    settings leave between the two: after an absence one step is caught up on, not all of them.
    """
    step = max(made_on, default=0) + 1
    if step > len(settings.steps):
        return None
    wanted = settings.steps[step - 1]
    earliest = due_on + timedelta(days=wanted.days)
    if made_on:
        pause = wanted.days - settings.steps[step - 2].days
        earliest = max(earliest, max(made_on.values()) + timedelta(days=pause))
    return DueReminder(step, wanted.fee_minor) if today >= earliest else None
