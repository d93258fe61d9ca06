"""When a document that recurs is due: every date is computed from the anchor.

Never from the date before it: what falls on the 31st is due on the last day of a shorter month and
on the 31st again afterwards, and 29 February returns in leap years.
"""

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from billdesk.core.domain.dates import LAST_DAY, check_day
from billdesk.core.domain.errors import UserError

MOST_EVERY = 100
MOST_PERIODS = 1000


class Unit(StrEnum):
    """What is counted from one due date to the next."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Schedule:
    """Periods 1, 2, 3 …, the first due on ``anchor_on``, each ``every`` units after the one before.

    Ends with the last period due on or before ``ends_on``, or after ``ends_after`` periods. Raises
    ``UserError`` with its field for what cannot be.
    """

    anchor_on: date
    unit: Unit
    every: int = 1
    ends_on: date | None = None
    ends_after: int | None = None

    def __post_init__(self) -> None:
        check_day(self.anchor_on, "anchor_on")
        check_day(self.ends_on, "ends_on")
        if not 1 <= self.every <= MOST_EVERY:
            raise UserError(f"It recurs every 1 to {MOST_EVERY} units.", field="every")
        if self.ends_on is not None and self.ends_on < self.anchor_on:
            raise UserError("It ends before it begins.", field="ends_on")
        if self.ends_after is not None and not 1 <= self.ends_after <= MOST_PERIODS:
            raise UserError(f"It ends after 1 to {MOST_PERIODS} times.", field="ends_after")
        if self.ends_on is not None and self.ends_after is not None:
            raise UserError(
                "It ends on a date or after a number of times, not both.", field="ends_after"
            )

    def due_on(self, period: int) -> date:
        """The day ``period`` (from 1) is due."""
        return self.shifted(self.anchor_on, period)

    def shifted(self, day: date, period: int, *, keep_month_end: bool = False) -> date:
        """``day`` of the first period as it falls in ``period``.

        With ``keep_month_end`` the last day of a month stays the last day: the end of a service
        period does, where a due date on the 30th stays on the 30th.
        """
        steps = (period - 1) * self.every
        if self.unit is Unit.WEEK:
            return day + timedelta(days=steps * _DAYS_A_WEEK)
        year, month = divmod(day.year * 12 + day.month - 1 + steps * _MONTHS[self.unit], 12)
        last = monthrange(year, month + 1)[1]
        is_month_end = day.day == monthrange(day.year, day.month)[1]
        wanted = last if keep_month_end and is_month_end else min(day.day, last)
        return date(year, month + 1, wanted)

    def periods_through(self, day: date) -> int:
        """How many periods are due on or before ``day``, which are periods 1 to that number."""
        last = min(day, LAST_DAY, self.ends_on or LAST_DAY)
        if last < self.anchor_on:
            return 0
        return bisect_right(range(1, self._bound(last) + 1), last, key=self.due_on)

    def next_after(self, day: date) -> int | None:
        """The first period due after ``day``; ``None`` when there is none any more."""
        period = self.periods_through(day) + 1
        return period if self._has(period) else None

    def _has(self, period: int) -> bool:
        if period > self._most or self.due_on(period) > LAST_DAY:
            return False
        return self.ends_on is None or self.due_on(period) <= self.ends_on

    @property
    def _most(self) -> int:
        return self.ends_after if self.ends_after is not None else self._bound(LAST_DAY)

    def _bound(self, last: date) -> int:
        """At least as many periods as are due through ``last``, at most as many as there can be."""
        if self.unit is Unit.WEEK:
            steps = (last - self.anchor_on).days // _DAYS_A_WEEK
        else:
            months = (last.year - self.anchor_on.year) * 12 + last.month - self.anchor_on.month
            steps = months // _MONTHS[self.unit]
        bound = steps // self.every + 1
        return bound if self.ends_after is None else min(bound, self.ends_after)
