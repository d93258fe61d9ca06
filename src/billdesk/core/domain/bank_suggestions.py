"""What a bank line may be: the line, the documents it may pay, and suggestions in order. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

# Suggestions from here on may be confirmed together without being looked at one by one.
SAFE_CONFIDENCE = 90
MOST_SUGGESTIONS = 5


class SuggestionKind(StrEnum):
    """What confirming a suggestion does."""

    SETTLE = "settle"
    CREDIT = "credit"
    RECORDED = "recorded"
    REFUNDED = "refunded"
    DUPLICATE = "duplicate"
    PAYOUT = "payout"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class LineToMatch:
    """A bank line; ``amount_minor`` positive when money arrived. ``text`` is all it says."""

    amount_minor: int
    currency: str
    booked_on: date
    name: str = ""
    iban: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class PayableDocument:
    """An issued invoice; ``open_minor`` 0 when it is settled already.

    ``discounted_minor`` is what settles it until ``discount_until`` (early payment), if agreed.
    ``open_base_minor`` is what is open in the company's currency.
    """

    document_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    open_minor: int
    due_on: date
    discounted_minor: int = 0
    discount_until: date | None = None
    open_base_minor: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What of a line settles one document."""

    document_id: int
    minor: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a line may be: ``title`` names it, ``reason`` says why.

    ``parts`` settle documents, ``surplus_minor`` becomes customer credit, ``fee_minor`` is what a
    bank took off on the way: Σ parts + surplus = amount + fee.
    ``discounts`` is what falls away of each for paying early. ``currency`` is that of the parts
    where it is not the line's: the line is what the bank made of them.
    ``target_id`` is a payment (recorded), a refund (refunded), a line (duplicate) or an account
    (account).
    """

    kind: SuggestionKind
    confidence: int
    title: str
    reason: str
    customer_id: int | None = None
    parts: tuple[Part, ...] = ()
    surplus_minor: int = 0
    fee_minor: int = 0
    discounts: tuple[Part, ...] = ()
    currency: str = ""
    target_id: int | None = None


def ranked(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """The likeliest first, each outcome once. Two equals at the top are both put in doubt."""
    best: dict[object, Suggestion] = {}
    for one in suggestions:
        key = (one.kind, one.customer_id, one.parts, one.fee_minor, one.target_id)
        if key not in best or best[key].confidence < one.confidence:
            best[key] = one
    ordered = sorted(best.values(), key=lambda one: -one.confidence)
    if len(ordered) > 1 and ordered[0].confidence == ordered[1].confidence:
        ordered = [at_most(one, SAFE_CONFIDENCE - 1) for one in ordered]
    return tuple(ordered[:MOST_SUGGESTIONS])


def oldest_first(document: PayableDocument) -> tuple[date, str, int]:
    """The oldest debt first."""
    return document.due_on, document.number, document.document_id


def settling(
    line: LineToMatch,
    documents: Sequence[PayableDocument],
    confidence: int,
    reason: str,
    *,
    fee_minor: int = 0,
) -> Suggestion:
    """Settle ``documents`` in order as far as the money reaches; the rest is customer credit."""
    left = line.amount_minor + fee_minor
    parts: list[Part] = []
    for one in documents:
        minor = min(left, one.open_minor)
        if minor:
            parts.append(Part(one.document_id, minor))
            left -= minor
    return Suggestion(
        SuggestionKind.SETTLE,
        max(0, min(99, confidence)),
        f"{numbers_of(documents[: max(1, len(parts))])} · {documents[0].customer_name}",
        f"{reason}.",
        documents[0].customer_id,
        tuple(parts),
        surplus_minor=left,
        fee_minor=fee_minor,
    )


def discounted(suggestion: Suggestion, documents: Sequence[PayableDocument]) -> Suggestion:
    """The same with what each is paid with, and what falls away of it."""
    return replace(
        suggestion,
        parts=tuple(Part(one.document_id, one.discounted_minor) for one in documents),
        discounts=tuple(
            Part(one.document_id, one.open_minor - one.discounted_minor) for one in documents
        ),
        surplus_minor=0,
    )


def less_sure(suggestion: Suggestion, doubt: int) -> Suggestion:
    """The same with ``doubt`` points of confidence less."""
    return at_most(suggestion, max(0, suggestion.confidence - doubt))


def at_most(suggestion: Suggestion, most: int) -> Suggestion:
    """The same with a confidence of ``most`` points or fewer."""
    return replace(suggestion, confidence=min(suggestion.confidence, most))


def numbers_of(documents: Sequence[PayableDocument]) -> str:
    """The documents' numbers in words: two or three by name, more by count."""
    numbers = [one.number for one in documents]
    if len(numbers) > 3:
        return f"{numbers[0]} and {len(numbers) - 1} others"
    return " and ".join([", ".join(numbers[:-1]), numbers[-1]] if numbers[1:] else numbers)
