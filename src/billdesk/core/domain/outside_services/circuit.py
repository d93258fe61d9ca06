"""A circuit breaker: a service that does not answer is left alone, then tried by one call."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# So many failures in a row open the circuit; before that each job waits by itself.
FAILURES_TO_OPEN = 5
LONGEST_WAIT = timedelta(seconds=300)
# A probe that never came back (its program died) makes room for another.
LONGEST_PROBE = timedelta(seconds=120)


class CircuitState(StrEnum):
    """Whether a service may be called."""

    CLOSED = "closed"
    OPEN = "open"
    # The wait is over: one call at a time finds out.
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Circuit:
    """``failures`` in a row; ``retry_at`` (UTC) ends the wait after the last of them.

    Until ``probe_until`` one call is finding out.
    """

    failures: int = 0
    retry_at: datetime | None = None
    probe_until: datetime | None = None

    def state(self, now: datetime) -> CircuitState:
        """Whether calls go through, stay out, or one may try."""
        if self.failures < FAILURES_TO_OPEN or self.retry_at is None:
            return CircuitState.CLOSED
        wait = self.retry_at - now
        # No wait is longer than the longest: a clock that was set back must not silence a service.
        return CircuitState.OPEN if timedelta(0) < wait <= LONGEST_WAIT else CircuitState.HALF_OPEN

    def may_call(self, now: datetime) -> bool:
        """Whether a call may be made now; while half open, only when no probe is under way."""
        state = self.state(now)
        if state is CircuitState.HALF_OPEN and self.probe_until is not None:
            return not timedelta(0) < self.probe_until - now <= LONGEST_PROBE
        return state is not CircuitState.OPEN

    def called(self, now: datetime) -> "Circuit":
        """With a call under way; while half open it is the probe. Only after ``may_call``."""
        is_probe = self.state(now) is CircuitState.HALF_OPEN
        return replace(self, probe_until=now + LONGEST_PROBE) if is_probe else self

    def answered(self) -> "Circuit":
        """After an answer, whatever it said: the service works."""
        return Circuit()

    def failed(self, now: datetime, chance: float, retry_after_s: float | None = None) -> "Circuit":
        """After no usable answer. ``chance`` (0 to 1) spreads the wait of many programs.

        ``retry_after_s`` is what the service asked for; it is kept, up to the longest wait.
        """
        failures = self.failures + 1
        wait = max(backoff(failures, chance), timedelta(seconds=retry_after_s or 0))
        return Circuit(failures, now + min(wait, LONGEST_WAIT))


def backoff(failures: int, chance: float) -> timedelta:
    """2, 4, 8 … 300 seconds after so many failures, between half of it and all of it."""
    ceiling = min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(failures, 9)))
    return ceiling * (0.5 + chance / 2)
