"""A token bucket: how often a service is read, over a month."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Stripe asks for at most 500 reads a payment over 30 days and allows at least 10,000 a month
# (https://docs.stripe.com/rate-limits). All of these together never exceed the greater of the two,
# in any 30 days.
PER_MONTH = 6_750
CAPACITY = 1_000
# What catching up and looking on demand may take in advance.
MOST_BORROWED = 1_000
# So often one look is made whatever was read: payments are seen, if late.
RARELY = timedelta(hours=1)
# What a payment takes to be read until its money is paid out, and then some.
PER_PAYMENT = 25
MONTH = timedelta(days=30)
_LOW = CAPACITY // 5


@dataclass(frozen=True, slots=True)
class ReadBudget:
    """Reads left at ``at`` (UTC); negative when some were taken in advance."""

    tokens: float = CAPACITY
    at: datetime | None = None

    def left(self, now: datetime) -> float:
        """Reads left now. A clock that was set back brings none and takes none."""
        if self.at is None:
            return min(self.tokens, CAPACITY)
        passed = max(timedelta(0), now - self.at)
        return min(CAPACITY, self.tokens + PER_MONTH * (passed / MONTH))

    def spent(self, reads: int, now: datetime) -> "ReadBudget":
        """After ``reads``; never below what may be borrowed."""
        return ReadBudget(max(-MOST_BORROWED, self.left(now) - reads), now)

    def brought(self, payments: int, now: datetime) -> "ReadBudget":
        """After ``payments`` that came in, each of which may be read."""
        return ReadBudget(min(CAPACITY, self.left(now) + PER_PAYMENT * payments), now)

    def allows(self, reads: int, now: datetime, *, borrowing: bool = False) -> bool:
        """Whether ``reads`` may be made, ``borrowing`` for what cannot wait."""
        return self.left(now) - reads >= (-MOST_BORROWED if borrowing else 0)

    def is_low(self, now: datetime) -> bool:
        """Whether less than a fifth is left, so that looks are to be rare."""
        return self.left(now) < _LOW
