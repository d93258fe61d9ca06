"""Waiting that notices when the computer slept meanwhile."""

import time
from collections.abc import Callable
from threading import Event as Flag

# Some systems' monotonic clocks stand still while the computer sleeps and some go on: both the
# time of day and a wait that took far too long tell.
SLICE_S = 15.0
ASLEEP_FOR_S = 60.0


class SleepAwareWait:
    """Waits for a flag in short slices; ``wall`` and ``monotonic`` are seconds."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic

    def wait(self, flag: Flag, seconds: float) -> bool:
        """Until ``flag`` is set or ``seconds`` are over; whether the computer slept meanwhile.

        It returns as soon as it notices. A clock that was set by hand looks the same; a look too
        many does no harm.
        """
        end = self._monotonic() + seconds
        while True:
            left = end - self._monotonic()
            if left <= 0:
                return False
            wall, started = self._wall(), self._monotonic()
            was_set = flag.wait(min(left, SLICE_S))
            passed = max(abs(self._wall() - wall), self._monotonic() - started)
            if passed > SLICE_S + ASLEEP_FOR_S:
                return True
            if was_set:
                return False
