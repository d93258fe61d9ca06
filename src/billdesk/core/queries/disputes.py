"""What is answered about disputes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute or inquiry; ``status`` and ``reason`` are Stripe's words.

    ``held_minor`` is what the bank has taken of it, in the payment's currency; ``due_at`` until
    when Stripe takes evidence, ``is_refundable`` whether refunding the payment would end it.
    """

    payment_id: int
    stripe_dispute: str
    status: str
    reason: str
    currency: str
    amount_minor: int
    held_minor: int
    due_at: datetime | None
    is_refundable: bool
    opened_at: datetime
    closed_at: datetime | None
