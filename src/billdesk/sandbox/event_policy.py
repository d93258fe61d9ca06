"""How events reach the list: late, more than once, out of order, or not at all."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass
class EventPolicy:
    """Applies to events from now on; times are seconds of the sandbox clock.

    ``delay_s`` hides every event that long, ``late_share`` of them by up to ``late_up_to_s``
    more. ``copies`` reports a change again under a new id. ``drop`` loses the next ones,
    ``lose_every`` each nth, ``lose_types`` all whose type matches a pattern. ``jitter_s`` moves
    ``created`` by up to that much, so that order says nothing. ``relist`` makes every page show
    one event twice.
    """

    delay_s: float = 0.0
    copies: int = 1
    drop: int = 0
    late_share: float = 0.0
    late_up_to_s: float = 0.0
    lose_every: int = 0
    lose_types: list[str] = field(default_factory=list)
    jitter_s: int = 0
    relist: bool = False
    counted: int = 0

    def __post_init__(self) -> None:
        self.delay_s = float(self.delay_s)
        if self.copies < 0 or self.delay_s < 0 or self.late_up_to_s < 0:
            raise ValueError("events cannot come early or less than never")

    def loses(self, kind: str) -> bool:
        """Whether this event never appears; counts it where counting matters."""
        self.counted += bool(self.lose_every)
        if self.drop > 0:
            self.drop -= 1
            return True
        if self.lose_every > 0 and self.counted % self.lose_every == 0:
            return True
        return any(fnmatchcase(kind, pattern) for pattern in self.lose_types)

    @property
    def counts(self) -> bool:
        """Whether the next event changes this policy."""
        return self.drop > 0 or self.lose_every > 0
