"""What can become of a line of a bank statement."""

from dataclasses import dataclass
from enum import StrEnum

from billdesk.core.domain.bank_suggestions import Part, Suggestion, SuggestionKind


class LineState(StrEnum):
    """Where a line stands. Only an open one can be decided; every other can be undone."""

    OPEN = "open"
    # Became a payment.
    MATCHED = "matched"
    # Is a payment or a refund that was recorded by hand before.
    RECOGNISED = "recognised"
    # Was booked to an account.
    BOOKED = "booked"
    IGNORED = "ignored"
    # Came in before, in an overlapping statement.
    DUPLICATE = "duplicate"


class BankTab(StrEnum):
    """The tabs above the list of lines."""

    OPEN = "open"
    DONE = "done"
    IGNORED = "ignored"


STATES_OF: dict[BankTab, tuple[LineState, ...]] = {
    BankTab.OPEN: (LineState.OPEN,),
    BankTab.DONE: (LineState.MATCHED, LineState.RECOGNISED, LineState.BOOKED),
    BankTab.IGNORED: (LineState.IGNORED, LineState.DUPLICATE),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that arrived: what it settles, the rest is customer credit.

    Without a customer it is money with no home (suspense). ``fee_minor`` is what a bank kept, so
    that Σ parts may exceed the line by it. ``discounts`` fall away of the parts' documents for
    paying early. With ``currency`` the one part is in that currency, and the line is what the bank
    made of it.
    """

    customer_id: int | None = None
    parts: tuple[Part, ...] = ()
    fee_minor: int = 0
    discounts: tuple[Part, ...] = ()
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The line is a payment somebody recorded by hand before."""

    payment_id: int


@dataclass(frozen=True, slots=True)
class RecordedRefund:
    """The line is a refund somebody recorded by hand before."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class Booked:
    """The line goes to an account: a bank fee, interest, money in transit.

    ``None`` is Stripe clearing: a payout arrived (or was taken back).
    """

    account_id: int | None


@dataclass(frozen=True, slots=True)
class Ignored:
    """The line is not for these books."""

    reason: str


Decision = Receipt | Recorded | RecordedRefund | Booked | Ignored


def decision_of(suggestion: Suggestion) -> Decision:
    """What confirming ``suggestion`` decides."""
    kind = suggestion.kind
    if kind is SuggestionKind.RECORDED and suggestion.target_id is not None:
        return Recorded(suggestion.target_id)
    if kind is SuggestionKind.REFUNDED and suggestion.target_id is not None:
        return RecordedRefund(suggestion.target_id)
    if kind is SuggestionKind.DUPLICATE:
        return Ignored(suggestion.reason)
    if kind is SuggestionKind.PAYOUT:
        return Booked(None)
    if kind is SuggestionKind.ACCOUNT:
        return Booked(suggestion.target_id)
    return Receipt(
        suggestion.customer_id,
        suggestion.parts,
        suggestion.fee_minor,
        suggestion.discounts,
        suggestion.currency,
    )
