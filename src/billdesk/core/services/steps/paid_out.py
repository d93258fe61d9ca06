"""What leaves a money account when money is given back by hand, and what it is worth."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from billdesk.core.db.tables import Allocation, Document, DocumentReference, Payment, Refund
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.ledger import PostingDraft, reversed_postings, to_base
from billdesk.core.domain.movements import MONEY_ACCOUNT, Worth, received_legs
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.proportion import share_of
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.services.steps.movements import Purse
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.settlement import worth_of


@dataclass(frozen=True, slots=True)
class PaidOut:
    """``worth`` in the purse's currency; where it left in another one, what left and in which."""

    worth: Worth
    currency: str | None = None
    minor: int | None = None


def paid_out(
    tx: Transaction,
    purse: Purse,
    minor: int,
    *,
    exchange_rate: Decimal | None = None,
    currency: str | None = None,
    left_minor: int | None = None,
) -> PaidOut:
    """What ``minor`` of ``purse`` is worth where it leaves: as given, else as it came in.

    So the account it came in on ends at nothing when all of it goes back; what the customer's
    credit was worth more or less is an exchange difference. Raises ``UserError`` where only the
    owner can tell.
    """
    base = company_row(tx).currency
    if currency == purse.currency:
        currency = left_minor = None
    if purse.currency == base and currency is None:
        return PaidOut(Worth(minor, minor))
    if currency == base and left_minor is not None:
        return PaidOut(Worth(minor, left_minor), currency, left_minor)
    if exchange_rate is not None:
        scale = exponent(purse.currency)
        value = to_base(minor, scale, exchange_rate, exponent(base))
        return PaidOut(Worth(minor, value), currency, left_minor)
    came = _came_in(tx, purse)
    before = came.part(went_back(tx, purse))
    after = came.part(before.worth.minor + minor)
    worth = after.worth.minus(before.worth)
    if currency is not None:
        return PaidOut(worth, currency, left_minor)
    if came.currency is None:
        return PaidOut(worth)
    return PaidOut(worth, came.currency, (after.minor or 0) - (before.minor or 0))


def value_of_part(tx: Transaction, payment: Payment, minor: int) -> int:
    """What ``minor`` of a payment is worth where Stripe pays it back, in the company's currency.

    After what went back of it or is about to: the last part takes the rest of what came in.
    """
    came = worth_of(payment)
    before = went_back(tx, payment) + ordered_minor(tx, payment)
    return came.part(before + minor).minus(came.part(before)).base_minor


def money_out(method: PaymentMethod, currency: str, out: PaidOut) -> tuple[PostingDraft, ...]:
    """The accounts that the money leaves."""
    arrived = received_legs(
        MONEY_ACCOUNT[method], currency, out.worth, out.currency, out.minor or 0
    )
    return reversed_postings(arrived)


def went_back(tx: Transaction, purse: Purse) -> int:
    """How much of a payment's or credit note's money went back, whatever it meant."""
    return _gone(tx, purse, PaymentState.SUCCEEDED)


def ordered_minor(tx: Transaction, purse: Purse) -> int:
    """How much of a payment or credit note Stripe has been told to pay back and has not yet."""
    return _gone(tx, purse, PaymentState.ORDERED)


def _gone(tx: Transaction, purse: Purse, state: PaymentState) -> int:
    of_purse = (
        Refund.payment_id == purse.id
        if isinstance(purse, Payment)
        else Refund.credit_note_id == purse.id
    )
    gone = tx.connection.scalar(
        select(func.coalesce(func.sum(Refund.minor), 0)).where(
            Refund.company_id == tx.company_id, of_purse, Refund.state == state.value
        )
    )
    return int(gone or 0)


@dataclass(frozen=True, slots=True)
class _CameIn:
    worth: Worth
    currency: str | None
    minor: int

    def part(self, minor: int) -> PaidOut:
        whole = self.worth.minor
        arrived = share_of(self.minor, whole, minor) if whole else 0
        return PaidOut(self.worth.part(minor), self.currency, arrived)


def _came_in(tx: Transaction, purse: Purse) -> _CameIn:
    """The money itself; for a credit note the money that its invoices were paid with."""
    if isinstance(purse, Payment):
        return _arrived(purse)
    parts = [(_arrived(payment), minor) for payment, minor in _payments_behind(tx, purse)]
    if not parts:
        return _CameIn(worth_of(purse), None, 0)
    if len({one.currency for one, _ in parts}) > 1:
        raise UserError(
            "The invoice was paid in several currencies; enter what left your account.",
            field="paid_minor",
        )
    shares = [one.part(minor) for one, minor in parts]
    return _CameIn(
        Worth(
            sum(share.worth.minor for share in shares),
            sum(share.worth.base_minor for share in shares),
        ),
        parts[0][0].currency,
        sum(share.minor or 0 for share in shares),
    )


def _arrived(payment: Payment) -> _CameIn:
    other = payment.received_currency not in (None, payment.currency)
    return _CameIn(
        worth_of(payment),
        payment.received_currency if other else None,
        (payment.received_minor or 0) if other else 0,
    )


def _payments_behind(tx: Transaction, note: Document) -> list[tuple[Payment, int]]:
    """The payments of what ``note`` takes back, with the part that settles it."""
    rows = tx.connection.execute(
        select(Allocation.payment_id, func.sum(Allocation.minor).label("minor"))
        .join(DocumentReference, DocumentReference.refers_to_id == Allocation.document_id)
        .where(
            Allocation.company_id == tx.company_id,
            Allocation.payment_id.is_not(None),
            DocumentReference.company_id == tx.company_id,
            DocumentReference.document_id == note.id,
            DocumentReference.kind == DocumentReferenceKind.CREDITS.value,
        )
        .group_by(Allocation.payment_id)
        .having(func.sum(Allocation.minor) > 0)
        .order_by(Allocation.payment_id)
    ).all()
    return [(tx.session.get_one(Payment, row.payment_id), int(row.minor)) for row in rows]
