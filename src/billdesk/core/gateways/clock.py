"""The time, behind a seam, so that the practice company and the tests can move it."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol


class Clock(Protocol):
    """What the application asks instead of the operating system."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""

    def today(self, zone: tzinfo) -> date:
        """The calendar date now in ``zone``."""


class SystemClock(Clock):
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self, zone: tzinfo) -> date:
        return self.now().astimezone(zone).date()


class MovableClock(Clock):
    """A clock that runs on from wherever it was last put (the practice company's)."""

    def __init__(self, underneath: Clock | None = None) -> None:
        self._underneath = underneath or SystemClock()
        self._ahead = timedelta()

    def now(self) -> datetime:
        return self._underneath.now() + self._ahead

    def today(self, zone: tzinfo) -> date:
        return self.now().astimezone(zone).date()

    def advance(self, by: timedelta) -> None:
        """Move forward, or back with a negative ``by``."""
        self._ahead += by

    def set_to(self, at: datetime) -> None:
        """Run on from ``at`` (aware). Raises ``ValueError`` for a naive instant."""
        if at.tzinfo is None:
            raise ValueError("an instant without a time zone")
        self._ahead = at - self._underneath.now()
