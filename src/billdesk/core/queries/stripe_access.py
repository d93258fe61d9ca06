"""What is answered about the key of the connected Stripe account."""

from dataclasses import dataclass
from datetime import datetime

from billdesk.core.domain.stripe_access import PermissionLine


@dataclass(frozen=True, slots=True)
class StripeAccess:
    """What the key may do; ``lacking`` is one sentence about what it must be allowed, else empty.

    ``probed_at`` is ``None`` before the first probe. Rows are changed at ``keys_url``.
    """

    probed_at: datetime | None
    lines: tuple[PermissionLine, ...]
    lacking: str
    keys_url: str
