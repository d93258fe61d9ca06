"""Invariants of payments."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, case, func, or_, select

from billdesk.core.db.tables import (
    Account,
    Allocation,
    Document,
    LedgerEntry,
    Payment,
    Posting,
    StripeOrder,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import RECEIVABLE_KINDS
from billdesk.core.domain.outside import (
    OPEN_ORDERS,
    RECEIVED,
    OrderKind,
    PaymentMethod,
    PaymentState,
)
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.reading import streamed
from billdesk.core.services.verification.violation import Violation

# What a document says of the payments made for it.
_SAID_OF_PAYMENTS = (
    "pending_minor",
    "surplus_minor",
    "unexplained_refund_minor",
    "disputed_minor",
)


def posted_once(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Money received has exactly one entry; its allocations stay within its amount."""
    rows = streamed(connection, _payments_and_posted(company_id))
    for row in rows:
        stripe = row.method == PaymentMethod.STRIPE
        received = row.state in RECEIVED
        back = row.state in (PaymentState.RETURNED, PaymentState.TEST)
        undone = row.state == PaymentState.UNDONE and not stripe
        expected = 1 if received or back or undone else 0
        if row.state == PaymentState.TEST:
            # One seen after going live was never booked; one before was, and taken back.
            expected = min(row.entries, 1)
        if row.entries != expected:
            yield Violation(
                "payment-posted",
                f"payment {row.id}",
                f"{row.entries} entries instead of {expected}",
            )
        money = row.amount_minor if received else row.returned_minor if back else 0
        used = row.allocated + row.returned_minor
        if used + row.unallocated_minor != money:
            yield Violation(
                "payment-allocated",
                f"payment {row.id}",
                f"{used} used and {row.unallocated_minor} left of {money}",
            )


@cache
def _payments_and_posted(company_id: int) -> AnySelect:
    source = case((Payment.method == PaymentMethod.STRIPE.value, Payment.charge), else_=Payment.uid)
    entries = (
        select(LedgerEntry.source_id, func.count().label("entries"))
        .where(
            LedgerEntry.company_id == company_id,
            LedgerEntry.source_type.in_(("payment", "charge")),
            LedgerEntry.kind.in_(("received", "charged")),
        )
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    allocated = (
        select(Allocation.payment_id, func.sum(Allocation.minor).label("minor"))
        .join(Document, Document.id == Allocation.document_id)
        .where(Allocation.company_id == company_id)
        .group_by(Allocation.payment_id)
        .subquery()
    )
    return (
        select(
            Payment.id,
            Payment.method,
            Payment.state,
            Payment.amount_minor,
            Payment.returned_minor,
            Payment.unallocated_minor,
            func.coalesce(entries.c.entries, 0).label("entries"),
            func.coalesce(allocated.c.minor, 0).label("allocated"),
        )
        .outerjoin(entries, entries.c.source_id == source)
        .outerjoin(allocated, allocated.c.payment_id == Payment.id)
        .where(Payment.company_id == company_id)
    )


def tests_settle_nothing(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Since real money is taken, no payment of Stripe's test mode is booked."""
    live_since = stored_setting(connection, company_id, OnlinePayment).live_since
    if live_since is None:
        return
    rows = connection.execute(
        select(Payment.id, Payment.state).where(
            Payment.company_id == company_id,
            Payment.method == PaymentMethod.STRIPE.value,
            Payment.livemode.is_(False),
            Payment.created_at >= live_since,
            Payment.state != PaymentState.TEST.value,
        )
    )
    for row in rows:
        yield Violation("test-payment", f"payment {row.id}", f"is {row.state}, but only a test")


def states_of_documents(connection: Connection, company_id: int) -> Iterable[Violation]:
    """What a document says of money pending, disputed, gone back or too much, payments say."""
    rows = streamed(connection, _states_off(company_id))
    for row in rows:
        for name in _SAID_OF_PAYMENTS:
            stored, expected = getattr(row, name), getattr(row, f"{name}_paid")
            if stored != expected:
                yield Violation("document-state", row.number, f"{name} {stored} is {expected}")


@cache
def _states_off(company_id: int) -> AnySelect:
    amounts: tuple[SQLColumnExpression[int], ...] = (
        case((Payment.state == PaymentState.PENDING.value, Payment.amount_minor), else_=0),
        Payment.unallocated_minor,
        Payment.refunded_minor - Payment.explained_minor,
        Payment.disputed_minor,
    )
    sums = {name: func.sum(amount) for name, amount in zip(_SAID_OF_PAYMENTS, amounts, strict=True)}
    charges = (
        select(StripeOrder.document_id, func.sum(StripeOrder.amount_minor).label("pending_minor"))
        .where(
            StripeOrder.company_id == company_id,
            StripeOrder.kind == OrderKind.CHARGE.value,
            StripeOrder.state.in_([state.value for state in OPEN_ORDERS]),
        )
        .group_by(StripeOrder.document_id)
        .subquery()
    )
    named = (
        select(Payment.document_id, *(total.label(name) for name, total in sums.items()))
        .where(Payment.company_id == company_id)
        .group_by(Payment.document_id)
        .subquery()
    )
    said = {name: Document.__table__.c[name] for name in sums}
    paid: dict[str, ColumnElement[int]] = {name: func.coalesce(named.c[name], 0) for name in sums}
    paid["pending_minor"] += func.coalesce(charges.c.pending_minor, 0)
    return (
        select(
            Document.number,
            *said.values(),
            *(amount.label(f"{name}_paid") for name, amount in paid.items()),
        )
        .outerjoin(named, named.c.document_id == Document.id)
        .outerjoin(charges, charges.c.document_id == Document.id)
        .where(
            Document.company_id == company_id,
            Document.issued_at.is_not(None),
            Document.kind.in_(sorted(RECEIVABLE_KINDS)),
            or_(*(said[name] != paid[name] for name in sums)),
        )
    )


def refunds(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Refunds to explain in the ledger are what the payments of each document gave back."""
    posted: dict[int | None, int] = dict(connection.execute(_posted_to_explain(company_id)).all())
    given_back: dict[int | None, int] = dict(connection.execute(_unexplained(company_id)).all())
    for document_id in posted.keys() | given_back.keys():
        ledger, paid = posted.get(document_id, 0), given_back.get(document_id, 0)
        if ledger != paid:
            yield Violation(
                "refund-entry", f"document {document_id}", f"{paid}, the ledger says {ledger}"
            )


@cache
def _posted_to_explain(company_id: int) -> AnySelect:
    return (
        select(Posting.document_id, func.sum(Posting.minor))
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.company_id == company_id, Account.role == Role.REFUNDS_TO_EXPLAIN.value)
        .group_by(Posting.document_id)
    )


@cache
def _unexplained(company_id: int) -> AnySelect:
    unexplained = func.sum(Payment.refunded_minor - Payment.explained_minor)
    return (
        select(Payment.document_id, unexplained)
        .where(Payment.company_id == company_id)
        .group_by(Payment.document_id)
        .having(unexplained != 0)
    )
