"""The sandbox's own time, which a test or the control API may move forward."""

import time
from collections.abc import Callable


class SandboxClock:
    """Seconds since the epoch (UTC): a real source plus how far it was advanced."""

    def __init__(self, source: Callable[[], float] = time.time, offset_s: float = 0.0) -> None:
        self._source = source
        self.offset_s = offset_s

    def now(self) -> int:
        """The present in whole seconds: Stripe's timestamps have no fractions."""
        return int(self._source() + self.offset_s)

    def advance(self, seconds: float) -> None:
        """Move time forward. Raises ValueError for a step back: Stripe's time never does that."""
        if seconds < 0:
            raise ValueError("the sandbox clock only moves forward")
        self.offset_s += seconds
