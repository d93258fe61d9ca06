"""What an error says about Stripe as a service, whatever was asked."""

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.outside_services.policy import Call, Outcome
from billdesk.core.gateways.stripe.errors import (
    StripeKeyRejected,
    StripePermissionMissing,
    StripeUnreachable,
)


def stripe_outcome(error: BillDeskError) -> Call:
    """The end of a call that raised ``error``."""
    sentence = str(error)
    if isinstance(error, StripeUnreachable):
        return Call(Outcome.UNREACHABLE, sentence, retry_after_s=error.retry_after_s)
    if isinstance(error, StripeKeyRejected):
        return Call(Outcome.REJECTED, sentence)
    if isinstance(error, StripePermissionMissing):
        return Call(Outcome.FORBIDDEN, sentence)
    return Call(Outcome.REFUSED)
