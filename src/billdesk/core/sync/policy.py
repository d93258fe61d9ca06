"""How long to wait: after a failure, and until the next look at Stripe."""

import random

LONGEST_WAIT_S = 300.0
# Seconds between looks: right after somebody may be paying, while links are open, and otherwise.
AFTER_LINK_S = 15.0
AFTER_LINK_FOR_S = 180.0
GROWTH = 1.5
OPEN_LINKS_S = 90.0
IDLE_S = 1800.0


def backoff_s(tries: int) -> float:
    """Full-jitter exponential wait before try ``tries + 1``: 2, 4, 8 … 300 seconds at most."""
    ceiling = min(LONGEST_WAIT_S, 2.0 ** min(tries, 9))
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load, guards nothing


def poll_interval_s(*, since_link_s: float | None, busy: bool) -> float:
    """Seconds until the next look at Stripe.

    ``since_link_s`` is how long ago a link was opened, copied or sent (``None``: not recently);
    ``busy`` whether links are open or money is on its way.
    """
    if since_link_s is not None and since_link_s < AFTER_LINK_FOR_S:
        base = AFTER_LINK_S
    elif since_link_s is not None and since_link_s < 2 * AFTER_LINK_FOR_S:
        base = min(OPEN_LINKS_S, AFTER_LINK_S * GROWTH ** ((since_link_s - AFTER_LINK_FOR_S) / 30))
    else:
        base = OPEN_LINKS_S if busy else IDLE_S
    return base * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, guards nothing
