"""When to look at Stripe again."""

from dataclasses import dataclass
from enum import StrEnum

# Seconds between looks: right after somebody may be paying, while money is awaited, otherwise.
AFTER_LINK_S = 15.0
AFTER_LINK_FOR_S = 180.0
GROWTH = 1.5
AWAITING_S = 90.0
IN_BACKGROUND_S = 300.0
# All day long this takes what a month brings (``read_budget``).
RATIONED_S = 390.0
IDLE_S = 1_800.0
# Between two looks, however often one is asked for.
LEAST_GAP_S = 5.0


class Attention(StrEnum):
    """Who is there to see what a look brings."""

    ACTIVE = "active"
    # Minimised, closed to the tray, or a run without a window.
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Pace:
    """What decides the next look.

    ``since_link_s`` is how long ago a link was opened, copied or sent (``None``: not recently);
    ``awaiting`` whether links are open, money is on its way or a fee is not known yet.
    """

    attention: Attention = Attention.ACTIVE
    since_link_s: float | None = None
    awaiting: bool = False
    low_budget: bool = False

    def interval_s(self, chance: float) -> float:
        """Seconds until the next look; ``chance`` (0 to 1) spreads it by a tenth either way."""
        return self._base_s() * (0.9 + 0.2 * chance)

    def _base_s(self) -> float:
        usual = self._usual_s()
        if self.since_link_s is None:
            return usual
        # Somebody waits to see a payment arrive, even when reads are few. Each half minute after
        # the first three the looks grow apart; not so far that an old link overflows.
        steps = min(max(0.0, self.since_link_s - AFTER_LINK_FOR_S) / 30, 20.0)
        return min(usual, AFTER_LINK_S * float(GROWTH**steps))

    def _usual_s(self) -> float:
        if not self.awaiting:
            return IDLE_S
        active = self.attention is Attention.ACTIVE
        usual = AWAITING_S if active else IN_BACKGROUND_S
        return max(usual, RATIONED_S) if self.low_budget else usual
