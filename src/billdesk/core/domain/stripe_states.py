"""What Stripe's statuses mean for a payment, as tables.

Stripe may answer with a status that is newer than this program; such a one is never guessed at
(docs.stripe.com/api/payment_intents/object, …/refunds/object, …/disputes/object).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from billdesk.core.domain.errors import BillDeskError, TemporaryError
from billdesk.core.domain.outside import RECEIVED, PaymentState

_SUCCEEDED = "succeeded"
_PROCESSING = "processing"
# The customer may try again, or the attempt is over.
_NOT_PAID = frozenset({"canceled", "requires_payment_method"})
# Under way on the pay page; nothing is booked.
_STARTED = frozenset({"requires_action", "requires_capture", "requires_confirmation"})
INTENT_STATUSES = frozenset({_SUCCEEDED, _PROCESSING}) | _NOT_PAID | _STARTED

_COMPLETE = "complete"
SESSION_STATUSES = frozenset({_COMPLETE, "expired", "open"})

REFUND_FAILED = frozenset({"canceled", "failed"})
# Pending money has left the Stripe balance as well.
REFUND_UNDER_WAY = frozenset({"pending", "requires_action"})
REFUND_STATUSES = REFUND_FAILED | REFUND_UNDER_WAY | {"succeeded"}

DISPUTE_LOST = "lost"
DISPUTE_OPEN = frozenset(
    {"appeal_needs_response", "appeal_under_review", "needs_response", "under_review"}
)
# The bank only asks: no money is away.
INQUIRY_OPEN = frozenset({"warning_needs_response", "warning_under_review"})
DISPUTE_WON = frozenset({"prevented", "won"})
INQUIRY_CLOSED = "warning_closed"
DISPUTE_CLOSED = DISPUTE_WON | {DISPUTE_LOST, INQUIRY_CLOSED}
DISPUTE_STATUSES = DISPUTE_OPEN | INQUIRY_OPEN | DISPUTE_CLOSED


# Movements on the balance that are no payment's: to the bank, and back.
PAID_OUT = "payout"
SENT_BACK = frozenset({"payout_cancel", "payout_failure"})


class UnknownStripeStatus(BillDeskError):
    """Stripe uses a status that this version does not know; nothing may be booked by it."""


class OlderAnswer(TemporaryError):
    """Stripe gave the answer before one that the books show already; nothing is booked by it."""

    def __init__(self) -> None:
        super().__init__("Something newer of this payment is in the books already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """The statuses of one payment, in Stripe's words; ``session`` is ``None`` without one.

    ``captured_minor`` and ``refunded_minor`` are the charge's, in its own minor units.
    ``charge_failed`` is its end; ``came_back`` that its money had been there and left again.
    """

    intent: str
    status: str
    session: str | None = None
    refunds: tuple[str, ...] = ()
    disputes: tuple[str, ...] = ()
    captured_minor: int = 0
    refunded_minor: int = 0
    charge_failed: bool = False
    came_back: bool = False


def state_of(seen: PaymentView, known: PaymentState | None) -> PaymentState | None:
    """The payment's state by Stripe's; ``None`` where there is nothing to book.

    ``known`` is what the books have. A payment that was received once never goes back to pending
    or failed: from there only refunds, disputes and the payer's bank, which may take a debit back
    weeks later, change money; what was taken back stays so. Raises ``UnknownStripeStatus``.
    """
    _check(seen)
    if known is PaymentState.RETURNED:
        return known
    if seen.status == _SUCCEEDED:
        return _received(seen)
    if seen.came_back or (known in RECEIVED and seen.charge_failed):
        return PaymentState.RETURNED
    if known in RECEIVED:
        return known
    if seen.status == _PROCESSING:
        return PaymentState.PENDING
    if seen.status in _STARTED:
        return known
    if known is None and seen.session != _COMPLETE:
        # Declined or abandoned on the page: the customer may try again, no money has moved.
        return None
    return PaymentState.FAILED


def _received(seen: PaymentView) -> PaymentState:
    if DISPUTE_OPEN.intersection(seen.disputes):
        return PaymentState.DISPUTED
    if DISPUTE_LOST in seen.disputes:
        return PaymentState.LOST
    if seen.refunded_minor:
        full = seen.refunded_minor >= seen.captured_minor
        return PaymentState.REFUNDED if full else PaymentState.PARTIALLY_REFUNDED
    return PaymentState.SUCCEEDED


def _check(seen: PaymentView) -> None:
    _check_known("payment", [seen.status], INTENT_STATUSES, seen)
    _check_known("pay page", [] if seen.session is None else [seen.session], SESSION_STATUSES, seen)
    _check_known("refund", seen.refunds, REFUND_STATUSES, seen)
    _check_known("dispute", seen.disputes, DISPUTE_STATUSES, seen)


def _check_known(what: str, told: Iterable[str], known: frozenset[str], seen: PaymentView) -> None:
    for status in told:
        if status not in known:
            raise UnknownStripeStatus(
                f"Stripe has a {what} of {seen.intent} as “{status}”, which this version of "
                "BillDesk does not know. Nothing was booked: look the payment up in the Stripe "
                "Dashboard, and see whether there is a newer BillDesk."
            )
