"""What an owner says about money received, and what of it cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billdesk.core.domain.currencies import check_rate, exponent
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.texts import clean_line, clean_paragraphs

# Characters, as the column holds.
LONGEST_REFERENCE = 200
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a payment or credit that settles one document, in minor units."""

    document_id: int
    minor: int


@dataclass(frozen=True, slots=True)
class PaymentInput:
    """Money received, in minor units of the currency of the documents it is for.

    With ``shares`` it settles exactly these; otherwise ``document_id``, as far as it is open. What
    is over is the customer's credit. ``customer_id`` is for money without a document; without
    either it has no home yet. ``currency`` is then the money's, by default the company's.

    ``exchange_rate`` is company currency per unit on the day it arrived; ``received_minor`` of
    ``received_currency`` what arrived where that was in another currency.
    """

    document_id: int | None
    amount_minor: int
    method: PaymentMethod
    received_on: date
    reference: str = ""
    note: str = ""
    shares: tuple[Share, ...] = ()
    customer_id: int | None = None
    currency: str = ""
    exchange_rate: Decimal | None = None
    received_currency: str | None = None
    received_minor: int | None = None


def cleaned(given: PaymentInput) -> PaymentInput:
    """``given`` with clean texts. Raises ``UserError`` with the field that cannot be."""
    check_day(given.received_on, "received_on")
    if given.currency:
        exponent(given.currency)
    if given.exchange_rate is not None:
        check_rate(given.exchange_rate)
    if (given.received_currency is None) != (given.received_minor is None):
        raise UserError("Give the amount that arrived with its currency.", field="received_minor")
    if given.received_currency is not None and given.received_minor is not None:
        exponent(given.received_currency, "received_currency")
        check_amount(given.received_minor, "received_minor")
    by_document(given.shares)
    return replace(
        given,
        reference=clean_line(given.reference, "reference", LONGEST_REFERENCE),
        note=clean_paragraphs(given.note, "note"),
    )


def check_money(given: PaymentInput, today: date) -> None:
    """Raises ``UserError`` for money that a person cannot have received."""
    if given.method is PaymentMethod.STRIPE:
        raise UserError("Stripe payments record themselves.", field="method")
    check_amount(given.amount_minor, "amount_minor")
    check_past(given.received_on, today, "received_on")
    if sum(share.minor for share in given.shares) > given.amount_minor:
        raise UserError("The invoices take more than was received.", field="shares")


def check_amount(minor: int, field: str) -> None:
    """Raises ``UserError`` about ``field`` unless ``minor`` is an amount somebody can pay."""
    if type(minor) is not int or not 0 < minor <= LARGEST_MINOR:
        sentence = "Enter the amount received." if field == "amount_minor" else "Enter the amount."
        raise UserError(sentence, field=field)


def check_past(day: date, today: date, field: str) -> None:
    """Raises ``UserError`` about ``field`` for a day that cannot be or is still to come."""
    check_day(day, field)
    if day > today:
        sentence = (
            "The payment date lies in the future."
            if field == "received_on"
            else "The date lies in the future."
        )
        raise UserError(sentence, field=field)


def by_document(shares: Sequence[Share]) -> dict[int, int]:
    """Minor units by document. Raises ``UserError`` where one is named twice or gets nothing."""
    found: dict[int, int] = {}
    for share in shares:
        check_amount(share.minor, "shares")
        if share.document_id in found:
            raise UserError("An invoice is named twice; give it one amount.", field="shares")
        found[share.document_id] = share.minor
    return found
