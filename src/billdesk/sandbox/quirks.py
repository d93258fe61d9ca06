"""What nobody could verify about Stripe, or what differs between accounts, as switches.

A client has to hold whichever way each of them turns out; the defaults are the likelier way.
"""

from dataclasses import dataclass
from typing import Literal, get_args

SlugWords = Literal["named", "unnamed", "renamed"]
RefundOutcome = Literal["succeeded", "pending", "requires_action"]


@dataclass
class Quirks:
    """``livemode`` marks every object as live although the key is a test key."""

    livemode: bool = False
    # Does a link that reached its limit switch itself off, and is that announced?
    limit_deactivates: bool = True
    limit_announced: bool = True
    # Do open sessions of a link end when it is deactivated, or when it reaches its limit?
    deactivation_expires_sessions: bool = False
    limit_expires_sessions: bool = False
    # Does a debit that fails give its place under the link's limit back, and switch it on again?
    failed_debit_lowers_count: bool = False
    failed_debit_reactivates: bool = False
    # Does inline price data ask for the permission to write products and prices?
    price_data_needs_permission: bool = False
    # How a 403 names the permission: by the slug known, by none, or by one never heard of.
    slug_words: SlugWords = "named"
    # The smallest amount where Stripe only looks when the customer pays, by the rate of that day.
    minimum_at_pay_minor: int | None = None
    # Has the account the payment method Link?
    has_link: bool = True
    # Reads allowed within 30 days; None does not count them.
    read_allowance: int | None = None
    # The bank's fee for a dispute, and whether winning returns it.
    dispute_fee_minor: int = 2000
    won_dispute_returns_fee: bool = False
    # How a refund begins its life.
    refund_outcome: RefundOutcome = "succeeded"
    # The customer is shown, and pays, an amount in a currency of their own.
    adaptive_pricing: bool = False

    def __post_init__(self) -> None:
        if self.slug_words not in get_args(SlugWords):
            raise ValueError(f"slug_words is one of {', '.join(get_args(SlugWords))}")
        if self.refund_outcome not in get_args(RefundOutcome):
            raise ValueError(f"refund_outcome is one of {', '.join(get_args(RefundOutcome))}")
