"""What the owner is asked about a payment, as codes with what helps, read from the payment itself.

The sentences are what is shown; which buttons go with them follows from the offers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billdesk.core.domain.outside import RECEIVED, PaymentState

WENT_BACK = "Money went back to the customer at Stripe. Say what it means."
DISPUTED = "The customer disputes this payment. Answer at Stripe before the deadline."
LOST = "The bank decided for the customer and keeps the money. Say what becomes of the invoice."
INQUIRY = "The customer's bank asks about this payment. Answer at Stripe before the deadline."
RETURNED = "The bank took this payment back after it had arrived. The invoice is open again."
NOT_THROUGH = "The payment did not go through. Make a new payment link."
TOO_MUCH = "More was paid than was open. Keep it as credit or refund it."
FOR_A_VOID_INVOICE = "Money arrived for a void invoice. Keep it as credit or refund it."
NO_HOME = "Stripe has money for an invoice that these books do not have. Say whose it is."


class QuestionKind(StrEnum):
    """What is the matter with a payment."""

    REFUND_MEANING = "refund_meaning"
    DISPUTE = "dispute"
    DISPUTE_LOST = "dispute_lost"
    INQUIRY = "inquiry"
    NO_HOME = "no_home"
    VOID_INVOICE = "void_invoice"
    TOO_MUCH = "too_much"
    # Currency, amount, discount or reference are not what the link asked for.
    NOT_AS_ASKED = "not_as_asked"
    NOT_THROUGH = "not_through"
    RETURNED = "returned"


class Offer(StrEnum):
    """What the owner can do about it."""

    SAY_WHAT_IT_MEANS = "say_what_it_means"
    ANSWER_AT_STRIPE = "answer_at_stripe"
    LOOK_AT_STRIPE = "look_at_stripe"
    SAY_WHAT_BECOMES = "say_what_becomes"
    SAY_WHOSE = "say_whose"
    USE_AS_CREDIT = "use_as_credit"
    REFUND = "refund"
    NEW_LINK = "new_link"


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What the questions are read from; amounts in minor units of ``currency``.

    ``review`` is the stored sentence. ``open_minor`` and ``is_void`` are the document's that the
    payer meant. ``inquiry`` tells that a bank asks without having taken anything, ``answer_by`` the
    first deadline of what is open, ``may_refund`` whether refunding would end it.
    """

    state: PaymentState
    currency: str
    unallocated_minor: int
    unexplained_minor: int
    disputed_minor: int
    has_customer: bool
    open_minor: int
    is_void: bool
    review: str
    inquiry: bool = False
    may_refund: bool = False
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its ``offers``, the best first; ``minor`` is the amount it is about.

    ``answer_by`` is when Stripe stops listening.
    """

    kind: QuestionKind
    sentence: str
    offers: tuple[Offer, ...]
    minor: int | None = None
    currency: str = ""
    answer_by: datetime | None = None


def questions_of(seen: PaymentFacts) -> tuple[Question, ...]:
    """Everything that waits for the owner's word, what costs money first."""
    return tuple(_questions(seen))


def _questions(seen: PaymentFacts) -> Iterator[Question]:
    def about(kind: QuestionKind, sentence: str, minor: int | None, *offers: Offer) -> Question:
        asked = kind in (QuestionKind.DISPUTE, QuestionKind.INQUIRY)
        until = seen.answer_by if asked else None
        return Question(kind, sentence, offers, minor, seen.currency, until)

    if seen.disputed_minor > 0 and seen.state is PaymentState.LOST:
        lost = seen.disputed_minor
        yield about(QuestionKind.DISPUTE_LOST, LOST, lost, Offer.SAY_WHAT_BECOMES)
    elif seen.disputed_minor > 0:
        held = seen.disputed_minor
        yield about(QuestionKind.DISPUTE, DISPUTED, held, Offer.ANSWER_AT_STRIPE)
    if seen.inquiry:
        offers = [Offer.ANSWER_AT_STRIPE, *([Offer.REFUND] if seen.may_refund else [])]
        yield about(QuestionKind.INQUIRY, INQUIRY, None, *offers)
    if seen.unexplained_minor > 0:
        went = seen.unexplained_minor
        yield about(QuestionKind.REFUND_MEANING, WENT_BACK, went, Offer.SAY_WHAT_IT_MEANS)
    if seen.open_minor and seen.state is PaymentState.RETURNED:
        yield about(QuestionKind.RETURNED, RETURNED, seen.open_minor, Offer.NEW_LINK)
    if seen.open_minor and seen.state is PaymentState.FAILED and seen.review:
        yield about(QuestionKind.NOT_THROUGH, NOT_THROUGH, seen.open_minor, Offer.NEW_LINK)
    if seen.state in RECEIVED and seen.unallocated_minor > 0:
        yield _unused(seen, about(QuestionKind.TOO_MUCH, TOO_MUCH, seen.unallocated_minor))


def _unused(seen: PaymentFacts, plain: Question) -> Question:
    """Money that settles nothing: why, and what can become of it."""
    credit = (Offer.USE_AS_CREDIT, Offer.REFUND)
    kind, sentence = plain.kind, plain.sentence
    offers: tuple[Offer, ...] = credit
    own = frozenset({"", TOO_MUCH, WENT_BACK, DISPUTED, LOST, INQUIRY})
    if not seen.has_customer:
        kind, offers = QuestionKind.NO_HOME, (Offer.SAY_WHOSE, Offer.LOOK_AT_STRIPE)
        sentence = seen.review or NO_HOME
    elif seen.is_void:
        kind, sentence = QuestionKind.VOID_INVOICE, FOR_A_VOID_INVOICE
    elif seen.review not in own:
        kind, sentence = QuestionKind.NOT_AS_ASKED, seen.review
        offers = (Offer.USE_AS_CREDIT, Offer.LOOK_AT_STRIPE, Offer.REFUND)
    return Question(kind, sentence, offers, plain.minor, plain.currency)
