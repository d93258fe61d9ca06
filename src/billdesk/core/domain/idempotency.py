"""How long an idempotency key protects an order (docs.stripe.com/api/idempotent_requests)."""

from datetime import datetime, timedelta

# Stripe keeps a key at least 24 hours; beyond this one it may have been forgotten.
KEY_LIFETIME = timedelta(hours=23)
# A failure that Stripe has stored with the key does not get better: then it is asked anew.
MOST_REPLAYS = 3


def is_spent(first_try_at: datetime | None, replays: int, now: datetime) -> bool:
    """Whether an order must be looked for at Stripe, and have a new key, before it is sent again.

    ``first_try_at`` and ``now`` are by Stripe's clock; ``replays`` counts how often the failure
    that is stored with the key has been answered.
    """
    return first_try_at is None or now - first_try_at > KEY_LIFETIME or replays >= MOST_REPLAYS
