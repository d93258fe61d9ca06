"""Requests about allocations, refunds and deductions that cannot be done."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from furnishing import CLOSED, TODAY
from standing import NOWHERE, Case, Standing

from billdesk.core.domain.errors import NotAllowed, NotFound, UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.services.payments import DeductionInput, RefundInput, Share

NAN, INFINITE = Decimal("NaN"), Decimal("Infinity")
LONG = "x" * 20_001
Pick = Callable[[Standing], int]


def _use(
    field: str | None,
    error: type[UserError] = UserError,
    minor: int = 100,
    *,
    of: Pick = lambda s: s.mine.credit,
    to: Pick = lambda s: s.mine.issued,
    method: str = "use_payment",
) -> Case:
    return (
        lambda s: getattr(s.shop.app.allocations, method)(of(s), Share(to(s), minor)),
        error,
        field,
    )


def _use_note(*expected: Any, of: Pick = lambda s: s.mine.note, **changes: Any) -> Case:
    return _use(*expected, of=of, method="use_credit_note", **changes)


def _move(
    field: str | None,
    error: type[UserError] = UserError,
    minor: int = 100,
    *,
    of: Pick = lambda s: s.mine.payment,
    source: Pick = lambda s: s.mine.paid,
    to: Pick = lambda s: s.mine.issued,
) -> Case:
    return (
        lambda s: s.shop.app.allocations.move(of(s), source(s), Share(to(s), minor)),
        error,
        field,
    )


def _shares(*shares: Callable[[Standing], Share], minor: int = 100) -> Case:
    return (
        lambda s: s.pay(
            document_id=None, amount_minor=minor, shares=tuple(one(s) for one in shares)
        ),
        UserError,
        "shares",
    )


ALLOCATIONS: dict[str, Case] = {
    "use nothing": _use("minor", minor=0),
    "use minus a cent": _use("minor", minor=-1),
    "use more than a column can hold": _use("minor", minor=10**30),
    "use more than is left": _use("minor", minor=9_901, to=lambda s: s.mine.final),
    "use more than is open": _use("shares", minor=10_001, of=lambda s: s.mine.credit),
    "use for a draft": _use(None, NotAllowed, to=lambda s: s.mine.draft),
    "use for a void invoice": _use(None, NotAllowed, to=lambda s: s.mine.void),
    "use for a quote": _use(None, NotAllowed, to=lambda s: s.mine.accepted),
    "use for what is paid": _use("shares", to=lambda s: s.mine.paid),
    "use for another company's invoice": _use(None, NotFound, to=lambda s: s.other.issued),
    "use for nothing": _use(None, NotFound, to=lambda _: NOWHERE),
    "use in another currency": _use(None, NotAllowed, to=lambda s: s.mine.dollars),
    "use another company's money": _use(None, NotFound, of=lambda s: s.other.credit),
    "use what was undone": _use(None, NotAllowed, of=lambda s: s.mine.undone_payment),
    "use what has no home": _use(None, NotAllowed, of=lambda s: s.mine.homeless),
    "use a note for nothing": _use_note("minor", minor=0),
    "use more of a note than it has": _use_note("minor", minor=10_001, to=lambda s: s.mine.final),
    "use a note for a note": _use_note(None, NotAllowed, to=lambda s: s.mine.note),
    "use a void note": _use_note("minor", of=lambda s: s.mine.void_note),
    "use an invoice as a note": _use_note(None, NotAllowed, of=lambda s: s.mine.paid),
    "use a note for another company's": _use_note(None, NotFound, to=lambda s: s.other.issued),
    "use another company's note": _use_note(None, NotFound, of=lambda s: s.other.note),
    "take off what it does not settle": (
        lambda s: s.shop.app.allocations.take_off(s.mine.payment, s.mine.issued),
        UserError,
        "minor",
    ),
    "take off too much": (
        lambda s: s.shop.app.allocations.take_off(s.mine.payment, s.mine.paid, 10_001),
        UserError,
        "minor",
    ),
    "take off minus a cent": (
        lambda s: s.shop.app.allocations.take_off(s.mine.payment, s.mine.paid, -1),
        UserError,
        "minor",
    ),
    "take off another company's": (
        lambda s: s.shop.app.allocations.take_off(s.other.payment, s.other.paid),
        NotFound,
        None,
    ),
    "take off a note that is not used": (
        lambda s: s.shop.app.allocations.take_note_off(s.mine.note, s.mine.issued),
        UserError,
        "minor",
    ),
    "move nothing": _move("minor", minor=0),
    "move too much": _move("minor", minor=10_001),
    "move to itself": _move("document_id", to=lambda s: s.mine.paid),
    "move from where it is not": _move(
        "minor", source=lambda s: s.mine.late, to=lambda s: s.mine.issued
    ),
    "move to another currency": _move(None, NotAllowed, to=lambda s: s.mine.dollars),
    "move to a void invoice": _move(None, NotAllowed, to=lambda s: s.mine.void),
    "move to another company's": _move(None, NotFound, to=lambda s: s.other.issued),
    "move what was undone": _move(None, NotAllowed, of=lambda s: s.mine.undone_payment),
    "share of nothing": _shares(lambda s: Share(s.mine.issued, 0)),
    "shares of more than came": _shares(lambda s: Share(s.mine.issued, 101)),
    "shares of more than is open": _shares(lambda s: Share(s.mine.issued, 20_000), minor=20_000),
    "one invoice twice": _shares(
        lambda s: Share(s.mine.issued, 50), lambda s: Share(s.mine.issued, 50)
    ),
    "a share in another currency": (
        lambda s: s.pay(
            document_id=None,
            shares=(Share(s.mine.issued, 50), Share(s.mine.dollars, 50)),
        ),
        NotAllowed,
        None,
    ),
    "money in no currency": (
        lambda s: s.pay(document_id=None, currency="XXX"),
        UserError,
        "currency",
    ),
    "foreign money without a rate": (
        lambda s: s.pay(document_id=None, currency="USD"),
        UserError,
        "exchange_rate",
    ),
    "money at a rate of zero": (
        lambda s: s.pay(document_id=s.mine.dollars, exchange_rate=Decimal(0)),
        UserError,
        "exchange_rate",
    ),
    "money at a rate of NaN": (
        lambda s: s.pay(document_id=s.mine.dollars, exchange_rate=NAN),
        UserError,
        "exchange_rate",
    ),
    "money of a customer of another company": (
        lambda s: s.pay(document_id=None, customer_id=s.other.customer),
        NotFound,
        None,
    ),
    "money that arrived as nothing": (
        lambda s: s.pay(document_id=s.mine.dollars, received_currency="EUR", received_minor=0),
        UserError,
        "received_minor",
    ),
    "money that arrived in an unsaid currency": (
        lambda s: s.pay(document_id=s.mine.dollars, received_minor=5),
        UserError,
        "received_minor",
    ),
    "assign what has a home": (
        lambda s: s.shop.app.payments.assign(s.mine.payment, s.mine.customer),
        NotAllowed,
        None,
    ),
    "assign to nobody": (
        lambda s: s.shop.app.payments.assign(s.mine.homeless, NOWHERE),
        NotFound,
        None,
    ),
    "assign to another company's customer": (
        lambda s: s.shop.app.payments.assign(s.mine.homeless, s.other.customer),
        NotFound,
        None,
    ),
    "assign more than there is": (
        lambda s: s.shop.app.payments.assign(
            s.mine.homeless, s.mine.customer, (Share(s.mine.final, 10_001),)
        ),
        UserError,
        "shares",
    ),
    "assign to another customer's invoice": (
        lambda s: s.shop.app.payments.assign(
            s.mine.homeless, s.mine.second_customer, (Share(s.mine.issued, 1),)
        ),
        NotAllowed,
        None,
    ),
    "unassign what settles something": (
        lambda s: s.shop.app.payments.unassign(s.mine.payment),
        NotAllowed,
        None,
    ),
    "unassign what has no home": (
        lambda s: s.shop.app.payments.unassign(s.mine.homeless),
        NotAllowed,
        None,
    ),
    "undo money of which some went back": (
        lambda s: s.shop.app.payments.undo(s.mine.credit),
        NotAllowed,
        None,
    ),
}


def _refund(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    def request(s: Standing) -> object:
        good = {
            "minor": 100,
            "method": PaymentMethod.BANK,
            "refunded_on": TODAY,
            "payment_id": s.mine.credit,
        }
        given = {**good, **changes}
        return s.shop.app.refunds.refund(
            RefundInput(**{key: one(s) if callable(one) else one for key, one in given.items()})
        )

    return request, error, field


REFUNDS: dict[str, Case] = {
    "nothing": _refund("minor", minor=0),
    "minus a cent": _refund("minor", minor=-1),
    "more than there is": _refund("minor", minor=9_901),
    "more than a column can hold": _refund("minor", minor=10**30),
    "tomorrow": _refund("refunded_on", refunded_on=TODAY + timedelta(days=1)),
    "in year 1": _refund("refunded_on", refunded_on=date(1, 1, 1)),
    "on a closed day": _refund("refunded_on", NotAllowed, refunded_on=CLOSED),
    "of what left without its currency": _refund("paid_minor", paid_minor=5),
    "of nothing that left": _refund("paid_minor", paid_currency="USD", paid_minor=0),
    "of what left in no currency": _refund("paid_currency", paid_currency="XX", paid_minor=5),
    "at a rate of nothing": _refund("exchange_rate", exchange_rate=Decimal(0)),
    "by Stripe": _refund("method", method=PaymentMethod.STRIPE),
    "of nothing": _refund("payment_id", payment_id=None),
    "of two things": _refund("payment_id", credit_note_id=lambda s: s.mine.note),
    "of another company's payment": _refund(None, NotFound, payment_id=lambda s: s.other.credit),
    "of what was undone": _refund(None, NotAllowed, payment_id=lambda s: s.mine.undone_payment),
    "with a meaning it cannot have": _refund("meaning", meaning=RefundMeaning.DISPUTE_LOST),
    "that reopens a debt nobody paid": _refund(
        "document_id", meaning=RefundMeaning.REOPENED, document_id=lambda s: s.mine.issued
    ),
    "that reopens another company's debt": _refund(
        None, NotFound, meaning=RefundMeaning.REOPENED, document_id=lambda s: s.other.paid
    ),
    "of more than a credit note has": _refund(
        "minor", payment_id=None, credit_note_id=lambda s: s.mine.note, minor=10_001
    ),
    "of a void credit note": _refund(
        None, NotAllowed, payment_id=None, credit_note_id=lambda s: s.mine.void_note
    ),
    "of an invoice as a credit note": _refund(
        None, NotAllowed, payment_id=None, credit_note_id=lambda s: s.mine.paid
    ),
    "of another company's credit note": _refund(
        None, NotFound, payment_id=None, credit_note_id=lambda s: s.other.note
    ),
    "reference too long": _refund("reference", reference="x" * 201),
    "note too long": _refund("note", note=LONG),
    "undo twice": (
        lambda s: s.shop.app.refunds.undo(s.mine.undone_refund),
        NotAllowed,
        None,
    ),
    "undo another company's": (
        lambda s: s.shop.app.refunds.undo(s.other.refund),
        NotFound,
        None,
    ),
    "undo nothing": (lambda s: s.shop.app.refunds.undo(NOWHERE), NotFound, None),
    "explain what was explained": (
        lambda s: s.shop.app.refunds.explain(s.mine.refund),
        NotAllowed,
        None,
    ),
    "explain with a meaning it cannot have": (
        lambda s: s.shop.app.refunds.explain(s.mine.refund, RefundMeaning.UNEXPLAINED),
        UserError,
        "meaning",
    ),
    "explain another company's": (
        lambda s: s.shop.app.refunds.explain(s.other.refund),
        NotFound,
        None,
    ),
    "take back what was not explained": (
        lambda s: s.shop.app.refunds.take_explanation_back(s.mine.undone_refund),
        NotAllowed,
        None,
    ),
}


def _deduct(
    field: str | None,
    error: type[UserError] = UserError,
    *,
    of: Pick = lambda s: s.mine.issued,
    **changes: Any,
) -> Case:
    good = {
        "kind": DeductionKind.WRITE_OFF,
        "minor": 100,
        "occurred_on": TODAY,
        "reason": "Bankrupt",
    }
    return (
        lambda s: s.shop.app.deductions.deduct(DeductionInput(of(s), **{**good, **changes})),
        error,
        field,
    )


DEDUCTIONS: dict[str, Case] = {
    "nothing": _deduct("minor", minor=0),
    "minus a cent": _deduct("minor", minor=-1),
    "more than is open": _deduct("minor", minor=10_001),
    "more than a column can hold": _deduct("minor", minor=10**30),
    "tomorrow": _deduct("occurred_on", occurred_on=TODAY + timedelta(days=1)),
    "in year 1": _deduct("occurred_on", occurred_on=date(1, 1, 1)),
    "before the invoice": _deduct("occurred_on", occurred_on=TODAY - timedelta(days=1)),
    "on a closed day": _deduct("occurred_on", NotAllowed, occurred_on=CLOSED),
    "write-off without a reason": _deduct("reason", reason=" "),
    "bad debt without a reason": _deduct("reason", kind=DeductionKind.BAD_DEBT, reason=""),
    "reason too long": _deduct("reason", reason="x" * 501),
    "discount that was not agreed": _deduct(
        "reason", kind=DeductionKind.EARLY_PAYMENT_DISCOUNT, reason=""
    ),
    "rounding of a whole euro": _deduct("minor", kind=DeductionKind.CASH_ROUNDING, minor=100),
    "of a draft": _deduct(None, NotAllowed, of=lambda s: s.mine.draft),
    "of a void invoice": _deduct(None, NotAllowed, of=lambda s: s.mine.void),
    "of a quote": _deduct(None, NotAllowed, of=lambda s: s.mine.accepted),
    "of a credit note": _deduct(None, NotAllowed, of=lambda s: s.mine.note),
    "of what is paid": _deduct("minor", of=lambda s: s.mine.paid),
    "of another company's": _deduct(None, NotFound, of=lambda s: s.other.issued),
    "undo twice": (
        lambda s: s.shop.app.deductions.undo(s.mine.undone_deduction),
        NotAllowed,
        None,
    ),
    "undo another company's": (
        lambda s: s.shop.app.deductions.undo(s.other.deduction),
        NotFound,
        None,
    ),
    "undo nothing": (lambda s: s.shop.app.deductions.undo(NOWHERE), NotFound, None),
    "lose a dispute there is not": (
        lambda s: s.shop.app.deductions.dispute_lost(s.mine.payment, bad_debt=True),
        NotAllowed,
        None,
    ),
    "lose another company's dispute": (
        lambda s: s.shop.app.deductions.dispute_lost(s.other.payment, bad_debt=True),
        NotFound,
        None,
    ),
}
