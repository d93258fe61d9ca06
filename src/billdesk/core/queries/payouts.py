"""What is answered about payouts from Stripe."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout, in minor units of ``currency``.

    ``others_minor`` of it is money of other programs on the same Stripe account; ``movements`` is
    how many the payout is made of, 0 where Stripe does not say. ``arrived`` tells whether it is in
    the bank account of the books, ``bank_line_id`` by which line. One of test mode
    is not ``is_real`` once the company takes real money.
    """

    id: int
    uid: str
    stripe_payout: str
    livemode: bool
    sent_on: date
    failed_on: date | None
    currency: str
    amount_minor: int
    others_minor: int
    movements: int
    arrived: bool
    bank_line_id: int | None
    is_real: bool

    @property
    def is_missing(self) -> bool:
        """Whether it left Stripe and is nowhere in the bank yet."""
        return self.is_real and not self.arrived and self.failed_on is None
